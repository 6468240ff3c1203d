import Foundation
import LogFormats
import TestSupport
import Testing
import VeiledRecords

/// Lines that are left out, and objects over several lines.
@Suite struct ExclusionTests {
  /// docs/formats.md lists every kind of line that a format leaves out, with the reason.
  @Test func allAreListed() throws {
    let text = String(decoding: try repositoryFile("docs/formats.md"), as: UTF8.self)
    var listed: Set<String> = []
    for line in text.split(separator: "\n") where line.hasPrefix("| `") {
      let cells = line.split(separator: "|").map { names(in: $0) }
      guard cells.count == 3 else { continue }
      for format in cells[0] { for name in cells[1] { listed.insert("\(format): \(name)") } }
    }
    let all = FormatCatalog.all.flatMap { format in
      format.exclusionNames.map { "\(format.name): \($0)" }
    }
    #expect(all.count > 150)
    #expect(Set(all).subtracting(listed).sorted() == [])
  }

  /// What stands between backquotes.
  private func names(in cell: Substring) -> [String] {
    cell.split(separator: "`", omittingEmptySubsequences: false).enumerated()
      .filter { $0.offset % 2 == 1 }.map { String($0.element) }
  }

  static let format = """
    name: heron
    summary: Heron
    layouts:
    - name: sessions
      family: json
      when: {all: ["heron"]}
      traffic:
      - {field: kind, not: [start]}
      time:
      - {fields: [t], as: epoch}
      host: [h.n]
    """

  static func object(_ name: String) -> String {
    "{\"heron\":1,\"t\":1793606400,\"h\":{\"n\":\"\(name).example\"}}"
  }

  @Test(arguments: [
    // One line, several lines, an element of an array, a wrapper with text behind it.
    ("{\"heron\":1,\"t\":1793606400,\"h\":{\"n\":\"a.example\"}}\n", ["a.example"], 0),
    (
      "{\n \"heron\": 1, \"t\": 1793606400,\n \"h\": {\n  \"n\": \"a.example\"\n }\n}\n",
      ["a.example"],
      5
    ),
    (
      "[\n  {\n    \"heron\": 1, \"t\": 1793606400, \"h\": {\"n\": \"a.example\"}\n  },\r\n"
        + "  {\n    \"heron\": 1, \"t\": 1793606400, \"h\": {\"n\": \"b}.example\"}\n  }\n]",
      ["a.example", "b}.example"], 6
    ),
    // Several in one line, an array in one line, an envelope in one line and over lines.
    (Self.object("a") + Self.object("b") + "\n", ["a.example", "b.example"], 0),
    ("[\(Self.object("a")), \(Self.object("b"))]\n", ["a.example", "b.example"], 0),
    (
      "{\"all\": [\(Self.object("a")),\(Self.object("b"))], \"count\": 2}\n",
      ["a.example", "b.example"], 0
    ),
    (
      "{\n \"all\": [\n  \(Self.object("a")),\n  \(Self.object("b"))\n ]\n}\n",
      ["a.example", "b.example"], 4
    ),
    // What stands between is lost alone, and the rest of a line that is cut off is one reject.
    (
      Self.object("a") + "{\"bear\":1}" + Self.object("b") + "{\"heron\": 1,\n",
      ["a.example", "rejected other_format", "b.example", "rejected field_count"], 0
    ),
    // Cut off: only that line is lost.
    (
      "{\"heron\": 1, \"t\": 17936\n{\"heron\":1,\"t\":1793606400,\"h\":{\"n\":\"c.example\"}}\n",
      ["rejected field_count", "c.example"], 0
    ),
    ("{\"heron\": 1, \"t\": \"x\ny\"}\n", ["rejected field_count", "rejected other_format"], 0),
    ("{\"heron\": 1,\n", ["rejected field_count"], 0),
  ])
  func objectsGoOverLines(text: String, expected: [String], comments: Int) throws {
    let profile = try ProfileFile.profile(Self.format)
    let reading = try read(text, profile)
    #expect(reading.counts.addUp && reading.counts.comments == comments)
    let found = reading.lines.filter { $0.status != "comment" }.map { line in
      line.status == "event" ? line.host ?? "-" : "\(line.status) \(line.reason ?? "")"
    }
    #expect(found == expected)
  }

  /// The place of a record is that of its first line.
  @Test func rejectedObjectsStandOnTheirFirstLine() throws {
    let text = "{}\n{\n \"heron\": 1,\n \"t\": \"never\",\n \"h\": {\"n\": \"a.example\"}\n}\n"
    let reading = try read(text, try ProfileFile.profile(Self.format))
    let bad = try #require(reading.lines.first { $0.reason == "bad_time" })
    #expect(bad.line == 1 && bad.offset == 3)
  }

  /// A time without a zone takes the one of the header, if the profile says so.
  @Test func zonesOfHeaders() throws {
    let profile = try ProfileFile.profile(
      """
      name: heron
      summary: Heron
      layouts:
      - name: lines
        family: key-value
        time:
        - {fields: [t], as: "yyyy-MM-dd_HH:mm:ss", zone: syslog}
        host: [h]
      """)
    let times = try read(
      "2026-11-02T09:00:00.5+01:00 gw t=2026-11-02_09:00:00 h=a\n"
        + "<13>Nov 2 09:00:00 gw t=2026-11-02_09:00:00 h=a\n"
        + "<13>t=2026-11-02_09:00:00 h=a\n", profile
    ).lines.map { $0.time ?? 0 }
    #expect(times == [1_793_606_400, 1_793_610_000, 1_793_610_000].map { $0 * 1_000_000 })
  }
}
