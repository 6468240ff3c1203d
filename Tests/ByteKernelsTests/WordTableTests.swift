import ByteBlocks
import ByteKernels
import TestSupport
import Testing

/// A table of words against a Swift dictionary.
@Suite struct WordTableTests {
  /// Raises `codes` as the table should, and returns the places of words that it does not know.
  static func naive(
    _ words: [[UInt8]], _ known: [[UInt8]: UInt8], raising codes: inout [UInt8]
  ) -> [Int] {
    words.indices.filter { place in
      guard let code = known[words[place]] else { return true }
      codes[place] = max(codes[place], code)
      return false
    }
  }

  @Test(arguments: 1...6) func agreesWithDictionary(seed: Int) throws {
    var random = SeededRandom(seed: seed)
    var table = WordTable()
    var known: [[UInt8]: UInt8] = [:]
    for _ in 0..<30 {
      let words = (0..<100).map { _ in
        var word = random.bytes(random.below(40), of: Array("TCP_/2".utf8))
        if random.once(in: 4) { word.append(0) }
        return random.once(in: 3) ? Array(word.prefix(2)) : word
      }
      let column = try FieldColumn(words, between: random.bytes(2))
      let before = (0..<102).map { _ in UInt8(random.below(3)) }
      var codes = makeBuffer(before)
      let absentCount = table.find(
        column.ranges.span, in: column.block, raising: &codes, at: 2)
      var expected = Array(before[2...])
      let absent = Self.naive(words, known, raising: &expected)
      #expect((0..<absentCount).map { table.absentPlace($0) } == absent)
      #expect(codes.first(102) == before[..<2] + expected)
      for place in absent {
        let code = UInt8(words[place].count % 3)
        table.put(column.ranges[place], in: column.block, code: code)
        if words[place].count <= WordTable.wordBytesMax, known.count < WordTable.wordsMax {
          known[words[place]] = known[words[place]] ?? code
        }
      }
      #expect(table.count == known.count)
    }
  }

  @Test func hostileLogsFillNoMemory() throws {
    var table = WordTable()
    let words = (0..<3000).map { Array("word\($0)".utf8) }
    let column = try FieldColumn(words)
    for range in column.ranges { table.put(range, in: column.block, code: 1) }
    #expect(table.count == WordTable.wordsMax)
    var codes = Buffer<UInt8>(count: words.count)
    let absent = table.find(column.ranges.span, in: column.block, raising: &codes)
    #expect(absent == words.count - WordTable.wordsMax)
    #expect(table.absentPlace(0) == WordTable.wordsMax)
  }
}
