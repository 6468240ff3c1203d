package import AppMatching
internal import ByteBlocks
internal import Governance
internal import VeiledRecords

/// One app with all that is known of it.
package struct ListedApp: Sendable, Equatable {
  package let number: Int32
  package let name: String
  package let category: String
  package let domains: [String]
  /// Ranges of addresses.
  package let ranges: [String]
  package let country: String?
  package let tags: [String]
  /// In tenths.
  package let score: Int?
  /// How much of a computed score is known.
  package let knownPercent: Int?
  /// Why somebody set the score by hand; `nil` where it is computed.
  package let scoreNote: String?
  /// Whether the tenant added it.
  package let isOwn: Bool
}

/// What a host is.
package struct AppAnswer: Sendable, Equatable {
  package let host: String
  package let app: ListedApp?
  /// Registrable domain; `nil` where it has none.
  package let domain: String?
}

/// Looks at the apps of a tenant and changes what it states of them.
package struct AppsOperation {
  let home: Home
  let gate: Gate

  package init(home: String, tenant: String) throws(OperationError) {
    self.home = try Home(at: home)
    gate = try Gate.open(self.home, tenant: tenant)
  }

  // MARK: Looking

  /// Apps by name: all, or those of a category, with a tag, of the tenant's own.
  package func list(
    category: String? = nil, tag: String? = nil, ownOnly: Bool = false
  ) throws(OperationError) -> [ListedApp] {
    try gate.require(.viewReports, .manageSettings)
    let apps = try TenantApps(gate)
    let all = apps.catalog.appsByName.compactMap { apps.listed($0) }
    if let category, !apps.catalog.categories.contains(category) {
      throw OperationError(
        .usage,
        "\(category): no app is of this category. There are: "
          + apps.catalog.categories.joined(separator: ", ") + ".")
    }
    let tags = Set(all.flatMap(\.tags)).union(Self.decisions).sorted()
    if let tag, !tags.contains(tag) {
      throw OperationError(
        .usage, "\(tag): no app has this tag. There are: \(tags.joined(separator: ", ")).")
    }
    return all.filter { app in
      (category == nil || app.category == category)
        && (tag.map { app.tags.contains($0) } ?? true) && (!ownOnly || app.isOwn)
    }
  }

  /// The app of each host.
  package func lookUp(_ hosts: [String]) throws(OperationError) -> [AppAnswer] {
    try gate.require(.viewReports, .manageSettings)
    let apps = try TenantApps(gate)
    do {
      var domains = try RegistrableDomain()
      return hosts.map { host in
        let bytes = Array(((try? Self.inASCII(host)) ?? host.lowercased()).utf8)
        let range = domains.domain(of: bytes.span)
        return AppAnswer(
          host: host, app: apps.catalog.app(forHost: bytes.span).flatMap { apps.listed($0) },
          domain: range.map { String(decoding: bytes[$0], as: UTF8.self) })
      }
    } catch { throw OperationError(error) }
  }

  // MARK: Changing

  /// Gives apps tags, or takes them away. Of sanctioned, unsanctioned and monitored an app has one.
  package func tag(
    _ names: [String], adding added: [String], removing removed: [String]
  ) throws(OperationError) -> [ListedApp] {
    try gate.require(.manageSettings, for: .appTag)
    for tag in added + removed where !Self.isTag(tag) {
      throw OperationError(
        .usage, "\(tag): a tag is made of small letters, digits and hyphens, at most 40.")
    }
    let decision = added.last { Self.decisions.contains($0) }
    let given = added.filter { !Self.decisions.contains($0) || $0 == decision }
    let leaving = removed + (decision == nil ? [] : Self.decisions)
    let apps = try TenantApps(gate)
    var (gone, put): ([AppFact], [AppFact]) = ([], [])
    for name in names {
      let app = try Self.app(name, apps)
      gone += leaving.map { Self.tagFact(app, $0) }
      put += given.map { Self.tagFact(app, $0) }
    }
    let signed = given.map { "+\($0)" } + removed.map { "-\($0)" }
    let words = "\(names.joined(separator: ", ")): \(signed.joined(separator: " "))"
    try change(removing: gone, putting: put, .appTag, words)
    return try names.map { name throws(OperationError) in try listed(name) }
  }

  /// Takes in a file of risk factors. Returns how many were put in.
  package func loadFactors(_ text: [UInt8]) throws(OperationError) -> Int {
    try gate.require(.manageSettings, for: .appChange)
    let apps = try TenantApps(gate)
    let stated: [StatedFactor]
    do { stated = try FactorFile.read(text.span) } catch {
      throw OperationError(.badData, FactorFile.words(of: error))
    }
    var (put, first): ([AppFact], [Int32: [String: StatedFactor]]) = ([], [:])
    for row in stated {
      guard let app = apps.catalog.app(named: row.app) else {
        throw OperationError(
          .badData,
          "Line \(row.line) names an app that there is not: \(Self.shown(row.app)). Nothing was "
            + "changed; `logveil apps list` shows those there are.")
      }
      if let other = first[app.rawValue]?[row.factor],
        FactorValue(other.value) != FactorValue(row.value)
      {
        throw OperationError(
          .badData,
          "Line \(row.line) says another value of \(row.factor) for \(Self.shown(row.app)) than "
            + "line \(other.line). Nothing was changed; say each factor of an app once.")
      }
      first[app.rawValue, default: [:]][row.factor] = row
      put.append(
        AppFact(
          app: app.rawValue, kind: .factor, key: row.factor, value: row.value, note: row.source))
    }
    let words = put.count == 1 ? "1 risk factor" : "\(put.count) risk factors"
    try change(removing: [], putting: put, .appChange, "\(words) from a file")
    return put.count
  }

  /// Sets a score by hand, with its reason; `nil` takes it away again.
  package func setScore(
    _ name: String, tenths: Int?, note: String
  ) throws(OperationError) -> ListedApp {
    try gate.require(.manageSettings, for: .appChange)
    let app = try Self.app(name, try TenantApps(gate))
    let fact = AppFact(
      app: app.rawValue, kind: .score, key: "", value: String(tenths ?? 0), note: note)
    let words = tenths.map { "\(name): score \($0) tenths: \(note)" } ?? "\(name): score computed"
    try change(
      removing: tenths == nil ? [fact] : [], putting: tenths == nil ? [] : [fact], .appChange,
      words)
    return try listed(name)
  }

  /// Says how much a factor or a group weighs.
  package func setImportance(of name: String, _ importance: Importance) throws(OperationError) {
    try gate.require(.manageSettings, for: .appChange)
    try Self.checkFactor(name)
    let fact = AppFact(
      app: 0, kind: .importance, key: name, value: importance.rawValue, note: "")
    try change(
      removing: [], putting: [fact], .appChange, "importance of \(name): \(importance.rawValue)")
  }

  /// Refuses what is no name of a factor or group.
  package static func checkFactor(_ name: String) throws(OperationError) {
    guard RiskFactor.named(name) == nil, RiskFactor.Group(rawValue: name) == nil else { return }
    throw OperationError(.usage, "\(name): there is no such factor or group.")
  }

  /// Says whether factors that do not apply to an app count as bad ones, or are left out.
  package func setNotApplicable(counts: Bool) throws(OperationError) {
    try gate.require(.manageSettings, for: .appChange)
    let fact = AppFact(
      app: 0, kind: .importance, key: TenantApps.notApplicableKey, value: counts ? "yes" : "no",
      note: "")
    try change(
      removing: [], putting: [fact], .appChange,
      "factors that do not apply \(counts ? "count as bad ones" : "are left out")")
  }

  private func change(
    removing: [AppFact], putting: [AppFact], _ action: GovernanceAction, _ words: String
  ) throws(OperationError) {
    try governed { () throws(GovernanceError) in
      try gate.state.changeAppFacts(
        removing: removing, putting: putting, action: action, words: words, tenant: gate.tenant,
        by: gate.initiator)
    }
  }

  func listed(_ name: String) throws(OperationError) -> ListedApp {
    let apps = try TenantApps(gate)
    guard let app = apps.listed(try Self.app(name, apps)) else {
      throw OperationError(.failure, "\(name) is gone.")
    }
    return app
  }

  static func app(_ name: String, _ apps: TenantApps) throws(OperationError) -> AppID {
    guard let app = apps.catalog.app(named: name) else {
      throw OperationError(
        .noInput, "There is no app \(name). `logveil apps list` shows those there are.")
    }
    return app
  }

  private static let decisions = ["sanctioned", "unsanctioned", "monitored"]

  private static func tagFact(_ app: AppID, _ tag: String) -> AppFact {
    AppFact(app: app.rawValue, kind: .tag, key: tag, value: "", note: "")
  }

  private static func isTag(_ text: String) -> Bool {
    (1...40).contains(text.utf8.count)
      && text.utf8.allSatisfy {
        (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D
      }
  }
}

extension TenantApps {
  /// An app with all that is known of it.
  func listed(_ app: AppID) -> ListedApp? {
    guard let name = catalog.name(app), let category = catalog.category(app) else { return nil }
    let score = score(app)
    let note = scoreByHand(app)?.note
    return ListedApp(
      number: app.rawValue, name: name, category: category, domains: catalog.domains(app),
      ranges: catalog.ranges(app), country: catalog.country(app), tags: tags(app),
      score: score?.tenths, knownPercent: note == nil ? score?.knownPercent : nil, scoreNote: note,
      isOwn: own.contains { $0.number == app.rawValue })
  }
}
