import ByteBlocks
import ColumnTables
import ParquetSamples
import Testing

@testable import ParquetFiles

@Suite struct StatisticsTests {
  struct Case: Sendable {
    let name: String
    let value: String
    let minimum: String
    let maximum: String?
    var isExact = false
  }
  static let a63 = String(repeating: "a", count: 63)
  static let last = "\u{10FFFF}"

  @Test(arguments: [
    Case(name: "empty", value: "", minimum: "", maximum: "", isExact: true),
    Case(name: "64 bytes", value: a63 + "b", minimum: a63 + "b", maximum: a63 + "b", isExact: true),
    Case(name: "65 bytes", value: a63 + "bc", minimum: a63 + "b", maximum: a63 + "c"),
    Case(
      name: "inside a character",
      value: a63 + "äb",
      minimum: a63,
      maximum: a63.dropLast() + "b"
    ),
    Case(
      name: "before the surrogates",
      value: a63.dropLast(2) + "\u{D7FF}c",
      minimum: a63.dropLast(2) + "\u{D7FF}",
      maximum: a63.dropLast(2) + "\u{E000}"
    ),
    Case(
      name: "no successor at the end",
      value: a63.dropLast(3) + last + "z",
      minimum: a63.dropLast(3) + last,
      maximum: a63.dropLast(4) + "b"
    ),
    Case(
      name: "no successor at all",
      value: String(repeating: last, count: 17),
      minimum: String(repeating: last, count: 16),
      maximum: nil
    ),
  ])
  func cutsStrings(_ c: Case) throws {
    let bytes = Array(c.value.utf8)
    let found = Bounds(strings: bytes.span, bytes.span)
    let bounds = try #require(found)
    #expect(bounds.minimum == .bytes(Array(c.minimum.utf8)))
    #expect(bounds.maximum == c.maximum.map { .bytes(Array($0.utf8)) })
    #expect(bounds.isMinimumExact == c.isExact)
    #expect(bounds.isMaximumExact == c.isExact)
  }

  @Test func badTextHasNoBounds() {
    let bad: [UInt8] = [0x61, 0xFF]
    let bounds = Bounds(strings: bad.span, bad.span)
    #expect(bounds == nil)
  }

  @Test(arguments: Nulls.allCases) func boundEveryValue(nulls: Nulls) throws {
    let table = Samples.table(rows: 500, nulls: nulls, seed: 9)
    var options = ParquetOptions()
    options.rowGroupRowsMax = 130
    let file = try Samples.writer(table, options).encode(table, rows: 0..<500)
    #expect(file.statistics.rowCount == 500)
    for (index, stated) in file.statistics.columns.enumerated() {
      let rows = Samples.rows(table.columns[index])
      #expect(stated.nullCount == rows.count { $0 == .null }, "\(stated.name)")
      for value in rows {
        switch (value, stated.minimum, stated.maximum) {
        case (.null, _, _): break
        case (.number(let number), .integer(let low)?, .integer(let high)?):
          #expect((low...high).contains(number))
        case (.boolean(let flag), .boolean(let low)?, .boolean(let high)?):
          #expect(flag ? high : !low)
        case (.bytes(let bytes), .string(let low)?, let high):
          #expect(!bytes.lexicographicallyPrecedes(Array(low.utf8)))
          if case .string(let high)? = high {
            #expect(!Array(high.utf8).lexicographicallyPrecedes(bytes))
          }
        default: Issue.record("\(stated.name) lacks bounds")
        }
      }
    }
    let groups = try ParquetReader(bytes: file.bytes).rowGroups
    #expect(groups.map(\.statistics.rowCount) == [130, 130, 130, 110])
    #expect(groups[0].statistics.columns.map(\.name) == table.schema.fields.map(\.name))
  }

  @Test func pagesAreIndexedInOrder() throws {
    let schema = Schema([Field("n", .int64), Field("m", .int64)])
    let up = (0..<100).map { Int64($0) }
    let table = Table(
      schema: schema,
      columns: [Column(.int64s(up)), Column(.int64s(up.reversed()))],
      rowCount: 100
    )
    var options = ParquetOptions()
    options.pageRowsMax = 30
    let writer = Samples.writer(table, options)
    var codec = try ZstdCompressor(level: 1)
    let orders = try (0..<2).map { column in
      try writer.encodeChunk(table.columns[column], at: column, rows: 0..<100, using: &codec)
        .columnIndex(.int64)?.order
    }
    #expect(orders == [.ascending, .descending])
    let chunk = try writer.encodeChunk(table.columns[0], at: 0, rows: 0..<100, using: &codec)
    let locations = chunk.pageLocations(from: 4)
    #expect(locations.map(\.firstRow) == [0, 30, 60, 90])
    #expect(locations.first?.offset == 4)
    #expect(locations.map { Int($0.compressedSize) }.reduce(0, +) == chunk.byteCount)
  }
}
