/// Who reads a release.
package enum Audience: String, Sendable, CaseIterable {
  case admins, managers
}

/// One figure of a release. No pseudonym is in it, and nothing about fewer people than the minimum.
package struct ReleaseCell: Sendable, Equatable {
  package enum Level: String, Sendable, CaseIterable { case total, category, app, day }
  package var level: Level
  /// The category of an app; empty for all else.
  package var parent: String
  package var name: String
  /// A keyed code that may stand for the name; `nil` where none was made.
  package var code: String?
  /// `nil`: not told, as a few others would be told of with it.
  package var persons: Int?
  /// Of all persons, as `37`, or as a bound: `≤ 5`, `≥ 95`; or `notTold`.
  package var personsPercent: String
  /// Of its events: `37`, a bound, or `notTold`.
  package var blockedPercent: String
  package var sums: UseSums

  /// Whether nearly everybody is in it.
  package var isNearlyAll: Bool { persons == nil && personsPercent != Self.notTold }

  /// Stands in place of a share that is not told.
  package static let notTold = "-"

  package init(
    level: Level, parent: String, name: String, persons: Int?, personsPercent: String,
    blockedPercent: String, sums: UseSums
  ) {
    self.level = level
    self.parent = parent
    self.name = name
    self.persons = persons
    self.personsPercent = personsPercent
    self.blockedPercent = blockedPercent
    self.sums = sums
  }
}

/// How many figures of a level were hidden, by reason.
package struct HiddenCells: Sendable, Equatable {
  package var level: ReleaseCell.Level
  /// Fewer people than the minimum.
  package var small = 0
  /// One person makes nearly all of it.
  package var dominated = 0
  /// Others could be computed from it.
  package var complementary = 0
  package init(level: ReleaseCell.Level) { self.level = level }
  package var count: Int { small + dominated + complementary }
}

/// What readers who may not see pseudonyms get of one calendar month.
package struct PublishedRelease: Sendable, Equatable {
  package var tenant: String
  /// `YYYY-MM`.
  package var month: String
  package var audience: Audience
  package var minimum: Int
  /// When it was cut, and from which version of the table.
  package var made: String
  package var tableVersion: Int64
  package var cells: [ReleaseCell] = []
  package var hidden: [HiddenCells] = []

  package init(
    tenant: String, month: String, audience: Audience, minimum: Int, made: String,
    tableVersion: Int64
  ) {
    self.tenant = tenant
    self.month = month
    self.audience = audience
    self.minimum = minimum
    self.made = made
    self.tableVersion = tableVersion
  }

  package func cells(_ level: ReleaseCell.Level) -> [ReleaseCell] {
    cells.filter { $0.level == level }
  }
}
