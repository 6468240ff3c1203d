import ByteBlocks
import ByteKernels
import TestSupport
import Testing

/// Lines of any shape, cut by every kernel.
@Suite struct LineCutterTests {
  struct Cut: Sendable, CustomTestStringConvertible {
    var shape: LineShape
    var line: String
    /// `nil`: not of this shape.
    var fields: [String: String]?
    var testDescription: String { line }
  }

  static let pairs = LineShape.pairs(pair: UInt8(ascii: "="), separators: Array(" \t".utf8))
  static let ftd = LineShape.pairs(pair: UInt8(ascii: ":"), separators: Array(",".utf8))
  static let bars = LineShape.pairs(pair: UInt8(ascii: "="), separators: Array("|".utf8))
  static let csv = LineShape.places(
    separator: UInt8(ascii: ","), quote: UInt8(ascii: "\""), brackets: false, collapses: false,
    names: ["a", "", "b"], minimum: 3)
  static let common = LineShape.places(
    separator: UInt8(ascii: " "), quote: UInt8(ascii: "\""), brackets: true, collapses: true,
    names: ["a", "b", "c"], minimum: 2)
  static let template = LineShape.templates([
    LineTemplate(
      start: "Teardown ",
      pieces: [
        .init(name: "a", holdsBlanks: false, mayBeEmpty: false, text: " for "),
        .init(name: "b", holdsBlanks: true, mayBeEmpty: true, text: ";"),
        .init(name: "c", holdsBlanks: false, mayBeEmpty: false, text: ""),
      ]),
    LineTemplate(
      start: "", pieces: [.init(name: "c", holdsBlanks: true, mayBeEmpty: false, text: "!")]),
  ])

  static let cuts = [
    Cut(
      shape: pairs, line: "x y a=1 b=two words c=\"q = z\" d=4",
      fields: ["a": "1", "b": "two words", "c": "q = z"]),
    Cut(shape: pairs, line: "a=http://h/?b=9 b=2", fields: ["a": "http://h/?b=9", "b": "2"]),
    Cut(shape: pairs, line: "a= b=\"\" b=2 c=\"open", fields: ["b": "2", "c": "\"open"]),
    Cut(
      shape: pairs, line: "A=\"say \\\"hi\\\"\"\tB=1\r", fields: ["a": "say \\\"hi\\\"", "b": "1"]),
    Cut(shape: pairs, line: "nothing", fields: [:]),
    Cut(
      shape: ftd, line: "%F: A: 1, B: https://x/y, c: ::1",
      fields: ["b": "https://x/y", "c": "::1"]),
    // Keys of several words, where no blank separates pairs.
    Cut(
      shape: ftd, line: "A: 1, b c d: 2, B: x, y", fields: ["a": "1", "b c d": "2", "b": "x, y"]),
    Cut(shape: ftd, line: "x b c d: 2, A: 1", fields: ["a": "1"]),
    Cut(shape: bars, line: "a=1|b c d=2 3|b=4", fields: ["a": "1", "b c d": "2 3", "b": "4"]),
    Cut(shape: pairs, line: "a=1 b c d=2", fields: ["a": "1 b c"]),
    Cut(
      shape: .cef, line: #"<1>Jan 1 h CEF:0|V|P|1|7|N\|m|5|a=x y b=p\=q\\ c=z"#,
      fields: ["cef.name": #"N|m"#, "a": "x y", "b": #"p=q\"#, "c": "z"]),
    Cut(shape: .cef, line: "host 0|V|P|1|7|N|5|a=1", fields: ["cef.name": "N", "a": "1"]),
    Cut(shape: .cef, line: "CEF:0|V|P|1|7", fields: nil),
    Cut(
      shape: .leef, line: "LEEF:2.0|V|P|1|E|^|a=1 2^b=3",
      fields: ["leef.event": "E", "a": "1 2", "b": "3"]),
    Cut(
      shape: .leef, line: "LEEF:2.0|V|P|1|E|0x5E|a=1^b=3",
      fields: ["leef.event": "E", "a": "1", "b": "3"]),
    Cut(
      shape: .leef, line: "LEEF:2.0|V|P|1|E||a=1\tb=3",
      fields: ["leef.event": "E", "a": "1", "b": "3"]),
    Cut(
      shape: .leef, line: "LEEF:1.0|V|P|1|E|a=1\tb=3 4",
      fields: ["leef.event": "E", "a": "1", "b": "3 4"]),
    Cut(
      shape: .leef, line: "1.0|V|P|1|E|a=1#011b=3", fields: ["leef.event": "E", "a": "1", "b": "3"]),
    Cut(
      shape: .json, line: #"tag {"a":"x\"y","b":{"c":[{"d":1},2]},"c":null} x"#,
      fields: ["a": "x\"y", "b.c.d": "1"]),
    Cut(shape: .json, line: #"{"a":1,"a":2,"b":[true,"s"]}"#, fields: ["a": "1", "b": "true"]),
    Cut(shape: .json, line: #"{"a":1"#, fields: nil), Cut(shape: .json, line: "{a:1}", fields: nil),
    Cut(shape: .json, line: "[1]", fields: nil),
    Cut(shape: csv, line: "1,\"x, \"\"y\"\"\",3", fields: ["a": "1", "b": "3"]),
    Cut(shape: csv, line: " 1 , \"x, \"\"y\"\"\" ,  3 \r", fields: ["a": "1", "b": "3"]),
    Cut(shape: csv, line: "\"a, b\"  , 2,  \"3, \"", fields: ["a": "a, b", "b": "3,"]),
    Cut(shape: csv, line: "x \"y,2,3", fields: ["a": "x \"y", "b": "3"]),
    Cut(shape: csv, line: "1,2", fields: nil), Cut(shape: csv, line: "1,\"2,3", fields: nil),
    Cut(shape: common, line: "1  [2 3] \"4 5\"\r", fields: ["a": "1", "b": "2 3", "c": "4 5"]),
    Cut(
      shape: template, line: "x Teardown tcp for two words;end more",
      fields: ["a": "tcp", "b": "two words", "c": "end"]),
    Cut(shape: template, line: "Teardown tcp for ;end", fields: ["a": "tcp", "c": "end"]),
    Cut(shape: template, line: "Teardown  for x;!", fields: ["c": "Teardown  for x;"]),
    Cut(shape: template, line: "something else", fields: nil),
  ]

  @Test(arguments: cuts, KernelLevel.supported) func linesAreCut(cut: Cut, level: KernelLevel)
    throws
  {
    let names = ["a", "b", "c", "b.c.d", "b c d", "cef.name", "leef.event"]
    var cutter = LineCutter([LineShapeRule(cut.shape, names: names)], level: level)
    cutter.reset(lines: 1)
    var block = try makeBlock(cut.line)
    let isRecord = cutter.cut(Self.whole(block), number: 0, in: &block)
    #expect(isRecord == (cut.fields != nil))
    guard isRecord, let wanted = cut.fields else { return }
    #expect(cutter.count(of: 0) == 1)
    for (slot, name) in names.enumerated() {
      let value = cutter.field(slot, 0, of: 0)
      let text = String(decoding: block.bytes(of: value), as: UTF8.self)
      #expect((value.isEmpty ? nil : text) == wanted[name], "\(name)")
    }
  }

  private static func whole(_ block: borrowing Block) -> FieldRange {
    FieldRange(start: UInt32(block.start), end: UInt32(block.end))
  }

  /// Layouts that tell their lines by texts of every length.
  private static var layouts: [LineShapeRule] {
    let names = ["a", "b", "c", "cef.name"]
    let shapes: [LineShape] = [Self.template, .json, .cef, .leef, Self.pairs, Self.common]
    var layouts = shapes.map { LineShapeRule($0, names: names) }
    layouts[0].any = ["Teardown".utf8, "a:".utf8, "=".utf8].map { Array($0) }
    layouts[1].all = [Array("{".utf8)]
    layouts[1].none = [Array("<<<<".utf8), Array("CEF:".utf8)]
    layouts[2].all = [Array("CEF:".utf8)]
    layouts[3].starts = [Array("LEEF:".utf8), Array("1.0|".utf8)]
    layouts[4].all = [Array("a=b=".utf8), Array("b".utf8)]
    layouts[4].after = Array("a=b".utf8)
    return layouts
  }

  /// The first layout that an independent search of texts allows.
  private static func allows(_ rule: LineShapeRule, _ line: [UInt8]) -> Bool {
    func holds(_ text: [UInt8]) -> Bool {
      text.count <= line.count
        && (0...(line.count - text.count)).contains {
          line[$0..<$0 + text.count].elementsEqual(text)
        }
    }
    return rule.all.allSatisfy(holds) && !rule.none.contains(where: holds)
      && (rule.any.isEmpty || rule.any.contains(where: holds))
      && (rule.starts.isEmpty || rule.starts.contains { line.starts(with: $0) })
  }

  /// What was made of each line: its layout and fields, or why it has none.
  private static func cut(_ text: [UInt8], _ level: KernelLevel) throws -> [Int: String] {
    var cutter = LineCutter(layouts, level: level)
    var block = try makeBlock(text)
    let range = block.start..<block.end
    let count = LineKernels.lineCount(block, range, level: level)
    cutter.reset(lines: count)
    let lines = cutter.cut(range, firstLine: 0, in: &block)
    #expect(lines == count)
    var all: [Int: String] = [:]
    for layout in layouts.indices {
      for record in 0..<cutter.count(of: layout) {
        let (number, start) = cutter.line(record, of: layout)
        let fields = (0..<4).map { cutter.field($0, record, of: layout) }
        for field in fields where !field.isEmpty {
          #expect(Int(field.start) >= start && Int(field.end) <= block.end)
        }
        let texts = fields.map { String(decoding: block.bytes(of: $0), as: UTF8.self) }
        all[number] = "\(layout) \(texts)"
      }
    }
    for number in 0..<cutter.refusalCount {
      all[cutter.refusal(number).line] = "\(cutter.refusal(number).reason)"
    }
    #expect(all.count + cutter.commentCount == count)
    return all
  }

  static let alphabet = Array("ab=\"\\|{}[]:,; \t<>014CEFLEEF:.^#".utf8)
  static let words = [
    "CEF:", "LEEF:", "Teardown ", " for ", "a=b=", "1.0|", "{\"a\":", "\"b\":\"", "\u{e9}", "#011",
    "<13>Jan  5 12:34:56 h p: ", "\r", "\u{0}",
  ].map { Array($0.utf8) }

  private static func hostileText(_ random: inout SeededRandom) -> [UInt8] {
    var text: [UInt8] = []
    for _ in 0..<40 {
      for _ in 0..<random.below(30) {
        if random.once(in: 4) {
          text += words[random.below(words.count)]
        } else {
          for _ in 0..<random.below(9) { text.append(alphabet[random.below(alphabet.count)]) }
        }
      }
      text.append(UInt8(ascii: "\n"))
    }
    return text
  }

  /// Whatever the bytes: each kernel makes the same of them, inside of its lines.
  @Test(arguments: 0..<200) func kernelsAgreeOnHostileLines(seed: Int) throws {
    var random = SeededRandom(seed: seed)
    let text = Self.hostileText(&random)
    let scalar = try Self.cut(text, .scalar)
    for level in KernelLevel.supported {
      #expect(try Self.cut(text, level) == scalar, "\(level.name)")
    }
    for (number, line) in text.split(separator: 10, omittingEmptySubsequences: false).enumerated() {
      guard let found = scalar[number], let layout = Int(found.prefix(1)) else { continue }
      // The texts of an object may stand in its next lines.
      if line.first(where: { $0 > 32 }) == UInt8(ascii: "{") { continue }
      #expect(Self.allows(Self.layouts[layout], Array(line)))
    }
  }
}
