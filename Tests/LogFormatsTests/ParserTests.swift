import LogFormats
import TestSupport
import Testing
import VeiledRecords

/// The parser against a second one, and by a table of odd texts.
@Suite struct ParserTests {
  /// Says where two readings differ first; `nil` when they do not.
  static func difference(_ found: Reading, _ expected: Reading) -> String? {
    for (found, expected) in zip(found.lines, expected.lines) where found != expected {
      return "\(found), expected \(expected)"
    }
    return found == expected ? nil : "\(found.counts), expected \(expected.counts)"
  }

  @Test(arguments: 0..<200) func randomW3CLogs(seed: Int) throws {
    var log = RandomLog(seed: seed)
    let text = log.w3c(lines: 200)
    try Self.expectSame(text, .w3cExtended, seed: seed)
  }

  @Test(arguments: 0..<120) func randomSquidLogs(seed: Int) throws {
    var log = RandomLog(seed: seed)
    let text = log.squid(lines: 200)
    try Self.expectSame(text, .squidNative, seed: seed)
  }

  static func expectSame(_ text: String, _ profile: FormatProfile, seed: Int) throws {
    var naive = NaiveParser(profile)
    let expected = naive.read(text)
    let bytes = Array(text.utf8)
    let whole = try read(bytes, profile)
    #expect(difference(whole, expected) == nil)
    #expect(whole.counts.addUp)
    var random = SeededRandom(seed: seed)
    let cuts = lineStarts(bytes).filter { _ in random.once(in: 9) }
    #expect(difference(try read(bytes, profile, cuts: cuts), expected) == nil)
  }

  // --- a table of odd texts ---

  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var text: String
    /// `event`, `comment` or the reason, for every line.
    var lines: [String]
    var testDescription: String { name }
  }

  static let header = "#Fields: date time cs-username cs-host sc-bytes\n"
  static let line = "2026-11-02 08:00:00 anna a.example 5\n"

  static let cases = [
    Case(name: "empty", text: "", lines: []),
    Case(name: "newlines", text: "\n\n\r\n", lines: ["comment", "comment", "comment"]),
    Case(name: "no header", text: line + line, lines: ["missing_header", "missing_header"]),
    Case(
      name: "header too late",
      text: line + header + line,
      lines: ["missing_header", "comment", "event"]
    ),
    Case(
      name: "comment without header",
      text: "#Version: 1.0\n\n" + line,
      lines: ["comment", "comment", "missing_header"]
    ),
    Case(name: "header only", text: header, lines: ["comment"]),
    Case(name: "header without newline", text: String(header.dropLast()), lines: ["comment"]),
    Case(
      name: "no newline at the end",
      text: header + line.dropLast(),
      lines: ["comment", "event"]
    ),
    Case(
      name: "header repeated",
      text: header + line + header + line,
      lines: ["comment", "event", "comment", "event"]
    ),
    Case(
      name: "header changes",
      text: header + line + "#Fields: cs-host date time\n" + line
        + "b.example 2026-11-02 08:00:00\n",
      lines: ["comment", "event", "comment", "field_count", "event"]
    ),
    Case(
      name: "header without a time",
      text: "#Fields: date cs-host\n2026-11-02 a.example\n#x\n",
      lines: ["comment", "missing_time", "comment"]
    ),
    Case(
      name: "header without a host",
      text: "#Fields: date time\n2026-11-02 08:00:00\n",
      lines: ["comment", "missing_host"]
    ),
    Case(name: "header without names", text: "#Fields:\nx\n", lines: ["comment", "missing_time"]),
    Case(
      name: "header in capitals",
      text: header.uppercased() + line,
      lines: ["comment", "event"]
    ),
    Case(
      name: "header with CRLF",
      text: "#Fields: date time cs-host\r\n2026-11-02 08:00:00 a\r\n",
      lines: ["comment", "event"]
    ),
    Case(
      name: "byte order mark before a comment",
      text: "\u{feff}#Software: SGOS\n" + header + line,
      lines: ["comment", "comment", "event"]
    ),
    Case(
      name: "byte order mark before the header",
      text: "\u{feff}" + header + line,
      lines: ["comment", "event"]
    ),
    Case(
      name: "byte order mark before data",
      text: "\u{feff}" + line,
      lines: ["missing_header"]
    ),
    Case(
      name: "byte order mark later",
      text: header + "\u{feff}" + line,
      lines: ["comment", "bad_time"]
    ),
    Case(name: "byte order mark alone", text: "\u{feff}", lines: []),
    Case(
      name: "NUL in a field",
      text: header + "2026-11-02 08:00:00 an\0na a.example 5\n" + line,
      lines: ["comment", "binary_data", "event"]
    ),
    Case(
      name: "NUL in a short line",
      text: header + "\0\0\0\n" + line,
      lines: ["comment", "binary_data", "event"]
    ),
    Case(
      name: "NUL in a comment",
      text: header + "#\0\n" + line,
      lines: ["comment", "comment", "event"]
    ),
    Case(
      name: "NUL without header",
      text: "\0\n" + line,
      lines: ["missing_header", "missing_header"]
    ),
    Case(
      name: "missing and surplus columns",
      text: header + "2026-11-02 08:00:00 anna a.example\n" + line.dropLast() + " 6\n" + line,
      lines: ["comment", "field_count", "field_count", "event"]
    ),
    Case(
      name: "two blanks behind a field",
      text: header + "2026-11-02 08:00:00  anna a.example 5\n"
        + "2026-11-02 08:00:00 \"an  na\"  a.example 5 \n"
        + "2026-11-02 08:00:00 anna  a.example  \n",
      lines: ["comment", "event", "event", "field_count"]
    ),
    Case(
      name: "stray quotes",
      text: header + "2026-11-02 08:00:00 an\"na a.example 5\n"
        + "2026-11-02 08:00:00 \"anna a.example 5\n" + "2026-11-02 08:00:00 anna\" a.example 5\n",
      lines: ["comment", "event", "unclosed_quote", "event"]
    ),
    Case(
      name: "blanks only",
      text: header + "    \n   \n",
      lines: ["comment", "missing_time", "field_count"]
    ),
    Case(
      name: "several faults",
      text: header + "2026-11-02 08:61:00 anna - x\n"
        + "2026-11-02 08:00:00 anna - x\n" + "2026-11-02 08:00:00 anna - 5\n",
      lines: ["comment", "bad_time", "bad_byte_count", "missing_host"]
    ),
  ]

  @Test(arguments: cases) func oddText(_ c: Case) throws {
    let text = Array(c.text.utf8)
    for cuts in [[], lineStarts(text)] {
      let reading = try read(text, .w3cExtended, cuts: cuts)
      var found = [String](repeating: "comment", count: reading.counts.lines)
      for line in reading.lines { found[line.line] = line.reason ?? line.status }
      #expect(found == c.lines)
      #expect(reading.counts.addUp)
    }
  }

  @Test func offsetsCountTheByteOrderMark() throws {
    let reading = try read("\u{feff}x\ny\n")
    #expect(reading.lines.map(\.offset) == [3, 5])
  }

  /// More lines that start with '#' than the header reader takes at once.
  @Test func manyComments() throws {
    let text = String(repeating: "#x\n", count: 700) + Self.header + Self.line
    let reading = try read(text)
    #expect(reading.counts.comments == 701 && reading.counts.events == 1)
  }

  /// Words of actions beyond those that are kept are judged anew.
  @Test func manyActionWords() throws {
    let lines = (0..<5000).map { number in
      "2026-11-02 08:00:00 a.example \(number % 2 == 0 ? "TCP" : "x_DENIED_")\(number)\n"
    }
    let reading = try read("#Fields: date time cs-host s-action\n" + lines.joined())
    let expected = lines.indices.map { $0 % 2 == 0 ? "allowed" : "blocked" }
    #expect(reading.lines.map(\.action) == expected)
  }
}
