import ByteKernels
import LogFormats
import TestSupport
import Testing
import VeiledRecords

/// Tables whose lines a relay has put behind syslog headers, one by one.
@Suite struct RelayedTableTests {
  static let rows = [
    "#Software: SGOS",
    "#Fields: date time c-ip cs-username cs-host sc-bytes cs-bytes sc-filter-result",
    "2026-11-20 08:15:01 10.1.1.20 anna files.example.com 45000 1200 OBSERVED",
    "2026-11-20 08:15:02 10.1.1.21 - \"bad.example.com\" 0 900 DENIED",
    "2026-11-20 08:15:03 10.1.1.21",
    "#Fields: date time cs-host c-ip",
    "2026-11-20 08:15:04 mail.example.com 10.1.1.22",
  ]
  static let wanted = [
    "event anna 10.1.1.20 files.example.com allowed 1200 45000",
    "event - 10.1.1.21 bad.example.com blocked 900 0", "rejected field_count",
    "event - 10.1.1.22 mail.example.com - - -",
  ]
  static let headers = [
    "<13>Nov 20 08:15:09 proxy1 ", "Nov 20 08:15:09 proxy1 ",
    "<13>1 2026-11-20T08:15:09+01:00 proxy1 - - - - ", "<13>Nov 20 08:15:09 proxy1 weblog: ",
  ]

  private static func text(_ header: String, _ separator: String) -> [UInt8] {
    Array(
      rows.map { row in
        let isRemark = row.hasPrefix("#Software")
        return header + (isRemark ? row : row.replacing(" ", with: separator)) + "\n"
      }.joined().utf8)
  }

  private static func words(_ line: ReadLine) -> String {
    guard line.status == "event" else { return "\(line.status) \(line.reason ?? "-")" }
    let texts = [line.user, line.source, line.host, line.action].map { $0 ?? "-" }
    let numbers = [line.uploaded, line.downloaded].map { $0.map { String($0) } ?? "-" }
    return (["event"] + texts + numbers).joined(separator: " ")
  }

  @Test(arguments: headers, [" ", "\t"])
  func headersBehindSyslogNameTheFields(header: String, separator: String) throws {
    // The word itself is followed by a blank.
    let bytes = Array(
      String(decoding: Self.text(header, separator), as: UTF8.self)
        .replacing("#Fields:\t", with: "#Fields: ").utf8)
    let format = try #require(FormatCatalog.profile(named: "w3c")).chosen(for: try makeBlock(bytes))
    let whole = try read(bytes, format)
    #expect(whole.lines.map(Self.words) == Self.wanted)
    #expect(whole.counts.comments == 3 && whole.counts.addUp)
    for cut in lineStarts(bytes) { #expect(try read(bytes, format, cuts: [cut]) == whole) }
    #expect(try read(bytes, format, level: .scalar) == whole)
    #expect(try FormatDetection.detect(try makeBlock(bytes)).profile.name == "w3c")
  }

  @Test func textsInTheMiddleAreNoHeader() throws {
    let text = """
      <13>Nov 20 08:15:09 proxy1 #Fields: date time cs-host
      <13>Nov 20 08:15:09 proxy1 2026-11-20 08:15:01 a.example #Fields: date time x
      <13>Nov 20 08:15:09 proxy1 2026-11-20 08:15:02 b.example

      """
    let format = try #require(FormatCatalog.profile(named: "w3c")).chosen(for: try makeBlock(text))
    #expect(try read(text, format).lines.map(\.host) == ["a.example", "b.example"])
  }

  /// UTF-16 without a byte order mark is told from other binary data.
  @Test(arguments: [false, true]) func wideTextIsNamed(isBigEndian: Bool) throws {
    var wide: [UInt8] = []
    for byte in "2026-11-20 08:15:01 10.1.1.20 anna\r\n".utf8 {
      wide += isBigEndian ? [0, byte] : [byte, 0]
    }
    #expect(throws: FormatDetection.Refusal.wideText) {
      try FormatDetection.detect(try makeBlock(wide))
    }
    #expect(FormatDetection.Refusal.wideText.description.contains("iconv"))
  }
}
