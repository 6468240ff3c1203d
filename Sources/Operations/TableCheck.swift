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
    var check = TableVerification(keys: keyring.map { PrivateFiles.keys($0) })
    let readable = try readableTables(Set(all).union(tables), &check)
    let snapshots = try lake.snapshots(of: readable)
    var sums = TableSums()
    var privateRows: Int64 = 0
    for table in tables {
      guard let snapshot = snapshots[table] else { continue }
      let rowsBefore = check.rows
      try check.verifyOtherFiles(lake.table(table), snapshot)
      try checkLog(of: table, snapshot, &check)
      check.verify(lake.table(table), snapshot) { sums.add($1, of: $0, in: table) }
      if table.hasSuffix(ActivitySchema.privateTable) { privateRows += check.rows - rowsBefore }
    }
    // Rows under keys that were destroyed are nobody's to count.
    if check.findings.isEmpty, let ingests = snapshots["ingests"] {
      let records = try IngestRecords(of: lake, ingests)
      var problems = sums.problems(records, snapshots.filter { tables.contains($0.key) })
      if check.sealedFiles > 0 { problems.removeAll { $0.table == ActivitySchema.table } }
      for problem in problems {
        check.note(TableFinding(path: "\(lake.path)/\(problem.table)", words: problem.words))
      }
    }
    return TableCheckSummary(
      tables: tables, files: check.files, rows: check.rows - privateRows, bytes: check.bytes,
      findings: check.findings)
  }

  /// The tables whose logs can be read; of the others that are to be checked it is noted why not.
  private func readableTables(
    _ names: Set<String>, _ check: inout TableVerification
  ) throws -> [String] {
    try names.sorted().filter { name in
      do {
        _ = try lake.table(name).snapshot()
        return true
      } catch let error as DeltaError {
        if case .storage = error { throw error }
        if case .noTable = error { throw error }
        let path = "\(lake.path)/\(name)/_delta_log"
        if tables.contains(name) { check.note(TableFinding(path: path, words: error.description)) }
        return false
      }
    }
  }

  /// The log must be readable, line by line, and a checkpoint say what the log before it says.
  private func checkLog(
    of table: String, _ snapshot: Snapshot, _ check: inout TableVerification
  ) throws {
    let problems = try lake.table(table).logProblems()
    for words in problems {
      check.note(TableFinding(path: "\(lake.path)/\(table)/_delta_log", words: words))
    }
    guard problems.isEmpty else { return }
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
}
