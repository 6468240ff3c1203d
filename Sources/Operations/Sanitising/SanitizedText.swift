internal import ArchiveDecoding
internal import ByteBlocks
internal import ClearExits
internal import LogFormats
internal import Pseudonymisation

/// The text of an archive in slots of a few blocks, each of which becomes a frame.
struct SanitizedText: ~Copyable {
  /// Blocks of a slot: frames of 4 MiB are packed nearly as well as longer ones.
  private static let slotBlocks = 4
  private static let blockTextBytes = 1 << 20

  let codec: Codec
  private(set) var textBytes: UInt64 = 0
  private let slotCount: Int
  private let path: String
  private var reader: ArchiveReader?
  private var header: HeaderReader?
  private var profile: FormatProfile?
  private var slots: [[SlotPart]] = []

  init(_ archive: ArchiveReference, slots: Int) throws {
    slotCount = slots
    path = archive.path
    do throws(ArchiveError) {
      let reader = try ArchiveReader(
        try archive.open(), decoders: DecoderPool(),
        blocks: BlockPool(
          blocksMax: slots * Self.slotBlocks + 2, textBytesMax: Self.blockTextBytes))
      codec = reader.codec
      self.reader = consume reader
    } catch { throw Self.named(error, path) }
  }

  /// Reads on until all slots are full or the text has ended; says whether there is something.
  ///
  /// - Parameter format: the one that was named; else receives the one that was found.
  mutating func fill(_ format: inout FormatProfile?) throws -> Bool {
    slots = []
    guard var reader = self.reader.take() else { return false }
    do {
      while slots.count < slotCount || slots[slotCount - 1].count < Self.slotBlocks {
        let profile = profile
        guard
          let assembled = try reader.next(unfinishedBytes: {
            FormatProfile.unfinishedBytes($0, of: profile)
          })
        else {
          let rest = reader.finish()
          textBytes = rest.textBytes
          add(.overlong(count: rest.overlongLines.count))
          return slots.contains { !$0.isEmpty }
        }
        add(.overlong(count: assembled.overlongLines.count))
        let offset = Int(assembled.textOffset)
        let block = assembled.takeBlock()
        if profile == nil {
          self.profile = try chosen(format, block)
          format = self.profile
        }
        if let profile = self.profile, header == nil { header = HeaderReader(profile) }
        guard let known = header?.read(block) else { continue }
        add(.block(BlockBox(block, known, textOffset: offset)))
      }
    } catch { throw Self.named(error, path) }
    self.reader = consume reader
    return true
  }

  /// What `fill` has read.
  mutating func take() -> [[SlotPart]] {
    defer { slots = [] }
    return slots
  }

  private mutating func add(_ part: SlotPart) {
    if case .overlong(count: 0) = part { return }
    if slots.isEmpty || slots[slots.count - 1].count >= Self.slotBlocks, slots.count < slotCount {
      slots.append([])
    }
    slots[slots.count - 1].append(part)
  }

  private func chosen(
    _ format: FormatProfile?, _ block: borrowing Block
  ) throws -> FormatProfile {
    if let format { return format.chosen(for: block) }
    do throws(FormatDetection.Refusal) { return try FormatDetection.detect(block).profile } catch {
      throw OperationError(.badData, "\(path): \(error.description)")
    }
  }

  private static func named(_ error: any Error, _ path: String) -> any Error {
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

/// What rewrites and packs the blocks of one slot.
// SAFETY: used by one worker at a time; rounds of workers follow each other.
final class SanitiserBox: @unchecked Sendable {
  private var sanitiser: Sanitiser
  private let encoder: FrameEncoder

  init(_ sanitiser: consuming Sanitiser, _ codec: Codec) throws(ArchiveError) {
    self.sanitiser = sanitiser
    encoder = try FrameEncoder(codec)
  }

  /// The frame of a slot.
  func frame(of slot: [SlotPart]) throws -> ([UInt8], Sanitiser.Counts) {
    var counts = Sanitiser.Counts()
    var text: [UInt8] = []
    for part in slot {
      switch part {
      case .overlong(let count):
        counts.lines += count
        counts.masked += count
        for _ in 0..<count { text += Array("x\n".utf8) }
      case .block(let box):
        guard let block = box.take() else { continue }
        text += try sanitiser.rewrite(
          block, header: box.header, textOffset: box.textOffset, &counts)
      }
    }
    return (try encoder.encode(text), counts)
  }
}
