import ByteBlocks
import ColumnTables
import DeltaLake
import ParquetFiles
import SimulatedStorage
import Storage
import TableQueries
import Testing

@Suite struct TableScanTests {
  private static let schema = Schema([
    Field("date", .date), Field("batch", .string), Field("events", .int64),
  ])
  private let lake: Lake

  init() throws {
    lake = Lake(
      storage: SimulatedStorage(SimulatedDisk(seed: 1)), path: "lake/default", waitMilliseconds: 0
    ) { 1_795_219_480_000 }
    try lake.table("usage").create(schema: Self.schema, partitionColumns: ["date"])
  }

  private func append(_ rows: [(String, Int64)], date: String) throws {
    let run = try RunTransaction.begin(lake, run: date, tables: ["usage"])
    let table = Table(
      schema: Self.schema.without(["date"]),
      columns: [
        Column(.strings(ByteStrings(rows.map(\.0)))), Column(.int64s(rows.map(\.1))),
      ], rowCount: rows.count)
    var options = ParquetOptions()
    options.rowGroupRowsMax = 2
    let writer = ParquetWriter(
      schema: table.schema, sortedBy: [], metadata: [], createdBy: "test", options: options)
    let file = try writer.encode(table, rows: 0..<rows.count)
    try run.add(
      table: "usage", bytes: file.bytes.span, partition: ["date": date],
      statistics: file.statistics)
    _ = try run.commit()
  }

  private func events(_ scan: TableScan) throws -> [Int64] {
    var events: [Int64] = []
    try scan.readEach { _, rows in
      guard case .int64s(let values)? = rows.column("events")?.values else { return }
      events += values
    }
    return events.sorted()
  }

  @Test func readsDaysFilesAndRowGroupsThatMayHoldWhatIsWanted() throws {
    try append([("a", 1), ("a", 2), ("b", 3)], date: "2026-01-01")
    try append([("c", 4)], date: "2026-01-02")
    let table = lake.table("usage")
    var scan = TableScan(table, try table.snapshot(), columns: ["events"])
    #expect(try events(scan) == [1, 2, 3, 4])
    scan.days = "2026-01-02"..."2026-01-09"
    #expect(try events(scan) == [4])
    scan.days = nil
    scan.wanted = [WantedTexts("batch", ["b"])]
    #expect(try events(scan) == [3])
    scan.wanted = [WantedTexts("batch", ["a", "c"])]
    #expect(try events(scan) == [1, 2, 4])
    scan.wanted = [WantedTexts("batch", ["d"])]
    #expect(try events(scan) == [])
    #expect(scan.files.isEmpty)
  }

  @Test func aDamagedFileIsNamed() throws {
    try append([("a", 1)], date: "2026-01-01")
    let table = lake.table("usage")
    let snapshot = try table.snapshot()
    let file = try #require(snapshot.files.first)
    let path = "\(table.path)/\(file.path)"
    var bytes = try lake.storage.read(path)
    bytes[bytes.count - 1] ^= 1
    try lake.storage.remove(path)
    try lake.storage.create(path, bytes.span, durably: true)
    let scan = TableScan(table, snapshot, columns: ["events"])
    let error = #expect(throws: TableQueryError.self) { try scan.parts(of: file) }
    #expect(error?.description.hasPrefix(path) == true)
  }
}
