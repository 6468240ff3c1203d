import ByteBlocks
import ByteKernels
import TestSupport
import Testing

/// A line is cut alike whatever the lines before it had for keys.
///
/// What is foreseen takes a way of its own, in which nothing is out of the ordinary; a cutter that
/// has seen no line foresees nothing.
@Suite struct ForeseenKeysTests {
  private static let names = ["a", "user", "bytes_received", "b.c", "b.user"]

  private static func cut(
    _ line: [UInt8], by cutter: inout LineCutter
  ) throws -> [[UInt8]]? {
    cutter.reset(lines: 1)
    var block = try makeBlock(line)
    let whole = FieldRange(start: UInt32(block.start), end: UInt32(block.end))
    guard cutter.cut(whole, number: 0, in: &block) else { return nil }
    return names.indices.map { Array(block.bytes(of: cutter.field($0, 0, of: 0))) }
  }

  /// Cuts lines one behind the other, and each by a cutter of its own.
  private static func check(
    _ shape: LineShape, seed: Int, _ line: (inout SeededRandom) -> String
  ) throws {
    var random = SeededRandom(seed: seed)
    let rule = LineShapeRule(shape, names: names)
    for level in KernelLevel.supported {
      var cutter = LineCutter([rule], level: level)
      for _ in 0..<60 {
        let text = line(&random)
        var other = LineCutter([rule], level: level)
        let found = try cut(Array(text.utf8), by: &cutter)
        #expect(try found == cut(Array(text.utf8), by: &other), "\(text)")
      }
    }
  }

  private static func pick(_ words: [String], _ random: inout SeededRandom) -> String {
    words[random.below(words.count)]
  }

  /// Keys that mostly stand in the same order, so that most of them are foreseen.
  private static func keys(_ random: inout SeededRandom, _ all: [String]) -> [String] {
    var keys = all.filter { _ in !random.once(in: 8) }
    if random.once(in: 4) { keys.insert(pick(all, &random), at: random.below(keys.count + 1)) }
    return keys
  }

  @Test(arguments: 0..<60, [" ", "\t", ",", "|"]) func pairs(seed: Int, separator: String) throws {
    let shape = LineShape.pairs(pair: UInt8(ascii: "="), separators: Array(separator.utf8))
    let plain = [
      "1", "word", "", "CORP\\name", "two words", " led", "trailed ", "http://x/?a=1", "x\r", "-",
      "a value of more than sixty-four bytes, which goes over the end of a window",
      #""quoted""#, #""with \" a quote""#, #""a=b user=c""#, #""unclosed"#, #""""#, #"x"y"z"#,
      #" "q""#,
      #""text"]"#, #""slash\""#, #""ends" early"#,
    ]
    try Self.check(shape, seed: seed) { random in
      let usual = random.once(in: 2) ? 6 : plain.count
      return Self.keys(&random, ["date", "a", "user", "other_key", "bytes_received", "b.c", "x"])
        .map { key in
          let value = plain[random.below(usual)]
          let some = [" ", "  ", separator + separator]
          let blanks = random.once(in: 20) ? Self.pick(some, &random) : ""
          return key + "=" + value + blanks
        }.joined(separator: separator) + (random.once(in: 6) ? "\r" : "")
    }
  }

  @Test(arguments: 0..<60) func objects(seed: Int) throws {
    let values = [
      #""text""#, "1", "-2.5e3", "true", #""""#, "null", #"" ""#, #""a \"quoted\" one""#, #""\\""#,
      #""a value of more than sixty-four bytes, which goes over the end of a window""#,
      "[1,2]", #"["x",{"user":"deep"}]"#, "{}", "[]", #"{"c":"inner","user":"u"}"#, #"{"c":null}"#,
      "word", "", #""open"#, #""null""#, "nul", "{", "}", "]",
    ]
    try Self.check(.json, seed: seed) { random in
      let usual = random.once(in: 2) ? 7 : values.count
      let marks = random.once(in: 5) ? [",", " , ", ",,", " ", ""] : [","]
      var text = "{"
      for key in Self.keys(
        &random, ["a", "other", "user", "b", "long_name_of_a_value", "bytes_received"])
      {
        let colon = random.once(in: 30) ? Self.pick([" : ", ": ", " :", "::"], &random) : ":"
        let value =
          random.once(in: 3) ? values[random.below(values.count)] : values[random.below(usual)]
        text += #""\#(key)"\#(colon)\#(value)"# + Self.pick(marks, &random)
      }
      if text.hasSuffix(","), !random.once(in: 5) { text.removeLast() }
      return text + (random.once(in: 10) ? "" : "}") + (random.once(in: 10) ? " rest" : "")
    }
  }
}
