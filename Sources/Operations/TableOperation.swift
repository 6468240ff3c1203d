internal import ColumnTables
package import DeltaLake
internal import Governance
internal import Storage

/// One table of a lake.
package struct ListedTable: Sendable, Equatable {
  package let name: String
  /// Whether it holds clear names.
  package let isClear: Bool
  package let version: Int64
  package let files: Int
  /// `nil` where the log does not say it of every file.
  package let rows: Int64?
  package let bytes: Int64
  /// Absolute path of its folder.
  package let path: String
}

/// One file that belongs to a table now.
package struct ListedFile: Sendable, Equatable {
  /// Absolute.
  package let path: String
  package let bytes: Int64
  package let rows: Int64?
  /// Partition columns and their values, sorted by column.
  package let partition: [(column: String, value: String?)]
  /// Milliseconds since 1970.
  package let modified: Int64

  package static func == (a: ListedFile, b: ListedFile) -> Bool { a.path == b.path }
}

/// Looks at the tables of a tenant.
package struct TableOperation {
  let home: Home
  let tenant: String
  let gate: Gate

  /// Asks whether this may be done.
  package init(home: String, tenant: String) throws(OperationError) {
    self.home = try Home(at: home)
    self.tenant = tenant
    gate = try Gate.open(self.home, tenant: tenant)
    try gate.require(.viewReports, .manageTables)
  }

  /// All tables, those with clear names last.
  package func list() throws(OperationError) -> [ListedTable] {
    try deltas { () throws(DeltaError) in
      var tables: [ListedTable] = []
      for isClear in [false, true] {
        let lake = home.lake(tenant: tenant, isClear: isClear)
        for name in try lake.tableNames() {
          tables.append(try listed(name, lake.table(name), isClear: isClear))
        }
      }
      return tables
    }
  }

  /// The files that belong to a table now, sorted by path.
  package func files(_ name: String, isClear: Bool) throws(OperationError) -> [ListedFile] {
    let table = try table(name, isClear: isClear)
    return try deltas { () throws(DeltaError) in
      let snapshot = try table.snapshot()
      return snapshot.files.map { file in
        ListedFile(
          path: "\(home.path)/\(table.path)/\(file.path)", bytes: file.byteCount,
          rows: rowCount(of: file, in: snapshot),
          partition: file.partitionValues.sorted { $0.key < $1.key }.map { ($0.key, $0.value) },
          modified: file.modificationTime)
      }
    }
  }

  /// What each version of a table says of itself, the newest first.
  package func history(_ name: String, isClear: Bool) throws(OperationError) -> [HistoryEntry] {
    let table = try table(name, isClear: isClear)
    return try deltas { () throws(DeltaError) in try table.history() }.map {
      Self.withoutPrivateCounts($0, of: name)
    }
  }

  /// The table of private activities says nothing of rows, whatever its log may say; and deletions
  /// of earlier versions counted the rows of all tables, also the private ones.
  private static func withoutPrivateCounts(
    _ entry: HistoryEntry, of table: String
  ) -> HistoryEntry {
    var entry = entry
    if LakeTables.isPrivate(table) {
      entry.metrics = entry.metrics.filter { !$0.key.hasSuffix("Rows") }
    } else if entry.operation == "DELETE", entry.parameters["table"] == nil,
      entry.parameters["predicate"]?.contains("before=") != true
    {
      entry.metrics["numDeletedRows"] = nil
    }
    return entry
  }

  func table(_ name: String, isClear: Bool) throws(OperationError) -> DeltaTable {
    let lake = home.lake(tenant: tenant, isClear: isClear)
    // A snapshot report's table lies one folder deeper.
    let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    let isThere = try deltas { () throws(DeltaError) in
      guard parts.count <= 3, parts.allSatisfy(StoragePath.isValidName) else { return false }
      return try lake.table(name).exists()
    }
    guard isThere else {
      throw OperationError(
        .noInput,
        "There is no table \(name) of tenant \(tenant). `logveil table list` shows those there are."
      )
    }
    return lake.table(name)
  }

  private func listed(
    _ name: String, _ table: DeltaTable, isClear: Bool
  ) throws(DeltaError) -> ListedTable {
    let snapshot = try table.snapshot()
    let files = snapshot.files
    let rows = files.map { rowCount(of: $0, in: snapshot) }
    return ListedTable(
      name: name, isClear: isClear, version: snapshot.version, files: files.count,
      rows: rows.contains(nil) ? nil : rows.reduce(0) { $0 + ($1 ?? 0) },
      bytes: files.reduce(0) { $0 + $1.byteCount }, path: "\(home.path)/\(table.path)")
  }

  private func rowCount(of file: AddedFile, in snapshot: Snapshot) -> Int64? {
    guard let text = file.statisticsText,
      let statistics = FileStatistics.statistics(of: text, schema: snapshot.schema)
    else { return nil }
    return Int64(statistics.rowCount)
  }

  func deltas<Value>(
    _ step: () throws(DeltaError) -> Value
  ) throws(OperationError) -> Value {
    do { return try step() } catch { throw OperationError(error) }
  }
}
