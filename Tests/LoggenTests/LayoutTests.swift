import Foundation
import Testing

@testable import loggen

@Suite struct LayoutTests {
  @Test func layoutsHaveNamesOfTheirOwn() {
    let names = FormatTable.all.map { "\($0.format) \($0.name)" }
    #expect(Set(names).count == names.count)
    #expect(Set(FormatTable.names).count == FormatTable.names.count)
    for layout in FormatTable.all { #expect(!layout.makeLines(layout).tells.isEmpty, "\(layout)") }
  }

  @Test func otherNamesAreThoseOfTheProfiles() throws {
    for format in FormatTable.names {
      let names = try aliases(of: format)
      #expect(Set(FormatNames.others[format] ?? []) == Set(names), "\(format)")
      for name in names {
        for spelling in [name, name.lowercased(), name.uppercased()] {
          #expect(FormatChoice(argument: spelling)?.defaultValueDescription == format, "\(name)")
        }
      }
    }
    #expect(Set(FormatNames.others.keys).isSubset(of: FormatTable.names))
  }

  @Test func noOtherNameStandsForTwoFormats() {
    for (format, names) in FormatNames.others {
      for name in names {
        let formats = FormatNames.others.filter { _, names in
          names.contains { $0.lowercased() == name.lowercased() }
        }
        #expect(formats.count == 1, "\(name)")
        let isFormat = FormatTable.names.contains(name.lowercased())
        #expect(!isFormat || name.lowercased() == format, "\(name)")
      }
    }
  }

  @Test(arguments: ["", "squid2", "squid native", "aruba"])
  func otherWordsAreNoFormat(word: String) { #expect(FormatChoice(argument: word) == nil) }

  @Test func formatsAreListed() throws {
    let listed = try loggenWith(["formats"])
    #expect(listed.status == 0 && listed.errors.isEmpty)
    let expected = FormatTable.all.map { "\($0.format)\t\($0.name)" }
    #expect(lines(listed.output).map { String(decoding: $0, as: UTF8.self) } == expected)
  }

  struct Row: CustomTestStringConvertible {
    var name: String
    var template: LineTemplate
    var line: String
    var testDescription: String { name }
  }

  @Test(arguments: [
    Row(name: "text", template: "as it is", line: "as it is"),
    Row(name: "nothing", template: "", line: ""),
    Row(
      name: "time", template: "\(.date)T\(.clock).\(.milliseconds)", line: "2026-11-02T08:00:01.250"
    ),
    Row(
      name: "month",
      template: "\(.weekdayName) \(.monthName) \(.paddedDay) \(.day)",
      line: "Mon Nov  2 02"
    ),
    Row(
      name: "epoch", template: "\(.epoch) \(.epochMicroseconds)",
      line: "1793606401 1793606401250000"),
    Row(name: "bytes", template: "\(.uploaded)+\(.downloaded)=\(.total)", line: "700+90=790"),
    Row(name: "duration", template: "\(.elapsed) \(.duration)", line: "3723004 1:02:03"),
    Row(name: "kept", template: "a\(if: .denied, " denied")b", line: "a deniedb"),
    Row(name: "left out", template: "a\(if: .user, " u=\(.user)")b", line: "ab"),
    Row(name: "otherwise", template: "\(if: .user, "\(.user)", else: "-").", line: "-."),
    Row(
      name: "nested",
      template: "<\(if: .denied, "1\(if: .tunnel, "2", else: "3")4", else: "5")>",
      line: "<134>"
    ),
    Row(name: "embedded", template: "(\("x\(.status)y" as LineTemplate))z", line: "(x403y)z"),
  ])
  func templatesAreFilled(_ row: Row) {
    let settings = Settings(textBytesMax: 1, users: 1, hosts: 1, firstDay: 0)
    let event = Event(
      microseconds: 1_793_606_401_250_000,
      user: -1,
      host: 0,
      client: ClientAddress(bits: 10 << 24, isIPv6: false),
      channel: .clear,
      method: .get,
      verdict: .denied,
      status: 403,
      agent: 0,
      content: 0,
      elapsedMilliseconds: 3_723_004,
      uploadedBytes: 700,
      downloadedBytes: 90,
      bits: 0
    )
    var moment = Moment()
    moment.move(to: event.microseconds)
    var text = TextBuffer(bytesMax: 64)
    row.template.append(event, at: moment, of: Traffic(settings), to: &text)
    #expect(string(text) == row.line)
  }

  @Test(arguments: [(0, "0 abc"), (1, "a2 bc"), (3, "abc0 ")])
  func insertingMovesTheRest(place: Int, expected: String) {
    var text = TextBuffer(bytesMax: 5)
    text.append("abc")
    text.insert(decimal: place == 1 ? 2 : 0, at: place)
    #expect(string(text) == expected)
  }

  @Test func octetsAreThoseOfTheLine() throws {
    let outcome = try loggenWith(
      ["--format", "leef", "--syslog", "octet", "--bytes", "100kB", "-o", "-"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    var rest = outcome.output[...]
    var count = 0
    while let blank = rest.firstIndex(of: UInt8(ascii: " ")) {
      let bytes = try #require(Int(String(decoding: rest[..<blank], as: UTF8.self)))
      let record = rest[(blank + 1)...].prefix(bytes)
      #expect(record.starts(with: "<134>1 2026-11-01T".utf8) && record.last == UInt8(ascii: "\n"))
      rest = rest[record.endIndex...]
      count += 1
    }
    #expect(rest.isEmpty && count > 100)
  }

  @Test(arguments: FormatTable.all.map { [$0.format, $0.name] })
  func linesAreWhole(layout: [String]) throws {
    let folder = try TemporaryFolder()
    let outcome = try loggenWith([
      "--format", layout[0], "--layout", layout[1], "--bytes", "300kB", "--users", "100",
      "--totals", folder.path("totals"), "-o", "-",
    ])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let text = String(decoding: outcome.output, as: UTF8.self)
    #expect(text.hasSuffix("\n") && !text.contains("\\(") && !text.contains("\\#"))
    let totals = try JSONSerialization.jsonObject(
      with: Data(contentsOf: URL(filePath: folder.path("totals"))))
    let counts = try #require(totals as? [String: Any])
    let header = FormatTable.all.first { [$0.format, $0.name] == layout }?.header ?? ""
    let headerLines = header.isEmpty ? 0 : header.split(separator: "\n").count
    // W3C's header is written by code.
    let written = lines(outcome.output).count - (layout[0] == "w3c" ? 4 : headerLines)
    #expect(counts["lines"] as? Int == written)
    if layout[1].hasSuffix("json") || layout[0] == "suricata" {
      for line in lines(outcome.output).prefix(200) {
        #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(line)) }
      }
    }
  }

  /// The other names in the profile of `format`; none where its profile is code.
  private func aliases(of format: String) throws -> [String] {
    var root = URL(filePath: #filePath)
    for _ in 0..<3 { root.deleteLastPathComponent() }
    let profile = root.appending(path: "Datasets/formats/\(format).yaml")
    let text = try String(contentsOf: profile, encoding: .utf8)
    guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("aliases: [") })
    else { return [] }
    return line.dropFirst("aliases: [".count).prefix { $0 != "]" }.split(separator: ",")
      .map { $0.trimmingCharacters(in: .whitespaces) }
  }

  private func string(_ text: borrowing TextBuffer) -> String {
    var bytes: [UInt8] = []
    for index in 0..<text.count { bytes.append(text.bytes[index]) }
    return String(decoding: bytes, as: UTF8.self)
  }
}
