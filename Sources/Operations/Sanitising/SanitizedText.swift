internal import ArchiveDecoding
internal import ByteBlocks
internal import ClearExits
internal import LogFormats
internal import Pseudonymisation

/// The text of an archive in slots of a few blocks, each of which becomes a frame.
struct SanitizedText: ~Copyable {
  /// Blocks of a slot: frames of 4 MiB are packed nearly as well as longer ones.
  static let slotBlocks = 4
  private static let blockTextBytes = 1 << 20

  let codec: Codec
  /// What is undone in front of the codec, and read only.
  private(set) var filter: StoredFilter.Kind?
  private(set) var textBytes: UInt64 = 0
  /// The one that was named, else that of the first lines; `nil` while no text was read.
  private(set) var profile: FormatProfile?
  private let named: FormatProfile?
  private let path: String
  private var reader: ArchiveReader?
  private var header: HeaderReader?

  /// - Parameters:
  ///   - format: the format's name, where a person gave it.
  ///   - slots: slots that are in work at the same time, at most.
  init(_ archive: ArchiveReference, format: FormatProfile?, slots: Int) throws {
    named = format
    path = archive.path
    do throws(ArchiveError) {
      let source = try archive.open()
      filter = source.filter?.kind
      let reader = try ArchiveReader(
        source, decoders: DecoderPool(),
        blocks: BlockPool(
          blocksMax: slots * Self.slotBlocks + 2, textBytesMax: Self.blockTextBytes))
      codec = reader.codec
      self.reader = consume reader
    } catch { throw Self.named(error, path) }
  }

  /// Reads the next slot; `nil` where the text has ended.
  mutating func next() throws -> [SlotPart]? {
    guard var reader = self.reader.take() else { return nil }
    var slot: [SlotPart] = []
    do {
      while slot.count < Self.slotBlocks {
        let profile = profile
        guard
          let assembled = try reader.next(unfinishedBytes: {
            FormatProfile.unfinishedBytes($0, of: profile)
          })
        else {
          let rest = reader.finish()
          textBytes = rest.textBytes
          Self.add(rest.overlongLines.count, to: &slot)
          return slot.isEmpty ? nil : slot
        }
        Self.add(assembled.overlongLines.count, to: &slot)
        let offset = Int(assembled.textOffset)
        let block = assembled.takeBlock()
        if self.profile == nil {
          let chosen = try chosen(named, block)
          self.profile = chosen.readingAllUsers
          header = HeaderReader(chosen.readingAllUsers)
        }
        guard let known = header?.read(block) else { continue }
        slot.append(.block(BlockBox(block, known, textOffset: offset)))
      }
    } catch { throw Self.named(error, path) }
    self.reader = consume reader
    return slot
  }

  private static func add(_ overlongLines: Int, to slot: inout [SlotPart]) {
    if overlongLines > 0 { slot.append(.overlong(count: overlongLines)) }
  }

  private func chosen(
    _ format: FormatProfile?, _ block: borrowing Block
  ) throws -> FormatProfile {
    if let format { return format.chosen(for: block) }
    do throws(FormatDetection.Refusal) { return try FormatDetection.detect(block).profile } catch {
      throw OperationError(.badData, "\(path): \(error.description)")
    }
  }

  static func named(_ error: any Error, _ path: String) -> any Error {
    guard let error = error as? ArchiveError else { return error }
    let text = error.description
    let code: ExitCode
    switch error {
    case .notFound, .cannotOpen, .notAnArchive: code = .noInput
    case .readFailed: code = .inputOutput
    default: code = .badData
    }
    return OperationError(code, text.hasPrefix(path) ? text : "\(path): \(text)")
  }
}

/// A part of a slot.
enum SlotPart: Sendable {
  case block(BlockBox)
  /// Lines that are longer than any that is read; each becomes one of a single letter.
  case overlong(count: Int)
}

/// A block on its way to the worker that rewrites it.
// SAFETY: one owner at a time: who reads the archive, then one worker.
final class BlockBox: @unchecked Sendable {
  private var block: Block?
  let header: BlockHeader
  let textOffset: Int

  init(_ block: consuming Block, _ header: BlockHeader, textOffset: Int) {
    self.block = consume block
    self.header = header
    self.textOffset = textOffset
  }

  func take() -> Block? { block.take() }
}

/// What rewrites and packs the blocks of slots, one after the other.
// SAFETY: used by one worker alone.
final class SanitiserBox: @unchecked Sendable {
  /// `nil`: no text has a format, so that there is no block.
  private var sanitiser: Sanitiser?
  private let encoder: FrameEncoder
  private var text: [UInt8] = []

  init(_ sanitiser: consuming Sanitiser?, _ codec: Codec) throws(ArchiveError) {
    self.sanitiser = sanitiser
    encoder = try FrameEncoder(codec)
  }

  /// The frame of a slot.
  func frame(of slot: [SlotPart]) throws -> SanitizedFrame {
    var counts = Sanitiser.Counts()
    text.removeAll(keepingCapacity: true)
    for part in slot {
      switch part {
      case .overlong(let count):
        counts.lines += count
        counts.masked += count
        for _ in 0..<count { text += Array("x\n".utf8) }
      case .block(let box):
        guard let block = box.take() else { continue }
        try sanitiser?.rewrite(
          block, header: box.header, textOffset: box.textOffset, &counts, into: &text)
      }
    }
    return SanitizedFrame(bytes: try encoder.encode(text), counts: counts)
  }
}

/// A slot, rewritten and packed.
struct SanitizedFrame: Sendable {
  let bytes: [UInt8]
  let counts: Sanitiser.Counts
}
