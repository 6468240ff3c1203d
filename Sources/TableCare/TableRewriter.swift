package import ColumnTables
package import DeltaLake

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
    try FileRows(file, of: self).read(columns: columns)
  }

  /// Adds a file of `rows`, which must be in the layout's order, in the partition of `file`.
  package func add(_ rows: Table, like file: AddedFile) throws(TableCareError) {
    guard rows.rowCount > 0 else { return }
    var rewrite = try FileRewrite(self, like: file)
    try rewrite.append(rows)
    try rewrite.finish()
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
  /// Takes rows out of the table; a row group of a file is in memory at a time.
  ///
  /// - Parameters:
  ///   - columns: what `rowsToRemove` needs to see.
  ///   - mayHold: whether a file can hold such rows, by what the log says of it; `nil` when it
  ///     says nothing.
  ///   - rowsToRemove: for each row whether it goes; asked once for each row group of a file, in
  ///     their order.
  package func removeRows(
    reading columns: [String], mayHold: (AddedFile, TableStatistics?) -> Bool,
    where rowsToRemove: (AddedFile, Table) -> [Bool]
  ) throws(TableCareError) -> RemovedRows {
    var removed = RemovedRows()
    for file in snapshot.files where mayHold(file, statistics(of: file)) {
      let source = try FileRows(file, of: self)
      var isGone: [[Bool]] = []
      for group in 0..<source.groupCount {
        isGone.append(rowsToRemove(file, try source.read(group: group, columns: columns)))
      }
      let goneCount = isGone.reduce(0) { $0 + $1.count { $0 } }
      guard goneCount > 0 else { continue }
      try remove(file)
      removed.rows += Int64(goneCount)
      if goneCount == source.rowCount {
        removed.wholeFiles += 1
      } else {
        removed.rewrittenFiles += 1
        try addRest(of: source, without: isGone, like: file)
      }
    }
    return removed
  }

  /// Adds a file of those rows of another one that are not gone.
  private func addRest(
    of source: FileRows, without isGone: [[Bool]], like file: AddedFile
  ) throws(TableCareError) {
    var rewrite = try FileRewrite(self, like: file)
    for (group, isGone) in isGone.enumerated() {
      let kept = isGone.indices.filter { !isGone[$0] }
      guard !kept.isEmpty else { continue }
      let rows = try source.read(group: group)
      try rewrite.append(kept.count == isGone.count ? rows : rows.picking(kept))
    }
    try rewrite.finish()
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
