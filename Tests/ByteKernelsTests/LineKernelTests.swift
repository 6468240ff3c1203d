import ByteBlocks
import ByteKernels
import TestSupport
import Testing

/// Readers of lines of any shape.
@Suite struct LineKernelTests {
  private static func text(_ field: FieldRange, _ block: borrowing Block) -> String {
    let bytes = block.memoryBytes
    return String(
      decoding: (Int(field.start)..<Int(field.end)).map { bytes[$0] }, as: UTF8.self)
  }

  private static func whole(_ block: borrowing Block) -> FieldRange {
    FieldRange(start: UInt32(block.start), end: UInt32(block.end))
  }

  // --- syslog ---

  static let headers = [
    ("no header at all", "", "no header at all"),
    ("<14>Jul 20 23:59:02 firewall text", "Jul 20 23:59:02", "text"),
    ("Jul  2 03:59:02 firewall program[12]: text", "Jul  2 03:59:02", "text"),
    ("<134>Jan 05 12:34:56 2026 host text", "Jan 05 12:34:56 2026", "text"),
    (
      "<13>1 2024-03-08T10:14:08.5+01:00 host app - - [a@1 b=\"]\\\"\" c=\"d\"] text",
      "2024-03-08T10:14:08.5+01:00", "text"
    ),
    ("<14>1 2024-03-08T10:14:08Z host app 1 2 - text", "2024-03-08T10:14:08Z", "text"),
    ("55 <14>1 2024-03-08T10:14:08Z host app - - - text", "2024-03-08T10:14:08Z", "text"),
    ("<134>1 1647479504.194655095 MX100 urls src=1", "1647479504.194655095", "urls src=1"),
    (
      "<14>Jul 20 23:59:02 relay <13>Jul 20 23:58:01 origin text", "Jul 20 23:58:01", "text"
    ),
    (
      // It may be data: a time, and no header.
      "2020-05-02 02:16:40 122207 172.18.1.1 data", "2020-05-02 02:16:40",
      "2020-05-02 02:16:40 122207 172.18.1.1 data"
    ),
    ("2026:11:02-08:00:01 utm httpproxy[5]: id=1", "2026:11:02-08:00:01", "id=1"),
    ("1793606402.5 MX84 urls src=1", "1793606402.5", "urls src=1"),
    (
      "1793606402.500    108 10.0.0.1 TCP_MISS/200", "",
      "1793606402.500    108 10.0.0.1 TCP_MISS/200"
    ),
    ("1,2021/07/20 23:59:02,1234,TRAFFIC", "", "1,2021/07/20 23:59:02,1234,TRAFFIC"),
  ]

  @Test(arguments: headers) func syslogHeaders(line: String, time: String, message: String) throws {
    let block = try makeBlock(line)
    let header = LineKernels.syslog(Self.whole(block), in: block)
    #expect(Self.text(header.time, block) == time)
    #expect(Self.text(header.message, block) == message)
  }

  // --- times ---

  /// Microseconds of 2026-01-05 12:34:56 UTC.
  static let micros: Int64 = 1_767_616_496_000_000

  static let times: [(String, String, Int64, Bool)] = [
    ("iso", "2026-01-05T12:34:56Z", 0, true), ("iso", "2026-01-05 13:34:56+01:00", 0, true),
    ("iso", "2026/01/05 12:34:56", 0, false), ("iso", "2026-01-05T12:34:56,250", 250_000, false),
    ("iso", "2026-01-05T07:34:56--5:00", 0, true), ("epoch", "1767616496", 0, true),
    ("epoch", "1767616496.25", 250_000, true), ("epoch", "1767616496250", 250_000, true),
    ("epoch", "1767616496000250", 250, true), ("epoch", "1767616496000250999", 250, true),
    ("syslog", "Jan  5 12:34:56 2026", 0, false), ("syslog", "1767616496.5", 500_000, true),
    ("dd/MMM/yyyy:HH:mm:ss Z", "05/Jan/2026:13:34:56 +0100", 0, true),
    ("EEE MMM d HH:mm:ss yyyy", "Mon Jan  5 12:34:56 2026", 0, false),
    ("M/d/yyyy hh:mm:ss a", "1/5/2026 12:34:56 PM", 0, false),
    ("dMMMyyyy HH:mm:ss", "5Jan2026 12:34:56", 0, false),
    ("yy-MM-dd HH:mm:ssSSS", "26-01-05 12:34:56.001", 1000, false),
    ("yyyy-MM-dd'T'HH:mm:ss z", "2026-01-05T12:34:56 UTC", 0, true),
  ]

  private static func pattern(_ text: String) throws -> TimePattern {
    switch text {
    case "iso": .iso
    case "epoch": .epoch
    case "syslog": .syslog
    default: try #require(TimePattern(text))
    }
  }

  @Test(arguments: times)
  func timesAreRead(pattern: String, text: String, over: Int64, isUTC: Bool) throws {
    let block = try makeBlock(text)
    let pattern = try Self.pattern(pattern)
    let reading = pattern.read([Self.whole(block)].span, in: block)
    #expect(reading == .init(micros: Self.micros + over, isUTC: isUTC, hasYear: true))
  }

  static let noTimes = [
    ("iso", ""), ("iso", "2026-13-05T12:34:56"), ("iso", "2026-02-30T12:34:56"),
    ("iso", "2026-01-05T12:34:56 what"), ("epoch", "12a"), ("epoch", "-5"),
    ("epoch", "99999999999999999999"), ("syslog", "Foo 5 12:34:56"), ("HH:mm", "25:00"),
    ("yyyy", "20261"), ("hh a", "13 PM"),
  ]

  @Test(arguments: noTimes) func badTimesAreNot(pattern: String, text: String) throws {
    let block = try makeBlock(text)
    let pattern = try Self.pattern(pattern)
    let reading = pattern.read([Self.whole(block)].span, in: block)
    #expect(reading == nil)
  }

  @Test func fieldsAreJoined() throws {
    let block = try makeBlock("2026-01-05|12:34:56")
    let start = UInt32(block.start)
    let fields = [
      FieldRange(start: start, end: start + 10), FieldRange(start: start + 11, end: start + 19),
    ]
    let pattern = try #require(TimePattern("yyyy-MM-dd HH:mm:ss"))
    let reading = pattern.read(fields.span, in: block)
    #expect(reading?.micros == Self.micros)
  }

  @Test func yearsAreGiven() throws {
    let block = try makeBlock("Feb 29 00:00:00")
    let found = TimePattern.syslog.read([Self.whole(block)].span, in: block)
    var reading = try #require(found)
    #expect(!reading.hasYear)
    var other = reading
    let hasDay = other.setYear(2025)
    #expect(!hasDay)
    let isLeap = reading.setYear(2024)
    #expect(isLeap && reading.micros == 1_709_164_800_000_000)
    #expect(TimePattern("yyyy-qq") == nil)
  }

  // --- values ---

  static let escapes: [(Escapes, String, String)] = [
    (.backslash, #"a\"b\\c\n\u00e9\ud83d\ude00"#, "a\"b\\c\n\u{e9}\u{1f600}"),
    (.backslash, #"CORP\anna"#, #"CORP\anna"#), (.backslash, #"\ud800x"#, #"\ud800x"#),
    (.backslash, #"end\"#, #"end\"#), (.html, "a&amp;b&lt;&quot;&nope;", "a&b<\"&nope;"),
    (.percent, "a%20b%zz%4", "a b%zz%4"), ([.html, .percent], "%26amp;&amp;", "&amp;&"),
  ]

  @Test(arguments: escapes) func escapesAreUndone(kinds: Escapes, text: String, plain: String)
    throws
  {
    var block = try makeBlock(text)
    let range = LineKernels.undo(kinds, in: Self.whole(block), &block)
    #expect(Self.text(range, block) == plain)
  }

  static let addresses = [
    ("10.0.0.1:443", "10.0.0.1"), ("10.0.0.1", "10.0.0.1"), ("[::1]:443", "::1"),
    ("2001:db8::1", "2001:db8::1"), ("", ""), ("host:", "host"),
  ]

  @Test(arguments: addresses) func portsAreCutOff(text: String, address: String) throws {
    let block = try makeBlock(text)
    #expect(Self.text(LineKernels.withoutPort(Self.whole(block), in: block), block) == address)
  }

  static let offsets: [(String, Int?)] = [
    ("+0100", 3600), ("+01:00", 3600), ("-0330", -12_600), ("UTC+2", 7200), ("Z", 0),
    ("GMT", 0), ("", nil), ("CET", nil), ("+99", nil),
  ]

  @Test(arguments: offsets) func offsetsAreRead(text: String, seconds: Int?) throws {
    let block = try makeBlock(text)
    #expect(LineKernels.offset(Self.whole(block), in: block) == seconds)
  }

  // --- cutters ---

  struct Cut: Sendable, CustomTestStringConvertible {
    var shape: LineShape
    var line: String
    /// `nil`: not of this shape.
    var fields: [String: String]?
    var testDescription: String { line }
  }

  static let pairs = LineShape.pairs(pair: UInt8(ascii: "="), separators: Array(" \t".utf8))
  static let ftd = LineShape.pairs(pair: UInt8(ascii: ":"), separators: Array(",".utf8))
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
    Cut(shape: csv, line: "1,2", fields: nil), Cut(shape: csv, line: "1,\"2,3", fields: nil),
    Cut(shape: common, line: "1  [2 3] \"4 5\"\r", fields: ["a": "1", "b": "2 3", "c": "4 5"]),
    Cut(
      shape: template, line: "x Teardown tcp for two words;end more",
      fields: ["a": "tcp", "b": "two words", "c": "end"]),
    Cut(shape: template, line: "Teardown tcp for ;end", fields: ["a": "tcp", "c": "end"]),
    Cut(shape: template, line: "Teardown  for x;!", fields: ["c": "Teardown  for x;"]),
    Cut(shape: template, line: "something else", fields: nil),
  ]

  @Test(arguments: cuts) func linesAreCut(cut: Cut) throws {
    let names = ["a", "b", "c", "b.c.d", "cef.name", "leef.event"]
    var cutter = LineCutter(cut.shape, names: names)
    cutter.reset(records: 1)
    var block = try makeBlock(cut.line)
    let line = Self.whole(block)
    let isRecord = cutter.cut(line, message: line, number: 0, in: &block)
    #expect(isRecord == (cut.fields != nil))
    guard isRecord, let wanted = cut.fields else { return }
    #expect(cutter.count == 1)
    for (slot, name) in names.enumerated() {
      let value = cutter[slot, 0]
      #expect((value.isEmpty ? nil : Self.text(value, block)) == wanted[name], "\(name)")
    }
  }

  /// Whatever the bytes: no cutter reads or writes outside of its line.
  @Test(arguments: 0..<300) func hostileLinesDoNoHarm(seed: Int) throws {
    var random = SeededRandom(seed: seed)
    let alphabet = Array("ab=\"\\|{}[]:,; \t<>014CEFLEEF:.^#".utf8)
    for shape in [Self.pairs, Self.ftd, .cef, .leef, .json, Self.csv, Self.common, Self.template] {
      var cutter = LineCutter(shape, names: ["a", "b", "c", "cef.name"])
      cutter.reset(records: 40)
      for number in 0..<40 {
        let bytes = (0..<random.below(120)).map { _ in alphabet[random.below(alphabet.count)] }
        var block = try makeBlock(String(decoding: bytes, as: UTF8.self))
        let line = Self.whole(block)
        let header = LineKernels.syslog(line, in: block)
        #expect(header.message.start >= line.start && header.message.end <= line.end)
        let record = cutter.count
        guard cutter.cut(line, message: header.message, number: number, in: &block) else {
          continue
        }
        for slot in 0..<4 where !cutter[slot, record].isEmpty {
          #expect(cutter[slot, record].start >= line.start && cutter[slot, record].end <= line.end)
        }
      }
    }
  }
}
