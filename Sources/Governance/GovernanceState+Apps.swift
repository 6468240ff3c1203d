import GRDB

/// An app of a tenant's own.
package struct OwnApp: Sendable, Equatable {
  package var number: Int32
  package var name: String
  package var category: String
  package var domains: [String]
  /// Ranges of addresses, as `192.0.2.0/24`.
  package var ranges: [String]
  package var country: String?

  package init(
    number: Int32, name: String, category: String, domains: [String], ranges: [String] = [],
    country: String?
  ) {
    self.number = number
    self.name = name
    self.category = category
    self.domains = domains
    self.ranges = ranges
    self.country = country
  }
}

/// Something that a tenant states of an app.
package struct AppFact: Sendable, Equatable {
  package enum Kind: String, Sendable {
    /// A tag; the key is its name, the value empty.
    case tag
    /// A risk factor.
    case factor
    /// A score that takes the place of the computed one; in tenths.
    case score
    /// How much a factor weighs; of no app (0).
    case importance
  }
  package var app: Int32
  package var kind: Kind
  package var key: String
  package var value: String
  /// Where that is known from, or why it is so.
  package var note: String

  package init(app: Int32, kind: Kind, key: String, value: String, note: String) {
    self.app = app
    self.kind = kind
    self.key = key
    self.value = value
    self.note = note
  }
}

extension StateSchema {
  static let apps = """
    CREATE TABLE own_apps (
      tenant TEXT NOT NULL,
      number INTEGER NOT NULL,
      name TEXT NOT NULL,
      category TEXT NOT NULL,
      domains TEXT NOT NULL,
      country TEXT,
      PRIMARY KEY (tenant, number)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE app_facts (
      tenant TEXT NOT NULL,
      app INTEGER NOT NULL,
      kind TEXT NOT NULL,
      key TEXT NOT NULL,
      value TEXT NOT NULL,
      note TEXT NOT NULL,
      PRIMARY KEY (tenant, app, kind, key)
    ) STRICT, WITHOUT ROWID;
    """

  static let appRanges = """
    ALTER TABLE own_apps ADD COLUMN ranges TEXT NOT NULL DEFAULT '';
    """
}

extension GovernanceState {
  /// The apps of a tenant's own, by number.
  package func ownApps(tenant: String) throws(GovernanceError) -> [OwnApp] {
    try state.read { database in
      let statement = try ExactStatement(
        "SELECT number, name, category, domains, country, ranges FROM own_apps WHERE tenant = ? "
          + "ORDER BY number", in: database)
      try statement.bind(tenant, at: 1)
      var apps: [OwnApp] = []
      while try statement.step() {
        apps.append(
          OwnApp(
            number: Int32(clamping: statement.value(0).number ?? 0),
            name: statement.value(1).string ?? "", category: statement.value(2).string ?? "",
            domains: (statement.value(3).string ?? "").split(separator: " ").map(String.init),
            ranges: (statement.value(5).string ?? "").split(separator: " ").map(String.init),
            country: statement.value(4).string))
      }
      return apps
    }
  }

  /// Adds an app or changes it, and records it. Whether that is allowed is for the caller to ask.
  package func putOwnApp(
    _ app: OwnApp, tenant: String, by initiator: Initiator
  ) throws(GovernanceError) {
    try state.write { database in
      let statement = try ExactStatement(
        """
        INSERT OR REPLACE INTO own_apps (tenant, number, name, category, domains, country, ranges)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """, in: database)
      try statement.bind(tenant, at: 1)
      try statement.bind(Int64(app.number), at: 2)
      try statement.bind(app.name, at: 3)
      try statement.bind(app.category, at: 4)
      try statement.bind(app.domains.joined(separator: " "), at: 5)
      try statement.bind(app.country, at: 6)
      try statement.bind(app.ranges.joined(separator: " "), at: 7)
      try statement.run()
      let places = (app.domains + app.ranges).joined(separator: " ")
      let target = "\(app.name): \(app.category); \(places)"
      try record(.appChange, target, tenant, initiator, in: database)
    }
  }

  /// Removes an app of the tenant's own with all that is stated of it, and records it.
  package func removeOwnApp(
    _ app: OwnApp, tenant: String, by initiator: Initiator
  ) throws(GovernanceError) {
    try state.write { database in
      for table in ["own_apps WHERE tenant = ? AND number", "app_facts WHERE tenant = ? AND app"] {
        let statement = try ExactStatement("DELETE FROM \(table) = ?", in: database)
        try statement.bind(tenant, at: 1)
        try statement.bind(Int64(app.number), at: 2)
        try statement.run()
      }
      try record(.appChange, "\(app.name) removed", tenant, initiator, in: database)
    }
  }

  /// What a tenant states of apps.
  package func appFacts(tenant: String) throws(GovernanceError) -> [AppFact] {
    try state.read { database in
      let statement = try ExactStatement(
        "SELECT app, kind, key, value, note FROM app_facts WHERE tenant = ? "
          + "ORDER BY app, kind, key", in: database)
      try statement.bind(tenant, at: 1)
      var facts: [AppFact] = []
      while try statement.step() {
        guard let kind = statement.value(1).string.flatMap({ AppFact.Kind(rawValue: $0) }) else {
          continue
        }
        facts.append(
          AppFact(
            app: Int32(clamping: statement.value(0).number ?? 0), kind: kind,
            key: statement.value(2).string ?? "", value: statement.value(3).string ?? "",
            note: statement.value(4).string ?? ""))
      }
      return facts
    }
  }

  /// Takes facts out, puts others in, and records that in one line.
  ///
  /// - Parameters:
  ///   - removed: of these app, kind and key count.
  ///   - put: take the place of those of the same app, kind and key.
  ///   - words: what the governance log says.
  package func changeAppFacts(
    removing removed: [AppFact], putting put: [AppFact], action: GovernanceAction, words: String,
    tenant: String, by initiator: Initiator
  ) throws(GovernanceError) {
    try state.write { database in
      for fact in removed {
        let statement = try ExactStatement(
          "DELETE FROM app_facts WHERE tenant = ? AND app = ? AND kind = ? AND key = ?",
          in: database)
        try bind(fact, tenant, to: statement)
        try statement.run()
      }
      for fact in put {
        let statement = try ExactStatement(
          """
          INSERT OR REPLACE INTO app_facts (tenant, app, kind, key, value, note)
          VALUES (?, ?, ?, ?, ?, ?)
          """, in: database)
        try bind(fact, tenant, to: statement)
        try statement.bind(fact.value, at: 5)
        try statement.bind(fact.note, at: 6)
        try statement.run()
      }
      try record(action, words, tenant, initiator, in: database)
    }
  }

  private func bind(_ fact: AppFact, _ tenant: String, to statement: borrowing ExactStatement)
    throws
  {
    try statement.bind(tenant, at: 1)
    try statement.bind(Int64(fact.app), at: 2)
    try statement.bind(fact.kind.rawValue, at: 3)
    try statement.bind(fact.key, at: 4)
  }

  private func record(
    _ action: GovernanceAction, _ target: String, _ tenant: String, _ initiator: Initiator,
    in database: Database
  ) throws {
    let record = GovernanceRecord(
      action, .successful, by: initiator, target: target, tenant: tenant)
    _ = try log.append([record], in: database)
  }
}
