internal import AppMatching
internal import ByteBlocks
internal import ColumnTables
internal import DeltaLake
internal import Governance
internal import TableCare
internal import VeiledRecords

/// What restamping came to.
package struct RestampResult: Sendable, Equatable {
  /// Files that were written anew.
  package var files = 0
  package var rows = 0
  /// The committed version of `usage`; `nil` where nothing was to be changed.
  package var version: Int64?
}

extension AppsOperation {
  /// Writes app, number and category of all rows of `usage` anew, by today's catalog.
  ///
  /// Files whose rows stay the same are not touched. One commit, or none.
  package func apply() throws(OperationError) -> RestampResult {
    try gate.require(.manageTables, for: .appChange)
    let apps = try TenantApps(gate)
    let lake = home.lake(tenant: gate.tenant, isClear: false)
    let target = "usage, catalog \(apps.catalog.version)"
    return try gate.audited(.appChange, target: target) {
      guard try lake.table("usage").exists() else { return (RestampResult(), target) }
      let result = try lake.trying { try restamp(lake, apps) }
      return (result, "\(target): \(result.rows) rows")
    }
  }

  private func restamp(_ lake: Lake, _ apps: TenantApps) throws -> RestampResult {
    let run = try RunTransaction.begin(lake, run: .newRunID("apps"), tables: ["usage"])
    return try run.abandoningOnError {
      var result = RestampResult()
      let layout = LakeTables.layout(of: "usage", nil)
      result.files = try TableRewriter(run, table: "usage", layout: layout).changeRows(
        reading: ["host", "app_id", "app", "category"]
      ) { _, rows in
        guard let stamped = Self.stamped(rows, apps) else { return nil }
        result.rows += stamped.changed
        return stamped.columns
      }
      guard result.files > 0 else {
        try run.abandon()
        return result
      }
      var info = CommitInfo(operation: "APPLY APPS")
      info.userMetadata = try gate.anchorText()
      result.version = try run.commit(info: ["usage": info])["usage"]
      return result
    }
  }

  /// The columns of rows with today's apps; `nil` where they have them.
  private static func stamped(
    _ rows: Table, _ apps: TenantApps
  ) -> (columns: [String: Column], changed: Int)? {
    guard let hosts = rows.column("host"), let old = rows.column("app_id"),
      let oldNames = rows.column("app"), let oldCategories = rows.column("category")
    else { return nil }
    var known: [String: AppID?] = [:]
    var found = [AppID?](repeating: nil, count: rows.rowCount)
    var changed = 0
    for row in 0..<rows.rowCount {
      if let host = hosts.text(row) {
        let app = known[host] ?? apps.catalog.app(forHost: Array(host.utf8).span)
        known[host] = .some(app)
        found[row] = app
      }
      let isSame =
        old.number(row) == found[row].map { Int64($0.rawValue) }
        && oldNames.text(row) == found[row].flatMap { apps.catalog.name($0) }
        && oldCategories.text(row) == found[row].flatMap { apps.catalog.category($0) }
      if !isSame { changed += 1 }
    }
    guard changed > 0 else { return nil }
    let isValid = found.contains { $0 == nil } ? found.map { $0 != nil } : nil
    func texts(_ text: (AppID) -> String?) -> Column {
      let values = found.map { $0.flatMap(text) ?? "" }
      let distinct = Set(values).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      let codes = Dictionary(uniqueKeysWithValues: distinct.enumerated().map { ($1, UInt32($0)) })
      return Column(
        .codes(values.map { codes[$0] ?? 0 }, ByteStrings(distinct)), isValid: isValid)
    }
    let columns = [
      "app": texts { apps.catalog.name($0) }, "category": texts { apps.catalog.category($0) },
      "app_id": Column(.int32s(found.map { $0?.rawValue ?? 0 }), isValid: isValid),
    ]
    return (columns, changed)
  }
}
