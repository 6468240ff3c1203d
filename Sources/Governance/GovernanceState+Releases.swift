import GRDB

/// A release as the ledger keeps it: what was told to whom, word for word.
package struct LedgerEntry: Sendable, Equatable {
  package var month: String
  /// Who reads it, and what: `managers`, or `people for managers`.
  package var audience: String
  package var minimum: Int
  package var made: String
  package var tableVersion: Int64
  /// The release as text in which no pseudonym is; one of people is sealed.
  package var content: String

  package init(
    month: String, audience: String, minimum: Int, made: String, tableVersion: Int64,
    content: String
  ) {
    self.month = month
    self.audience = audience
    self.minimum = minimum
    self.made = made
    self.tableVersion = tableVersion
    self.content = content
  }
}

extension StateSchema {
  static let releases = """
    CREATE TABLE releases (
      tenant TEXT NOT NULL,
      month TEXT NOT NULL,
      audience TEXT NOT NULL,
      minimum INTEGER NOT NULL,
      made TEXT NOT NULL,
      table_version INTEGER NOT NULL,
      content TEXT NOT NULL,
      PRIMARY KEY (tenant, month, audience)
    ) STRICT, WITHOUT ROWID
    """

  /// The triggers on releases: what was told stays told.
  static let releaseGuards = [
    "releases_no_update": """
    CREATE TRIGGER releases_no_update BEFORE UPDATE ON releases
    BEGIN SELECT RAISE(ABORT, 'a release is cut once'); END
    """,
    "releases_no_delete": """
    CREATE TRIGGER releases_no_delete BEFORE DELETE ON releases
    BEGIN SELECT RAISE(ABORT, 'releases are never removed'); END
    """,
    "releases_no_insert": """
    CREATE TRIGGER releases_no_insert BEFORE INSERT ON releases
    WHEN EXISTS (SELECT 1 FROM releases WHERE tenant = NEW.tenant AND month = NEW.month
      AND audience = NEW.audience)
    BEGIN SELECT RAISE(ABORT, 'a release is cut once'); END
    """,
  ]
}

extension GovernanceState {
  /// The releases of a tenant, by month and audience, each as the signed log says that it was cut.
  ///
  /// - Complexity: walks along the whole log, as `GovernanceLog.chainReport` does.
  package func releases(tenant: String) throws(GovernanceError) -> [LedgerEntry] {
    try state.read { database in
      let report = try log.chainReport(in: database)
      if let fault = report.fault { throw GovernanceError.damagedRecord(sequence: fault.sequence) }
      return try read(tenant, in: database)
    }
  }

  /// Enters the releases of a month, unless somebody has done so, and records it.
  ///
  /// - Returns: the releases of that month as the ledger has them: these, or the earlier ones.
  package func enterReleases(
    _ entries: [LedgerEntry], month: String, tenant: String, by initiator: Initiator
  ) throws(GovernanceError) -> [LedgerEntry] {
    try state.write { database in
      let known = try read(tenant, in: database).filter { known in
        known.month == month && entries.contains { $0.audience == known.audience }
      }
      if !known.isEmpty { return known }
      for entry in entries { try insert(entry, tenant, in: database) }
      let record = GovernanceRecord(
        .publish, .successful, by: initiator,
        target: try ReleaseTarget.text(entries, month: month, tenant: tenant), tenant: tenant)
      _ = try log.append([record], in: database)
      return entries
    }
  }

  private func insert(_ entry: LedgerEntry, _ tenant: String, in database: Database) throws {
    let statement = try ExactStatement(
      """
      INSERT INTO releases (tenant, month, audience, minimum, made, table_version, content)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      """, in: database)
    try statement.bind(tenant, at: 1)
    try statement.bind(entry.month, at: 2)
    try statement.bind(entry.audience, at: 3)
    try statement.bind(Int64(entry.minimum), at: 4)
    try statement.bind(entry.made, at: 5)
    try statement.bind(entry.tableVersion, at: 6)
    try statement.bind(entry.content, at: 7)
    try statement.run()
  }

  /// Throws where the ledger of the tenant is not what was cut.
  private func read(_ tenant: String, in database: Database) throws -> [LedgerEntry] {
    let ledger = try ReleaseLedger(isWhole: try log.isWhole(database), in: database)
    if let fault = ledger.faults.first(where: { $0.tenant == tenant }) {
      throw GovernanceError.releaseBroken(fault)
    }
    return ledger.entries.filter { $0.tenant == tenant }.map(\.entry)
  }
}
