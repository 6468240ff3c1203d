/// The settings that the state keeps: those that touch privacy, or what is kept how long.
///
/// A closed set, so that a mistyped name cannot look like a protection that was switched on.
package enum SettingKey: String, CaseIterable, Sendable {
  /// Users become pseudonyms where neither a run nor its source says otherwise.
  case anonymiseUsers = "anonymise_users"
  /// The same for machines and source addresses.
  case anonymiseMachines = "anonymise_machines"
  /// The zone of times that carry none.
  case timeZone = "time_zone"
  /// Realms that are the same: `corp=corp.example, lab=corp.example`.
  case realms
  /// Domains whose people are no external users: `corp.example, corp`.
  case managedDomains = "managed_domains"
  /// Names an admin may reveal on a day.
  case resolveBudget = "resolve_budget"
  /// Names an admin may look up on a day.
  case lookupBudget = "lookup_budget"
  /// What needs a second admin: words of `FourEyes`, with blanks in between, or `none`.
  case fourEyes = "four_eyes"
  /// Hours after which a request for approval expires.
  case requestHours = "request_hours"
  /// Days that records of the governance log are kept at least.
  case governanceDays = "governance_days"
  /// Days for which rows of `usage` are kept; see `table delete --expired`.
  case usageDays = "usage_days"
  /// The same of the activity log.
  case activitiesDays = "activities_days"
  /// Persons of the smallest group that a release tells admins of.
  case publishMinimumAdmins = "publish_minimum_admins"
  /// The same for managers.
  case publishMinimumManagers = "publish_minimum_managers"
  /// Where every new head of the governance log is written at once: `none`, `journal`, `stdout` or
  /// `file:/PATH`.
  case anchor

  /// Whether it is one of the whole home, and not of a tenant.
  package var isOfHome: Bool { self == .anchor || self == .governanceDays }

  /// What holds where it was never set.
  package var standard: String {
    switch self {
    case .anonymiseUsers, .anonymiseMachines: "yes"
    case .timeZone: "UTC"
    case .realms, .managedDomains: ""
    case .resolveBudget, .lookupBudget: "100"
    case .fourEyes, .anchor: "none"
    case .requestHours: "24"
    case .governanceDays: "120"
    case .usageDays: "400"
    case .activitiesDays: "90"
    case .publishMinimumAdmins: "5"
    case .publishMinimumManagers: "10"
    }
  }

  /// What values it takes, for people.
  package var expected: String {
    switch self {
    case .anonymiseUsers, .anonymiseMachines: "yes or no"
    case .timeZone: "the name of a zone, as Europe/Berlin"
    case .realms: "a list of realms that are the same, as corp=corp.example, lab=corp.example"
    case .managedDomains: "a list of domains and realms, as corp.example, corp"
    case .resolveBudget, .lookupBudget: "a number of names from 0 to 1000000"
    case .fourEyes:
      "none, or some of \(FourEyes.allCases.map(\.rawValue).joined(separator: ", "))"
    case .requestHours: "a number of hours from 1 to 720"
    case .governanceDays: "a number of days from 30 to 36500"
    case .usageDays, .activitiesDays: "a number of days from 1 to 36500"
    case .publishMinimumAdmins, .publishMinimumManagers: "a number of persons from 5 to 1000"
    case .anchor: "none, journal, stdout or file:/PATH"
    }
  }

  /// The value as it is kept; `nil` where it is none. Zones are for the caller to look up.
  package func checked(_ text: String) -> String? {
    switch self {
    case .anonymiseUsers, .anonymiseMachines:
      return ["yes", "no"].contains(text) ? text : nil
    case .timeZone: return text.isEmpty || text.utf8.count > 200 ? nil : text
    case .realms: return RealmList(text)?.text
    case .managedDomains:
      let domains = text.lowercased().split { $0 == "," || $0 == " " }
      let isPlain = { (domain: Substring) in
        domain.utf8.count <= 255 && !domain.contains { "\\/@=%\"".contains($0) }
      }
      return domains.allSatisfy(isPlain) ? domains.joined(separator: ", ") : nil
    case .resolveBudget, .lookupBudget: return Self.number(text, 0...1_000_000)
    case .fourEyes:
      if text == "none" { return text }
      let words = text.split { $0 == " " || $0 == "," }.map(String.init)
      guard !words.isEmpty, words.allSatisfy({ FourEyes(rawValue: $0) != nil }) else { return nil }
      return Set(words).sorted().joined(separator: " ")
    case .requestHours: return Self.number(text, 1...720)
    case .governanceDays: return Self.number(text, 30...36_500)
    case .usageDays, .activitiesDays: return Self.number(text, 1...36_500)
    case .publishMinimumAdmins, .publishMinimumManagers: return Self.number(text, 5...1000)
    case .anchor: return text == "none" || AnchorPlace(text) != nil ? text : nil
    }
  }

  private static func number(_ text: String, _ range: ClosedRange<Int>) -> String? {
    guard let number = Int(text), range.contains(number) else { return nil }
    return String(number)
  }
}

/// What a tenant may have approved by a second admin.
package enum FourEyes: String, CaseIterable, Sendable {
  case resolve
  case lookup
  case keyExport = "key_export"
  case keyDestroy = "key_destroy"
  /// Every change of a setting, this one among them.
  case settings

  /// The action that the governance log knows it by.
  package var action: GovernanceAction {
    switch self {
    case .resolve: .resolve
    case .lookup: .lookup
    case .keyExport: .keyExport
    case .keyDestroy: .keyDestroy
    case .settings: .settingsChange
    }
  }
}

/// Realms that are the same, as text: `corp=corp.example, lab=corp.example`.
package struct RealmList: Equatable, Sendable {
  /// Each realm with the one that stands for it.
  package let realms: [String: String]

  /// `nil` where the text is not written so. No text is no realms.
  package init?(_ text: String) {
    var realms: [String: String] = [:]
    for part in text.split(separator: ",") {
      let sides = part.split(separator: "=", omittingEmptySubsequences: false).map { side in
        String(side.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
      }
      guard sides.count == 2, !sides[0].isEmpty, !sides[1].isEmpty,
        realms.updateValue(sides[1], forKey: sides[0]) == nil
      else { return nil }
    }
    self.realms = realms
  }

  /// One spelling of the list.
  package var text: String {
    realms.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ", ")
  }
}

extension GovernanceState {
  /// What a setting is for a tenant: what was set, else what holds everywhere.
  package func value(
    of key: SettingKey, tenant: String
  ) throws(GovernanceError) -> String {
    try setting(key.rawValue, tenant: key.isOfHome ? nil : tenant) ?? key.standard
  }
}
