package import Governance
internal import IdentityRules
internal import LogFormats

/// One setting as it holds for a tenant.
package struct ListedSetting: Sendable, Equatable {
  package let key: SettingKey
  package let value: String
  /// Whether somebody set it; else the value holds everywhere.
  package let isSet: Bool
}

/// The verbs on settings and sources of a tenant. Each needs `manage_settings`.
package struct SettingsOperation {
  let gate: Gate
  private let home: Home

  package init(home path: String, tenant: String) throws(OperationError) {
    home = try Home(at: path)
    gate = try Gate.open(home, tenant: tenant)
    // Looking needs the permission too: budgets and rules are for those who answer for them.
    try gate.require(.manageSettings)
  }

  /// Every setting, in the order of `SettingKey`.
  package func list() throws(OperationError) -> [ListedSetting] {
    try governed { () throws(GovernanceError) in
      let ofTenant = try gate.state.settings(tenant: gate.tenant)
      let ofHome = try gate.state.settings(tenant: nil)
      return SettingKey.allCases.map { key in
        let value = (key.isOfHome ? ofHome : ofTenant)[key.rawValue]
        return ListedSetting(key: key, value: value ?? key.standard, isSet: value != nil)
      }
    }
  }

  /// Sets a setting, or takes it back for `nil`.
  ///
  /// Settings of the whole home need the permission for every tenant.
  package func set(
    _ key: SettingKey, to text: String?, justification why: String?
  ) throws(OperationError) {
    let why = try why.map { (text) throws(OperationError) in try Gate.justification(text) }
    let value = try text.map { (text) throws(OperationError) in try checked(key, text) }
    if key.isOfHome {
      try governed { () throws(GovernanceError) in
        try gate.state.requireOwn([.manageSettings], tenant: nil, of: gate.initiator)
      }
    }
    if key == .anchor, let place = value.flatMap(AnchorPlace.init) {
      if case .file(let path) = place { try HomeWall.checkOutput(path) }
      // A place that takes nothing would stop whatever is recorded.
      try governed { () throws(GovernanceError) in
        if let anchor = try gate.state.log.anchor() { try place.write(anchor) }
      }
    }
    let summary = value.map { "\(key.rawValue)=\($0)" } ?? "\(key.rawValue) removed"
    if key.isOfHome {
      let tenants = try governed { () throws(GovernanceError) in
        try gate.state.tenantsWithFourEyes(.settings)
      }
      guard tenants.isEmpty || tenants.contains(gate.tenant) else {
        throw OperationError(
          .usage,
          "Tenant \(tenants[0]) has its settings approved by a second admin, and this one holds "
            + "for it too. Nothing was changed; ask with --tenant \(tenants[0]).")
      }
    }
    try requireApproval(summary, why)
    try governed { () throws(GovernanceError) in
      try gate.state.setSetting(
        key.rawValue, to: value, tenant: key.isOfHome ? nil : gate.tenant, by: gate.initiator,
        justification: why?.text)
    }
  }

  /// Asks a second admin, where the tenant wants that for its settings.
  private func requireApproval(
    _ summary: String, _ why: Justification?
  ) throws(OperationError) {
    let asksTwo = try governed { () throws(GovernanceError) in
      try gate.state.needsFourEyes(.settings, tenant: gate.tenant)
    }
    guard asksTwo else { return }
    guard let why else {
      throw OperationError(.usage, "Settings need a second admin here: say why, too.")
    }
    try gate.requireApproval(
      of: .settings, Array(summary.utf8), summary: summary,
      keyring: try home.loadKeys(of: gate.tenant), justification: why)
  }

  private func checked(_ key: SettingKey, _ text: String) throws(OperationError) -> String {
    guard let value = key.checked(text), key != .timeZone || TimeZoneRule(value) != nil,
      key != .realms || Self.isUsable(RealmList(value))
    else {
      throw OperationError(GovernanceError.badSetting(key: key.rawValue, expected: key.expected))
    }
    return value
  }

  /// Realms must not go round in circles.
  static func isUsable(_ realms: RealmList?) -> Bool {
    guard let realms else { return false }
    return (try? CanonicalNames(CanonicalRules(realms: realms.realms))) != nil
  }

  /// The sources of the tenant, sorted by name.
  package func sources() throws(OperationError) -> [Source] {
    try governed { () throws(GovernanceError) in
      try gate.state.sources(tenant: gate.tenant)
    }
  }

  /// Adds a source, or changes it.
  ///
  /// - Parameters:
  ///   - source: all that is special about it.
  ///   - isNew: whether it must not be there, or must.
  ///   - why: the justification, where there is one.
  package func put(
    _ source: Source, isNew: Bool, justification why: String?
  ) throws(OperationError) {
    let why = try why.map { (text) throws(OperationError) in try Gate.justification(text) }
    guard (1...200).contains(source.name.utf8.count) else {
      throw OperationError(.usage, "A source is a name of 1 to 200 bytes.")
    }
    let isThere = try sources().contains { $0.name == source.name }
    if isThere, isNew {
      throw OperationError(.usage, "There is a source \(source.name) already: change it with set.")
    }
    if !isThere, !isNew { throw missing(source.name) }
    if let format = source.format { _ = try FormatChoice.profile(named: format, home: home.path) }
    if let zone = source.timeZone, TimeZoneRule(zone) == nil {
      throw OperationError(.usage, "--time-zone \(zone): there is no such zone.")
    }
    guard source.realms == nil || Self.isUsable(source.realms) else {
      throw OperationError(.usage, "--realms: \(SettingKey.realms.expected).")
    }
    try requireApproval("source \(source.summary)", why)
    try governed { () throws(GovernanceError) in
      try gate.state.putSource(source, by: gate.initiator, justification: why?.text)
    }
  }

  /// Forgets a source; its rows stay in the tables.
  package func removeSource(
    _ name: String, justification why: String?
  ) throws(OperationError) {
    let why = try why.map { (text) throws(OperationError) in try Gate.justification(text) }
    try requireApproval("source \(name) removed", why)
    let isGone = try governed { () throws(GovernanceError) in
      try gate.state.removeSource(
        name, tenant: gate.tenant, by: gate.initiator, justification: why?.text)
    }
    if !isGone { throw missing(name) }
  }

  private func missing(_ name: String) -> OperationError {
    OperationError(
      .usage, "There is no source \(name). `logveil source list` shows those there are.")
  }

  /// The steps from a name, as a source's logs have it, to its canonical form.
  package func testName(
    _ name: [UInt8], source: String?
  ) throws(OperationError) -> [(rule: String, name: String)] {
    let rules = try NameRules(gate, source: source)
    return rules.primary.steps(of: name.span).map {
      ($0.rule.rawValue, String(decoding: $0.name, as: UTF8.self))
    }
  }
}

/// The rules by which names of a tenant are read: of one source first, then all others that may
/// have made pseudonyms, those of former settings among them.
struct NameRules {
  /// Those of the source that was named, else of the tenant.
  let primary: CanonicalNames
  /// All that differ, `primary` first.
  let all: [CanonicalNames]

  init(_ gate: Gate, source: String?) throws(OperationError) {
    let (tenantRealms, sources, earlier) = try governed { () throws(GovernanceError) in
      let text = try gate.state.value(of: .realms, tenant: gate.tenant)
      return (
        RealmList(text)?.realms ?? [:], try gate.state.sources(tenant: gate.tenant),
        try gate.state.realmLists(tenant: gate.tenant)
      )
    }
    let own = sources.first { $0.name == source }?.realms?.realms
    var maps = [own ?? tenantRealms]
    let present = [tenantRealms] + sources.compactMap { $0.realms?.realms }
    for map in present + earlier.map(\.realms) + [[:]]
    where !maps.contains(map) { maps.append(map) }
    do throws(IdentityError) {
      var rules: [CanonicalNames] = []
      for map in maps { rules.append(try CanonicalNames(CanonicalRules(realms: map))) }
      primary = rules[0]
      all = rules
    } catch { throw OperationError(.configuration, error.description) }
  }
}
