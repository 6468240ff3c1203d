internal import ColumnTables
internal import DeltaLake
internal import Pseudonymisation
internal import TableCare
internal import VeiledRecords

/// Takes rows out of tables without regard to archives, and keeps account of it: so `verify` can
/// still hold the sums of `usage` against `ingests`.
struct RowDeletion {
  let run: RunTransaction
  /// For tables whose files are encrypted.
  let keyring: Keyring?

  /// Takes the rows of users out of every table that has users; by table what that came to.
  func removeUsers(_ users: Set<String>) throws -> [String: RemovedRows] {
    var all: [String: RemovedRows] = [:]
    for table in run.tables where run.snapshot(of: table).schema.index(of: "user") != nil {
      all[table] = try remove(from: table, column: "user", mayHold: { _ in true }) { _, rows in
        let column = rows.column("user")
        return (0..<rows.rowCount).map { row in
          column?.text(row).map { users.contains($0) } ?? false
        }
      }
    }
    return all
  }

  /// Takes whole days out of a table.
  func removeDays(before day: CivilDay, of table: String) throws -> Int64 {
    let first = day.description
    let removed: RemovedRows
    if table == "usage" {
      removed = try remove(from: table, column: nil, mayHold: { $0.date < first }) { _, rows in
        Array(repeating: true, count: rows.rowCount)
      }
    } else {
      removed = try rewriter(table).removeFiles { $0.date < first }
    }
    if removed.wholeFiles > 0 {
      let before = run.snapshot(of: table).transactions[DeletedRows.daysMark] ?? 0
      try claim(table, DeletedRows.daysMark, max(before, Int64(day.daysSince1970)))
    }
    return removed.rows
  }

  private func remove(
    from table: String, column: String?, mayHold: (AddedFile) -> Bool,
    where isGone: (AddedFile, Table) -> [Bool]
  ) throws -> RemovedRows {
    let isCounted = table == "usage"
    let counted = isCounted ? ["batch", "source", "events"] : []
    var columns = counted
    if let column { columns.append(column) }
    var events: [BatchKey: Int64] = [:]
    let removed = try rewriter(table).removeRows(
      reading: columns, mayHold: { file, _ in mayHold(file) },
      where: { file, rows in
        let gone = isGone(file, rows)
        if isCounted { DeletedRows.count(rows, gone, into: &events) }
        return gone
      })
    for (batch, count) in events {
      let mark = DeletedRows.mark(of: batch)
      let before = run.snapshot(of: table).transactions[mark] ?? 0
      try claim(table, mark, before + count)
    }
    return removed
  }

  private func rewriter(_ table: String) -> TableRewriter {
    TableRewriter(run, table: table, layout: LakeTables.layout(of: table, keyring))
  }

  private func claim(_ table: String, _ mark: String, _ next: Int64) throws(DeltaError) {
    let previous = run.snapshot(of: table).transactions[mark]
    try run.claim(table: table, .init(appID: mark, previous: previous, next: next))
  }
}

/// How many events of a batch were deleted, kept as a mark in the log of `usage`.
enum DeletedRows {
  /// Rows of days before this one were deleted; the mark's number is the day.
  static let daysMark = "logveil:deleted-before"

  /// The first day that a table still has all rows of, as `YYYY-MM-DD`; empty: all days.
  static func firstDate(of table: Snapshot) -> String {
    table.transactions[daysMark].map { CivilDay(Int32(clamping: $0)).description } ?? ""
  }

  static func mark(of batch: BatchKey) -> String {
    "logveil:deleted-events:\(batch.batch):\(batch.source)"
  }

  /// Adds up the events of the rows that `isCounted` names; where rows have no number of them, each
  /// is one.
  static func count(_ rows: Table, _ isCounted: [Bool], into events: inout [BatchKey: Int64]) {
    guard let batches = rows.column("batch"), let sources = rows.column("source") else { return }
    let numbers = rows.column("events")
    var key = BatchKey(source: "", batch: "")
    var codes: (UInt32?, UInt32?) = (nil, nil)
    var sum: Int64 = 0
    for row in isCounted.indices where isCounted[row] {
      let now = (batches.code(row), sources.code(row))
      if now.0 == nil || now.1 == nil || now != codes {
        if sum != 0 { events[key, default: 0] += sum }
        sum = 0
        codes = now
        key = BatchKey(source: sources.text(row) ?? "", batch: batches.text(row) ?? "")
      }
      sum += numbers.map { $0.number(row) ?? 0 } ?? 1
    }
    if sum != 0 { events[key, default: 0] += sum }
  }
}
