import ByteBlocks
import ColumnTables
import DeltaLake
import ParquetFiles
import SimulatedStorage
import Storage
import TableCare

/// A table of its own for one test, on a simulated disk.
struct TestTable {
  static let schema = Schema([
    Field("date", .date), Field("batch", .string), Field("user", .string),
    Field("private", .boolean), Field("events", .int64), Field("app_id", .int32),
  ])
  let lake: Lake
  var layout = TableLayout(
    name: "usage", sortedBy: ["batch", "user"], silent: ["user"], createdBy: "test")

  init() throws {
    lake = Lake(
      storage: SimulatedStorage(SimulatedDisk(seed: 1)), path: "lake/default", waitMilliseconds: 0
    ) { 1_795_219_480_000 }
    try lake.table("usage").create(schema: Self.schema, partitionColumns: ["date"])
  }

  /// One row: batch, user, events; the other columns follow from them.
  struct Row: Hashable {
    var batch: String
    var user: String?
    var events: Int64

    init(_ batch: String, _ user: String?, _ events: Int64) {
      self.batch = batch
      self.user = user
      self.events = events
    }
  }

  static func table(_ rows: [Row]) -> Table {
    let users = ByteStrings(Set(rows.compactMap(\.user)).sorted() + [])
    let names = (0..<users.count).map { users.string($0) }
    let codes = rows.map { row in UInt32(row.user.flatMap { names.firstIndex(of: $0) } ?? 0) }
    return Table(
      schema: schema.without(["date"]),
      columns: [
        Column(.strings(ByteStrings(rows.map(\.batch)))),
        Column(
          .codes(codes, users.count > 0 ? users : ByteStrings([""])),
          isValid: rows.contains { $0.user == nil } ? rows.map { $0.user != nil } : nil),
        Column(.booleans(rows.map { $0.events % 2 == 0 })),
        Column(.int64s(rows.map(\.events))),
        Column(.int32s(rows.map { Int32($0.events) }), isValid: rows.map { $0.events != 7 }),
      ], rowCount: rows.count)
  }

  /// Commits a file of rows, as another program would write it: not sorted.
  ///
  /// - Parameter groupRows: rows of a row group; with it the file is one of ours, and sorted.
  func append(
    _ rows: [Row], date: String = "2026-01-01", run: String, groupRows: Int? = nil
  ) throws {
    let transaction = try RunTransaction.begin(lake, run: run, tables: ["usage"])
    let table = Self.table(rows)
    var options = ParquetOptions()
    if let groupRows { options.rowGroupRowsMax = groupRows }
    let writer = ParquetWriter(
      schema: table.schema, sortedBy: groupRows == nil ? [] : layout.sortedBy, metadata: [],
      createdBy: groupRows == nil ? "other version 1" : layout.createdBy, options: options)
    let file = try writer.encode(table, rows: 0..<rows.count)
    try transaction.add(
      table: "usage", bytes: file.bytes.span, partition: ["date": date],
      statistics: file.statistics, leavingOut: layout.silent)
    _ = try transaction.commit()
  }

  func rewriter(_ run: String) throws -> TableRewriter {
    TableRewriter(
      try RunTransaction.begin(lake, run: run, tables: ["usage"]), table: "usage", layout: layout)
  }

  /// All rows, file by file.
  func files() throws -> [[Row]] {
    let table = lake.table("usage")
    return try table.files().map { file in
      let bytes = try lake.storage.read(table.path + "/" + file.path)
      return try Self.rows(of: ParquetReader(bytes: bytes).readTable())
    }
  }

  static func rows(of table: Table) throws -> [Row] {
    let whole = Table.joined([TablePart(table)])
    return try (0..<whole.rowCount).map { row in
      let events = try number(whole.column("events"), row)
      return Row(text(whole.column("batch"), row) ?? "", text(whole.column("user"), row), events)
    }
  }

  private struct NotThere: Error {}

  private static func number(_ column: Column?, _ row: Int) throws -> Int64 {
    guard case .int64s(let values)? = column?.values else { throw NotThere() }
    return values[row]
  }

  private static func text(_ column: Column?, _ row: Int) -> String? {
    guard let column, !column.isNull(row) else { return nil }
    switch column.values {
    case .strings(let strings): return strings.string(row)
    case .codes(let codes, let dictionary): return dictionary.string(Int(codes[row]))
    default: return nil
    }
  }
}
