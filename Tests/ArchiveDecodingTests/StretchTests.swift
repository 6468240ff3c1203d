import ArchiveDecoding
import ByteBlocks
import ByteKernels
import Testing

/// Stretches of a text, read in any order, are the text.
@Suite struct StretchTests {
  static let limits: [(longest: UInt64, shortest: UInt64, share: UInt64)] = [
    (1024, 1024, 1), (4096, 2048, 4), (1 << 20, 3000, 3), (64 << 20, 4 << 20, 8),
  ]

  struct NoBlock: Error {}

  static func lengths(_ place: Int) -> TextStretch.Lengths {
    var lengths = TextStretch.Lengths()
    (lengths.longest, lengths.shortest, lengths.share) = limits[place]
    return lengths
  }

  /// Reads the stretches of a text, blocks of all in turns.
  static func read(
    _ text: [UInt8], _ lengths: TextStretch.Lengths, blockBytes: Int, seed: UInt64
  ) throws -> (decoded: Decoded, lines: [UInt64: Int]) {
    var random = SeededNumbers(state: seed)
    let blocks = BlockPool(blocksMax: 2, textBytesMax: blockBytes)
    let source = MemoryArchive(text, readMax: 10_007)
    let stretches = TextStretch.cut(UInt64(text.count), lengths)
    var pieces: [UInt64: Decoded] = [:]
    var overlong: [OverlongLine] = []
    var ends: [Int: StretchEnd] = [:]
    for place in stretches.indices.shuffled(using: &random) {
      var reader = try StretchReader(source, stretches[place])
      while !reader.hasEnded {
        guard let block = blocks.take() else { throw NoBlock() }
        guard let assembled = try reader.next(block) else { continue }
        overlong += assembled.overlongLines
        var piece = Decoded()
        piece.add(assembled)
        pieces[assembled.textOffset] = piece
        #expect(
          assembled.endsWithNewline
            || Int(assembled.textOffset) + assembled.block.count == text.count)
      }
      let end = reader.finish()
      overlong += end.overlongLines
      ends[place] = end
    }
    var whole = try StretchedText(UInt64(text.count))
    for place in stretches.indices { whole.take(try #require(ends[place])) }
    var decoded = Decoded()
    for (_, piece) in pieces.sorted(by: { $0.key < $1.key }) { decoded.text += piece.text }
    decoded.end(whole.finish())
    decoded.overlongLines = (decoded.overlongLines + overlong).sorted {
      $0.textOffset < $1.textOffset
    }
    return (decoded, pieces.mapValues(\.text.count))
  }

  static func check(_ text: [UInt8], seed: UInt64, blockBytes: Int) throws {
    guard StretchReader.isSupported, !text.isEmpty else { return }
    let expected = expectedText(text)
    // Many stretches of a long text take long in a debug build.
    for place in limits.indices where text.count < 1 << 17 || place == 2 {
      let got = try read(text, lengths(place), blockBytes: blockBytes, seed: seed)
      #expect(got.decoded.summary == expected.summary, "seed \(seed), lengths \(place)")
      // Each piece stands where it says.
      for (offset, count) in got.lines {
        let isLineStart = offset == 0 || text[Int(offset) - 1] == 10
        #expect(isLineStart && Int(offset) + count <= text.count)
      }
    }
  }

  @Test func randomLines() throws {
    for seed in 0..<60 as Range<UInt64> {
      var random = SeededNumbers(state: seed)
      var text: [UInt8] = []
      let long = [40, 3000, 9000].randomElement(using: &random) ?? 40
      for _ in 0..<random.next() % 200 {
        let length = Int(random.next() % UInt64(random.next() % 4 == 0 ? long : 60))
        text += [UInt8](repeating: UInt8(97 + random.next() % 26), count: length)
        if random.next() % 16 > 0 { text.append(10) }
      }
      try Self.check(text, seed: seed, blockBytes: seed.isMultiple(of: 2) ? 1024 : 4096)
    }
  }

  @Test(arguments: LineTests.lineLengths, [true, false]) func longLines(
    lengths: [Int], endsWithNewline: Bool
  ) throws {
    var text: [UInt8] = []
    for (index, length) in lengths.enumerated() {
      text += [UInt8](repeating: UInt8(97 + index), count: length)
      if index < lengths.count - 1 || endsWithNewline { text.append(10) }
    }
    try Self.check(text, seed: 3, blockBytes: 64 << 10)
  }

  @Test func textsOfAllLengthsAroundBlocksOfTheHash() throws {
    for count in [1, 63, 64, 1023, 1024, 1025, 2047, 2048, 2049, 3071, 3072, 3073, 9216, 10_241] {
      for period in [7, 1024, 5000] {
        let text = (0..<count).map { $0 % period == period - 1 ? 10 : UInt8(97 + $0 % 23) }
        try Self.check(text, seed: UInt64(count), blockBytes: 1024)
      }
    }
  }

  @Test func stretchesCoverTheText() {
    for bytes in [1, 2048, 33 << 20, 1 << 30, 100 << 30] as [UInt64] {
      let stretches = TextStretch.cut(bytes, TextStretch.Lengths())
      #expect(stretches.first?.start == 0 && stretches.last?.end == bytes)
      for (one, next) in zip(stretches, stretches.dropFirst()) {
        #expect(one.end == next.start && one.end.isMultiple(of: 1024))
        #expect(one.end - one.start <= 64 << 20 && one.end - one.start >= 4 << 20)
      }
    }
  }

  @Test func aFileThatShrinksIsAnError() throws {
    final class Shrinking: StoredBytes {
      var byteCount: UInt64? { 50_000 }
      var streamed: StreamedBytes? { nil }
      func read(
        at offset: UInt64, into target: inout MutableSpan<UInt8>
      ) throws(ArchiveError) -> Int {
        guard offset < 20_000 else { throw .truncated(offset: offset) }
        let count = min(target.count, Int(20_000 - offset))
        for place in 0..<count { target[place] = 10 }
        return count
      }
    }
    let stretch = try #require(TextStretch.cut(50_000, Self.lengths(3)).first)
    var reader = try StretchReader(Shrinking(), stretch)
    let pool = BlockPool(blocksMax: 1, textBytesMax: 64 << 10)
    var found: ArchiveError?
    do throws(ArchiveError) {
      guard let block = pool.take() else { return }
      _ = try reader.next(block)
    } catch { found = error }
    #expect(found == .truncated(offset: 20_000))
  }
}
