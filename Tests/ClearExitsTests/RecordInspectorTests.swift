import ByteBlocks
import Foundation
import IdentityRules
import LogFormats
import Pseudonymisation
import TestSupport
import Testing

@testable import ClearExits

/// Inspectors under one tenant's keys.
struct Workshop {
  let keyring: Keyring

  init() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "keys-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    keyring = try Keyring.create(tenant: "test", folder: folder.path).keyring
  }

  func inspector(
    style: RowStyle = .json, clear: Bool = false, wanted: WantedLine? = nil
  ) throws -> RecordInspector {
    var options = RecordInspector.Options(profile: .w3cExtended, canonical: try CanonicalNames())
    options.style = style
    options.showsClearNames = clear
    options.wanted = wanted
    options.app = { host in host.count == 1 ? nil : "App \(host.count)" }
    return RecordInspector(keyring, options)
  }

  func rows(_ blocks: [String], _ style: RowStyle = .json, clear: Bool = false) throws -> [String] {
    var inspector = try inspector(style: style, clear: clear)
    var offset = 0
    for text in blocks {
      try inspector.add(try makeBlock(text), textOffset: offset)
      offset += text.utf8.count
    }
    var rows: [String] = []
    inspector.takeRows {
      rows = $0.split(separator: 10).map { String(decoding: $0, as: UTF8.self) }
    }
    return rows
  }
}

@Suite struct RecordInspectorTests {
  private static let header =
    "#Fields: date time cs-username c-ip cs-host r-ip sc-status s-action\n"

  private static func log(_ lineCount: Int, seed: Int) -> [String] {
    var random = SeededRandom(seed: seed)
    return [header]
      + (0..<lineCount).map { _ in
        switch Int.random(in: 0..<10, using: &random) {
        case 0: return "# remark\n"
        case 1: return "\n"
        case 2: return "2026-11-02 08:00 anna 10.0.0.1 h.example - 200 MISS\n"
        case 3: return "too few fields\n"
        case 4: return header
        case 5: return "2026-11-02 08:00:01 \"an na\" 10.0.0.1 h.example - 200 DENIED\n"
        default:
          let (user, host) = (
            Int.random(in: 0..<9, using: &random), Int.random(in: 0..<9, using: &random)
          )
          return
            "2026-11-02 08:00:01 u\(user) 10.0.0.\(user) h\(host).example 2001:DB8::\(host) 20\(user) MISS\r\n"
        }
      }
  }

  /// Where a text is cut into blocks does not show.
  @Test(arguments: 0..<20)
  func blocksDoNotMatter(seed: Int) throws {
    let workshop = try Workshop()
    let lines = Self.log(60, seed: seed)
    let whole = try workshop.rows([lines.joined()], clear: true)
    #expect(whole.count == lines.count)
    let cut = seed * 3
    let parts = [lines[..<cut].joined(), lines[cut...].joined()].filter { !$0.isEmpty }
    #expect(try workshop.rows(parts, clear: true) == whole)
    #expect(try workshop.rows(lines, clear: true) == whole)
    for (place, row) in whole.enumerated() {
      #expect(row.hasPrefix("{\"line\":\(place + 1),\"offset\":"))
      _ = try JSONSerialization.jsonObject(with: Data(row.utf8))
    }
  }

  @Test func writesEveryValue() throws {
    let log =
      Self.header + "2026-11-02 08:00:01.5 CORP\\Anna 010.0.0.1 H.example:443 10.9.8.7 404 DENIED\n"
      + "2026-11-02 08:00:01.5 CORP\\Anna 10.0.0.1 H.example:443 10.9.8.7 404 DENIED\n"
    let rows = try Workshop().rows([log], .text, clear: true)
    #expect(rows[1].hasPrefix("2\t68\trejected\tbad_address\t-\t"))
    let cells = rows[2].split(separator: "\t").map(String.init)
    #expect(cells[4] == "2026-11-02T08:00:01.500000Z")
    #expect(cells[5].hasPrefix("u1-"))
    #expect(cells[6...9] == ["10.0.0.1", "10.9.8.7", "h.example", "-"])
    #expect(cells[10...12] == ["blocked", "-", "404"])
    #expect(cells[13...] == ["-", "-", "-", "App 9", "CORP\\Anna", "corp\\anna"])
  }

  @Test func overlongLinesCount() throws {
    var inspector = try Workshop().inspector()
    inspector.addOverlong(at: 0)
    try inspector.add(try makeBlock(Self.header), textOffset: 2_000_000)
    inspector.addOverlong(at: 3_000_000)
    var rows: [Substring] = []
    inspector.takeRows { rows = String(decoding: $0, as: UTF8.self).split(separator: "\n") }
    #expect(rows.count == 3)
    #expect(
      rows[0].hasPrefix(#"{"line":1,"offset":0,"status":"rejected","reason":"line_too_long""#))
    #expect(rows[1].hasPrefix(#"{"line":2,"offset":2000000,"status":"comment""#))
    #expect(rows[2].hasPrefix(#"{"line":3,"offset":3000000,"status":"rejected""#))
  }

  @Test func explainsOnlyTheWantedLine() throws {
    let line = "2026-11-02 08:00:01 anna 10.0.0.1 h.example - 200 MISS\n"
    for wanted in [WantedLine.line(3), .offset(Self.header.utf8.count + line.utf8.count + 4)] {
      for clear in [false, true] {
        var inspector = try Workshop().inspector(clear: clear, wanted: wanted)
        try inspector.add(try makeBlock(Self.header + line), textOffset: 0)
        let before = inspector.explanation
        #expect(before == nil)
        let offset = Self.header.utf8.count + line.utf8.count
        try inspector.add(try makeBlock(line + line), textOffset: offset)
        let after = inspector.explanation
        let explanation = try #require(after)
        #expect(explanation.line == 3)
        #expect(explanation.offset == offset)
        #expect(explanation.byteCount == line.utf8.count - 1)
        #expect(explanation.fields.map(\.name).last == "s-action")
        let user = explanation.fields[2]
        #expect(user.attributes == ["user"])
        #expect(user.start == offset + 20 && user.end == offset + 24)
        #expect(clear ? user.value == "anna" : user.value?.hasPrefix("u1-") == true)
        var rows = 0
        inspector.takeRows { rows = $0.count { $0 == 10 } }
        #expect(rows == 1)
      }
    }
  }
}

@Suite struct RowTests {
  @Test(arguments: [
    ("plain", #""plain""#, "plain"), ("a\"b\\c", #""a\"b\\c""#, #"a"b\c"#),
    ("tab\there", #""tab\u0009here""#, #"tab\u{9}here"#),
    ("\u{202e}x", #""\u202ex""#, #"\u{202e}x"#),
    ("\u{1b}[0m", #""\u001b[0m""#, #"\u{1b}[0m"#), ("zoë", #""zoë""#, "zoë"), ("", "\"\"", ""),
    ("\u{e0001}", #""\udb40\udc01""#, #"\u{e0001}"#),
  ])
  func escapesForItsMedium(text: String, json: String, plain: String) {
    for (style, expected) in [(RowStyle.json, json), (.text, plain)] {
      var bytes: [UInt8] = []
      style.append(text.utf8.span, to: &bytes)
      #expect(String(decoding: bytes, as: UTF8.self) == expected)
    }
  }

  @Test(arguments: [
    ("200", "200"), ("TCP_MISS/200", "200"), ("TCP_MISS_ABORTED/000", "null"), ("0", "null"),
    ("-", "null"), ("", "null"), ("2000", "null"), ("2x0", "null"), ("TCP/", "null"), ("7", "7"),
  ])
  func readsStatus(field: String, expected: String) throws {
    var text: [UInt8] = []
    FieldWriter(style: .json, canonical: try CanonicalNames()).status(field.utf8.span, &text)
    #expect(String(decoding: text, as: UTF8.self) == expected)
  }

  @Test(
    arguments: [
      (0, "1970-01-01T00:00:00.000000Z"), (1_793_577_599_999_999, "2026-11-01T23:59:59.999999Z"),
      (951_782_400_000_001, "2000-02-29T00:00:00.000001Z"),
    ] as [(Int64, String)])
  func writesTimes(micros: Int64, expected: String) {
    var dates = DateText()
    for _ in 0..<2 {
      var bytes: [UInt8] = []
      dates.append(micros, to: &bytes)
      #expect(String(decoding: bytes, as: UTF8.self) == expected)
    }
  }
}
