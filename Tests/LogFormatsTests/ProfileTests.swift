import Configuration
import LogFormats
import TestSupport
import Testing
import VeiledRecords

/// Profiles out of YAML, and what they make of lines.
@Suite struct ProfileTests {
  static let profile = """
    name: kestrel
    summary: Kestrel web gateway
    aliases: [KESTREL_SYSLOG]
    layouts:
    - name: proxy
      family: key-value
      when: {all: ["kestrel ", "kind="], none: ["kind=debug"]}
      parts:
      - {field: bytes, by: "/", into: [up, "", down]}
      traffic:
      - {field: kind, is: [proxy, /^web.*$/]}
      time:
      - {fields: [when], as: "yyyy-MM-dd HH:mm:ss", zone: tz}
      - syslog
      user: [user, login]
      no-user: [Nobody Known]
      source: [src]
      destination: [dst]
      host: [host]
      url: [url]
      device: [pc]
      uploaded: [up, "up1+up2"]
      downloaded: [down]
      action: [act]
      blocked: [deny, /^4\\d\\d$/]
      undo: [percent]
    - name: table
      family: delimited
      header: "#kestrel"
      separator: "|"
      time:
      - {fields: [t], as: epoch}
      host: [h]
      source: [c]
    """

  /// `status reason` or what the event has.
  private static func reading(_ text: String) throws -> [String] {
    let format = try ProfileFile.profile(profile)
    return try read(text, format).lines.map { line in
      guard line.status == "event" else { return "\(line.status) \(line.reason ?? "")" }
      let names = [line.user, line.source, line.host, line.device, line.action]
      let numbers = [line.time, line.uploaded, line.downloaded, line.total]
      return (names.map { $0 ?? "-" } + numbers.map { $0.map { String($0) } ?? "-" })
        .joined(separator: " ")
    }
  }

  static let lines: [(String, String)] = [
    (
      "<13>Jan 5 2026 10:00:00 gw kestrel kind=proxy when=\"2026-01-05 12:34:56\" tz=+0100 "
        + "user=anna%20b src=10.0.0.1:99 host=a.example act=ok bytes=1/2/3",
      "anna b 10.0.0.1 a.example - allowed 1767612896000000 1 3 4"
    ),
    (
      "kestrel kind=WEBx when=2026-01-05 12:34:56 login=x url=https://b.example/c pc=PC1 act=404 "
        + "up1=5 up2=6", "x - b.example PC1 blocked 1767616496000000 11 - 11"
    ),
    (
      "<13>1 2026-01-05T12:34:56Z gw app - - - kestrel kind=proxy user=\"nobody known\" dst=192.0.2.9",
      "- - 192.0.2.9 - - 1767616496000000 - - -"
    ),
    (
      "kestrel kind=proxy when=2026-01-05 12:34:56 user=10.0.0.7 host=c.example",
      "- - c.example - - 1767616496000000 - - -"
    ),
    ("kestrel kind=system when=2026-01-05 12:34:56 host=c.example", "excluded"),
    ("kestrel kind=debug", "rejected other_format"),
    ("kestrel kind=proxy when=yesterday host=a.example", "rejected bad_time"),
    ("kestrel kind=proxy host=a.example", "rejected missing_time"),
    ("kestrel kind=proxy when=2026-01-05 12:34:56", "rejected missing_host"),
    ("kestrel kind=proxy when=2026-01-05 12:34:56 host=a up=x", "rejected bad_byte_count"),
    ("kestrel kind=proxy \u{0} host=a", "rejected binary_data"),
    ("something else", "rejected other_format"),
  ]

  @Test(arguments: lines) func linesAreRead(line: String, wanted: String) throws {
    let wanted = wanted == "excluded" ? [] : [wanted]
    #expect(try Self.reading(line + "\n") == wanted)
    #expect(try Self.reading("\n# remark\n" + line + "\r\n") == wanted)
    if wanted.isEmpty {
      let counts = try read(Array(line.utf8), try ProfileFile.profile(Self.profile)).counts
      #expect(counts.excluded == 1 && counts.addUp)
    }
  }

  @Test func headersHoldForTheLinesBehindThem() throws {
    let text = """
      1767616496|a.example|10.0.0.1
      #kestrel t|h|c
      1767616496|a.example|10.0.0.1
      1767616497|b.example
      #kestrel c|t|h
      10.0.0.2|1767616498|c.example

      """
    let wanted = [
      "rejected other_format", "- 10.0.0.1 a.example - - 1767616496000000 - - -",
      "rejected field_count", "- 10.0.0.2 c.example - - 1767616498000000 - - -",
    ]
    #expect(try Self.reading(text) == wanted)
    let format = try ProfileFile.profile(Self.profile)
    let bytes = Array(text.utf8)
    let whole = try read(bytes, format)
    for cut in lineStarts(bytes) { #expect(try read(bytes, format, cuts: [cut]) == whole) }
  }

  /// The first end of a connection is the server only where its port and its address say so.
  @Test func endsAreTurned() throws {
    let profile = """
      name: swap
      layouts:
      - name: ends
        family: key-value
        turn:
        - {field: ap, unless: bp, public: a, is: ["443"], fields: [a, b]}
        time: [{fields: [t], as: epoch}]
        source: [a]
        destination: [b]
      """
    let lines = [
      "t=1767616496 a=203.0.113.9 ap=443 b=10.0.0.1 bp=5000": "10.0.0.1",
      "t=1767616496 a=192.168.7.9 ap=443 b=10.0.0.1 bp=5000": "192.168.7.9",
      "t=1767616496 a=203.0.113.9 ap=443 b=10.0.0.1 bp=443": "203.0.113.9",
      "t=1767616496 a=203.0.113.9 ap=4444 b=10.0.0.1 bp=443": "203.0.113.9",
      "t=1767616496 a=2001:db8::1 ap=443 b=2001:db8:1::2 bp=5000": "2001:db8:1::2",
      "t=1767616496 a=fd00::1 ap=443 b=2001:db8:1::2 bp=5000": "fd00::1",
    ]
    let format = try ProfileFile.profile(profile)
    for (line, source) in lines {
      #expect(try read(line, format).lines.first?.source == source, "\(line)")
    }
    let everywhere = try ProfileFile.profile(profile.replacing("public: a, ", with: ""))
    #expect(
      try read("t=1767616496 a=192.168.7.9 ap=443 b=10.0.0.1 bp=5", everywhere).lines[0].source
        == "10.0.0.1")
  }

  /// Names of columns may hold blanks and separators.
  @Test func headersMayBeQuoted() throws {
    let profile = """
      name: quoted
      layouts:
      - name: table
        family: delimited
        separator: " "
        header: first
        time: [{fields: [date, time], as: "yyyy-MM-dd HH:mm:ss"}]
        user: ["user name, full"]
        host: ["site name"]
      """
    let text = """
      "Date" "Time" "User Name, Full"  " Site Name "
      "2026-01-05" "12:34:56" "anna b" - a.example

      """
    let read = try read(text, try ProfileFile.profile(profile))
    #expect(read.lines.map(\.user) == ["anna b"] && read.lines.map(\.host) == ["a.example"])
  }

  static let errors: [(from: String, to: String, error: String)] = [
    ("name: kestrel", "name: Kestrel", "line 1: A name is made of"),
    ("summary:", "sumary:", "line 2: sumary: There is no such key."),
    ("family: key-value", "family: yaml", "There is no family yaml"),
    ("yyyy-MM-dd HH:mm:ss", "yyyy-qq", "layouts[1].time[1]: This is no pattern of a time"),
    ("deny, /^4", "deny, /(^4", "blocked[2]: This is no regular expression."),
    ("undo: [percent]", "undo: [base64]", "undo[1]: Known escapes"),
    ("by: \"/\"", "by: \"//\"", "parts[1].by: One byte was expected."),
    ("as: epoch", "is: epoch", "time[1].is: There is no such key."),
    ("is: [proxy, /^web.*$/]", "is: {}", "One value was expected."),
    ("layouts:", "layouts: [", "This is no YAML"),
    ("family: key-value", "family: yaml", "line 6: layouts[1].family: There is no family"),
    ("undo: [percent]", "quote: x", "line 26: layouts[1].quote: This is a key of the family"),
    ("by: \"/\", into: [up, \"\", down]", "by: \"/\"", "parts[1]: No `into`."),
    ("undo: [percent]", "user: [u]", "user: This key stands twice."),
    ("no-user: [Nobody Known]", "no-user: [\"\"]", "line 16: layouts[1].no-user: A word is empty"),
    (
      "  header: \"#kestrel\"", "  columns: [t, x]",
      "layouts[2].source: The layout has no field c: no column, capture or part"
    ),
    ("  time:\n  - {fields: [t], as: epoch}\n", "", "layouts[2]: A layout needs `time`"),
    ("  host: [h]\n", "", "layouts[2]: A layout needs `host`"),
  ]

  @Test(arguments: errors) func errorsNameLineAndKey(from: String, to: String, error: String) {
    #expect(Self.profile.contains(from))
    let text = Self.profile.replacing(from, with: to)
    do {
      _ = try ProfileFile.profile(text)
      Issue.record("it was taken")
    } catch let problem {
      #expect(problem.description.contains("line "), "\(problem)")
      #expect(problem.description.contains(error), "\(problem)")
    }
  }

  @Test func eachProfileIsWhole() {
    // A product whose lines are never traffic has no attributes.
    let reading = FormatCatalog.all.filter { !$0.attributes.isEmpty }
    #expect(FormatCatalog.all.allSatisfy { !$0.summary.isEmpty })
    #expect(reading.allSatisfy { $0.attributes.contains(.time) && $0.attributes.contains(.host) })
    #expect(reading.count > 60)
  }
}
