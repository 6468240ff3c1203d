package import VeiledRecords

/// What a discovery report is about.
package struct ReportScope: Sendable, Equatable {
  package var tenant: String
  /// `nil`: all sources.
  package var source: String?
  /// The snapshot report that is looked at; `nil`: the continuous table.
  package var snapshot: String?
  /// Tags of address ranges that rows have; empty: all rows.
  package var addressTags: [String] = []
  /// The group whose members' rows these are; `nil`: everybody's.
  package var group: String?
  package var first: CivilDay
  package var last: CivilDay
  /// The oldest and the newest day with rows, of the source where one is chosen.
  package var oldest: CivilDay
  package var newest: CivilDay
  package var tableVersion: Int64
  package var catalogVersion: String
  package var toolVersion: String
  /// When the report was made, in UTC.
  package var made: String

  package init(
    tenant: String, source: String?, snapshot: String?, first: CivilDay, last: CivilDay,
    oldest: CivilDay, newest: CivilDay, tableVersion: Int64, catalogVersion: String,
    toolVersion: String, made: String
  ) {
    self.tenant = tenant
    self.source = source
    self.snapshot = snapshot
    self.first = first
    self.last = last
    self.oldest = oldest
    self.newest = newest
    self.tableVersion = tableVersion
    self.catalogVersion = catalogVersion
    self.toolVersion = toolVersion
    self.made = made
  }

  /// Days of the period, with those that have no rows.
  package var dayCount: Int { Int(last.daysSince1970 - first.daysSince1970) + 1 }
  /// The period of the same length right before.
  package var before: ClosedRange<Int32> {
    first.daysSince1970 - Int32(dayCount)...first.daysSince1970 - 1
  }
  /// Whether the table reaches back over the whole period before.
  package var hasBefore: Bool { oldest.daysSince1970 <= before.lowerBound }
}

/// Sums of a whole period.
package struct PeriodTotals: Sendable, Equatable {
  package var apps = 0
  package var users = DistinctCount(0)
  package var addresses = DistinctCount(0)
  package var devices = DistinctCount(0)
  package var hosts = 0
  /// Domains that no app of the catalog has.
  package var domains = 0
  package var sums = Sums()
  package init() {}
}

/// One day.
package struct DayFigures: Sendable, Equatable {
  package var day: CivilDay
  package var apps = 0
  package var users = 0
  package var sums = Sums()
  package init(day: CivilDay) { self.day = day }
}

/// A part of something and its sums.
package struct NamedSums: Sendable, Equatable {
  package var name: String
  package var sums: UseSums
  package init(name: String, sums: UseSums) {
    self.name = name
    self.sums = sums
  }
}

/// What an organisation says of an app.
package enum AppTag: String, Sendable, CaseIterable {
  case sanctioned, unsanctioned, monitored
  /// No tag, or one of the organisation's own.
  case other
}

/// How risky an app is, by the score that the stated factors give.
package enum RiskLevel: String, Sendable, CaseIterable {
  case high, medium, low
  /// Too little of the app is stated: an unknown risk is not a low one.
  case unknown

  /// Of a hundred weights of factors, those that must be stated before a computed score is a level.
  ///
  /// A fifth: fewer say more of who filled in the list than of the app.
  package static let knownPercentMin = 20

  /// - Parameter tenths: the score in tenths, 0 (risky) … 100.
  package init(tenths: Int?) {
    switch tenths {
    case nil: self = .unknown
    case let score? where score < 40: self = .high
    case let score? where score < 70: self = .medium
    default: self = .low
    }
  }
}

/// What is known of an app beside its use.
package struct AppFacts: Sendable, Equatable {
  package var number: Int32
  package var name: String
  package var category: String
  /// Where its owner has its headquarters: two letters of ISO 3166; `nil` where nobody stated it.
  package var country: String?
  /// Tags of the organisation, sorted.
  package var tags: [String] = []
  /// Risk score in tenths, 0 (risky) … 100 (not risky); `nil` where no factor is stated.
  package var score: Int?
  /// Of a hundred weights of factors, those that are stated.
  package var knownPercent: Int?
  /// Why somebody set the score by hand; `nil` where it is computed.
  package var scoreNote: String?

  package init(number: Int32, name: String, category: String, country: String? = nil) {
    self.number = number
    self.name = name
    self.category = category
    self.country = country
  }

  package var tagClass: AppTag {
    for tag in [AppTag.unsanctioned, .sanctioned, .monitored] where tags.contains(tag.rawValue) {
      return tag
    }
    return .other
  }
  /// The level of the score; unknown where it is computed from too few factors.
  package var risk: RiskLevel {
    let isEnough = scoreNote != nil || (knownPercent ?? 0) >= RiskLevel.knownPercentMin
    return isEnough ? RiskLevel(tenths: score) : .unknown
  }
}

/// One app of the catalog.
package struct AppFigures: Sendable, Equatable {
  package var facts: AppFacts
  package var users = DistinctCount(0)
  package var addresses = DistinctCount(0)
  package var devices = DistinctCount(0)
  package var sums = Sums()
  /// In the period before; `nil` where the table does not reach back so far.
  package var before: Sums?
  /// Whether no row before the period has it.
  package var isNew = false
  /// The first day with a row of it, in the whole table.
  package var firstDay: CivilDay
  /// Microseconds since 1970.
  package var lastSeen: Int64 = 0
  /// Bytes and events of each day of the period.
  package var dailyBytes: [Int64] = []
  package var dailyEvents: [Int64] = []
  package var topUsers: [NamedSums] = []
  package var topHosts: [NamedSums] = []

  package init(facts: AppFacts, firstDay: CivilDay) {
    self.facts = facts
    self.firstDay = firstDay
  }
}

/// A domain that no app of the catalog has.
package struct DomainFigures: Sendable, Equatable {
  package var name: String
  package var users = DistinctCount(0)
  package var addresses = DistinctCount(0)
  package var sums = Sums()
  package var firstDay: CivilDay
  package var lastSeen: Int64 = 0

  package init(name: String, firstDay: CivilDay) {
    self.name = name
    self.firstDay = firstDay
  }
}

/// One user, source address or device.
package struct EntityFigures: Sendable, Equatable {
  /// A pseudonym, or where machines are not anonymised what the log had.
  package var name: String
  package var sums = Sums()
  /// Microseconds since 1970.
  package var lastSeen: Int64 = 0
  /// Bytes of each day; empty for addresses and devices.
  package var dailyBytes: [Int64] = []
  /// Apps of the catalog, the largest first; empty for addresses and devices.
  package var topApps: [NamedSums] = []
  /// Distinct apps; 0 for addresses and devices.
  package var apps = 0

  package init(name: String) { self.name = name }
}

/// One category of apps.
package struct CategoryFigures: Sendable, Equatable {
  package var name: String
  package var apps = 0
  package var users = DistinctCount(0)
  package var sums = Sums()
  /// The same sums by what the organisation says of the apps.
  package var byTag: [AppTag: Sums] = [:]

  package init(name: String) { self.name = name }
}

/// Apps that have something in common: a risk level, or a country.
package struct AppGroupFigures: Sendable, Equatable {
  /// `nil`: not stated.
  package var name: String?
  package var apps = 0
  package var sums = Sums()

  package init(name: String?) { self.name = name }
}

/// One attribute of the log and how many events have it.
package struct AttributeFigures: Sendable, Equatable {
  /// As the column of `usage` is called.
  package var column: String
  package var events: Int64 = 0
  /// Sources without any event that has it, by name.
  package var missingIn: [String] = []
  /// Widgets that need it.
  package var widgets: [String]

  package init(column: String, widgets: [String]) {
    self.column = column
    self.widgets = widgets
  }
}

/// One source of archives, or the addresses of one tag.
package struct SourceFigures: Sendable, Equatable {
  package var name: String
  package var sums = Sums()
  package init(name: String) { self.name = name }
}

/// All figures of a discovery report; what is listed is sorted, the largest first.
package struct DiscoveryReport: Sendable, Equatable {
  package var scope: ReportScope
  package var totals = PeriodTotals()
  /// The period of the same length before; `nil` where the table does not reach back so far.
  package var before: PeriodTotals?
  /// The fewest people of whom a report tells, where those of the period before are fewer.
  package private(set) var hiddenBefore: Int?
  package var days: [DayFigures] = []
  package var apps: [AppFigures] = []
  package var domains: [DomainFigures] = []
  package var categories: [CategoryFigures] = []
  package var risks: [AppGroupFigures] = []
  package var countries: [AppGroupFigures] = []
  package var users: [EntityFigures] = []
  package var addresses: [EntityFigures] = []
  package var devices: [EntityFigures] = []
  package var sources: [SourceFigures] = []
  /// By tag of the address ranges; what has none is left out.
  package var addressTags: [SourceFigures] = []
  package var attributes: [AttributeFigures] = []
  /// Versions of the keys under which the period's pseudonyms are.
  package var keyVersions: [Int] = []
  /// Whether pseudonyms of several key versions were linked, so that counts are exact.
  package var isBridged = false

  package init(scope: ReportScope) { self.scope = scope }

  /// Attributes that no event of the period has.
  package var missing: [AttributeFigures] { attributes.filter { $0.events == 0 } }
  package var newApps: [AppFigures] { apps.filter(\.isNew) }
  /// Attributes that no event of some sources has.
  package var partial: [AttributeFigures] {
    attributes.filter { $0.events > 0 && !$0.missingIn.isEmpty }
  }
  /// Columns that no event of a source has.
  package func missing(in source: SourceFigures) -> Set<String> {
    Set(attributes.filter { $0.missingIn.contains(source.name) }.map(\.column))
  }

  /// Leaves the period before out, and so all growth, where it is about fewer people than a report
  /// may tell of.
  package mutating func hideBefore(below minimum: Int) {
    guard let before, before.users.atLeast < minimum else { return }
    self.before = nil
    hiddenBefore = minimum
    for place in apps.indices { apps[place].before = nil }
  }
}
