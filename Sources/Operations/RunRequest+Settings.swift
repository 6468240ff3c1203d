internal import AppMatching
internal import Governance
internal import IdentityRules
internal import IngestPipeline
internal import LogFormats

/// What a run was told itself; what it was not told comes from its source, then from the tenant.
package struct RunChoices: Sendable {
  package var anonymisesUsers: Bool?
  package var anonymisesMachines: Bool?
  package var timeZone: String?
  /// The year of times that do not tell theirs.
  package var year: Int?

  package init() {}
}

extension RunRequest {
  /// Fills in what the run was not told, before anything is asked or read.
  ///
  /// - Parameter gate: the home's; `nil` where there is none yet.
  mutating func settle(_ gate: Gate?) throws(OperationError) {
    if isSettled { return }
    isSettled = true
    let name = options.source
    let (source, set) = try governed { () throws(GovernanceError) -> (Source?, [String: String]) in
      guard let gate else { return (nil, [:]) }
      return (
        try gate.state.sources(tenant: gate.tenant).first { $0.name == name },
        try gate.state.settings(tenant: gate.tenant)
      )
    }
    let value = { (key: SettingKey) in set[key.rawValue] ?? key.standard }
    let machines = set[SettingKey.anonymiseMachines.rawValue]
    options.anonymisesUsers =
      choices.anonymisesUsers ?? source?.anonymiseUsers ?? (value(.anonymiseUsers) == "yes")
    // Machines go with users where nobody says otherwise: a run that was told to leave users in
    // clear has said so of machines too.
    options.anonymisesMachines =
      choices.anonymisesMachines
      ?? (choices.anonymisesUsers == false ? false : nil) ?? source?.anonymiseMachines
      ?? machines.map { $0 == "yes" } ?? options.anonymisesUsers
    if options.profile == nil, let format = source?.format {
      options.profile = try FormatChoice.profile(named: format, home: home)
    }
    if options.profile == nil { options.ownProfiles = try FormatChoice.own(home: home) }
    let zoneName = choices.timeZone ?? source?.timeZone ?? value(.timeZone)
    guard var rule = TimeZoneRule(zoneName) else {
      throw OperationError(.configuration, "The time zone \(zoneName) is not known here.")
    }
    rule.year = choices.year
    options.zone = rule
    let list = source?.realms ?? RealmList(value(.realms))
    self.realms = list?.realms ?? [:]
    if let gate {
      ownApps = try governed { () throws(GovernanceError) in
        try gate.state.ownApps(tenant: gate.tenant).map(\.catalogApp)
      }
    }
    describe(zoneName: zoneName, realms: list)
  }

  /// What decides the rows of an archive beyond its text, in words; kept with each archive.
  private mutating func describe(zoneName: String, realms: RealmList?) {
    var parts = options.description.isEmpty ? [] : [options.description]
    if options.keepsActivities { parts.append("activities") }
    if zoneName != "UTC" { parts.append("time-zone=\(zoneName)") }
    if let year = choices.year { parts.append("year=\(year)") }
    if options.anonymisesMachines != options.anonymisesUsers {
      parts.append("anonymise-machines=\(options.anonymisesMachines)")
    }
    if let realms, !realms.realms.isEmpty { parts.append("realms=\(realms.text)") }
    options.description = parts.joined(separator: " ")
  }

  /// The catalog with the tenant's own apps.
  func catalog() throws(MatchingError) -> AppCatalog { try .embedded().adding(ownApps) }

  /// The rules by which names are read.
  func canonicalNames() throws(OperationError) -> CanonicalNames {
    do throws(IdentityError) {
      return try CanonicalNames(CanonicalRules(realms: realms))
    } catch { throw OperationError(.configuration, error.description) }
  }

  /// Opens what is kept of people, and makes it afresh for this run's rules.
  mutating func loadPeople(_ prepared: PreparedHome) throws(OperationError) {
    let canonical = try canonicalNames()
    // First: what changes while the rest is opened is found out at the commit.
    privacyCode = try prepared.privacyCode(realms: realms)
    privateUsers = try prepared.gate.privatePeople(prepared.keyring, canonical)
    scope = try prepared.gate.scope(prepared.keyring, canonical)
    directory = try prepared.gate.directory(prepared.keyring, canonical)
    addressTags = try prepared.gate.addressTags(prepared.keyring)
    var words = options.description.isEmpty ? [] : [options.description]
    if let directory { words.append("directory=\(directory.code)") }
    if let scope { words.append("scope=\(scope.code)") }
    options.description = words.joined(separator: " ")
  }
}
