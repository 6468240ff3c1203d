import ArchiveDecoding
import Testing

/// Members are found by guessing; what comes out never depends on the guesses.
@Suite struct GzipUnitTests {
  static let plausible: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]

  @Test func membersBecomeUnits() throws {
    var (stored, text): ([UInt8], [UInt8]) = ([], [])
    for seed in 1...6 as ClosedRange<UInt64> {
      let piece = seededNoise(700_000, seed: seed)
      stored += try member(piece)
      text += piece
    }
    let (decoded, units, restarts) = try decodeByUnits(MemoryArchive(stored), seed: 1)
    #expect(decoded == expectedText(text).summary)
    #expect(units == 3)  // Two members each: a unit has at least 1 MiB.
    #expect(restarts == 0)
  }

  /// Headers planted into stored deflate data look like members and are none.
  @Test(arguments: 1...12 as ClosedRange<UInt64>) func plantedHeaders(seed: UInt64) throws {
    var random = SeededNumbers(state: seed)
    let inner = try member(Array("never to be seen\n".utf8))
    var (stored, text): ([UInt8], [UInt8]) = ([], [])
    for _ in 0..<3 + random.next() % 3 {
      var piece = seededNoise(200_000 + Int(random.next() % 2_000_000), seed: random.next())
      for _ in 0..<random.next() % 12 {
        let at = Int(random.next() % UInt64(piece.count - 100))
        // A header alone, or a sound member, which would even decode.
        let planted = random.next() % 2 == 0 ? Self.plausible : inner
        piece.replaceSubrange(at..<at + planted.count, with: planted)
      }
      stored += storedMember(piece)
      text += piece
    }
    let expected = expectedText(text).summary
    #expect(try decode(MemoryArchive(stored)) == expected)
    let (decoded, _, _) = try decodeByUnits(MemoryArchive(stored), seed: seed)
    #expect(decoded == expected)
  }

  @Test func errorsBehindFalseStartsAreIgnoredAndTrueOnesAreNot() throws {
    var piece = seededNoise(3 << 20)
    piece.replaceSubrange(3 << 19..<(3 << 19) + 10, with: Self.plausible)
    var stored = storedMember(piece) + (try member(seededNoise(2 << 20, seed: 4)))
    #expect(try decodeByUnits(MemoryArchive(stored), seed: 2).restarts > 0)
    stored[stored.count - 7] ^= 1
    let wanted = ArchiveError.corrupt(offset: UInt64(stored.count - 8), .contentChecksum)
    #expect(throws: wanted) { _ = try decode(MemoryArchive(stored)) }
    #expect(throws: wanted) { _ = try decodeByUnits(MemoryArchive(stored), seed: 2) }
  }

  struct Tail: Sendable {
    let bytes: [UInt8]
    /// Bytes behind the member at which the error lies; `nil` when it is none.
    let error: ArchiveError?
    init(_ bytes: [UInt8], _ error: ArchiveError? = nil) {
      self.bytes = bytes
      self.error = error
    }
  }

  static let small: [UInt8] = storedMember(Array("a\nb\n".utf8))
  static let smallEnd: UInt64 = UInt64(small.count)

  static let tails: [Tail] = [
    Tail([]), Tail([0]), Tail([UInt8](repeating: 0, count: 300_000)),
    Tail([0, 0, 1], .trailingGarbage(offset: smallEnd)),
    Tail([UInt8](repeating: 0, count: 300_000) + small, .trailingGarbage(offset: smallEnd)),
    Tail(Array("garbage".utf8), .trailingGarbage(offset: smallEnd)),
    Tail([0x1f, 0x8c], .trailingGarbage(offset: smallEnd)),
    Tail([0x1f], .truncated(offset: smallEnd + 1)),
    Tail([0x1f, 0x8b, 8, 0], .truncated(offset: smallEnd + 4)),
    Tail([0x1f, 0x8b, 7] + plausible, .unsupported(offset: smallEnd, .gzipMethod)),
    Tail([0x1f, 0x8b, 8, 0x20] + plausible, .corrupt(offset: smallEnd, .frameHeader)),
  ]

  @Test(arguments: tails) func tailBehindAMember(_ tail: Tail) throws {
    for isStream in [false, true] {
      let source = MemoryArchive(Self.small + tail.bytes, isStream: isStream, readMax: 1000)
      if let error = tail.error {
        #expect(throws: error) { _ = try decode(source) }
      } else {
        #expect(try decode(source).contentID == contentID(Array("a\nb\n".utf8)))
      }
    }
  }

  @Test func optionalHeaderFields() throws {
    let body = Self.small[10...]
    let long = [UInt8](repeating: 65, count: 400_000)
    for flags in 0..<32 as Range<UInt8> {
      var stored: [UInt8] = [0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 3]
      if flags & 4 != 0 { stored += [0xFF, 0xFF] + long[..<65_535] }
      if flags & 8 != 0 { stored += long + [0] }
      if flags & 16 != 0 { stored += [0] }
      if flags & 2 != 0 { stored += [1, 2] }
      for readMax in [999, Int.max] {
        let source = MemoryArchive(stored + body + stored + body, readMax: readMax)
        #expect(try decode(source).contentID == contentID(Array("a\nb\na\nb\n".utf8)))
      }
    }
  }

  private func member(_ text: [UInt8]) throws -> [UInt8] {
    try #require(try run("gzip", ["-c", "-n", "-1"], input: text))
  }

  /// A member whose deflate blocks hold the text as it is.
  static func storedMember(_ text: [UInt8]) -> [UInt8] {
    var stored: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]
    var start = 0
    repeat {
      let end = min(start + 65_535, text.count)
      let length = UInt16(end - start)
      stored += [end == text.count ? 1 : 0, UInt8(length & 255), UInt8(length >> 8)]
      stored += [UInt8(~length & 255), UInt8(~length >> 8)]
      stored += text[start..<end]
      start = end
    } while start < text.count
    for word in [checksum(text), UInt32(text.count)] {
      stored += (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
    }
    return stored
  }

  private func storedMember(_ text: [UInt8]) -> [UInt8] { Self.storedMember(text) }

  /// CRC-32 by table.
  static func checksum(_ bytes: [UInt8]) -> UInt32 {
    let table = (0..<256 as Range<UInt32>).map { index in
      (0..<8).reduce(index) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1 }
    }
    var value = ~UInt32(0)
    unsafe bytes.withUnsafeBufferPointer { bytes in
      unsafe table.withUnsafeBufferPointer { table in
        for index in 0..<bytes.count {
          value = unsafe table[Int(UInt8(truncatingIfNeeded: value) ^ bytes[index])] ^ value >> 8
        }
      }
    }
    return ~value
  }
}
