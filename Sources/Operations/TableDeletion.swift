internal import ColumnTables
internal import DeltaLake
internal import Glibc
internal import Governance
internal import Pseudonymisation
internal import Storage
internal import TableCare
package import VeiledRecords

/// What is to go from the tables.
package enum DeletionTarget: Sendable, Equatable {
  /// All that archives contributed, by their content ids; whole batches only.
  case archives([String])
  /// All that a data source contributed.
  case source(String)
  /// All rows of users, by their pseudonyms, in every table that has users.
  case users([String])
  /// Rows of one table, of days before this one.
  case before(table: String, day: CivilDay)
  /// Rows of one table that are older than its retention.
  case expired(table: String)
}

/// What was taken out of the tables.
package struct DeletionSummary: Sendable {
  /// Rows by table; those of private activities are told nowhere, and here neither.
  package var rowsByTable: [String: Int64] = [:]
  /// All of them; `nil` where nothing may be told.
  package var rows: Int64? { rowsByTable.isEmpty ? nil : rowsByTable.values.reduce(0, +) }
  package var archives = 0
  /// The committed versions; empty when there was nothing to delete.
  package var versions: [String: Int64] = [:]
  /// Old files that were erased at once.
  package var erasedFiles = 0
  /// Old files that are still there, as a run lives that might need them.
  package var leftFiles = 0
  /// Files that nobody can read any more, and that may hold such rows: their key was destroyed.
  package var sealedFiles = 0
}

/// Deletes rows: recorded before and after, in one commit for each table, and the files that held
/// them are erased at once.
package struct TableDeletion: Sendable {
  let home: Home
  let tenant: String
  let isClear: Bool
  let gate: Gate
  let justification: Justification?

  /// Asks whether this may be done.
  package init(
    home: String, tenant: String, isClear: Bool, justification: String?
  ) throws(OperationError) {
    self.home = try Home(at: home)
    self.tenant = tenant
    self.isClear = isClear
    gate = try Gate.open(self.home, tenant: tenant)
    self.justification = try justification.map { text throws(OperationError) in
      try governed { () throws(GovernanceError) in try Justification(text) }
    }
    try gate.require(.manageTables, for: .tableDelete, justification: self.justification)
  }

  private var lake: Lake { home.lake(tenant: tenant, isClear: isClear) }

  /// Does it.
  package func run(_ wanted: DeletionTarget) throws(OperationError) -> DeletionSummary {
    let (target, action) = try resolved(wanted)
    if case .users(let users) = target, !isClear {
      // A name in clear must not get into the record, nor into a message.
      guard users.allSatisfy({ PseudonymText.looksLikeOne(Array($0.utf8).span) }) else {
        throw OperationError(
          .usage,
          "--user takes pseudonyms; `logveil resolve --to-anonymised -` gives that of a name.")
      }
    }
    return try gate.recordingIntent(action, target: target.words, justification: justification) {
      () throws(OperationError) in
      do { return try delete(target) } catch { throw OperationError(error) }
    }
  }

  /// The target with the day that a retention stands for.
  private func resolved(
    _ target: DeletionTarget
  ) throws(OperationError) -> (DeletionTarget, GovernanceAction) {
    guard case .expired(let table) = target else { return (target, .tableDelete) }
    let days = try Retention.days(of: table, gate)
    let today = Int32(clamping: Glibc.time(nil) / 86_400)
    return (.before(table: table, day: CivilDay(today - days)), .retention)
  }

  private func delete(_ target: DeletionTarget) throws -> DeletionSummary {
    let names = try lake.tableNames()
    guard names.contains("usage"), names.contains("ingests") else {
      throw OperationError(.noInput, "There are no tables of tenant \(tenant) to delete from.")
    }
    if case .before(let table, _) = target, !names.contains(table) {
      throw OperationError(
        .noInput,
        "There is no table \(table) of tenant \(tenant). `logveil table list` shows those "
          + "there are.")
    }
    if case .before(let table, _) = target, table == "ingests" {
      throw OperationError(
        .usage,
        "Rows of \(table) cannot be deleted by their day: "
          + "what was read stays in ingests, so that it is not read again.")
    }
    var removedFiles: [String: [String]] = [:]
    var summary = try lake.trying { () throws -> DeletionSummary in
      let run = try RunTransaction.begin(lake, run: .newRunID("delete"), tables: names)
      return try run.abandoningOnError {
        let (summary, removed) = try delete(target, in: run)
        removedFiles = removed
        return summary
      }
    }
    try erase(removedFiles, &summary)
    return summary
  }

  private func delete(
    _ target: DeletionTarget, in run: RunTransaction
  ) throws -> (DeletionSummary, [String: [String]]) {
    var summary = DeletionSummary()
    let keyring = try home.keysIfNeeded(run.tables, tenant)
    switch target {
    case .archives, .source:
      let records = try IngestRecords(of: lake, run.snapshot(of: "ingests"))
      let removal = ArchiveRemoval(run: run, records: records, keyring: keyring)
      let removed = try removal.remove(try batches(target, records), note: "deleted")
      (summary.rowsByTable, summary.archives) = (removed.rows, removed.archives)
      summary.sealedFiles = removed.sealedFiles
    case .users(let users):
      let removed = try RowDeletion(run: run, keyring: keyring).removeUsers(Set(users))
      summary.rowsByTable = removed.mapValues(\.rows)
      summary.sealedFiles = removed.values.reduce(0) { $0 + $1.sealedFiles }
    case .before(let table, let day):
      summary.rowsByTable[table] = try RowDeletion(run: run, keyring: keyring).removeDays(
        before: day, of: table)
    case .expired: break
    }
    summary.rowsByTable = summary.rowsByTable.filter { !LakeTables.isPrivate($0.key) }
    let removed = run.removedFiles
    guard !removed.isEmpty else {
      try run.abandon()
      return (try told(summary, of: target), [:])
    }
    let anchor = try gate.anchorText()
    let infos = run.tables.map { table in
      // The table stands beside its count: earlier versions counted the rows of all tables.
      var info = CommitInfo(
        operation: "DELETE", parameters: ["predicate": target.predicate, "table": table])
      if let rows = summary.rowsByTable[table], !target.isPrivate {
        info.metrics = ["numDeletedRows": String(rows)]
      }
      info.userMetadata = anchor
      return (table, info)
    }
    summary.versions = try run.commit(info: Dictionary(uniqueKeysWithValues: infos))
    return (try told(summary, of: target), removed)
  }

  /// What the caller may know: how many rows a private person has is for `view_private` alone.
  private func told(
    _ summary: DeletionSummary, of target: DeletionTarget
  ) throws(OperationError) -> DeletionSummary {
    guard target.isPrivate, try !gate.permits(.viewPrivate) else { return summary }
    var summary = summary
    summary.rowsByTable = [:]
    return summary
  }

  private func batches(
    _ target: DeletionTarget, _ records: IngestRecords
  ) throws(OperationError) -> Set<BatchKey> {
    guard case .archives(let ids) = target else {
      guard case .source(let source) = target else { return [] }
      let batches = Set(records.committed.filter { $0.source == source }.map(\.batchKey))
      if batches.isEmpty {
        throw OperationError(.noInput, "The tables hold nothing of a source \(source).")
      }
      return batches
    }
    let given = Set(ids)
    let found = records.committed.filter { given.contains($0.archive) }
    if let unknown = ids.first(where: { id in !found.contains { $0.archive == id } }) {
      throw OperationError(
        .noInput,
        "The tables hold no archive \(unknown). Nothing was deleted; the ids stand in "
          + "the column archive of the table ingests.")
    }
    let batches = Set(found.map(\.batchKey))
    let others = records.committed.filter {
      batches.contains($0.batchKey) && !given.contains($0.archive)
    }
    guard others.isEmpty else {
      let list = others.prefix(20).map { "\($0.archive) (\($0.name))" }.joined(separator: ", ")
      throw OperationError(
        .badData,
        "The archive lies in one batch with others, which were not named: \(list). "
          + "Nothing was deleted; name all archives of the batch.")
    }
    return batches
  }

  /// Erases the files that held what was deleted; while a run lives they stay for a vacuum.
  private func erase(
    _ files: [String: [String]], _ summary: inout DeletionSummary
  ) throws(DeltaError) {
    for (table, paths) in files.sorted(by: { $0.key < $1.key }) {
      if try Vacuum(lake, table: table, keepMilliseconds: 0).erase(paths) {
        summary.erasedFiles += paths.count
      } else {
        summary.leftFiles += paths.count
      }
    }
  }
}

extension DeletionTarget {
  /// As the log of a table names it, which stays when rows are erased: nobody is in it.
  var predicate: String {
    if case .users(let users) = self { "\(users.count) users" } else { words }
  }

  /// Whether it names people whose activities are private.
  fileprivate var isPrivate: Bool {
    guard case .users(let users) = self else { return false }
    return users.contains { PseudonymText(parsing: Array($0.utf8).span)?.kind == .privateUser }
  }

  /// As records name it.
  var words: String {
    switch self {
    case .archives(let ids): "archive=" + ids.joined(separator: ",")
    case .source(let source): "source=\(source)"
    case .users(let users): "user=" + users.joined(separator: ",")
    case .before(let table, let day): "\(table) before=\(day)"
    case .expired(let table): "\(table) expired"
    }
  }
}

/// For how long rows are kept, by a setting of the tenant or of the home.
enum Retention {
  /// Days for which a table keeps its rows where no setting says otherwise.
  static func standardDays(of table: String) -> Int32 {
    table.hasPrefix("activities") ? 90 : 400
  }

  /// The setting's key.
  static func key(of table: String) -> String {
    table.hasPrefix("activities") ? "activities_days" : "\(table)_days"
  }

  static func days(of table: String, _ gate: Gate) throws(OperationError) -> Int32 {
    let set = try governed { () throws(GovernanceError) -> String? in
      if let set = try gate.state.setting(key(of: table), tenant: gate.tenant) { return set }
      return try gate.state.setting(key(of: table), tenant: nil)
    }
    guard let set else { return standardDays(of: table) }
    guard let days = Int32(set), (1...100_000).contains(days) else {
      throw OperationError(
        .configuration,
        "The setting \(key(of: table)) is no number of days: \(set). "
          + "Nothing was deleted.")
    }
    return days
  }
}
