import ByteBlocks
import ByteKernels
import TestSupport
import Testing

@testable import LogFormats

/// Lines cut exactly: quotes count at the ends of fields alone.
@Suite struct CutterTests {
  static let quoted = Dialect(separator: UInt8(ascii: " "), quote: UInt8(ascii: "\""))
  static let collapsing = Dialect(separator: UInt8(ascii: " "), collapses: true)

  struct Case: Sendable, CustomTestStringConvertible {
    var line: String
    var fields: [String]?
    var dialect = CutterTests.quoted
    var testDescription: String { line.debugDescription }
  }

  static let cases = [
    Case(line: "", fields: [""]),
    Case(line: "a", fields: ["a"]),
    Case(line: " ", fields: ["", ""]),
    Case(line: "a b", fields: ["a", "b"]),
    Case(line: "a  b ", fields: ["a", "", "b", ""]),
    Case(line: "\"\"", fields: [""]),
    Case(line: "\"a b\" c", fields: ["a b", "c"]),
    Case(line: "a \"b c\"", fields: ["a", "b c"]),
    Case(line: "a\"b c\"d", fields: ["a\"b", "c\"d"]),
    Case(line: "\"a\"b\" c", fields: ["a\"b", "c"]),
    Case(line: "\"a \"b\" c\" d", fields: ["a \"b", "c\"", "d"]),
    Case(line: "\"a\" \"\" \"b\"", fields: ["a", "", "b"]),
    Case(line: "\"", fields: nil),
    Case(line: "a \"b c", fields: nil),
    Case(line: "\"a\"b c", fields: nil),
    Case(line: "", fields: [""], dialect: collapsing),
    Case(line: "  a   b  ", fields: ["a", "b"], dialect: collapsing),
    Case(line: "a \"b c\"", fields: ["a", "\"b", "c\""], dialect: collapsing),
  ]

  @Test(arguments: cases) func cutsLine(_ c: Case) throws {
    let block = try makeBlock(c.line)
    var cutter = FieldCutter(dialect: c.dialect)
    let isClosed = cutter.cut(block.memoryBytes, from: block.start, to: block.end)
    let fields = cutter.fields.map { String(decoding: block.bytes(of: $0), as: UTF8.self) }
    #expect(isClosed == (c.fields != nil))
    if let expected = c.fields { #expect(fields == expected) }
  }

  /// A regular line has the same fields whether the index cuts it or the cutter does.
  @Test func regularLinesAgreeWithTheIndex() throws {
    var index = TextIndex()
    var fields = CutFields()
    for seed in 0..<4000 {
      var random = SeededRandom(seed: seed)
      let words = (0..<5).map { _ in
        random.one(of: ["a", "bc", "", "\"d e\"", "\"\"", "\"f\"", "g h"])
      }
      let plain = words.map { $0 == "g h" ? "\"g h\"" : $0 }
      let block = try makeBlock(plain.joined(separator: " "))
      index.fill(from: block, dialect: Self.quoted)
      fields.cut(
        block,
        index,
        lines: 0..<index.lineCount,
        dialect: Self.quoted,
        fieldCount: 5,
        moreAllowed: false,
        wanted: [0, 1, 2, 3, 4]
      )
      guard fields.recordCount == 1 else { continue }
      var cutter = FieldCutter(dialect: Self.quoted)
      let isClosed = cutter.cut(block.memoryBytes, from: block.start, to: block.end)
      #expect(isClosed)
      let ranges = (0..<5).map { fields.column($0)[0] }
      #expect(ranges == cutter.fields, "\(plain)")
    }
  }
}
