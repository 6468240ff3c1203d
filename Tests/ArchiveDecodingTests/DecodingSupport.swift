import ArchiveDecoding
import ByteBlocks
import CXXHash
import Foundation
import Testing

/// Stored bytes in memory, for archives that no tool would write.
final class MemoryArchive: StoredBytes {
  private let bytes: [UInt8]
  private let isStream: Bool
  /// Bytes that one read gives at most: pipes and disks give less than asked for.
  private let readMax: Int

  init(_ bytes: [UInt8], isStream: Bool = false, readMax: Int = .max) {
    self.bytes = bytes
    self.isStream = isStream
    self.readMax = readMax
  }

  var byteCount: UInt64? { isStream ? nil : UInt64(bytes.count) }
  var streamed: StreamedBytes? { nil }

  func read(at offset: UInt64, into target: inout MutableSpan<UInt8>) throws(ArchiveError) -> Int {
    let start = min(Int(offset), bytes.count)
    let count = min(target.count, bytes.count - start, readMax)
    // SAFETY: both buffers hold `count` bytes; debug builds are slow byte by byte.
    unsafe target.withUnsafeMutableBytes { target in
      unsafe bytes.withUnsafeBytes { bytes in
        unsafe target.copyBytes(from: bytes[start..<start + count])
      }
    }
    return count
  }
}

/// Numbers that look random and are the same for the same seed (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// What came out of an archive.
struct Decoded {
  var text: [UInt8] = []
  var overlongLines: [OverlongLine] = []
  var contentID: ContentID?
  var textBytes: UInt64 = 0

  mutating func add(_ assembled: borrowing AssembledBlock) {
    // SAFETY: the buffer lives for this call.
    unsafe assembled.block.text.withUnsafeBufferPointer { unsafe text.append(contentsOf: $0) }
    overlongLines += assembled.overlongLines
  }

  mutating func end(_ end: AssembledText) {
    overlongLines += end.overlongLines
    contentID = end.contentID
    textBytes = end.textBytes
  }

  /// The same with the text as length and hash: a test that fails prints what it compares.
  var summary: Summary {
    Summary(
      keptBytes: text.count,
      hash: ArchiveDecodingTests.contentID(text),
      overlong: overlongLines,
      contentID: contentID,
      textBytes: textBytes
    )
  }
}

/// What two decodings are compared by.
struct Summary: Equatable {
  let keptBytes: Int
  let hash: ContentID
  let overlong: [OverlongLine]
  let contentID: ContentID?
  let textBytes: UInt64
}

let sharedDecoders = DecoderPool()

/// Decodes from start to end and checks what every block promises.
func decode(
  _ source: any StoredBytes,
  limits: DecodingLimits = DecodingLimits(),
  blockBytes: Int = 64 << 10
) throws -> Summary {
  try decodeText(source, limits: limits, blockBytes: blockBytes).summary
}

/// The same with the text itself.
func decodeText(
  _ source: any StoredBytes,
  limits: DecodingLimits = DecodingLimits(),
  blockBytes: Int = 64 << 10
) throws -> Decoded {
  let blocks = BlockPool(blocksMax: 2, textBytesMax: blockBytes)
  var reader = try ArchiveReader(source, limits: limits, decoders: sharedDecoders, blocks: blocks)
  var decoded = Decoded()
  var sequence = 0
  var offset: UInt64 = 0
  while let assembled = try reader.next() {
    let dropped = assembled.overlongLines.reduce(0) { $0 + $1.byteCount + 1 }
    #expect(assembled.sequence == sequence)
    #expect(assembled.textOffset == offset + dropped)
    #expect(assembled.endsWithNewline == (assembled.block.text[assembled.block.count - 1] == 10))
    sequence += 1
    offset = assembled.textOffset + UInt64(assembled.block.count)
    decoded.add(assembled)
  }
  decoded.end(reader.finish())
  return decoded
}

/// Decodes all units on their own, in an order that `seed` picks, then puts them together.
func decodeByUnits(_ source: any StoredBytes, seed: UInt64, blockBytes: Int = 64 << 10) throws -> (
  Summary, units: Int, restarts: Int
) {
  var random = SeededNumbers(state: seed)
  let codec = try Codec.detect(source)
  let blocks = BlockPool(blocksMax: 1 << 14, textBytesMax: blockBytes)
  var scanner = UnitScanner(source, codec: codec)
  var ahead: [ArchiveUnit: UnitResult] = [:]
  func scan() {
    var found: [ArchiveUnit] = []
    search: while true {
      switch scanner.next() {
      case .unit(let unit): found.append(unit)
      case .nothingYet: Issue.record("There was no limit.")
      case .end: break search
      }
    }
    ahead = [:]
    for unit in found.shuffled(using: &random) {
      ahead[unit] = UnitResult(source, codec, unit, blocks, &random)
    }
  }
  scan()
  var assembler = try TextAssembler()
  var decoded = Decoded()
  var next: ArchiveUnit? = .first(of: source, codec: codec)
  var (units, restarts) = (0, 0)
  while let unit = next {
    if ahead[unit] == nil {
      scanner.restart(at: unit)
      restarts += 1
      scan()
    }
    guard let result = ahead[unit] else { break }
    units += 1
    for (index, block) in result.blocks.enumerated() {
      guard let held = block.take() else { continue }
      let isLast =
        result.following == nil && result.error == nil && index == result.blocks.count - 1
      if let assembled = try assembler.accept(held, isLast: isLast) { decoded.add(assembled) }
    }
    if let error = result.error { throw error }
    next = result.following
  }
  decoded.end(assembler.finish())
  return (decoded.summary, units, restarts)
}

/// One unit's text, decoded without knowing what stands before it.
final class UnitResult {
  final class Held {
    private var decoded: DecodedBlock?
    init(_ decoded: consuming DecodedBlock) { self.decoded = consume decoded }
    func take() -> DecodedBlock? { decoded.take() }
  }
  var blocks: [Held] = []
  var following: ArchiveUnit?
  var error: ArchiveError?

  init(
    _ source: any StoredBytes,
    _ codec: Codec,
    _ unit: ArchiveUnit,
    _ pool: BlockPool,
    _ random: inout SeededNumbers
  ) {
    do throws(ArchiveError) {
      var decoder = try UnitDecoder(source, codec: codec, unit: unit, pool: sharedDecoders)
      while !decoder.hasEnded {
        guard let block = pool.take() else { throw .outOfMemory }
        var decoded = DecodedBlock(block)
        _ = try decoder.fill(&decoded)
        // Blocks need not be filled by one call.
        if Bool.random(using: &random), !decoder.hasEnded { _ = try decoder.fill(&decoded) }
        blocks.append(Held(decoded))
      }
      following = decoder.following
    } catch {
      self.error = error
    }
  }
}

/// Log-like text of about `bytes` bytes.
func seededText(_ bytes: Int, seed: UInt64 = 1, ends: String = "\n") -> [UInt8] {
  var random = SeededNumbers(state: seed)
  var text: [UInt8] = []
  text.reserveCapacity(bytes + 400)
  // Lines come again after a while, as in logs, and building them is slow in debug builds.
  while text.count < min(bytes, 200_000) {
    let user = random.next() % 500
    text += Array(
      "2026-11-01 00:00:\(random.next() % 60) 10.0.0.\(user % 250) user\(user) GET ".utf8
    )
    for _ in 0..<random.next() % 20 { text.append(UInt8(97 + random.next() % 26)) }
    text += Array(".example.com \(random.next())".utf8) + Array(ends.utf8)
  }
  let lines = text
  while text.count < bytes {
    text += Array("\(text.count) \(random.next())\(ends)".utf8)
    let cut = Int(random.next() % UInt64(lines.count))
    text += lines[cut...]
    text += Array(ends.utf8)
  }
  return text
}

/// Bytes that no codec makes smaller.
func seededNoise(_ count: Int, seed: UInt64 = 7) -> [UInt8] {
  var random = SeededNumbers(state: seed)
  var bytes = [UInt8](repeating: 0, count: count)
  unsafe bytes.withUnsafeMutableBytes { buffer in
    for index in stride(from: 0, to: count - 7, by: 8) {
      unsafe buffer.storeBytes(of: random.next(), toByteOffset: index, as: UInt64.self)
    }
  }
  return bytes
}

/// The content id by one call of the library.
func contentID(_ bytes: [UInt8]) -> ContentID {
  let hash = unsafe bytes.withUnsafeBytes { unsafe XXH3_128bits($0.baseAddress, $0.count) }
  return ContentID(high: hash.high64, low: hash.low64)
}

/// Runs a tool from start to end; its output, or `nil` when it failed.
func run(_ tool: String, _ arguments: [String], input: [UInt8] = []) throws -> [UInt8]? {
  let folder = try TemporaryFolder()
  let source = try folder.file("in", input)
  let target = folder.path("out")
  let process = Process()
  process.executableURL = URL(filePath: "/usr/bin/env")
  process.arguments = [tool] + arguments
  process.standardInput = try FileHandle(forReadingFrom: URL(filePath: source))
  _ = FileManager.default.createFile(atPath: target, contents: nil)
  process.standardOutput = try FileHandle(forWritingTo: URL(filePath: target))
  process.standardError = FileHandle.nullDevice
  try process.run()
  process.waitUntilExit()
  guard process.terminationStatus == 0 else { return nil }
  return [UInt8](try Data(contentsOf: URL(filePath: target)))
}

/// A folder that is gone when nobody uses it any more.
final class TemporaryFolder {
  private let url: URL
  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "archive-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }
  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appending(path: name).path }

  func file(_ name: String, _ bytes: [UInt8]) throws -> String {
    let file = url.appending(path: name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(),
      withIntermediateDirectories: true
    )
    try Data(bytes).write(to: file)
    return file.path
  }
}
