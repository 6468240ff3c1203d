import GRDB

/// The tables of `state.sqlite`, as named steps.
///
/// A step that was released is never edited; what changes gets a new step.
enum StateSchema {
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1 governance log") { database in
      try database.execute(sql: governance)
      for sql in guards.values.sorted() { try database.execute(sql: sql) }
    }
    migrator.registerMigration("2 admins, sources and settings") { database in
      try database.execute(sql: admins)
      try database.execute(sql: sources)
    }
    return migrator
  }

  // STRICT: no other type can hide in a column. Words and lengths are checked in code, since a
  // constraint here could not be widened without rebuilding the table and with it the chain.
  private static let governance = """
    CREATE TABLE governance (
      sequence INTEGER PRIMARY KEY,
      time TEXT NOT NULL,
      action TEXT NOT NULL,
      target TEXT,
      initiator TEXT NOT NULL,
      tenant TEXT,
      status TEXT NOT NULL,
      justification TEXT,
      error TEXT,
      hash TEXT NOT NULL
    ) STRICT
    """

  /// The triggers on the governance log, by name, as SQLite keeps their text.
  ///
  /// The third one also stops `INSERT OR REPLACE`, which removes rows without firing the second.
  static let guards = [
    "governance_no_update": """
    CREATE TRIGGER governance_no_update BEFORE UPDATE ON governance
    BEGIN SELECT RAISE(ABORT, 'the governance log is append-only'); END
    """,
    "governance_no_delete": """
    CREATE TRIGGER governance_no_delete BEFORE DELETE ON governance
    BEGIN SELECT RAISE(ABORT, 'the governance log is append-only'); END
    """,
    "governance_dense": """
    CREATE TRIGGER governance_dense BEFORE INSERT ON governance
    WHEN NEW.sequence IS NOT (SELECT coalesce(max(sequence), 0) + 1 FROM governance)
    BEGIN SELECT RAISE(ABORT, 'the governance log has no gaps'); END
    """,
  ]

  // One row for each permission and tenant. The tenant '*' stands for every tenant.
  private static let admins = """
    CREATE TABLE admins (
      account TEXT NOT NULL PRIMARY KEY,
      uid INTEGER,
      added TEXT NOT NULL
    ) STRICT;
    CREATE TABLE admin_permissions (
      account TEXT NOT NULL REFERENCES admins (account) ON DELETE CASCADE,
      permission TEXT NOT NULL,
      tenant TEXT NOT NULL,
      PRIMARY KEY (account, permission, tenant)
    ) STRICT, WITHOUT ROWID;
    """

  // A setting with the tenant '' is of the whole home. Null means: take the tenant's default.
  private static let sources = """
    CREATE TABLE sources (
      tenant TEXT NOT NULL,
      name TEXT NOT NULL,
      format TEXT,
      time_zone TEXT,
      anonymise_users INTEGER,
      anonymise_machines INTEGER,
      PRIMARY KEY (tenant, name)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE settings (
      tenant TEXT NOT NULL,
      key TEXT NOT NULL,
      value TEXT NOT NULL,
      PRIMARY KEY (tenant, key)
    ) STRICT, WITHOUT ROWID;
    """
}
