internal import ColumnTables
internal import DeltaLake
internal import Governance
internal import IngestPipeline
internal import Pseudonymisation
package import TableCare
internal import UsageAggregation
internal import VeiledRecords

/// What a check of tables found.
package struct TableCheckSummary: Sendable {
  package var tables: [String] = []
  package var files = 0
  /// Without those of private activities: nothing tells how many there are.
  package var rows: Int64 = 0
  package var bytes: Int64 = 0
  package var findings: [TableFinding] = []
}

extension TableOperation {
  /// Checks tables, byte by byte and against each other.
  ///
  /// - Parameter name: one table; `nil`: all of them.
  package func verify(_ name: String?, isClear: Bool) throws(OperationError) -> TableCheckSummary {
    let lake = home.lake(tenant: tenant, isClear: isClear)
    do {
      try RunRecovery.recover(lake)
      if let name { _ = try table(name, isClear: isClear) }
      let all = try lake.tableNames()
      let wanted = name.map { [$0] } ?? all
      guard !wanted.isEmpty else {
        throw OperationError(.noInput, "There are no tables of tenant \(tenant).")
      }
      return try TableCheck(
        lake: lake, tables: wanted, keyring: try home.keysIfNeeded(wanted, tenant)
      ).run(all: all)
    } catch { throw OperationError(error) }
  }
}

/// Checks tables of one lake, as they were at one moment.
struct TableCheck {
  let lake: Lake
  let tables: [String]
  /// For tables whose files are encrypted.
  let keyring: Keyring?

  func run(all: [String]) throws -> TableCheckSummary {
    let snapshots = try lake.snapshots(of: Array(Set(all).union(tables)).sorted())
    var check = TableVerification(keys: keyring.map { PrivateFiles.keys($0) })
    var events: [BatchKey: Int64] = [:]
    var rejects: [RejectKey: Int64] = [:]
    var privateRows: Int64 = 0
    for table in tables {
      guard let snapshot = snapshots[table] else { continue }
      let rowsBefore = check.rows
      try check.verifyOtherFiles(lake.table(table), snapshot)
      try checkLog(of: table, snapshot, &check)
      check.verify(lake.table(table), snapshot) { file, rows in
        switch table {
        case "usage":
          DeletedRows.count(rows, Array(repeating: true, count: rows.rowCount), into: &events)
        case "rejects": Self.count(rows, of: file, into: &rejects)
        default: break
        }
      }
      if table.hasSuffix(ActivitySchema.privateTable) { privateRows += check.rows - rowsBefore }
    }
    if check.findings.isEmpty { try compare(events, rejects, snapshots, &check) }
    return TableCheckSummary(
      tables: tables, files: check.files, rows: check.rows - privateRows, bytes: check.bytes,
      findings: check.findings)
  }

  /// A checkpoint must say what the log before it says.
  private func checkLog(
    of table: String, _ snapshot: Snapshot, _ check: inout TableVerification
  ) throws {
    if let words = try lake.table(table).checkpointProblem() {
      check.note(TableFinding(path: "\(lake.path)/\(table)/_delta_log", words: words))
    }
    guard let replayed = try lake.table(table).snapshotFromTheBeginning(upTo: snapshot.version)
    else { return }
    if replayed.liveFiles != snapshot.liveFiles || replayed.transactions != snapshot.transactions {
      check.note(
        TableFinding(
          path: "\(lake.path)/\(table)/_delta_log",
          words: "the last checkpoint does not say what the log before it says"))
    }
  }

  // MARK: Sums

  private struct RejectKey: Hashable {
    let archive: String
    let date: String
  }

  private static func count(
    _ rows: Table, of file: AddedFile, into rejects: inout [RejectKey: Int64]
  ) {
    let archives = rows.column("archive")
    for row in 0..<rows.rowCount {
      rejects[RejectKey(archive: archives?.text(row) ?? "", date: file.date), default: 0] += 1
    }
  }

  /// Holds the sums of the tables that were read against what `ingests` says.
  private func compare(
    _ events: [BatchKey: Int64], _ rejects: [RejectKey: Int64], _ snapshots: [String: Snapshot],
    _ check: inout TableVerification
  ) throws {
    guard let ingests = snapshots["ingests"] else { return }
    let records = try IngestRecords(of: lake, ingests)
    if tables.contains("usage"), let usage = snapshots["usage"] {
      compare(events, records, usage, &check)
    }
    if tables.contains("rejects"), let snapshot = snapshots["rejects"] {
      compare(rejects, records, snapshot, &check)
    }
  }

  private func compare(
    _ events: [BatchKey: Int64], _ records: IngestRecords, _ usage: Snapshot,
    _ check: inout TableVerification
  ) {
    var stated: [BatchKey: Int64] = [:]
    for record in records.committed { stated[record.batchKey, default: 0] += record.events }
    for batch in Set(events.keys).union(stated.keys).sorted(by: { $0.batch < $1.batch }) {
      let deleted = usage.transactions[DeletedRows.mark(of: batch)] ?? 0
      let (found, wanted) = (events[batch] ?? 0, (stated[batch] ?? 0) - deleted)
      guard found != wanted else { continue }
      check.note(
        TableFinding(
          path: "\(lake.path)/usage",
          words: "batch \(batch.batch) of source \(batch.source) has \(found) events; by the "
            + "table ingests it must have \(wanted)"))
    }
  }

  private func compare(
    _ rejects: [RejectKey: Int64], _ records: IngestRecords, _ snapshot: Snapshot,
    _ check: inout TableVerification
  ) {
    let firstDay = snapshot.transactions[DeletedRows.rejectsMark]
      .map { CivilDay(Int32(clamping: $0)).description }
    var most: [RejectKey: Int64] = [:]
    var least: [RejectKey: Int64] = [:]
    for record in records.committed where record.rejectRows > 0 {
      if let firstDay, record.date < firstDay { continue }
      let key = RejectKey(archive: record.archive, date: record.date)
      most[key, default: 0] += record.rejectRows
      least[key] = max(least[key] ?? 0, record.rejectRows)
    }
    for key in Set(rejects.keys).union(most.keys).sorted(by: { $0.archive < $1.archive }) {
      let found = rejects[key] ?? 0
      // Equal lines of two sources may share a file, and count once.
      guard found < least[key] ?? 0 || found > most[key] ?? 0 else { continue }
      check.note(
        TableFinding(
          path: "\(lake.path)/rejects",
          words: "archive \(key.archive) has \(found) refused lines; by the table ingests it must "
            + "have \(most[key] ?? 0)"))
    }
  }
}
