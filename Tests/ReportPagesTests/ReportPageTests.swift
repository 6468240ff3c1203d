import ByteBlocks
import ColumnTables
import Foundation
import ReportFigures
import ReportSamples
import Testing
import VeiledRecords

@testable import ReportPages

@Suite struct ReportPageTests {
  @Test(arguments: [
    ("", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="),
    ("abc", "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "JI1qYdIGOLjlwCaTDD5gOaM85Flk/yFn9uzt1BnbBsE="
    ),
  ])
  func hashesAreThoseOfTheStandard(text: String, hash: String) {
    #expect(SHA256.base64(Array(text.utf8)) == hash)
  }

  @Test func hashOfAMillionLetters() {
    // The long message of FIPS 180-2, appendix B.3.
    #expect(
      SHA256.base64([UInt8](repeating: 0x61, count: 1_000_000))
        == "zcduXJkU+5KBocfihNc+Z/GAmkiklyAOBG05zMcRLNA=")
  }

  /// Hostile names leave the same elements and attributes as harmless ones.
  @Test func namesChangeNoMarkup() {
    let plain = markup(SampleReport.plain)
    let hostile = markup(SampleReport.hostile)
    #expect(plain == hostile)
    #expect(plain.count > 1000)
  }

  private func markup(_ name: (Int) -> String) -> [Substring] {
    let report = SampleReport.make(seed: 3, apps: 60, days: 7, name: name)
    let page = String(decoding: ReportPage.bytes(report), as: UTF8.self)
    // Names of elements; a name could add one only by a bracket of its own.
    return page.split(separator: "<").map { $0.prefix { $0 != " " && $0 != ">" && $0 != "\n" } }
  }

  @Test func theDataInThePageIsJSON() throws {
    let report = SampleReport.make(seed: 3, apps: 60, days: 7, name: SampleReport.hostile)
    let page = String(decoding: ReportPage.bytes(report), as: UTF8.self)
    let start = try #require(page.range(of: "id=\"data\">"))
    let end = try #require(page.range(of: "</script>", range: start.upperBound..<page.endIndex))
    let data = Data(page[start.upperBound..<end.lowerBound].utf8)
    let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect((object["apps"] as? [Any])?.count == 60)
  }

  @Test func theReportAsJSON() throws {
    let report = SampleReport.make(seed: 3, apps: 20, days: 7, name: SampleReport.hostile)
    let line = ReportJSON.line(report)
    #expect(!line.utf8.contains(0x0A))
    #expect(!line.unicodeScalars.contains { $0.value < 0x20 || $0 == "\u{202e}" })
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    let apps = try #require(object["apps"] as? [[String: Any]])
    #expect(apps.compactMap { $0["app"] as? String } == report.apps.map(\.facts.name))
    let totals = try #require(object["totals"] as? [String: Any])
    #expect(totals["total_bytes"] as? Int64 == report.totals.sums.total)
  }

  @Test func aThousandAppsStaySmall() {
    let report = SampleReport.make(seed: 1, apps: 1000, days: 30) {
      "u1-3g6xcmugrthdyskwagm7yly7ewkyiyzhwu4sovfngbxtrdhq6illc2yckpiy56lcj6iy6hqk\($0)"
    }
    #expect(ReportPage.bytes(report).count < 5_000_000)
  }

  @Test func executivesSeeNoPseudonym() {
    let report = SampleReport.make(seed: 1, apps: 60, days: 30) { number in
      (10_000..<50_000).contains(number) ? "u1-secret\(number)" : "name \(number)"
    }
    let page = String(decoding: ExecutivePage.bytes(report), as: UTF8.self)
    #expect(!page.contains("u1-secret"))
    #expect(!page.contains("<script"))
    #expect(page.contains("name 100"))
  }

  @Test(arguments: [
    ("plain", "plain"), ("a,b", "\"a,b\""), ("say \"x\"", "\"say \"\"x\"\"\""),
    ("=1+1", "'=1+1"), ("@x", "'@x"), ("-", "'-"), ("\u{7}bell", "\\u{7}bell"),
    ("a\"\u{301}b", "\"a\"\"\u{301}b\""), ("two\r\nlines", "two\\u{d}\\u{a}lines"),
  ])
  func cellsOfCSV(text: String, cell: String) { #expect(CSVText.quoted(text) == cell) }

  @Test func listsHaveTheirColumnsAlsoWhenEmpty() {
    let report = DiscoveryReport(
      scope: SampleReport.make(seed: 1, apps: 1, days: 1, name: SampleReport.plain).scope)
    for (name, table) in ReportTables.all(report) {
      #expect(!table.schema.fields.isEmpty, "\(name) has no columns")
      #expect(name == "summary" || table.rowCount == 0)
      #expect(!CSVText.bytes(table).isEmpty)
    }
  }

  @Test(
    arguments: [
      (0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (1536, "1.5 KiB"),
      (1_048_575, "1.0 MiB"), (1 << 40, "1.0 TiB"), (Int64.max, "8.0 EiB"),
    ] as [(Int64, String)])
  func sizes(bytes: Int64, text: String) { #expect(FigureText.bytes(bytes) == text) }

  @Test(arguments: [(0, "0"), (999, "999"), (1000, "1,000"), (-1_234_567, "-1,234,567")])
  func counts(number: Int, text: String) { #expect(FigureText.count(number) == text) }

  @Test func growth() {
    #expect(FigureText.growth(110, since: 100) == "+10.0 %")
    #expect(FigureText.growth(50, since: 100) == "−50.0 %")
    #expect(FigureText.growth(1, since: 0) == nil)
    #expect(FigureText.share(1, of: 3000) == "< 0.1 %")
    #expect(FigureText.share(1, of: 0) == "0 %")
  }

  @Test func moments() {
    #expect(UTCTime.text(0) == "1970-01-01T00:00:00Z")
    #expect(UTCTime.text(-1) == "1969-12-31T23:59:59Z")
    #expect(UTCTime.text(1_795_219_480_000_000) == "2026-11-21T00:04:40Z")
  }
}
