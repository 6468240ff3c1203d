package import DeltaLake
internal import Governance
package import TableCare

/// What compacting a table came to.
package struct CompactedTable: Sendable {
  package let table: String
  package let files: Compaction.Result
  /// `nil` for private activities: how many there are is told nowhere.
  package var rows: Int64? { LakeTables.isPrivate(table) ? nil : files.rows }
  /// The committed version; `nil` when there was nothing to merge.
  package let version: Int64?
}

/// What a vacuum removed, or would remove.
package struct VacuumedTable: Sendable {
  package let table: String
  package let files: [Vacuum.Doomed]
  package let isDryRun: Bool
}

/// Care of the tables: all of it needs `manage_tables`.
extension TableOperation {
  /// Merges small files, with the same rows, in one commit.
  package func compact(_ name: String, isClear: Bool) throws(OperationError) -> CompactedTable {
    try gate.require(.manageTables)
    _ = try table(name, isClear: isClear)
    let lake = home.lake(tenant: tenant, isClear: isClear)
    do {
      return try lake.trying { () throws in
        let run = try RunTransaction.begin(lake, run: .newRunID("compact"), tables: [name])
        return try run.abandoningOnError { try compact(name, run) }
      }
    } catch { throw OperationError(error) }
  }

  private func compact(_ name: String, _ run: RunTransaction) throws -> CompactedTable {
    let rewriter = TableRewriter(
      run, table: name,
      layout: LakeTables.layout(
        of: name, try home.keysIfNeeded([name], tenant)))
    let result = try Compaction(rewriter).run()
    guard result.filesBefore > 0 else {
      try run.abandon()
      return CompactedTable(table: name, files: result, version: nil)
    }
    var info = CommitInfo(operation: "OPTIMIZE")
    info.changesRows = false
    info.userMetadata = try gate.anchorText()
    let versions = try run.commit(info: [name: info])
    return CompactedTable(table: name, files: result, version: versions[name])
  }

  /// Writes a checkpoint of a table as it is now.
  package func checkpoint(
    _ name: String, isClear: Bool
  ) throws(OperationError) -> WrittenCheckpoint {
    try gate.require(.manageTables)
    _ = try table(name, isClear: isClear)
    let lake = home.lake(tenant: tenant, isClear: isClear)
    return try deltas { () throws(DeltaError) in try lake.checkpoint(name) }
  }

  /// Removes files that no version of the last `keepMilliseconds` needs, and records it.
  ///
  /// - Parameter isDryRun: only say what would go.
  package func vacuum(
    _ name: String, isClear: Bool, keepMilliseconds: Int64, isDryRun: Bool
  ) throws(OperationError) -> VacuumedTable {
    try gate.require(.manageTables, for: .tableVacuum)
    _ = try table(name, isClear: isClear)
    let lake = home.lake(tenant: tenant, isClear: isClear)
    let vacuum = Vacuum(lake, table: name, keepMilliseconds: keepMilliseconds)
    if isDryRun {
      let plan = try deltas { () throws(DeltaError) in try vacuum.plan() }
      return VacuumedTable(table: name, files: plan, isDryRun: true)
    }
    let target = "\(name) keep=\(keepMilliseconds / 1000)s"
    let files = try gate.recordingIntent(.tableVacuum, target: target) {
      () throws(OperationError) in
      try deltas { () throws(DeltaError) in try vacuum.run() }
    }
    return VacuumedTable(table: name, files: files, isDryRun: false)
  }
}

extension Gate {
  /// Records that something is about to be done, does it, and records how it ended.
  func recordingIntent<Result>(
    _ action: GovernanceAction, target: String, justification: Justification? = nil,
    _ body: () throws(OperationError) -> Result
  ) throws(OperationError) -> Result {
    try record(action, .intent, targets: [target], justification: justification)
    do {
      let result = try body()
      try record(action, .successful, targets: [target], justification: justification)
      return result
    } catch {
      try record(
        action, .failed, targets: [target], justification: justification,
        errors: [error.description])
      throw error
    }
  }
}
