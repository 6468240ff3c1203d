import ColumnTables
import SimulatedStorage
import Testing

@testable import DeltaLake

@Suite struct FileStatisticsTests {
  static let schema = Schema([
    Field("first_seen", .timestamp), Field("host", .string), Field("events", .int64),
    Field("app_id", .int32), Field("private", .boolean), Field("day", .date),
    Field("user", .string),
  ])
  static let statistics = TableStatistics(
    rowCount: 80,
    columns: [
      .init(
        name: "first_seen",
        type: .timestamp,
        nullCount: 0,
        minimum: .integer(1_767_225_600_000_000),
        maximum: .integer(1_767_225_679_000_001)
      ),
      .init(
        name: "host",
        type: .string,
        nullCount: 2,
        minimum: .string("a\"b"),
        maximum: .string("é")
      ),
      .init(
        name: "events",
        type: .int64,
        nullCount: 0,
        minimum: .integer(-5),
        maximum: .integer(.max)
      ),
      .init(name: "app_id", type: .int32, nullCount: 80),
      .init(
        name: "private",
        type: .boolean,
        nullCount: 0,
        minimum: .boolean(false),
        maximum: .boolean(true)
      ),
      .init(
        name: "day",
        type: .date,
        nullCount: 0,
        minimum: .integer(20_454),
        maximum: .integer(20_455)
      ),
      .init(
        name: "user",
        type: .string,
        nullCount: 1,
        minimum: .string("u1-a"),
        maximum: .string("u1-z")
      ),
    ]
  )

  @Test func writesGoldenText() {
    let text = FileStatistics.text(of: Self.statistics, leavingOut: ["user"])
    #expect(
      text
        == #"{"numRecords":80,"minValues":{"first_seen":"2026-01-01T00:00:00.000000Z","#
        + #""host":"a\"b","events":-5,"private":false,"day":"2026-01-01","user":""},"#
        + #""maxValues":{"first_seen":"2026-01-01T00:01:19.000001Z","host":"é","#
        + "\"events\":9223372036854775807,\"private\":true,\"day\":\"2026-01-02\","
        + "\"user\":\"\u{10FFFF}\"},"
        + #""nullCount":{"first_seen":0,"host":2,"events":0,"app_id":80,"private":0,"day":0,"#
        + #""user":1}}"#
    )
  }

  @Test func readsWhatItWrites() {
    let text = FileStatistics.text(of: Self.statistics, leavingOut: [])
    #expect(FileStatistics.statistics(of: text, schema: Self.schema) == Self.statistics)
    let none = FileStatistics.text(
      of: Self.statistics,
      leavingOut: Set(Self.schema.fields.map(\.name))
    )
    #expect(none == #"{"numRecords":80}"#)
  }

  @Test func widensTimesOfOthers() {
    let text =
      #"{"numRecords":1,"minValues":{"first_seen":"2026-01-01T00:00:00.123Z"},"#
      + #""maxValues":{"first_seen":"2026-01-01T00:00:00.123Z","host":5},"#
      + #""nullCount":{"first_seen":0,"host":0}}"#
    let read = FileStatistics.statistics(of: text, schema: Self.schema)
    #expect(read?.columns.count == 2)
    #expect(read?.columns.first?.minimum == .integer(1_767_225_600_123_000))
    #expect(read?.columns.first?.maximum == .integer(1_767_225_600_123_999))
    #expect(read?.columns.last?.maximum == nil)
  }

  @Test(arguments: ["", "{}", "[]", #"{"numRecords":-1}"#, #"{"numRecords":"1"}"#, "{"])
  func passesOverBadText(text: String) {
    #expect(FileStatistics.statistics(of: text, schema: Self.schema) == nil)
  }

  @Test func cutsLongTexts() {
    let a31 = String(repeating: "a", count: 31)
    let rows: [(String, String?, String?)] = [
      ("", "", ""), (a31 + "b", a31 + "b", a31 + "b"), (a31 + "bc", a31 + "b", a31 + "c"),
      (a31 + "\u{d7ff}x", a31 + "\u{d7ff}", a31 + "\u{e000}"),
      (a31 + "\u{10ffff}x", a31 + "\u{10ffff}", String(repeating: "a", count: 30) + "b"),
      (String(repeating: "😀", count: 33), String(repeating: "😀", count: 32), nil),
      (
        String(repeating: "\u{10ffff}", count: 33), String(repeating: "\u{10ffff}", count: 32), ""
      ),
    ]
    for (text, smaller, larger) in rows {
      #expect(FileStatistics.cut(text, roundingUp: false) == smaller)
      let cut = FileStatistics.cut(text, roundingUp: true)
      switch larger {
      case "" where !text.isEmpty: #expect(cut == nil)
      case nil: #expect(cut == String(repeating: "😀", count: 31) + "😁")
      default: #expect(cut == larger)
      }
    }
  }

  @Test func boundsHoldForAnyText() {
    var random = SeededRandom(seed: 11)
    let alphabet: [Unicode.Scalar] = ["a", "z", "\u{7f}", "\u{d7ff}", "\u{10ffff}", "é"]
    for _ in 0..<2_000 {
      var scalars = String.UnicodeScalarView()
      for _ in 0..<random.below(40) { scalars.append(alphabet[random.below(alphabet.count)]) }
      let text = String(scalars)
      let smaller = FileStatistics.cut(text, roundingUp: false) ?? ""
      #expect(!text.utf8.lexicographicallyPrecedes(smaller.utf8))
      if let larger = FileStatistics.cut(text, roundingUp: true) {
        #expect(!larger.utf8.lexicographicallyPrecedes(text.utf8))
        #expect(larger.unicodeScalars.count <= 32)
      }
    }
  }

  @Test func leavesOutWhatCannotBeWritten() {
    let statistics = TableStatistics(
      rowCount: 1,
      columns: [
        .init(
          name: "first_seen",
          type: .timestamp,
          nullCount: 0,
          minimum: .integer(.min),
          maximum: .integer(.max)
        )
      ]
    )
    #expect(
      FileStatistics.text(of: statistics, leavingOut: [])
        == #"{"numRecords":1,"minValues":{},"maxValues":{},"nullCount":{"first_seen":0}}"#
    )
  }
}
