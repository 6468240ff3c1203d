internal import DeltaLake
internal import Governance
internal import Storage
internal import TableQueries

/// A snapshot report's tables.
package struct ListedSnapshot: Sendable, Equatable {
  package let name: String
  package let version: Int64
  package let files: Int
  package let bytes: Int64
  /// The first and the last day with rows, as `YYYY-MM-DD`; `nil` where there are none.
  package let days: (first: String, last: String)?

  package static func == (a: ListedSnapshot, b: ListedSnapshot) -> Bool {
    a.name == b.name && a.version == b.version
  }
}

/// Looks at snapshot reports and removes them: tables apart from the continuous ones, for logs that
/// somebody looks at once.
package struct SnapshotOperation {
  private let home: Home
  private let tenant: String
  private let gate: Gate

  package init(home: String, tenant: String) throws(OperationError) {
    self.home = try Home(at: home)
    self.tenant = tenant
    gate = try Gate.open(self.home, tenant: tenant)
  }

  /// All snapshots of the tenant, by name.
  package func list() throws(OperationError) -> [ListedSnapshot] {
    try gate.require(.viewReports, .manageTables)
    do {
      var found: [ListedSnapshot] = []
      for name in try home.snapshotNames(tenant: tenant, isClear: false) {
        let table = home.lake(tenant: tenant, isClear: false, snapshot: name).table("usage")
        guard try table.exists() else { continue }
        let snapshot = try table.snapshot()
        let days = snapshot.files.map(\.day).filter { !$0.isEmpty }
        found.append(
          ListedSnapshot(
            name: name, version: snapshot.version, files: snapshot.files.count,
            bytes: snapshot.files.reduce(0) { $0 + $1.byteCount },
            days: days.min().flatMap { first in days.max().map { (first, $0) } }))
      }
      return found
    } catch { throw OperationError(error) }
  }

  /// Removes a snapshot with all its tables, for good.
  package func remove(_ name: String) throws(OperationError) {
    try gate.require(.manageTables, for: .snapshotRemove)
    try Home.checkSnapshotName(name)
    let lake = home.lake(tenant: tenant, isClear: false, snapshot: name)
    let isThere: Bool
    do { isThere = try lake.table("usage").exists() } catch { throw OperationError(error) }
    guard isThere else {
      throw OperationError(
        .noInput, "There is no snapshot \(name). `logveil snapshot list` shows those there are.")
    }
    try gate.audited(.snapshotRemove, target: name) {
      try lake.removeAll()
      return ((), name)
    }
  }
}
