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
    ("<166>:Nov 20 08:15:01 CET: %ASA-6-1: text", "Nov 20 08:15:01 CET", "text"),
    ("Nov 20 2026 08:15:01.5 UTC: %ASA-6-1: text", "Nov 20 2026 08:15:01.5 UTC", "text"),
    ("Nov 20 08:15:01 FW: text", "Nov 20 08:15:01", "text"),
    ("<134>[2026-11-20 08:15:01] EFW: text", "2026-11-20 08:15:01", "text"),
    ("[2026-11-20 08:15:01] text", "", "[2026-11-20 08:15:01] text"),
    (
      "1 2026-11-20T08:15:01.5+04:00 host app 12 - - text", "2026-11-20T08:15:01.5+04:00", "text"
    ),
    ("1 2026-11-20T08:15:01Z 10.0.0.1 443 TCP", "", "1 2026-11-20T08:15:01Z 10.0.0.1 443 TCP"),
    ("10.0.0.1 <134>Nov 20 08:15:01 host text", "Nov 20 08:15:01", "text"),
    ("10.0.0.1 <b>Nov 20 08:15:01 host text", "", "10.0.0.1 <b>Nov 20 08:15:01 host text"),
    ("Nov 20 08:15:01-02:00 host text", "Nov 20 08:15:01-02:00", "text"),
    ("Fri Nov 20 08:15:01 2026 kern.warn kernel: text", "Nov 20 08:15:01 2026", "text"),
    (
      "Fri Nov 20 08:15:01 2026 kern.kernel text", "",
      "Fri Nov 20 08:15:01 2026 kern.kernel text"
    ),
    ("Fri Nov 20 08:15:02 2026: <14>Nov 20 08:15:01 host text", "Nov 20 08:15:01", "text"),
    ("2026 Nov 20 08:15:01 fw1->10.0.0.1 text", "2026 Nov 20 08:15:01", "text"),
    ("Nov 20 08:15:01 2001:db8::1 text", "Nov 20 08:15:01", "text"),
    ("Nov 20 08:15:01 EST host text", "Nov 20 08:15:01 EST", "text"),
    ("Nov 20 08:15:01 WEST text", "Nov 20 08:15:01", "text"),
    ("<13>2026-11-20 08:15:01.5 +0530 host text", "2026-11-20 08:15:01.5 +0530", "text"),
    (
      "2026-11-20 08:15:01.5 +0530 host text", "2026-11-20 08:15:01.5 +0530",
      "2026-11-20 08:15:01.5 +0530 host text"
    ),
    // A relay left the host out.
    ("Nov 20 08:15:02 2026-11-20 08:15:01 112 x", "Nov 20 08:15:02", "2026-11-20 08:15:01 112 x"),
    ("<13>Nov 20 08:15:02 px #Fields: date", "Nov 20 08:15:02", "#Fields: date"),
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
    ("syslog", "2026 Jan 05 12:34:56", 0, false), ("syslog", "2026 Jan  5 14:34:56+02:00", 0, true),
    ("syslog", "2026 Jan  5 12:34:56 GMT+00:00", 0, true),
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

  /// What a plan makes of a time, or of the parts of one, which TABs separate: the last one is then
  /// an offset from UTC.
  private static func read(
    _ pattern: TimePattern, _ text: String, year: Int? = nil
  ) throws -> (micros: Int64, isUTC: Bool)? {
    let count = text.split(separator: "\t", omittingEmptySubsequences: false).count
    let names = (0...count).map { "f\($0)" }  // The first one: so that it is no syslog header.
    let shape = LineShape.places(
      separator: UInt8(ascii: "\t"), quote: nil, brackets: false, collapses: false, names: names,
      minimum: 1)
    var cutter = LineCutter([LineShapeRule(shape, names: names)])
    cutter.reset(lines: 1)
    var block = try makeBlock("x\t" + text)
    let isCut = cutter.cut(whole(block), number: 0, in: &block)
    try #require(isCut)
    let zone = count > 1 ? UInt8(count) : nil
    let slots = (1...max(1, count - 1)).map { UInt8($0) }
    let plan = TimePlan(
      [.init(slots: slots, zone: zone, pattern: pattern)], year: year, latest: micros,
      newestYear: 2026)
    var times = Buffer<Int64>(count: 1)
    var isLocal = Buffer<UInt8>(count: 1)
    var status = Buffer<UInt8>(count: 1)
    cutter.times(
      plan, of: 0, in: block, into: &times, isLocal: &isLocal, status: &status, at: 0, missing: 1,
      bad: 2)
    return status[0] == 0 ? (times[0], isLocal[0] == 0) : nil
  }

  @Test(arguments: times)
  func timesAreRead(pattern: String, text: String, over: Int64, isUTC: Bool) throws {
    let time = try Self.read(Self.pattern(pattern), text)
    #expect(time?.micros == Self.micros + over)
    #expect(time?.isUTC == isUTC)
  }

  static let noTimes = [
    ("iso", ""), ("iso", "2026-13-05T12:34:56"), ("iso", "2026-02-30T12:34:56"),
    ("iso", "2026-01-05T12:34:56 what"), ("epoch", "12a"), ("epoch", "-5"),
    ("epoch", "99999999999999999999"), ("syslog", "Foo 5 12:34:56"), ("HH:mm", "25:00"),
    ("yyyy", "20261"), ("hh a", "13 PM"),
  ]

  @Test(arguments: noTimes) func badTimesAreNot(pattern: String, text: String) throws {
    let time = try Self.read(Self.pattern(pattern), text)
    #expect(time == nil)
  }

  @Test func fieldsAreJoined() throws {
    let pattern = try #require(TimePattern("yyyy-MM-dd HH:mm:ss"))
    let time = try Self.read(pattern, "2026-01-05\t12:34:56\t-")
    #expect(time?.micros == Self.micros)
    #expect(time?.isUTC == false)
  }

  @Test func yearsAreGiven() throws {
    let leapDay: Int64 = 1_709_164_800_000_000
    #expect(try Self.read(.syslog, "Feb 29 00:00:00", year: 2025) == nil)
    #expect(try Self.read(.syslog, "Feb 29 00:00:00", year: 2024)?.micros == leapDay)
    // The newest year in which it is not in the future.
    #expect(try Self.read(.syslog, "Feb 29 00:00:00")?.micros == leapDay)
    #expect(try Self.read(.syslog, "Jan 5 12:34:56")?.micros == Self.micros)
    #expect(try Self.read(.syslog, "Jan 5 13:34:56 CET")?.micros == Self.micros)
    #expect(try Self.read(.syslog, "Jan 5 12:34:56 FW")?.isUTC == false)
    let newYear = Self.micros - (4 * 86_400 + 12 * 3600 + 34 * 60 + 56) * 1_000_000
    #expect(try Self.read(.syslog, "Jan 1 01:00:00 CET")?.micros == newYear)
    #expect(try Self.read(.syslog, "Jan 1 00:00:00 CET")?.micros == newYear - 3_600_000_000)
    #expect(try Self.read(.syslog, "Dec 31 19:00:00 EST", year: 2025)?.micros == newYear)
    let lastYear = Self.micros + 1_000_000 - 31_536_000_000_000
    #expect(try Self.read(.syslog, "Jan 5 12:34:57")?.micros == lastYear)
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
    var values = Self.column(block)
    ValueKernels.undo(kinds, &values, 1, in: &block)
    #expect(Self.text(values[0], block) == plain)
  }

  /// A column with all of the block as its only value.
  private static func column(_ block: borrowing Block) -> Buffer<FieldRange> {
    var values = Buffer<FieldRange>(count: 1)
    values[0] = whole(block)
    return values
  }

  static let addresses = [
    ("10.0.0.1:443", "10.0.0.1"), ("10.0.0.1", "10.0.0.1"), ("[::1]:443", "::1"),
    ("2001:db8::1", "2001:db8::1"), ("", ""), ("host:", "host"), ("a:1:2", "a:1:2"),
    ("a-host-with-a-long-name.example:443", "a-host-with-a-long-name.example"),
    ("2001:db8:85a3:1234:5678:8a2e:370:7334", "2001:db8:85a3:1234:5678:8a2e:370:7334"),
    ("2001:db8::1:33317", "2001:db8::1"), ("2001:db8::1:3331", "2001:db8::1:3331"),
    ("::ffff:10.0.0.1:80", "::ffff:10.0.0.1"), ("::ffff:10.0.0.1", "::ffff:10.0.0.1"),
    ("::33317", "::33317"), ("::", "::"), (":1:", ":1:"),
  ]

  @Test(arguments: addresses) func portsAreCutOff(text: String, address: String) throws {
    let block = try makeBlock(text)
    var values = Self.column(block)
    ValueKernels.dropPorts(&values, 1, in: block)
    #expect(Self.text(values[0], block) == address)
  }

  static let hostNames = [
    ("10.0.0.1", true), ("2001:db8:85a3:1234:5678:8a2e:370:7334", true), ("", true),
    ("fe80::abcd:EF01", true), ("pc-17", false), ("10.0.0.1 10.0.0.2 10.0.0.3g", false),
    ("Z", false), ("2001:db8:85a3::8a2e:370:733G", false), ("abc.def", true), ("10.0.0.1%z", false),
  ]

  @Test(arguments: hostNames) func namesOfHostsAreDropped(text: String, isKept: Bool) throws {
    // What stands behind it does not count.
    let block = try makeBlock(text + "xyz")
    var values = Buffer<FieldRange>(count: 1)
    values[0] = FieldRange(start: UInt32(block.start), end: UInt32(block.start + text.utf8.count))
    ValueKernels.dropHostNames(&values, 1, in: block)
    #expect(Self.text(values[0], block) == (isKept ? text : ""))
  }

  static let users = [
    ("anna", "anna"), ("None", ""), ("NONE", ""), ("nones", "nones"), ("10.1.2.3", ""),
    ("fe80::1", ""), ("10.1.2", "10.1.2"), ("dad:face", "dad:face"), ("not found", ""), ("", ""),
    ("\"anna b\"", "anna b"), ("\"none\"", ""), ("\"10.1.2.3\"", ""), ("\"", "\""), ("\"\"", ""),
    ("\"a \"\"b\"\" c\"", "a \"b\" c"), ("a\"\"b", "a\"\"b"),
  ]

  @Test(arguments: users) func nobodiesAreDropped(text: String, user: String) throws {
    var block = try makeBlock(text)
    var values = Self.column(block)
    let nobodies = NameSet(["none", "not found"])
    ValueKernels.dropNobodies(&values, 1, named: nobodies, in: &block)
    #expect(Self.text(values[0], block) == user)
    // One that was there leaves its place; one that was not, none.
    let isNobody = user.isEmpty && !text.filter { $0 != "\"" }.isEmpty
    if user.isEmpty { #expect((values[0].start > 0) == isNobody) }
  }

  @Test func quotesDoubledInANameBecomeSingleOnes() throws {
    var block = try makeBlock(#""a ""b""""#)
    var values = Self.column(block)
    values[0] = FieldRange(start: values[0].start + 1, end: values[0].end - 1)
    ValueKernels.dropNobodies(&values, 1, named: NameSet([]), in: &block, unquoted: true)
    #expect(Self.text(values[0], block) == #"a "b""#)
  }

  static let ends = [
    ("203.0.113.9", true), ("8.8.8.8", true), ("172.32.0.1", true), ("100.128.0.1", true),
    ("192.169.1.1", true), ("2001:db8::1", true), ("3fff::1", true), ("10.1.2.3", false),
    ("172.16.0.1", false), ("172.31.255.1", false), ("192.168.0.1", false), ("100.64.0.1", false),
    ("127.0.0.1", false), ("169.254.1.1", false), ("224.0.0.1", false), ("255.255.255.255", false),
    ("0.0.0.0", false), ("fe80::1", false), ("fd00::1", false), ("::1", false), ("", false),
    ("localhost", false), ("pc-20", false), ("10", false), ("1234.5.6.7", false),
  ]

  @Test(arguments: ends) func addressesOfTheInternetAreTold(text: String, isOuter: Bool) throws {
    let block = try makeBlock(text)
    let values = Self.column(block)
    var codes = Buffer<UInt8>(count: 1)
    ValueKernels.markInner(values, 1, in: block, adding: 4, to: &codes)
    #expect(codes[0] == (isOuter ? 0 : 4))
  }

  static let offsets: [(String, Int64?)] = [
    ("+0100", 3600), ("+01:00", 3600), ("-0330", -12_600), ("UTC+2", 7200), ("Z", 0),
    ("GMT", 0), ("", nil), ("CET", 3600), ("cest", 7200), ("EST", -18_000), ("ACST", nil),
    ("IST", nil), ("CSTX", nil), ("C", nil), ("Europe/Berlin", nil), ("+99", nil),
  ]

  @Test(arguments: offsets) func offsetsAreRead(text: String, seconds: Int64?) throws {
    let time = try Self.read(.iso, "2026-01-05T12:34:56\t\(text)")
    #expect(time?.micros == Self.micros - (seconds ?? 0) * 1_000_000)
    #expect(time?.isUTC == (seconds != nil))
  }
}
