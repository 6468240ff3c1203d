import ByteBlocks
import ByteKernels
import TestSupport
import Testing

/// Lines cut by their index equal lines split by hand.
@Suite struct CutFieldsTests {
  struct Cut: Equatable {
    var records: [[[UInt8]]] = []
    var lines: [Int] = []
    var irregular: [Int] = []
  }
  struct Shape {
    var fieldCount: Int
    var moreAllowed: Bool
    var wanted: [UInt16]
  }

  /// The fields of one line: separators outside of quotes part them, a quote toggles anywhere.
  static func split(_ line: ArraySlice<UInt8>, _ dialect: Dialect) -> [[UInt8]]? {
    var fields: [[UInt8]] = [[]]
    var isQuoted = false
    for (place, byte) in zip(line.indices, line) {
      if let quote = dialect.quote, byte == quote { isQuoted.toggle() }
      if byte == dialect.separator, !isQuoted {
        let follows = place > line.startIndex && line[place - 1] == dialect.separator
        if !(dialect.collapses && follows) { fields.append([]) }
      } else {
        fields[fields.count - 1].append(byte)
      }
    }
    if isQuoted { return nil }
    if fields[fields.count - 1].last == UInt8(ascii: "\r") { fields[fields.count - 1].removeLast() }
    guard let quote = dialect.quote else { return fields }
    return fields.map { field in
      field.count >= 2 && field.first == quote && field.last == quote
        ? Array(field.dropFirst().dropLast()) : field
    }
  }

  /// Whether a line starts or ends with separators that are no fields of their own.
  static func hasOuterSeparators(_ line: ArraySlice<UInt8>, _ dialect: Dialect) -> Bool {
    let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
    return dialect.collapses && (line.first == dialect.separator || line.last == dialect.separator)
  }

  static func naive(
    _ text: [UInt8],
    _ dialect: Dialect,
    _ shape: Shape,
    lines: Range<Int>
  ) -> Cut {
    var all = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    if all.last?.isEmpty == true { all.removeLast() }
    var cut = Cut()
    for number in lines {
      let line = all[number]
      if line.first != UInt8(ascii: "#"), !hasOuterSeparators(line, dialect),
        let fields = split(line, dialect),
        fields.count == shape.fieldCount || shape.moreAllowed && fields.count > shape.fieldCount
      {
        cut.records.append(shape.wanted.map { fields[Int($0)] })
        cut.lines.append(number)
      } else {
        cut.irregular.append(number)
      }
    }
    return cut
  }

  static func read(
    _ fields: borrowing CutFields,
    _ block: borrowing Block,
    columns: Int
  ) -> Cut {
    var cut = Cut()
    for record in 0..<fields.recordCount {
      cut.records.append((0..<columns).map { block.bytes(of: fields.column($0)[record]) })
      cut.lines.append(Int(fields.recordLines[record]))
    }
    cut.irregular = fields.irregularLines.first(fields.irregularCount).map { Int($0) }
    return cut
  }

  static func random(_ seed: Int) -> (text: [UInt8], dialect: Dialect, shape: Shape) {
    var random = SeededRandom(seed: seed)
    let dialect = TextIndexTests.dialects[random.below(4)]
    let alphabet = Array(
      random.one(of: ["ab \n", "abc  \"\n", "a \"\"\r\n#", "abcdefgh  \n"]).utf8
    )
    let fieldCount = 1 + random.below(4)
    let wanted = (0..<1 + random.below(3)).map { _ in UInt16(random.below(fieldCount)) }
    let shape = Shape(fieldCount: fieldCount, moreAllowed: random.once(in: 2), wanted: wanted)
    return (random.bytes(random.below(400), of: alphabet), dialect, shape)
  }

  @Test(arguments: KernelLevel.supported) func randomTexts(level: KernelLevel) throws {
    var index = TextIndex(level: level)
    var fields = CutFields()
    for seed in 0..<3000 {
      let (text, dialect, shape) = Self.random(seed)
      let block = try makeBlock(text)
      index.fill(from: block, dialect: dialect)
      var random = SeededRandom(seed: seed)
      let from = random.below(index.lineCount + 1)
      let lines = from..<from + random.below(index.lineCount - from + 1)
      fields.cut(
        block,
        index,
        lines: lines,
        dialect: dialect,
        fieldCount: shape.fieldCount,
        moreAllowed: shape.moreAllowed,
        wanted: shape.wanted
      )
      let found = Self.read(fields, block, columns: shape.wanted.count)
      let expected = Self.naive(text, dialect, shape, lines: lines)
      #expect(found == expected, "seed \(seed), text \(text.debugText), lines \(lines)")
      if found != expected { return }
    }
  }

  struct Line: Sendable, CustomTestStringConvertible {
    var text: String
    var fields: [String]?
    var dialect = TextIndexTests.dialects[0]
    var testDescription: String { text.debugDescription }
  }

  static let lines = [
    Line(text: "a b c", fields: ["a", "b", "c"]),
    Line(text: "a \"b b\" c\r", fields: ["a", "b b", "c"]),
    Line(text: "a b \"c c\"\r", fields: ["a", "b", "c c"]),
    Line(text: "\"\" \"\" \"\"", fields: ["", "", ""]),
    Line(text: "  ", fields: ["", "", ""]),
    Line(text: "a b ", fields: ["a", "b", ""]),
    Line(text: "a b", fields: nil),
    Line(text: "a b c d", fields: nil),
    Line(text: "a b \"c", fields: nil),
    Line(text: "#a b c", fields: nil),
    Line(text: "a   b c", fields: ["a", "b", "c"], dialect: TextIndexTests.dialects[2]),
    Line(text: "a b c\r", fields: ["a", "b", "c"], dialect: TextIndexTests.dialects[2]),
    Line(text: " a b c", fields: nil, dialect: TextIndexTests.dialects[2]),
    Line(text: "a b ", fields: nil, dialect: TextIndexTests.dialects[2]),
    Line(text: "a b \r", fields: nil, dialect: TextIndexTests.dialects[2]),
    Line(text: "a \"b c", fields: ["a", "\"b", "c"], dialect: TextIndexTests.dialects[2]),
  ]

  @Test(arguments: lines) func cutsLine(_ line: Line) throws {
    let block = try makeBlock(line.text)
    var index = TextIndex()
    index.fill(from: block, dialect: line.dialect)
    var fields = CutFields()
    fields.cut(
      block,
      index,
      lines: 0..<1,
      dialect: line.dialect,
      fieldCount: 3,
      moreAllowed: false,
      wanted: [0, 1, 2]
    )
    let cut = Self.read(fields, block, columns: 3)
    #expect(cut.records == (line.fields.map { [$0.map { Array($0.utf8) }] } ?? []))
  }

  @Test func recordsAreAddedByHand() throws {
    let block = try makeBlock("a b\nc d e\n")
    let dialect = TextIndexTests.dialects[0]
    var index = TextIndex()
    index.fill(from: block, dialect: dialect)
    var fields = CutFields()
    fields.cut(
      block,
      index,
      lines: 0..<2,
      dialect: dialect,
      fieldCount: 2,
      moreAllowed: false,
      wanted: [1]
    )
    let start = UInt32(block.start)
    fields.append([FieldRange(start: start + 4, end: start + 9)], line: 1)
    let cut = Self.read(fields, block, columns: 1)
    #expect(cut.records == [[Array("b".utf8)], [Array("c d e".utf8)]])
    #expect(cut.lines == [0, 1])
  }

  @Test func unknownFieldTraps() async {
    await #expect(processExitsWith: .failure) {
      let block = try makeBlock("a b")
      var index = TextIndex()
      index.fill(from: block, dialect: TextIndexTests.dialects[0])
      var fields = CutFields()
      fields.cut(
        block,
        index,
        lines: 0..<1,
        dialect: TextIndexTests.dialects[0],
        fieldCount: 2,
        moreAllowed: false,
        wanted: [2]
      )
    }
  }
}
