import GRDB

/// The tables of `state.sqlite`, as named steps.
///
/// A step that was released is never edited; what changes gets a new step.
enum StateSchema {
  private static let steps = [
    "1 governance log",
    "2 admins, sources and settings",
    "3 epochs, requests and uses",
    "4 groups and rules",
    "5 realms of before",
    "6 apps and what is stated of them",
    "7 releases",
    "8 addresses of apps",
  ]

  /// What the schema puts into any such file, whatever anybody did: its statements, the names that
  /// SQLite makes of them, and the steps.
  static let texts: [String] = {
    let scripts = [
      governance, admins, sources, epochs, approvals, lists, realmLists, apps, releases, appRanges,
    ]
    let statements =
      scripts.flatMap { $0.split(separator: ";") }.map { String($0.drop(while: \.isWhitespace)) }
      + guards.values + epochGuards.values + releaseGuards.values
    let tables = statements.compactMap { statement in
      statement.hasPrefix(table) ? statement.dropFirst(table.count).prefix { $0 != " " } : nil
    }
    // In a row of the schema they stand behind each other.
    let rows =
      tables.map { "table\($0)\($0)" } + tables.map { "sqlite_autoindex_\($0)_1\($0)" }
    return statements.filter { !$0.isEmpty } + rows
      + tables.map { "sqlite_autoindex_\($0)_" } + steps
  }()
  private static let table = "CREATE TABLE "

  /// The steps for the state of a home whose epochs are signed by `keys`.
  static func migrator(_ keys: EpochKeys) -> DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration(steps[0]) { database in
      try database.execute(sql: governance)
      for sql in guards.values.sorted() { try database.execute(sql: sql) }
    }
    migrator.registerMigration(steps[1]) { database in
      try database.execute(sql: admins)
      try database.execute(sql: sources)
    }
    migrator.registerMigration(steps[2]) { database in
      try database.execute(sql: epochs)
      for sql in epochGuards.values.sorted() { try database.execute(sql: sql) }
      try database.execute(sql: approvals)
      try StateDatabase.beginEpochs(keys, in: database)
    }
    migrator.registerMigration(steps[3]) { database in
      try database.execute(sql: lists)
    }
    migrator.registerMigration(steps[4]) { database in
      try database.execute(sql: realmLists)
    }
    migrator.registerMigration(steps[5]) { database in
      try database.execute(sql: apps)
    }
    migrator.registerMigration(steps[6]) { database in
      try database.execute(sql: releases)
      for sql in releaseGuards.values.sorted() { try database.execute(sql: sql) }
    }
    migrator.registerMigration(steps[7]) { database in
      try database.execute(sql: appRanges)
    }
    return migrator
  }

  // Names of people are in `sealed` only, under a key of the tenant.
  private static let lists = """
    CREATE TABLE sealed_lists (
      tenant TEXT NOT NULL,
      kind TEXT NOT NULL,
      name TEXT NOT NULL,
      count INTEGER NOT NULL,
      added TEXT NOT NULL,
      sealed BLOB NOT NULL,
      PRIMARY KEY (tenant, kind, name)
    ) STRICT;
    CREATE TABLE private_groups (
      tenant TEXT NOT NULL,
      name TEXT NOT NULL,
      added TEXT NOT NULL,
      PRIMARY KEY (tenant, name)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE scope_rules (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      tenant TEXT NOT NULL,
      effect TEXT NOT NULL,
      kind TEXT NOT NULL,
      comment TEXT,
      added TEXT NOT NULL,
      sealed BLOB NOT NULL
    ) STRICT;
    """

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

  // An epoch that is open has no values from `last` on.
  private static let epochs = """
    CREATE TABLE epochs (
      number INTEGER PRIMARY KEY,
      first INTEGER NOT NULL,
      public_key TEXT NOT NULL,
      last INTEGER,
      head TEXT,
      next_key TEXT,
      closed TEXT,
      signature TEXT
    ) STRICT
    """

  /// The triggers on the epochs: they are signed once, and stay when records are purged.
  static let epochGuards = [
    "epochs_no_update": """
    CREATE TRIGGER epochs_no_update BEFORE UPDATE ON epochs WHEN OLD.signature IS NOT NULL
    BEGIN SELECT RAISE(ABORT, 'an epoch is signed once'); END
    """,
    "epochs_no_delete": """
    CREATE TRIGGER epochs_no_delete BEFORE DELETE ON epochs
    BEGIN SELECT RAISE(ABORT, 'epochs are never removed'); END
    """,
  ]

  // `digest` is a keyed code of what was asked for, never the names themselves. `uses` counts the
  // names that an admin turned in one direction on a day.
  private static let approvals = """
    CREATE TABLE requests (
      id INTEGER PRIMARY KEY,
      tenant TEXT NOT NULL,
      action TEXT NOT NULL,
      account TEXT NOT NULL,
      uid INTEGER NOT NULL,
      reason TEXT NOT NULL,
      summary TEXT NOT NULL,
      digest TEXT NOT NULL,
      created TEXT NOT NULL,
      expires TEXT NOT NULL,
      state TEXT NOT NULL,
      decided_by TEXT
    ) STRICT;
    CREATE TABLE uses (
      tenant TEXT NOT NULL,
      account TEXT NOT NULL,
      direction TEXT NOT NULL,
      day TEXT NOT NULL,
      count INTEGER NOT NULL,
      PRIMARY KEY (tenant, account, direction, day)
    ) STRICT, WITHOUT ROWID;
    ALTER TABLE admins ADD COLUMN upn TEXT;
    ALTER TABLE sources ADD COLUMN realms TEXT;
    """

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

  // Every list of realms that a tenant or a source of it ever had: pseudonyms were made by them.
  private static let realmLists = """
    CREATE TABLE realm_lists (
      tenant TEXT NOT NULL,
      realms TEXT NOT NULL,
      PRIMARY KEY (tenant, realms)
    ) STRICT, WITHOUT ROWID;
    INSERT OR IGNORE INTO realm_lists
      SELECT tenant, value FROM settings WHERE key = 'realms'
      UNION SELECT tenant, realms FROM sources WHERE realms IS NOT NULL;
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
