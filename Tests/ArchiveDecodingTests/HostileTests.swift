import ArchiveDecoding
import ByteBlocks
import Testing

/// Archives made to cost much, and formats that are not read.
@Suite struct HostileTests {
  /// zstd: `blocks` runs of 128 KiB of one byte, four stored bytes each.
  static func runs(_ blocks: Int, byte: UInt8 = 10) -> [UInt8] {
    // Window of 128 KiB, no content size, no checksum.
    var stored: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, 0, 7 << 3]
    for index in 0..<blocks {
      let header = (128 << 10) << 3 | 1 << 1 | (index == blocks - 1 ? 1 : 0)
      stored += [UInt8(header & 255), UInt8(header >> 8 & 255), UInt8(header >> 16), byte]
    }
    return stored
  }

  @Test func bombsAreStopped() throws {
    let bomb = MemoryArchive(Self.runs(1001))
    #expect {
      _ = try decode(bomb, blockBytes: 1 << 20)
    } throws: { error in
      guard case .ratioTooHigh(_, let text, _, 20_000)? = error as? ArchiveError else {
        return false
      }
      return text >= 64 << 20 && text < 70 << 20
    }
    // Whoever trusts the archive may raise the limit; a short burst is no bomb.
    var limits = DecodingLimits()
    limits.ratioMax = 40_000
    #expect(try decode(bomb, limits: limits, blockBytes: 1 << 20).textBytes == 1001 << 17)
    #expect(try decode(MemoryArchive(Self.runs(100)), blockBytes: 1 << 20).textBytes == 100 << 17)
  }

  @Test func oneLineWithoutEndCostsNoMemory() throws {
    let decoded = try decode(MemoryArchive(Self.runs(400, byte: 65)), blockBytes: 1 << 20)
    #expect(decoded.overlong == [OverlongLine(textOffset: 0, byteCount: 400 << 17)])
    #expect(decoded.keptBytes == 0)
  }

  @Test func repeatedLinesAreNoBomb() throws {
    let text = Array(
      repeatElement(Array("2026-11-01 GET /health 200\n".utf8), count: 40_000).joined()
    )
    let once = try #require(try run("zstd", ["-c", "-19"], input: text))
    let stored = Array(repeatElement(once, count: 100).joined())
    #expect(try decode(MemoryArchive(stored), blockBytes: 1 << 20).textBytes == 108_000_000)
  }

  @Test func hugeWindowIsRefused() throws {
    // 50 bytes that ask for 2 GiB, then for 128 MiB and a bit.
    for (descriptor, bytes) in [(21 << 3, 1 << 31), (17 << 3 | 1, (1 << 27) + (1 << 24))] {
      let stored: [UInt8] =
        [0x28, 0xb5, 0x2f, 0xfd, 0, UInt8(descriptor), 1, 0, 0]
        + [UInt8](repeating: 0, count: 41)
      let wanted = ArchiveError.windowTooLarge(
        offset: 0,
        windowBytes: UInt64(bytes),
        windowBytesMax: 1 << 27
      )
      #expect(throws: wanted) { _ = try decode(MemoryArchive(stored)) }
    }
  }

  @Test func emptyFramesEnd() throws {
    let frames: [[UInt8]] = [
      [0x28, 0xb5, 0x2f, 0xfd, 0x20, 0, 1, 0, 0],
      [0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0],
      try #require(try run("lz4", ["-c"], input: [])),
      GzipUnitTests.storedMember([]),
    ]
    var limits = DecodingLimits()
    limits.emptyFramesMax = 1000
    for frame in frames {
      let few = Array(repeatElement(frame, count: 1000).joined())
      #expect(try decode(MemoryArchive(few), limits: limits).textBytes == 0)
      let many = MemoryArchive(few + frame, isStream: true)
      #expect(
        throws: ArchiveError.tooManyEmptyFrames(
          offset: UInt64(few.count + frame.count),
          framesMax: 1000
        )
      ) { _ = try decode(many, limits: limits) }
    }
  }

  struct Refused: Sendable {
    let bytes: [UInt8]
    let error: ArchiveError
    init(_ bytes: [UInt8], _ format: ArchiveError.UnsupportedFormat, at offset: UInt64 = 0) {
      self.bytes = bytes + [UInt8](repeating: 0, count: 30)
      error = .unsupported(offset: offset, format)
    }
  }

  static let skippable: [UInt8] = [0x53, 0x2a, 0x4d, 0x18, 1, 0, 0, 0, 9]
  static let emptyZstd: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, 0x20, 0, 1, 0, 0]
  static let lz4Magic: [UInt8] = [0x04, 0x22, 0x4d, 0x18]

  static let lz4WithDictionary: [UInt8] = {
    let header: [UInt8] = [0x61, 0x40, 1, 0, 0, 0]
    return lz4Magic + header + [headerChecksum(header[...])]
  }()

  static let refused: [Refused] = [
    Refused([0x50, 0x4b, 3, 4], .zip), Refused([0x50, 0x4b, 5, 6], .zip),
    Refused([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0], .xz),
    Refused(Array("BZh91AY&SY".utf8), .bzip2),
    Refused([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], .sevenZip),
    Refused([0x1f, 0x9d, 0x90, 1], .unixCompress),
    Refused([0x37, 0xa4, 0x30, 0xec], .zstdDictionary),
    Refused([0x28, 0xb5, 0x2f, 0xfd, 0x21, 7, 1], .zstdDictionary),
    Refused([0x25, 0xb5, 0x2f, 0xfd], .zstdLegacy), Refused([0x1e, 0xb5, 0x2f, 0xfd], .zstdLegacy),
    Refused([0x02, 0x21, 0x4c, 0x18], .lz4Legacy),
    Refused(skippable + [0x02, 0x21, 0x4c, 0x18], .lz4Legacy, at: 9),
    Refused(lz4WithDictionary, .lz4Dictionary),
    Refused([0x42, 0x5a, 0x68, 0x39, 0x17, 0x72, 0x45, 0x38, 0x50, 0x90], .bzip2),
    Refused(emptyZstd + lz4Magic, .mixedFrames, at: 9),
    Refused([0x1f, 0x8b, 9, 0], .gzipMethod),
  ]

  @Test(arguments: refused) func formatsAreRefused(_ refused: Refused) throws {
    var error: ArchiveError?
    do {
      _ = try decode(MemoryArchive(refused.bytes))
    } catch let thrown as ArchiveError {
      error = thrown
    }
    #expect(error == refused.error)
  }

  @Test(arguments: [
    ("", Codec.plain), ("\n", .plain), ("BZh9 is text", .plain), ("PK", .plain), ("7z", .plain),
    ("2026-11-01 GET", .plain), ("\u{FEFF}text", .plain),
  ]) func textIsPlain(text: String, codec: Codec) throws {
    #expect(try Codec.detect(MemoryArchive(Array(text.utf8))) == codec)
    #expect(try decode(MemoryArchive(Array(text.utf8))).textBytes == UInt64(text.utf8.count))
  }

  @Test(arguments: [[0xff, 0xfe, 65, 0, 10, 0, 66, 0], [0xfe, 0xff, 0, 65, 0, 10], [0xff, 0xfe]])
  func utf16IsRefused(stored: [UInt8]) throws {
    #expect(throws: ArchiveError.wideText) { _ = try decode(MemoryArchive(stored)) }
    #expect(ArchiveError.wideText.description.contains("iconv -f UTF-16 -t UTF-8"))
    // A mark within a text is none.
    #expect(try decode(MemoryArchive([65, 10] + stored)).keptBytes == stored.count + 2)
  }

  @Test func framesToBeSkippedComeFirst() throws {
    let text = Array("a\nb\n".utf8)
    for tool in ["zstd", "lz4"] {
      let stored =
        Self.skippable + Self.skippable + (try #require(try run(tool, ["-c"], input: text)))
      #expect(try Codec.detect(MemoryArchive(stored)).rawValue == tool)
      #expect(try decode(MemoryArchive(stored)).contentID == contentID(text))
      #expect(try decode(MemoryArchive(stored, isStream: true)).contentID == contentID(text))
    }
    #expect(try decode(MemoryArchive(Self.skippable)).textBytes == 0)
    // A frame to be skipped that says to be longer than the archive.
    let cut: [UInt8] = [0x53, 0x2a, 0x4d, 0x18, 0xff, 0xff, 0xff, 0xff, 9]
    #expect(throws: ArchiveError.truncated(offset: 9)) { _ = try decode(MemoryArchive(cut)) }
    #expect(throws: ArchiveError.truncated(offset: 9)) {
      _ = try decode(MemoryArchive(cut, isStream: true))
    }
  }

  @Test func lz4ContentSizeMustBeRight() throws {
    let text = seededNoise(300_000)
    for options in [["-BI"], ["-BD"]] {
      var stored = try #require(
        try run("lz4", ["-c", "--content-size", "-B4"] + options, input: text)
      )
      // Sizes come only from files, so the tool writes none here: write one that is wrong.
      if stored[4] & 8 == 0 {
        stored[4] |= 8
        stored.insert(contentsOf: [1, 2, 3, 0, 0, 0, 0, 0], at: 6)
      } else {
        stored[6] ^= 1
      }
      stored[14] = Self.headerChecksum(stored[4..<14])
      #expect {
        _ = try decode(MemoryArchive(stored))
      } throws: { error in
        guard case .corrupt(_, .contentSize)? = error as? ArchiveError else { return false }
        return true
      }
    }
  }

  /// The second byte of XXH32, for up to 15 bytes.
  static func headerChecksum(_ bytes: ArraySlice<UInt8>) -> UInt8 {
    let primes: [UInt32] = [2_654_435_761, 2_246_822_519, 3_266_489_917, 668_265_263, 374_761_393]
    func rotate(_ value: UInt32, _ bits: UInt32) -> UInt32 { value << bits | value >> (32 - bits) }
    var hash = primes[4] &+ UInt32(bytes.count)
    var rest = bytes
    while rest.count >= 4 {
      let word = rest.prefix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      hash = rotate(hash &+ word &* primes[2], 17) &* primes[3]
      rest = rest.dropFirst(4)
    }
    for byte in rest { hash = rotate(hash &+ UInt32(byte) &* primes[4], 11) &* primes[0] }
    hash = (hash ^ hash >> 15) &* primes[1]
    hash = (hash ^ hash >> 13) &* primes[2]
    hash ^= hash >> 16
    return UInt8(truncatingIfNeeded: hash >> 8)
  }

  @Test func errorsSayWhatAndWhereAndWhatToDo() {
    let errors: [(ArchiveError, [String])] = [
      (.notFound(path: "a/b.gz"), ["a/b.gz", "no such file"]),
      (.cannotOpen(path: "c", code: 13), ["c:", "Permission denied"]),
      (.notAnArchive(path: "/dev/null"), ["/dev/null"]),
      (.readFailed(offset: 7, code: 5), ["byte 7", "Input/output error"]),
      (.truncated(offset: 123), ["byte 123", "fetch it again"]),
      (.corrupt(offset: 55, .blockChecksum), ["byte 55", "checksum"]),
      (.trailingGarbage(offset: 99), ["byte 99"]),
      (.unsupported(offset: 0, .xz), ["xz", "Repack"]),
      (
        .windowTooLarge(offset: 1, windowBytes: 2, windowBytesMax: 3),
        ["byte 1", "2 bytes", "3 are"]
      ),
      (
        .ratioTooHigh(offset: 4, textBytes: 5, storedBytes: 6, ratioMax: 7),
        ["--max-ratio", "7 to 1"]
      ),
      (.tooManyEmptyFrames(offset: 8, framesMax: 9), ["9 frames", "byte 8"]),
      (.outOfMemory, ["memory"]),
      (.noContainerLibrary, ["apt-get install libarchive13"]),
    ]
    for (error, words) in errors {
      for word in words { #expect(error.description.contains(word), "\(error)") }
    }
  }
}
