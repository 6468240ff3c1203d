import GRDB

/// A source of archives and what is special about it; `nil` takes what holds for the tenant.
package struct Source: Equatable, Sendable {
  package let tenant: String
  package let name: String
  /// The name of a log format; `nil`: detected.
  package var format: String?
  /// The zone of times that carry none.
  package var timeZone: String?
  package var anonymiseUsers: Bool?
  package var anonymiseMachines: Bool?
  /// Realms that are the same; `nil`: those of the tenant.
  package var realms: RealmList?

  package init(tenant: String, name: String) {
    self.tenant = tenant
    self.name = name
  }
}

extension GovernanceState {
  /// A setting of a tenant, or of the whole home where `tenant` is `nil`; `nil` when never set.
  package func setting(_ key: String, tenant: String?) throws(GovernanceError) -> String? {
    try settings(tenant: tenant)[key]
  }

  /// The settings that were set, of a tenant or of the whole home.
  package func settings(tenant: String?) throws(GovernanceError) -> [String: String] {
    try state.read { database in
      let statement = try ExactStatement(
        "SELECT key, value FROM settings WHERE tenant = ?", in: database)
      try statement.bind(tenant ?? "", at: 1)
      var settings: [String: String] = [:]
      while try statement.step() {
        if let key = statement.value(0).string { settings[key] = statement.value(1).string }
      }
      return settings
    }
  }

  /// Sets a setting, or removes it for `nil`, and records it with its value.
  ///
  /// A value must hold no name of a user. Whether `initiator` may do that is for the caller to ask.
  package func setSetting(
    _ key: String, to value: String?, tenant: String?, by initiator: Initiator,
    justification: String? = nil
  ) throws(GovernanceError) {
    try state.write { database in
      let statement: ExactStatement
      if let value {
        statement = try ExactStatement(
          "INSERT OR REPLACE INTO settings (tenant, key, value) VALUES (?, ?, ?)", in: database)
        try statement.bind(value, at: 3)
      } else {
        statement = try ExactStatement(
          "DELETE FROM settings WHERE tenant = ? AND key = ?", in: database)
      }
      try statement.bind(tenant ?? "", at: 1)
      try statement.bind(key, at: 2)
      try statement.run()
      if key == SettingKey.realms.rawValue { try keep(value, tenant: tenant ?? "", in: database) }
      let record = GovernanceRecord(
        .settingsChange, .successful, by: initiator,
        target: value.map { "\(key)=\($0)" } ?? "\(key) removed", tenant: tenant,
        justification: justification)
      _ = try log.append([record], in: database)
    }
  }

  /// The sources of a tenant, sorted by name.
  package func sources(tenant: String) throws(GovernanceError) -> [Source] {
    try state.read { database in
      let statement = try ExactStatement(
        """
        SELECT name, format, time_zone, anonymise_users, anonymise_machines, realms
        FROM sources WHERE tenant = ? ORDER BY name
        """, in: database)
      try statement.bind(tenant, at: 1)
      var sources: [Source] = []
      while try statement.step() {
        var source = Source(tenant: tenant, name: statement.value(0).string ?? "")
        source.format = statement.value(1).string
        source.timeZone = statement.value(2).string
        source.anonymiseUsers = statement.value(3).number.map { $0 != 0 }
        source.anonymiseMachines = statement.value(4).number.map { $0 != 0 }
        source.realms = statement.value(5).string.flatMap { RealmList($0) }
        sources.append(source)
      }
      return sources
    }
  }

  /// Adds a source or changes it, and records it.
  ///
  /// Whether `initiator` may do that is for the caller to ask.
  package func putSource(
    _ source: Source, by initiator: Initiator, justification: String? = nil
  ) throws(GovernanceError) {
    try state.write { database in
      let isNew = try removeSource(source.name, tenant: source.tenant, in: database) == 0
      try insert(source, in: database)
      try keep(source.realms?.text, tenant: source.tenant, in: database)
      let record = GovernanceRecord(
        isNew ? .sourceAdd : .sourceChange, .successful, by: initiator, target: source.summary,
        tenant: source.tenant, justification: justification)
      _ = try log.append([record], in: database)
    }
  }

  /// Removes a source, not its rows, and records it.
  ///
  /// Returns whether there was one.
  package func removeSource(
    _ name: String, tenant: String, by initiator: Initiator, justification: String? = nil
  ) throws(GovernanceError) -> Bool {
    try state.write { database in
      guard try removeSource(name, tenant: tenant, in: database) > 0 else { return false }
      let record = GovernanceRecord(
        .sourceRemove, .successful, by: initiator, target: name, tenant: tenant,
        justification: justification)
      _ = try log.append([record], in: database)
      return true
    }
  }

  /// Every list of realms that the tenant, or a source of it, has or had.
  package func realmLists(tenant: String) throws(GovernanceError) -> [RealmList] {
    try state.read { database in
      let statement = try ExactStatement(
        "SELECT realms FROM realm_lists WHERE tenant = ? ORDER BY realms", in: database)
      try statement.bind(tenant, at: 1)
      var lists: [RealmList] = []
      while try statement.step() {
        if let list = statement.value(0).string.flatMap({ RealmList($0) }) { lists.append(list) }
      }
      return lists
    }
  }

  private func keep(_ realms: String?, tenant: String, in database: Database) throws {
    guard let realms else { return }
    let statement = try ExactStatement(
      "INSERT OR IGNORE INTO realm_lists (tenant, realms) VALUES (?, ?)", in: database)
    try statement.bind(tenant, at: 1)
    try statement.bind(realms, at: 2)
    try statement.run()
  }

  private func insert(_ source: Source, in database: Database) throws {
    let statement = try ExactStatement(
      """
      INSERT INTO sources
        (tenant, name, format, time_zone, anonymise_users, anonymise_machines, realms)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      """, in: database)
    let texts = [source.tenant, source.name, source.format, source.timeZone]
    for (index, text) in texts.enumerated() { try statement.bind(text, at: Int32(index) + 1) }
    if let on = source.anonymiseUsers { try statement.bind(on ? 1 : 0, at: 5) }
    if let on = source.anonymiseMachines { try statement.bind(on ? 1 : 0, at: 6) }
    try statement.bind(source.realms?.text, at: 7)
    try statement.run()
  }

  private func removeSource(
    _ name: String, tenant: String, in database: Database
  ) throws -> Int {
    let statement = try ExactStatement(
      "DELETE FROM sources WHERE tenant = ? AND name = ?", in: database)
    try statement.bind(tenant, at: 1)
    try statement.bind(name, at: 2)
    try statement.run()
    return database.changesCount
  }
}

extension Source {
  /// Every field that is set, for the log.
  package var summary: String {
    var parts = [name]
    if let format { parts.append("format=\(format)") }
    if let timeZone { parts.append("time_zone=\(timeZone)") }
    if let anonymiseUsers { parts.append("anonymise_users=\(anonymiseUsers)") }
    if let anonymiseMachines { parts.append("anonymise_machines=\(anonymiseMachines)") }
    if let realms { parts.append("realms=\(realms.text)") }
    return parts.joined(separator: " ")
  }
}
