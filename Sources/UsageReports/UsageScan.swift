internal import ColumnTables
internal import DeltaLake
internal import StagedExecution
internal import Synchronization
internal import TableQueries
internal import VeiledRecords

/// Reads those rows of one version of `usage` that a filter takes.
struct UsageScan: Sendable {
  let table: DeltaTable
  let snapshot: Snapshot
  let filter: RowFilter

  /// The days that have files which may hold rows, the oldest first.
  var days: [Int32] {
    Set(scan(nil, columns: []).files.compactMap { CivilDay(parsing: $0.day)?.daysSince1970 })
      .sorted()
  }

  /// By day, the rows of its files by the table's log; a file of which it says nothing counts 1.
  var rowCounts: [Int32: Int] {
    let scan = scan(nil, columns: [])
    var counts: [Int32: Int] = [:]
    for file in scan.files {
      guard let day = CivilDay(parsing: file.day)?.daysSince1970 else { continue }
      counts[day, default: 0] += scan.statistics(of: file)?.rowCount ?? 1
    }
    return counts
  }

  /// Calls `body` with `columns` of all row groups of `days` (`nil`: all), by all workers at once.
  ///
  /// - Parameters:
  ///   - columns: names of columns; those of the filter come by themselves.
  ///   - body: is given a day and rows of it, which are never none.
  func forEach(
    _ days: ClosedRange<Int32>?, columns: [String], _ crew: some Executor,
    _ body: @Sendable (Int32, Table) -> Void
  ) throws(TableQueryError) {
    let scan = scan(days, columns: columns)
    let parts = Mutex<[TableScan.Part]>([])
    try crew.tryForEach(scan.files) { file throws(TableQueryError) in
      let found = try scan.parts(of: file)
      parts.withLock { $0 += found }
    }
    // Large ones first, so that no worker begins one when the others are done.
    let sorted = parts.withLock { $0 }.sorted { $0.rowCount > $1.rowCount }
    try crew.tryForEach(sorted) { part throws(TableQueryError) in
      guard let day = CivilDay(parsing: part.date)?.daysSince1970 else { return }
      let rows = try scan.read(part)
      if let rows = filter.rows(of: rows) { body(day, rows) }
    }
  }

  /// Whether a day has rows.
  func holdsRows(on day: Int32) throws(TableQueryError) -> Bool {
    if filter.isEmpty { return true }
    let isFound = Mutex(false)
    try forEach(day...day, columns: [], ThreadCrew(workers: 1)) { _, _ in
      isFound.withLock { $0 = true }
    }
    return isFound.withLock { $0 }
  }

  /// The texts of a column of all rows, sorted.
  func texts(of column: String, _ crew: some Executor) throws(TableQueryError) -> [String] {
    let names = NameNumbers()
    let all = UsageScan(table: table, snapshot: snapshot, filter: RowFilter())
    try all.forEach(nil, columns: [column], crew) { _, rows in
      for column in rows.columns { _ = names.numbers(of: column) }
    }
    return names.allTexts.filter { !$0.isEmpty }.sorted()
  }

  private func scan(_ days: ClosedRange<Int32>?, columns: [String]) -> TableScan {
    let more = filter.columns.filter { !columns.contains($0) }
    var scan = TableScan(table, snapshot, columns: columns + more)
    scan.days = days.map {
      CivilDay($0.lowerBound).description...CivilDay($0.upperBound).description
    }
    scan.wanted = filter.wanted
    // Rows that are picked are joined again, which needs sorted ones.
    scan.sortsDictionaries = !filter.isEmpty
    return scan
  }
}

extension Executor {
  /// Calls `body` for each value by all workers; passes on the first error, after all have ended.
  func tryForEach<Value: Sendable>(
    _ values: [Value], _ body: @Sendable (Value) throws(TableQueryError) -> Void
  ) throws(TableQueryError) {
    let failure = Mutex<TableQueryError?>(nil)
    forEach(values.count) { index in
      if failure.withLock({ $0 != nil }) { return }
      do throws(TableQueryError) { try body(values[index]) } catch {
        failure.withLock { if $0 == nil { $0 = error } }
      }
    }
    if let error = failure.withLock({ $0 }) { throw error }
  }
}
