import ByteBlocks
import ColumnTables
import ParquetSamples
import Testing

@testable import ParquetFiles

/// Some rows of a file are the same, whichever pages they lie in.
@Suite struct PageIndexTests {
  private static func options(_ groupRows: Int, _ pageRows: Int) -> ParquetOptions {
    var options = ParquetOptions()
    options.rowGroupRowsMax = groupRows
    options.pageRowsMax = pageRows
    return options
  }

  @Test(arguments: Nulls.allCases, [1, 7, 64]) func rangesAreTheSameRows(
    nulls: Nulls, pageRows: Int
  ) throws {
    let table = Samples.table(rows: 300, nulls: nulls, seed: 3)
    let file = try Samples.writer(table, Self.options(200, pageRows)).encode(table, rows: 0..<300)
    let reader = try ParquetReader(bytes: file.bytes)
    let names = table.schema.fields.map(\.name)
    var random = SeededRandom(UInt64(pageRows))
    for group in 0..<2 {
      let all = try reader.readTable(rowGroups: group..<group + 1)
      for _ in 0..<10 {
        let cuts = (0..<4).map { _ in Int.random(in: 0...all.rowCount, using: &random) }.sorted()
        let ranges = [cuts[0]..<cuts[1], cuts[2]..<cuts[3]].filter { !$0.isEmpty }
        let some = try reader.readTable(columns: names, rowGroup: group, rows: ranges)
        let picked = all.picking(ranges.flatMap { Array($0) })
        for (index, name) in names.enumerated() {
          let same = Samples.rows(some.columns[index]) == Samples.rows(picked.columns[index])
          #expect(same, "\(nulls), \(name), \(ranges)")
        }
      }
    }
  }

  private static func users(_ texts: [String?]) -> Table {
    Table(
      schema: Schema([Field("user", .string), Field("line", .int64)]),
      columns: [
        Column(
          .strings(ByteStrings(texts.map { $0 ?? "" })),
          isValid: texts.contains(nil) ? texts.map { $0 != nil } : nil),
        Column(.int64s(texts.indices.map { Int64($0) })),
      ], rowCount: texts.count)
  }

  @Test func pagesAreFoundByTheirBounds() throws {
    // Ten rows a page: nulls, then a … j of ten rows each.
    let names = "abcdefghij".map { String(repeating: $0, count: 80) }
    let texts =
      [String?](repeating: nil, count: 10) + names.flatMap { Array(repeating: $0, count: 10) }
    let table = Self.users(texts)
    let file = try Samples.writer(table, Self.options(1000, 10)).encode(table, rows: 0..<110)
    let reader = try ParquetReader(bytes: file.bytes)
    func rows(_ wanted: String...) throws -> [Range<Int>]? {
      try reader.rows(of: 0, whose: "user", mayHold: wanted.map { Array($0.utf8) })
    }
    #expect(try rows(names[0]) == [10..<20])
    #expect(try rows(names[3], names[4], names[9]) == [40..<60, 100..<110])
    #expect(try rows("A", "zz") == [])
    #expect(try rows() == [])
    #expect(try reader.rows(of: 0, whose: "line", mayHold: [[1]]) == nil)
    #expect(try reader.rows(of: 0, whose: "nothing", mayHold: [[1]]) == nil)
    let some = try reader.readTable(columns: ["line"], rowGroup: 0, rows: [40..<60])
    #expect(some.column("line")?.values.int64s == (40..<60).map { Int64($0) })
  }

  /// Whatever stands in an index: no trap, and as many rows as were asked for, or an error.
  @Test func damagedIndexesDoNoHarm() throws {
    let table = Self.users((0..<60).map { "user\($0 / 7)" })
    let bytes = try Samples.writer(table, Self.options(1000, 10)).encode(table, rows: 0..<60).bytes
    let whole = try ParquetReader(bytes: bytes)
    let chunk = whole.metadata.rowGroups[0].columns[1]
    let start = Int(try #require(chunk.offsetIndexOffset))
    let expected = Array(whole.readLines(20..<40) ?? [])
    #expect(expected == (20..<40).map { Int64($0) })
    for place in start..<start + Int(try #require(chunk.offsetIndexLength)) {
      for flip in [UInt8(1), 2, 0x10, 0x80] {
        var damaged = bytes
        damaged[place] ^= flip
        guard let reader = try? ParquetReader(bytes: damaged) else { continue }
        if let lines = reader.readLines(20..<40) { #expect(lines.count == 20) }
        _ = try? reader.rows(of: 0, whose: "user", mayHold: [Array("user3".utf8)])
      }
    }
  }
}

extension ParquetReader {
  fileprivate func readLines(_ rows: Range<Int>) -> [Int64]? {
    (try? readTable(columns: ["line"], rowGroup: 0, rows: [rows]))?.column("line")?.values.int64s
  }
}

extension Column.Values {
  fileprivate var int64s: [Int64]? { if case .int64s(let values) = self { values } else { nil } }
}
