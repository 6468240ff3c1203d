internal import ByteBlocks
package import ColumnTables
internal import DeltaLake
internal import IngestPipeline
internal import ParquetFiles
internal import Storage
internal import TableCare
internal import UsageAggregation

/// The tables of a lake, as Logveil makes and reads them.
package enum LakeTables {
  /// In the order in which a run commits them: the first one decides.
  package static let commitOrder = ["usage", "ingests", "rejects"]

  static func schema(of table: String) -> Schema? {
    switch table {
    case "usage": UsageSchema.schema
    case "ingests": IngestTables.ingestsSchema
    case "rejects": IngestTables.rejectsSchema
    default: nil
    }
  }

  /// Makes the tables that are not there yet.
  static func make(in lake: Lake) throws(DeltaError) {
    for name in commitOrder {
      guard let schema = schema(of: name), try !lake.table(name).exists() else { continue }
      try lake.table(name).create(schema: schema, partitionColumns: ["date"])
    }
  }

  /// Begins a run over all tables, which are as this version makes them.
  static func begin(_ kind: String, in lake: Lake) throws(DeltaError) -> RunTransaction {
    try make(in: lake)
    let run = try RunTransaction.begin(lake, run: .newRunID(kind), tables: commitOrder)
    for name in commitOrder {
      let snapshot = run.snapshot(of: name)
      guard snapshot.schema == schema(of: name), snapshot.partitionColumns == ["date"] else {
        try run.abandon()
        throw .schemaDiffers(table: lake.table(name).path)
      }
    }
    return run
  }

  /// How the files of a table are made.
  ///
  /// - Parameter table: its name; of a deeper one the last part counts.
  static func layout(of table: String) -> TableLayout {
    let name = String(table.split(separator: "/").last ?? "")
    return TableLayout(
      name: name, sortedBy: name == "usage" ? UsageSchema.sortedBy : [],
      silent: name == "usage" ? ["user", "src_ip", "device"] : [],
      createdBy: ToolVersion.createdBy)
  }

  /// Columns of the live files of a table, file by file.
  static func readFiles(
    _ table: DeltaTable, _ snapshot: Snapshot, columns: [String],
    _ body: (AddedFile, Table) throws -> Void
  ) throws {
    for file in snapshot.files {
      try readFile(file, of: table, columns: columns) { try body(file, $0) }
    }
  }

  /// Columns of one file of a table.
  static func readFile(
    _ file: AddedFile, of table: DeltaTable, columns: [String], _ body: (Table) throws -> Void
  ) throws {
    let bytes = try table.storage.read(table.path + "/" + file.path)
    try body(try ParquetReader(bytes: bytes).readTable(columns: columns, rowGroups: nil))
  }
}

extension Column {
  /// The text of a row; `nil` for null and for other types.
  package func text(_ row: Int) -> String? {
    if isNull(row) { return nil }
    switch values {
    case .strings(let strings): return strings.string(row)
    case .codes(let codes, let dictionary): return dictionary.string(Int(codes[row]))
    default: return nil
    }
  }

  /// The number of a row; `nil` for null and for other types.
  package func number(_ row: Int) -> Int64? {
    if isNull(row) { return nil }
    switch values {
    case .int32s(let values): return Int64(values[row])
    case .int64s(let values): return values[row]
    default: return nil
    }
  }
}
