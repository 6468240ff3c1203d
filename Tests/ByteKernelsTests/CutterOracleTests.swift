import ByteBlocks
import ByteKernels
import TestSupport
import Testing

/// Tables with quotes, templates and the choice of layouts, against plain searches byte by byte.
@Suite struct CutterOracleTests {
  private static let names = ["a", "b", "c"]

  /// The layout that took a line, and its fields; `nil` where none did.
  private static func cut(
    _ line: [UInt8], _ rules: [LineShapeRule], _ level: KernelLevel
  ) throws -> (layout: Int, fields: [[UInt8]])? {
    var cutter = LineCutter(rules, level: level)
    cutter.reset(lines: 1)
    var block = try makeBlock(line)
    let whole = FieldRange(start: UInt32(block.start), end: UInt32(block.end))
    guard cutter.cut(whole, number: 0, in: &block),
      let layout = rules.indices.first(where: { cutter.count(of: $0) > 0 })
    else { return nil }
    let fields = names.indices.map { slot in
      Array(block.bytes(of: cutter.field(slot, 0, of: layout)))
    }
    return (layout, fields)
  }

  private static func text(_ random: inout SeededRandom, of words: [String], _ countMax: Int)
    -> [UInt8]
  {
    var text: [UInt8] = Array("x".utf8)  // No blank line, and no remark.
    for _ in 0..<random.below(countMax) { text += Array(words[random.below(words.count)].utf8) }
    return text
  }

  private static func place(_ text: [UInt8], in line: [UInt8], _ range: Range<Int>) -> Int? {
    guard text.count <= range.count else { return nil }
    return (range.lowerBound...range.upperBound - text.count).first {
      line[$0..<$0 + text.count].elementsEqual(text)
    }
  }

  // MARK: Quotes

  /// Fields of a line, blanks around them taken off; `nil` where a quote stays open.
  private static func quotedFields(
    _ line: [UInt8], by separator: UInt8 = UInt8(ascii: ","), collapses: Bool = false
  ) -> [[UInt8]]? {
    let (blank, quote) = (UInt8(ascii: " "), UInt8(ascii: "\""))
    func behindBlanks(_ at: Int) -> Int {
      if separator == blank { return at }
      return line[at...].firstIndex { $0 != blank } ?? line.count
    }
    func trimmed(_ range: Range<Int>) -> [UInt8] {
      var part = line[range]
      while part.first == blank { part.removeFirst() }
      while part.last == blank { part.removeLast() }
      return Array(part)
    }
    var fields: [[UInt8]] = []
    var at = 0
    while true {
      if collapses {
        at = line[at...].firstIndex { $0 != separator } ?? line.count
        if at == line.count, !fields.isEmpty { return fields }
      }
      var next = line[at...].firstIndex(of: separator) ?? line.count
      let first = behindBlanks(at)
      if first < line.count, line[first] == quote {
        var close = first
        repeat {
          guard let found = line[(close + 1)...].firstIndex(of: quote) else { return nil }
          close = found
          next = behindBlanks(close + 1)
          if next == line.count || line[next] == separator { break }
          // A doubled quote is text, and so is any that closes nothing.
          if line[close + 1] == quote { close += 1 }
        } while true
        fields.append(trimmed(first + 1..<close))
      } else {
        fields.append(trimmed(at..<next))
      }
      if next == line.count { return fields }
      at = next + 1
    }
  }

  @Test(arguments: 0..<100) func quotedTablesAreCut(seed: Int) throws {
    var random = SeededRandom(seed: seed)
    let rule = LineShapeRule(
      .places(
        separator: UInt8(ascii: ","), quote: UInt8(ascii: "\""), brackets: false,
        collapses: false, names: ["a", "", "b", "c"], minimum: 1), names: Self.names)
    let usual = ["\",\"", "\",\"", "word", "\"\"", "a b", ",", "longer text than thirty-two bytes"]
    let odd = ["\"", ",", "a", " ", "\"\"", "\",\"", ",\""]
    for round in 0..<40 {
      var line = Self.text(&random, of: round % 2 == 0 ? usual : odd, 24)
      if round % 4 == 0 { line = Array("\"".utf8) + line + Array("\"".utf8) }
      let fields = Self.quotedFields(line)
      for level in KernelLevel.supported {
        let found = try Self.cut(line, [rule], level)
        let wanted = fields.map { all in
          [0, 2, 3].map { all.indices.contains($0) ? all[$0] : [] }
        }
        #expect(found?.fields == wanted, "\(String(decoding: line, as: UTF8.self))")
      }
    }
  }

  @Test(arguments: [" ", ","], 0..<60)
  func collapsingTablesAreCut(separator: String, seed: Int) throws {
    var random = SeededRandom(seed: seed)
    let byte = Array(separator.utf8)[0]
    let rules = ["\"", nil].map { (quote: String?) in
      LineShapeRule(
        .places(
          separator: byte, quote: quote.map { Array($0.utf8)[0] }, brackets: false,
          collapses: true, names: ["a", "", "b", "c"], minimum: 1), names: Self.names)
    }
    let words = [
      separator, separator, "word" + separator, "\"a b,c\"" + separator, "1" + separator,
      "longer text than thirty-two bytes," + separator,
    ]
    for round in 0..<40 {
      var line = Self.text(&random, of: round % 2 == 0 ? words : Array(words.dropFirst(2)), 24)
      if round % 3 == 0 { line += Array("end".utf8) }
      if round % 5 == 0 { line = Array(separator.utf8) + line }
      let isQuoted = line.contains(UInt8(ascii: "\""))
      for (rule, hasQuotes) in zip(rules, [true, false]) where hasQuotes || !isQuoted {
        let wanted = Self.quotedFields(line, by: byte, collapses: true).map { all in
          [0, 2, 3].map { all.indices.contains($0) ? all[$0] : [] }
        }
        for level in KernelLevel.supported {
          let found = try Self.cut(line, [rule], level)
          #expect(found?.fields == wanted, "\(String(decoding: line, as: UTF8.self))")
        }
      }
    }
  }

  // MARK: Words that tell

  @Test(arguments: [
    ("x,DENIED,2,3", 0), ("x,OK,2,3", 0), ("x,OBSERVED,2", 0), ("x, OK ,2", 0), ("x,OKAY,2", 1),
    ("x,O,2", 1), ("x,,2", 1), ("x,ok,2", 1), ("x", 1), ("x,OBSERVEDX,2", 1), ("x,K,OK", 1),
  ])
  func wordsOfAFieldTellLayoutsApart(line: String, layout: Int) throws {
    let shape = LineShape.places(
      separator: UInt8(ascii: ","), quote: nil, brackets: false, collapses: false,
      names: ["a", "b", "c"], minimum: 1)
    var told = LineShapeRule(shape, names: Self.names)
    told.told = ("b", ["OK", "DENIED", "OBSERVED"].map { Array($0.utf8) })
    for level in KernelLevel.supported {
      let found = try Self.cut(
        Array(line.utf8), [told, LineShapeRule(shape, names: Self.names)], level)
      #expect(found?.layout == layout)
    }
  }

  // MARK: Templates

  private static func fields(_ template: LineTemplate, _ line: [UInt8]) -> [[UInt8]]? {
    let start = Array(template.start.utf8)
    var at = 0
    if !start.isEmpty {
      guard let found = place(start, in: line, 0..<line.count) else { return nil }
      at = found + start.count
    }
    var fields = [[UInt8]](repeating: [], count: names.count)
    for piece in template.pieces {
      let limit =
        piece.holdsBlanks
        ? line.count : line[at...].firstIndex(of: UInt8(ascii: " ")) ?? line.count
      let text = Array(piece.text.utf8)
      var stop = limit
      if !text.isEmpty {
        let last = min(line.count, limit + text.count)
        guard let found = place(text, in: line, at..<last) else { return nil }
        stop = found
      }
      if stop == at, !piece.mayBeEmpty { return nil }
      if let slot = names.firstIndex(where: { $0 == piece.name }), fields[slot].isEmpty {
        fields[slot] = Array(line[at..<stop])
      }
      at = stop + text.count
    }
    return fields
  }

  private static func template(
    _ random: inout SeededRandom, after other: LineTemplate?
  ) -> LineTemplate {
    var pieces: [LineTemplate.Piece] = []
    if let other { pieces = Array(other.pieces.prefix(random.below(other.pieces.count + 1))) }
    let texts = [" ", "/", "->", " to ", ": ", "b", " a"]
    for _ in 0...random.below(4) {
      pieces.append(
        .init(
          name: random.once(in: 3) ? nil : names[random.below(names.count)],
          holdsBlanks: random.once(in: 3), mayBeEmpty: random.once(in: 3),
          text: texts[random.below(texts.count)]))
    }
    let starts = ["Start ", "Start ", "", "Begin", "no"]
    let start = other?.start ?? starts[random.below(starts.count)]
    return LineTemplate(
      start: random.once(in: 4) ? starts[random.below(starts.count)] : start, pieces: pieces)
  }

  /// Templates that share their first pieces are tried as if each stood alone.
  @Test(arguments: 0..<100) func templatesAreCut(seed: Int) throws {
    var random = SeededRandom(seed: seed)
    var templates: [LineTemplate] = []
    for _ in 0..<8 { templates.append(Self.template(&random, after: templates.last)) }
    let rule = LineShapeRule(.templates(templates), names: Self.names)
    let words = ["Start ", "Begin", "a", "b", " ", "/", "->", " to ", ": ", "no"]
    for _ in 0..<40 {
      let line = Self.text(&random, of: words, 20)
      let wanted = templates.lazy.compactMap { Self.fields($0, line) }.first
      for level in KernelLevel.supported {
        let found = try Self.cut(line, [rule], level)
        #expect(found?.fields == wanted, "\(String(decoding: line, as: UTF8.self)) \(templates)")
      }
    }
  }

  // MARK: Layouts

  private static func holds(_ rule: LineShapeRule, _ line: [UInt8]) -> Bool {
    func holds(_ text: [UInt8]) -> Bool { place(text, in: line, 0..<line.count) != nil }
    return rule.all.allSatisfy(holds) && !rule.none.contains(where: holds)
      && (rule.any.isEmpty || rule.any.contains(where: holds))
      && (rule.starts.isEmpty || rule.starts.contains { line.starts(with: $0) })
  }

  /// Texts short and long, in any role: a line goes to the first layout that may have it.
  @Test(arguments: 0..<100) func linesGoToTheFirstLayout(seed: Int) throws {
    var random = SeededRandom(seed: seed)
    let texts = ["ab", "a:", "=", "user=", "host=", "xuser", "longer text", "%ASA-6-", "ASA-", "x"]
    func some(_ countMax: Int) -> [[UInt8]] {
      (0..<random.below(countMax + 1)).map { _ in Array(texts[random.below(texts.count)].utf8) }
    }
    let many = seed % 4 == 0  // More texts than one word has bits for.
    let rules = (0..<12).map { number in
      var rule = LineShapeRule(
        .places(
          separator: UInt8(ascii: "|"), quote: nil, brackets: false, collapses: false,
          names: ["a"], minimum: 1), names: Self.names)
      rule.all = some(2)
      rule.any = some(2)
      rule.none = some(1)
      rule.starts = random.once(in: 4) ? some(2) : []
      if many { rule.none += (0..<12).map { Array("absent \(number) \($0)".utf8) } }
      return rule
    }
    for _ in 0..<40 {
      let line = Self.text(&random, of: texts + [" ", "-", "b", "absent 3 1"], 12)
      let wanted = rules.firstIndex { Self.holds($0, line) }
      for level in KernelLevel.supported {
        let found = try Self.cut(line, rules, level)
        #expect(found?.layout == wanted, "\(String(decoding: line, as: UTF8.self))")
      }
    }
  }
}
