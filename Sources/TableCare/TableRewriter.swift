package import ColumnTables
package import DeltaLake
internal import ParquetFiles

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

  /// The rows of a file; `nil` where nobody can read them any more, as their key was destroyed.
  func open(_ file: AddedFile) throws(TableCareError) -> FileRows? {
    do { return try FileRows(file, of: self) } catch {
      if case .file(_, .noKey(let name)) = error,
        layout.encryption?.isDestroyed(name) == true
      {
        return nil
      }
      throw error
    }
  }

  /// Adds rows to the partition of `file`.
  package func add(_ rows: Table, like file: AddedFile) throws(TableCareError) {
    var series = FileSeries(self, like: file)
    try series.append(rows)
    try series.finish()
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
  /// Files that stay, as nobody can read them any more: their key was destroyed.
  package var sealedFiles = 0
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
    where rowsToRemove: (AddedFile, Table) throws -> [Bool]
  ) throws -> RemovedRows {
    try takeRows(
      reading: columns, mayHold: mayHold, where: rowsToRemove, hasHeir: false, heir: { _, _ in })
  }

  /// Takes whole files out of the table, also those that nobody can read any more, whose rows are
  /// not counted.
  package func removeFiles(
    where isGone: (AddedFile) -> Bool
  ) throws(TableCareError) -> RemovedRows {
    var removed = RemovedRows()
    for file in snapshot.files where isGone(file) {
      if let stated = statistics(of: file)?.rowCount {
        removed.rows += Int64(stated)
      } else if let source = try open(file) {
        removed.rows += Int64(source.rowCount)
      }
      removed.wholeFiles += 1
      try remove(file)
    }
    return removed
  }

  /// Takes rows out of the table, as `removeRows`, and hands them to an heir.
  package func moveRows(
    reading columns: [String], where rowsToMove: (AddedFile, Table) throws -> [Bool],
    to heir: (AddedFile, Table) throws -> Void
  ) throws -> RemovedRows {
    try takeRows(
      reading: columns, mayHold: { _, _ in true }, where: rowsToMove, hasHeir: true, heir: heir)
  }

  private func takeRows(
    reading columns: [String], mayHold: (AddedFile, TableStatistics?) -> Bool,
    where rowsToRemove: (AddedFile, Table) throws -> [Bool],
    hasHeir: Bool, heir: (AddedFile, Table) throws -> Void
  ) throws -> RemovedRows {
    var removed = RemovedRows()
    for file in snapshot.files where mayHold(file, statistics(of: file)) {
      guard let source = try open(file) else {
        removed.sealedFiles += 1
        continue
      }
      var isGone: [[Bool]] = []
      for group in 0..<source.groupCount {
        isGone.append(try rowsToRemove(file, try source.read(group: group, columns: columns)))
      }
      let goneCount = isGone.reduce(0) { $0 + $1.count { $0 } }
      guard goneCount > 0 else { continue }
      try remove(file)
      removed.rows += Int64(goneCount)
      let isWhole = goneCount == source.rowCount
      if isWhole { removed.wholeFiles += 1 } else { removed.rewrittenFiles += 1 }
      guard !isWhole || hasHeir else { continue }
      var series = FileSeries(self, like: file)
      for (group, isGone) in isGone.enumerated() {
        let rows = try source.read(group: group)
        try series.append(rows.picking(where: isGone, is: false))
        if isGone.contains(true) { try heir(file, rows.picking(where: isGone, is: true)) }
      }
      try series.finish()
    }
    return removed
  }

  /// Writes files anew with other values in some rows; a file without such rows stays. A row group
  /// is in memory at a time.
  ///
  /// - Parameters:
  ///   - columns: what `changed` needs to see.
  ///   - changed: columns of a row group as they are to be, by name; `nil`: as they are.
  /// - Returns: how many files were written anew.
  @discardableResult
  package func changeRows(
    reading columns: [String], _ changed: (AddedFile, Table) throws -> [String: Column]?
  ) throws -> Int {
    var files = 0
    for file in snapshot.files {
      guard let source = try open(file) else { continue }
      var series: FileSeries?
      for group in 0..<source.groupCount {
        let next = try changed(file, try source.read(group: group, columns: columns))
        if series == nil, next != nil {
          series = FileSeries(self, like: file)
          for before in 0..<group { try series?.append(try source.read(group: before)) }
        }
        guard series != nil else { continue }
        var rows = try source.read(group: group)
        for (name, column) in next ?? [:] { rows = rows.replacing(name, with: column) }
        try series?.append(rows)
      }
      guard series != nil else { continue }
      try series?.finish()
      try remove(file)
      files += 1
    }
    return files
  }
}

extension Table {
  /// The rows for which a flag is so.
  fileprivate func picking(where flags: [Bool], is wanted: Bool) -> Table {
    let rows = flags.indices.filter { flags[$0] == wanted }
    return rows.count == rowCount ? self : picking(rows)
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
