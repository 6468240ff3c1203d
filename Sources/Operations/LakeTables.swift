internal import ByteBlocks
package import ColumnTables
internal import DeltaLake
internal import IngestPipeline
internal import ParquetFiles
internal import Pseudonymisation
internal import Storage
internal import TableCare
internal import UsageAggregation
internal import VeiledRecords

/// The tables of a lake, as Logveil makes and reads them.
package enum LakeTables {
  /// In the order in which a run commits them: the first one decides.
  package static let commitOrder = [
    "usage", "ingests", "rejects", ActivitySchema.table, ActivitySchema.privateTable,
  ]
  /// Those that are there from the first run on; the others come with the first activities.
  private static let always = ["usage", "ingests", "rejects"]

  /// Whether a table holds private activities: how many rows it has, or had, is told nowhere.
  static func isPrivate(_ table: String) -> Bool {
    table.split(separator: "/").last.map(String.init) == ActivitySchema.privateTable
  }

  static func schema(of table: String) -> Schema? {
    switch table {
    case "usage": UsageSchema.schema
    case "ingests": IngestTables.ingestsSchema
    case "rejects": IngestTables.rejectsSchema
    case ActivitySchema.table, ActivitySchema.privateTable: ActivitySchema.schema
    default: nil
    }
  }

  /// Makes the tables that are not there yet.
  static func make(in lake: Lake, withActivities: Bool) throws(DeltaError) {
    for name in withActivities ? commitOrder : always {
      guard let schema = schema(of: name), try !lake.table(name).exists() else { continue }
      try lake.table(name).create(schema: schema, partitionColumns: ["date"])
    }
  }

  /// Begins a run over all tables there are, which are as this version makes them.
  ///
  /// - Parameter withActivities: whether the run may add activities.
  static func begin(
    _ kind: String, in lake: Lake, withActivities: Bool
  ) throws(DeltaError) -> RunTransaction {
    try make(in: lake, withActivities: withActivities)
    let there = Set(try lake.tableNames())
    let tables = commitOrder.filter { there.contains($0) }
    let run = try RunTransaction.begin(lake, run: .newRunID(kind), tables: tables)
    for name in tables {
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
  /// - Parameters:
  ///   - table: its name; of a deeper one the last part counts.
  ///   - keyring: the tenant's keys, for files that are encrypted.
  static func layout(of table: String, _ keyring: Keyring?) -> TableLayout {
    let name = String(table.split(separator: "/").last ?? "")
    let isActivities = [ActivitySchema.table, ActivitySchema.privateTable].contains(name)
    var layout = TableLayout(
      name: isActivities ? ActivitySchema.table : name,
      sortedBy: name == "usage"
        ? UsageSchema.sortedBy : isActivities ? ActivitySchema.sortedBy : [],
      silent: name == "usage"
        ? ["user", "src_ip", "device"] : isActivities ? ActivitySchema.silent : [],
      createdBy: ToolVersion.createdBy)
    if isActivities { layout.rowGroupRowsMax = ActivitySchema.rowGroupRows }
    if name == ActivitySchema.privateTable, let keyring { layout.encryption = encryption(keyring) }
    return layout
  }

  /// How the files of private activities are opened and made.
  private static func encryption(_ keyring: Keyring) -> TableEncryption {
    TableEncryption(
      keys: PrivateFiles.keys(keyring), isDestroyed: { PrivateFiles.isDestroyed($0, keyring) }
    ) { date in
      guard let day = CivilDay(parsing: date) else {
        throw OperationError(.failure, "A file of private activities has no day.")
      }
      return try PrivateFiles.encryption(keyring, day: day.daysSince1970)
    }
  }

  /// Columns of the live files of a table, a row group at a time.
  static func readFiles(
    _ table: DeltaTable, _ snapshot: Snapshot, columns: [String],
    _ body: (AddedFile, Table) throws -> Void
  ) throws {
    for file in snapshot.files {
      try readFile(file, of: table, columns: columns) { try body(file, $0) }
    }
  }

  /// Columns of one file of a table, a row group at a time.
  static func readFile(
    _ file: AddedFile, of table: DeltaTable, columns: [String], _ body: (Table) throws -> Void
  ) throws {
    let reader = try ParquetReader(
      file: table.path + "/" + file.path, of: file.byteCount, in: table.storage)
    for group in reader.rowGroups.indices {
      try body(try reader.readTable(columns: columns, rowGroups: group..<group + 1))
    }
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
