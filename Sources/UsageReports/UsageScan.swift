internal import ColumnTables
internal import DeltaLake
internal import StagedExecution
internal import Synchronization
internal import TableQueries
internal import VeiledRecords

/// Reads rows of one version of `usage`, of one source where one is chosen.
struct UsageScan: Sendable {
  let table: DeltaTable
  let snapshot: Snapshot
  let source: String?

  /// The days that have files which may hold rows of the source, the oldest first.
  var days: [Int32] {
    Set(scan(nil, columns: []).files.compactMap { CivilDay(parsing: $0.day)?.daysSince1970 })
      .sorted()
  }

  /// Calls `body` with `columns` of all row groups of `days` (`nil`: all), by all workers at once.
  ///
  /// - Parameters:
  ///   - columns: names of columns; `source` comes by itself where one is chosen.
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
      if let rows = SourceFilter.rows(of: source, in: rows) { body(day, rows) }
    }
  }

  /// Whether a day has rows of the source.
  func holdsRows(on day: Int32) throws(TableQueryError) -> Bool {
    guard source != nil else { return true }
    let isFound = Mutex(false)
    try forEach(day...day, columns: ["source"], ThreadCrew(workers: 1)) { _, _ in
      isFound.withLock { $0 = true }
    }
    return isFound.withLock { $0 }
  }

  /// The sources of all rows, sorted.
  func sources(_ crew: some Executor) throws(TableQueryError) -> [String] {
    let names = NameNumbers()
    let all = UsageScan(table: table, snapshot: snapshot, source: nil)
    try all.forEach(nil, columns: ["source"], crew) { _, rows in
      for column in rows.columns { _ = names.numbers(of: column) }
    }
    return names.allTexts.filter { !$0.isEmpty }.sorted()
  }

  private func scan(_ days: ClosedRange<Int32>?, columns: [String]) -> TableScan {
    let isMissing = source != nil && !columns.contains("source")
    var scan = TableScan(table, snapshot, columns: isMissing ? columns + ["source"] : columns)
    scan.days = days.map {
      CivilDay($0.lowerBound).description...CivilDay($0.upperBound).description
    }
    if let source { scan.wanted = [WantedTexts("source", [source])] }
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
