package import ColumnTables
package import DeltaLake
internal import ParquetFiles
internal import Storage

/// Rewrites files of one table within a run: nothing is visible before the run commits.
package struct TableRewriter: Sendable {
  package let run: RunTransaction
  /// The table's name in the lake.
  package let table: String
  package let layout: TableLayout

  package init(_ run: RunTransaction, table: String, layout: TableLayout) {
    self.run = run
    self.table = table
    self.layout = layout
  }

  /// The table as it was when the run began.
  package var snapshot: Snapshot { run.snapshot(of: table) }

  var fileSchema: Schema { snapshot.schema.without(Set(snapshot.partitionColumns)) }

  /// Rows of a file of the table.
  ///
  /// - Parameter columns: those wanted; `nil`: all that files hold, in the table's order.
  package func read(
    _ file: AddedFile, columns: [String]? = nil
  ) throws(TableCareError) -> Table {
    let path = run.lake.table(table).path + "/" + file.path
    let bytes: [UInt8]
    do throws(StorageError) { bytes = try run.lake.storage.read(path) } catch {
      throw .delta(.storage(error))
    }
    let wanted = columns ?? fileSchema.fields.map(\.name)
    do throws(ParquetError) {
      return try ParquetReader(bytes: bytes, keys: layout.encryption?.keys)
        .readTable(columns: wanted)
    } catch {
      throw .file(path: path, error)
    }
  }

  /// Adds a file of `rows`, which must be in the layout's order, in the partition of `file`.
  package func add(_ rows: Table, like file: AddedFile) throws(TableCareError) {
    guard rows.rowCount > 0 else { return }
    var options = ParquetOptions()
    options.zstdLevel = 1
    let writer = ParquetWriter(
      schema: rows.schema, sortedBy: layout.sortedBy,
      metadata: [("logveil.schema", "1"), ("logveil.table", layout.name)],
      createdBy: layout.createdBy, options: options)
    let encryption: FileEncryption?
    do {
      encryption = try layout.encryption?.encryption((file.partitionValues["date"] ?? nil) ?? "")
    } catch { throw .key(table: table, "\(error)") }
    let parquet: ParquetFile
    do throws(ParquetError) {
      parquet = try writer.encode(rows, rows: 0..<rows.rowCount, encryptedBy: encryption)
    } catch { throw .file(path: table, error) }
    let bytes = parquet.bytes
    try tabled { () throws(DeltaError) in
      _ = try run.add(
        table: table, bytes: bytes.span, partition: file.partitionValues,
        statistics: encryption == nil ? parquet.statistics : nil, leavingOut: layout.silent)
    }
  }

  /// Takes a file out of the table.
  package func remove(_ file: AddedFile) throws(TableCareError) {
    try tabled { () throws(DeltaError) in try run.remove(table: table, file: file) }
  }

  /// What the log says of the rows of a file.
  package func statistics(of file: AddedFile) -> TableStatistics? {
    file.statisticsText.flatMap {
      FileStatistics.statistics(of: $0, schema: snapshot.schema)
    }
  }
}

/// What was taken out of a table.
package struct RemovedRows: Sendable, Equatable {
  /// Files of which nothing is left.
  package var wholeFiles = 0
  /// Files that were written anew without the rows.
  package var rewrittenFiles = 0
  package var rows: Int64 = 0
  package init() {}
}

extension TableRewriter {
  /// Takes rows out of the table.
  ///
  /// - Parameters:
  ///   - columns: what `rowsToRemove` needs to see.
  ///   - mayHold: whether a file can hold such rows, by what the log says of it; `nil` when it
  ///     says nothing.
  ///   - rowsToRemove: for each row of a file whether it goes.
  package func removeRows(
    reading columns: [String], mayHold: (AddedFile, TableStatistics?) -> Bool,
    where rowsToRemove: (AddedFile, Table) -> [Bool]
  ) throws(TableCareError) -> RemovedRows {
    var removed = RemovedRows()
    for file in snapshot.files where mayHold(file, statistics(of: file)) {
      let isGone = rowsToRemove(file, try read(file, columns: columns))
      let kept = isGone.indices.filter { !isGone[$0] }
      guard kept.count < isGone.count else { continue }
      try remove(file)
      removed.rows += Int64(isGone.count - kept.count)
      if kept.isEmpty {
        removed.wholeFiles += 1
      } else {
        removed.rewrittenFiles += 1
        try add(try read(file).picking(kept), like: file)
      }
    }
    return removed
  }

  /// Writes files anew with other values in some rows; a file without such rows stays.
  ///
  /// - Parameter changed: the file's rows as they are to be; `nil`: as they are.
  package func changeRows(
    _ changed: (AddedFile, Table) -> Table?
  ) throws(TableCareError) {
    for file in snapshot.files {
      guard let rows = changed(file, try read(file)) else { continue }
      try remove(file)
      try add(rows, like: file)
    }
  }
}

extension TableStatistics {
  /// Whether the column `name` may hold `text`, by its bounds.
  package func mayHold(_ text: String, in name: String) -> Bool {
    guard let column = columns.first(where: { $0.name == name }),
      case .string(let minimum)? = column.minimum, case .string(let maximum)? = column.maximum
    else { return true }
    return !text.utf8.lexicographicallyPrecedes(minimum.utf8)
      && !maximum.utf8.lexicographicallyPrecedes(text.utf8)
  }
}
