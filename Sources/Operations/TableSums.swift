internal import ColumnTables
internal import DeltaLake
internal import UsageAggregation

/// What the rows of a lake's tables add up to, to be held against each other.
///
/// ```
/// usage       events of each batch           = events of its archives by ingests − deleted ones
/// rejects     rows of each archive           = refused lines by ingests
/// activities  rows of each batch and day,
///             with the private ones          = events of usage, where activities are kept
/// ```
struct TableSums {
  /// Something that does not add up.
  struct Problem {
    let table: String
    let words: String
  }

  private struct DayKey: Hashable {
    let batch: BatchKey
    let date: String
  }

  private struct RejectKey: Hashable {
    let archive: String
    let date: String
  }

  private var events: [DayKey: Int64] = [:]
  private var activities: [DayKey: Int64] = [:]
  private var rejects: [RejectKey: Int64] = [:]

  /// Adds rows of one file.
  mutating func add(_ rows: Table, of file: AddedFile, in table: String) {
    switch table {
    case "usage": Self.add(rows, file.date, to: &events)
    case ActivitySchema.table, ActivitySchema.privateTable:
      Self.add(rows, file.date, to: &activities)
    case "rejects":
      let archives = rows.column("archive")
      for row in 0..<rows.rowCount {
        let key = RejectKey(archive: archives?.text(row) ?? "", date: file.date)
        rejects[key, default: 0] += 1
      }
    default: break
    }
  }

  private static func add(_ rows: Table, _ date: String, to events: inout [DayKey: Int64]) {
    var counts: [BatchKey: Int64] = [:]
    DeletedRows.count(rows, Array(repeating: true, count: rows.rowCount), into: &counts)
    for (batch, count) in counts { events[DayKey(batch: batch, date: date), default: 0] += count }
  }

  // MARK: Comparing

  /// What does not add up in the tables of `snapshots`, whose rows were added.
  func problems(_ records: IngestRecords, _ snapshots: [String: Snapshot]) -> [Problem] {
    var problems: [Problem] = []
    if let usage = snapshots["usage"] { problems += usageProblems(records, usage) }
    if let rejects = snapshots["rejects"] { problems += rejectProblems(records, rejects) }
    let names = ["usage", ActivitySchema.table, ActivitySchema.privateTable]
    let all = names.compactMap { snapshots[$0] }
    if all.count == names.count { problems += activityProblems(records, all) }
    return problems
  }

  private func usageProblems(_ records: IngestRecords, _ usage: Snapshot) -> [Problem] {
    var (found, stated): ([BatchKey: Int64], [BatchKey: Int64]) = ([:], [:])
    for (key, count) in events { found[key.batch, default: 0] += count }
    for record in records.committed { stated[record.batchKey, default: 0] += record.events }
    let batches = Set(found.keys).union(stated.keys).sorted { $0.batch < $1.batch }
    return batches.compactMap { batch in
      let deleted = usage.transactions[DeletedRows.mark(of: batch)] ?? 0
      let (found, wanted) = (found[batch] ?? 0, (stated[batch] ?? 0) - deleted)
      if found == wanted { return nil }
      return Problem(
        table: "usage",
        words: "batch \(batch.batch) of source \(batch.source) has \(found) events; by the "
          + "table ingests it must have \(wanted)")
    }
  }

  private func rejectProblems(_ records: IngestRecords, _ snapshot: Snapshot) -> [Problem] {
    let firstDate = DeletedRows.firstDate(of: snapshot)
    var (most, least): ([RejectKey: Int64], [RejectKey: Int64]) = ([:], [:])
    for record in records.committed where record.rejectRows > 0 && record.date >= firstDate {
      let key = RejectKey(archive: record.archive, date: record.date)
      most[key, default: 0] += record.rejectRows
      least[key] = max(least[key] ?? 0, record.rejectRows)
    }
    let keys = Set(rejects.keys).union(most.keys).sorted { $0.archive < $1.archive }
    return keys.compactMap { key in
      let found = rejects[key] ?? 0
      // Equal lines of two sources may share a file, and count once.
      guard found < least[key] ?? 0 || found > most[key] ?? 0 else { return nil }
      return Problem(
        table: "rejects",
        words: "archive \(key.archive) has \(found) refused lines; by the table ingests it must "
          + "have \(most[key] ?? 0)")
    }
  }

  /// Days that one of the tables no longer has are passed over. No number is told: it would be
  /// that of private rows, to whoever knows the others.
  private func activityProblems(_ records: IngestRecords, _ tables: [Snapshot]) -> [Problem] {
    let firstDate = tables.map { DeletedRows.firstDate(of: $0) }.max() ?? ""
    let kept = Set(records.committed.filter(\.keepsActivities).map(\.batchKey))
    let wanted = events.filter { kept.contains($0.key.batch) }
    let keys = Set(wanted.keys).union(activities.keys).filter { $0.date >= firstDate }
    return keys.sorted { ($0.batch.batch, $0.date) < ($1.batch.batch, $1.date) }.compactMap { key in
      if wanted[key] ?? 0 == activities[key] ?? 0 { return nil }
      return Problem(
        table: ActivitySchema.table,
        words: "with the private ones, the rows of \(key.date) and batch \(key.batch.batch) of "
          + "source \(key.batch.source) are not as many as its events in usage")
    }
  }
}
