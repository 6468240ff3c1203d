import ByteBlocks
import ColumnTables
import ParquetSamples
import Testing

@testable import ParquetFiles

/// What is written comes back, for every type and shape of values.
@Suite struct RoundTripTests {
  static let sizes = [0, 1, 7, 8, 9, 31, 32, 33, 127, 128, 129, 1000]

  static func expectSame(_ table: Table, _ options: ParquetOptions, _ note: Comment) throws {
    let file = try Samples.writer(table, options).encode(table, rows: 0..<table.rowCount)
    let reader = try ParquetReader(bytes: file.bytes)
    #expect(file.byteCount == file.bytes.count)
    #expect(reader.rowCount == table.rowCount, note)
    #expect(reader.schema == table.schema, note)
    try reader.verify()
    let read = try reader.readTable()
    for (index, field) in table.schema.fields.enumerated() {
      let same = Samples.rows(read.columns[index]) == Samples.rows(table.columns[index])
      #expect(same, "\(note) column \(field.name)")
    }
  }

  @Test(arguments: sizes, Nulls.allCases) func everyType(rows: Int, nulls: Nulls) throws {
    let table = Samples.table(rows: rows, nulls: nulls, seed: UInt64(rows) + 1)
    try Self.expectSame(table, ParquetOptions(), "\(rows) rows, \(nulls)")
    var compatible = ParquetOptions()
    compatible.isCompatible = true
    compatible.zstdLevel = 1
    try Self.expectSame(table, compatible, "\(rows) rows, \(nulls), compatible")
  }

  @Test(arguments: [19_999, 20_000, 20_001], [Nulls.notNullable, .few])
  func pageBorders(rows: Int, nulls: Nulls) throws {
    let table = Samples.table(rows: rows, nulls: nulls, seed: 7)
    try Self.expectSame(table, ParquetOptions(), "\(rows) rows")
  }

  @Test(arguments: [(64, 8, 1 << 20), (100, 33, 1 << 20), (1000, 1000, 64), (1, 1, 1)])
  func groupBorders(_ shape: (groupRows: Int, pageRows: Int, pageBytes: Int)) throws {
    var options = ParquetOptions()
    options.rowGroupRowsMax = shape.groupRows
    options.pageRowsMax = shape.pageRows
    options.pageBytesMax = shape.pageBytes
    for nulls in Nulls.allCases {
      let table = Samples.table(rows: 199, nulls: nulls, seed: 3)
      try Self.expectSame(table, options, "\(shape), \(nulls)")
    }
  }

  @Test func severalThreadsAndOneGiveTheSameBytes() async throws {
    let table = Samples.table(rows: 5000, nulls: .few, seed: 5)
    var options = ParquetOptions()
    options.rowGroupRowsMax = 2000
    let writer = Samples.writer(table, options)
    let alone = try writer.encode(table, rows: 0..<5000).bytes
    let groups = writer.rowGroups(of: 0..<5000)
    let chunks = try await withThrowingTaskGroup(of: (Int, EncodedChunk).self) { tasks in
      for (group, rows) in groups.enumerated() {
        for column in table.schema.fields.indices.reversed() {
          tasks.addTask {
            var codec = try ZstdCompressor(level: writer.options.zstdLevel)
            return (
              group,
              try writer.encodeChunk(table.columns[column], at: column, rows: rows, using: &codec)
            )
          }
        }
      }
      var chunks = [[EncodedChunk]](repeating: [], count: groups.count)
      for try await (group, chunk) in tasks { chunks[group].append(chunk) }
      return chunks.map { $0.sorted { $0.column < $1.column } }
    }
    #expect(writer.assemble(rowGroups: chunks).bytes == alone)
  }

  @Test func pagesThatDidNotShrinkAreTriedAgain() throws {
    var options = ParquetOptions()
    options.pageRowsMax = 1000
    var random = SeededRandom(7)
    // Bits of the first page are all random, most of those of all others are 0.
    let numbers = (0..<Int64(12_000)).map {
      let number = Int64.random(in: 0..<1 << 40, using: &random)
      return $0 < 1000 ? number : (number >> 36) << 36
    }
    let schema = Schema([Field("t", .timestamp, isNullable: false)])
    let table = Table(schema: schema, columns: [Column(.int64s(numbers))], rowCount: 12_000)
    try Self.expectSame(table, options, "pages")
    var codec = try ZstdCompressor(level: 3)
    let chunk = try Samples.writer(table, options).encodeChunk(
      table.columns[0], at: 0, rows: 0..<12_000, using: &codec)
    let isLarge = chunk.pages.map { $0.byteCount > 3000 }
    #expect(isLarge == (0..<12).map { $0 < 8 })
  }

  @Test func aPartOfTheRowsAndColumns() throws {
    let table = Samples.table(rows: 300, nulls: .few, seed: 11)
    var options = ParquetOptions()
    options.rowGroupRowsMax = 100
    let file = try Samples.writer(table, options).encode(table, rows: 50..<300)
    let reader = try ParquetReader(bytes: file.bytes)
    #expect(reader.rowGroups.map(\.rowCount) == [100, 100, 50])
    let part = try reader.readTable(columns: ["codes", "any"], rowGroups: 1..<3)
    #expect(part.schema.fields.map(\.name) == ["codes", "any"])
    let expected = try #require(table.column("codes"))
    #expect(Samples.rows(part.columns[0]) == Array(Samples.rows(expected)[150..<300]))
    #expect(throws: ParquetError.noSuchColumn("nobody")) {
      try reader.readTable(columns: ["nobody"])
    }
  }

  @Test func footerTellsItsOwn() throws {
    let table = Samples.table(rows: 10, nulls: .few, seed: 1)
    let file = try Samples.writer(table).encode(table, rows: 0..<10)
    let reader = try ParquetReader(bytes: file.bytes)
    #expect(reader.keyValueMetadata.map(\.key) == ["logveil.schema"])
    #expect(reader.keyValueMetadata.map(\.value) == ["usage/1"])
    #expect(reader.createdBy == "logveil version 0.1.0 (build test)")
  }

  @Test func dictionariesOfSeveralGroupsBecomeOne() throws {
    let words = ByteStrings(["a", "b", "c", "d"])
    let codes = (0..<200).map { (row: UInt32) -> UInt32 in row < 100 ? 2 + row % 2 : row % 3 }
    let schema = Schema([Field("word", .string, isNullable: false)])
    let table = Table(schema: schema, columns: [Column(.codes(codes, words))], rowCount: 200)
    var options = ParquetOptions()
    options.rowGroupRowsMax = 100
    let file = try Samples.writer(table, options).encode(table, rows: 0..<200)
    let read = try ParquetReader(bytes: file.bytes).readTable()
    guard case .codes(let found, let dictionary) = read.columns[0].values else {
      Issue.record("The column came back as strings.")
      return
    }
    #expect(dictionary == words)
    #expect(found == codes)
  }
}
