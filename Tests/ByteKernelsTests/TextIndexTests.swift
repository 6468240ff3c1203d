import ByteBlocks
import ByteKernels
import TestSupport
import Testing

/// The structural index by all levels equals its description, read literally.
@Suite struct TextIndexTests {
  static let dialects = [
    Dialect(separator: UInt8(ascii: " "), quote: UInt8(ascii: "\"")),
    Dialect(separator: UInt8(ascii: " ")),
    Dialect(separator: UInt8(ascii: " "), collapses: true),
    Dialect(separator: UInt8(ascii: " "), quote: UInt8(ascii: "\""), collapses: true),
    Dialect(separator: UInt8(ascii: "\t"), quote: UInt8(ascii: "'")),
  ]
  static let letters = Array("a \"\n".utf8)

  /// What an index holds, with offsets from the start of the text.
  struct Structure: Equatable, CustomStringConvertible {
    var positions: [Int] = []
    var lineEnds: [Int] = []
    var oddLines: [Int] = []
    var hasNUL = false
    var description: String { "positions \(positions) lineEnds \(lineEnds) odd \(oddLines)" }
  }

  /// The naive twin: line by line, then byte by byte.
  static func naive(_ text: [UInt8], _ dialect: Dialect) -> Structure {
    var structure = Structure()
    structure.hasNUL = text.contains(0)
    var start = 0
    while start < text.count {
      let end = text[start...].firstIndex(of: UInt8(ascii: "\n")) ?? text.count
      var isQuoted = false
      for place in start..<end {
        if let quote = dialect.quote, text[place] == quote { isQuoted.toggle() }
        guard text[place] == dialect.separator, !isQuoted else { continue }
        if dialect.collapses, place > start, text[place - 1] == dialect.separator { continue }
        structure.positions.append(place)
      }
      if isQuoted { structure.oddLines.append(structure.lineEnds.count) }
      structure.lineEnds.append(structure.positions.count)
      structure.positions.append(end)
      start = end + 1
    }
    return structure
  }

  static func read(_ index: borrowing TextIndex, _ block: borrowing Block) -> Structure {
    var structure = Structure()
    structure.hasNUL = index.hasNUL
    structure.positions = (0..<index.positionCount).map { index.position($0) - block.start }
    for line in 0..<index.lineCount {
      let entry = index.lineEnds[line]
      if entry & TextIndex.oddQuotes != 0 { structure.oddLines.append(line) }
      structure.lineEnds.append(Int(entry & ~TextIndex.oddQuotes))
    }
    return structure
  }

  /// Says how a level differs from the naive twin; `nil` when none does.
  static func difference(
    _ text: [UInt8],
    _ dialect: Dialect,
    level: KernelLevel,
    _ index: inout TextIndex,
    carried: Int = 0
  ) throws -> String? {
    let block = try makeBlock(text, carried: carried)
    index.fill(from: block, dialect: dialect)
    let (found, expected) = (read(index, block), naive(text, dialect))
    guard found != expected else { return nil }
    return "\(level.name) \(dialect) \(text.debugText): \(found), expected \(expected)"
  }

  @Test(arguments: KernelLevel.supported) func shortTexts(level: KernelLevel) throws {
    var index = TextIndex(level: level)
    var failure: String?
    try forEachString(over: Self.letters, lengthMax: 7) { text in
      guard failure == nil else { return }
      for dialect in Self.dialects.prefix(4) where failure == nil {
        failure = try Self.difference(text, dialect, level: level, &index)
      }
    }
    #expect(failure == nil)
  }

  @Test(arguments: KernelLevel.supported) func shortTextsAcrossBorders(level: KernelLevel) throws {
    var index = TextIndex(level: level)
    var failure: String?
    for front in [Array("aaaa".utf8), Array("\n\"a ".utf8)] {
      for frontBytes in 59...64 where failure == nil {
        let padded = front + Array(repeating: UInt8(ascii: "a"), count: frontBytes - front.count)
        try forEachString(over: Self.letters, lengthMax: 5) { text in
          guard failure == nil else { return }
          failure = try Self.difference(
            padded + text,
            Self.dialects[text.count % 4],
            level: level,
            &index
          )
        }
      }
    }
    #expect(failure == nil)
  }

  @Test(arguments: KernelLevel.supported) func randomTexts(level: KernelLevel) throws {
    let alphabets = [
      "aaaaaaa \"\n", " \"\n", "  a\n", "aaaaaaaaaaaa\n \"", "\"\"\"\n", " \t'\"\r\na",
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa \n\0",
    ]
    var index = TextIndex(level: level)
    for length in 0...300 {
      for (number, alphabet) in alphabets.enumerated() {
        var random = SeededRandom(seed: length * 10 + number)
        let text = random.bytes(length, of: Array(alphabet.utf8))
        let dialect = Self.dialects[random.below(Self.dialects.count)]
        let carried = random.below(length + 1)
        let failure = try Self.difference(text, dialect, level: level, &index, carried: carried)
        #expect(failure == nil, "length \(length), alphabet \(number)")
      }
    }
  }

  @Test(arguments: KernelLevel.supported) func longTextsOfBinaryBytes(level: KernelLevel) throws {
    var index = TextIndex(level: level)
    for seed in 0..<20 {
      var random = SeededRandom(seed: seed)
      let text = random.bytes(random.below(5000))
      let failure = try Self.difference(text, Self.dialects[seed % 4], level: level, &index)
      #expect(failure == nil, "seed \(seed)")
    }
  }

  @Test func linesHaveStartsAndEnds() throws {
    let block = try makeBlock("one two\n\nthree")
    var index = TextIndex()
    index.fill(from: block, dialect: Self.dialects[0])
    let lines = (0..<index.lineCount).map { line in
      index.lineStart(line, blockStart: block.start) - block.start..<index.lineEnd(line)
        - block.start
    }
    #expect(lines == [0..<7, 8..<8, 9..<14])
  }

  @Test(arguments: KernelLevel.supported) func linesThatStartWithAByte(level: KernelLevel) throws {
    for length in 0...260 {
      var random = SeededRandom(seed: length)
      let text = random.bytes(length, of: Array("#a\n".utf8))
      let block = try makeBlock(text, behind: UInt8(ascii: "#"))
      let expected = text.indices.filter { place in
        text[place] == UInt8(ascii: "#") && (place == 0 || text[place - 1] == UInt8(ascii: "\n"))
      }
      for room in [0, 1, 7, 300] {
        let found = block.linesStarting(with: UInt8(ascii: "#"), room: room, level: level)
        #expect(found.map { $0 - block.start } == Array(expected.prefix(room)), "length \(length)")
      }
    }
  }
}

extension [UInt8] {
  /// The bytes as they stand in a program.
  var debugText: String { String(decoding: self, as: UTF8.self).debugDescription }
}
