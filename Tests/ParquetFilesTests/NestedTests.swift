import Testing

@testable import ParquetFiles

@Suite struct NestedTests {
  static let fields = [
    NestedField("number", .int64),
    NestedField(
      "thing",
      .group([
        NestedField("name", .text), NestedField("flag", .boolean), NestedField("small", .int32),
        NestedField("tags", .map), NestedField("words", .list(.text)),
        NestedField("inner", .group([NestedField("deep", .list(.list(.int64)))])),
      ])),
  ]

  static let rows: [[String: NestedValue]] = [
    ["number": .integer(1)],
    [:],
    ["thing": .group([:])],
    [
      "number": .integer(-5),
      "thing": .group([
        "name": .text("ü"), "flag": .boolean(true), "small": .integer(7),
        "tags": .map(["a": .text("1"), "b": .null, "c": .text("")]),
        "words": .list([.text("x"), .null, .text("y")]),
        "inner": .group([
          "deep": .list([.list([.integer(1), .integer(2)]), .list([]), .null, .list([.null])])
        ]),
      ]),
    ],
    ["thing": .group(["tags": .map([:]), "words": .list([]), "inner": .group([:])])],
    ["thing": .group(["flag": .boolean(false), "words": .list([.text("last")])])],
  ]

  @Test func rowsComeBackAsTheyWere() throws {
    let bytes = try NestedWriter.encode(Self.fields, rows: Self.rows, createdBy: "test")
    let read = try NestedReader.rows(of: bytes) { _ in true }
    #expect(read == Self.rows)
  }

  @Test func onlyWhatIsWantedIsRead() throws {
    let bytes = try NestedWriter.encode(Self.fields, rows: Self.rows, createdBy: "test")
    let read = try NestedReader.rows(of: bytes) { $0 == ["thing", "name"] }
    #expect(read[3] == ["thing": .group(["name": .text("ü")])])
    #expect(read[0] == [:])
    #expect(read[2] == ["thing": .group([:])])
  }

  @Test func damageIsAnErrorAndNeverATrap() throws {
    let good = try NestedWriter.encode(Self.fields, rows: Self.rows, createdBy: "test")
    let rows = Self.rows
    for place in good.indices {
      for bit in 0..<8 {
        var bad = good
        bad[place] ^= 1 << UInt8(bit)
        _ = try? NestedReader.rows(of: bad) { _ in true }
      }
    }
    for count in good.indices {
      let cut = Array(good.prefix(count))
      #expect((try? NestedReader.rows(of: cut) { _ in true }) != rows)
    }
  }
}
