package import VeiledRecords

/// What one person did in a month; never leaves the memory of the program that cuts a release.
package struct PersonUse: Sendable, Equatable {
  /// A pseudonym, or what stands for a person without a user: an address, a device.
  package var name: String
  package var sums: Sums
  package var activeDays: Int
  /// Distinct apps of the catalog.
  package var apps: Int

  package init(name: String, sums: Sums, activeDays: Int, apps: Int) {
    self.name = name
    self.sums = sums
    self.activeDays = activeDays
    self.apps = apps
  }
}

/// Everybody of a month, by number; person 0 is nobody.
package struct PeopleFigures: Sendable {
  package var people: [PersonUse] = []
  /// The key version of each person's pseudonym; 0 for what is no pseudonym.
  package var versionOfPerson: [Int] = []
  /// What each person is known by: the letter of the pseudonym's kind, 0 for none.
  package var kindOfPerson: [UInt8] = []
  package init() {}
}

/// What a row of a people report says of an attribute.
package enum PersonValue: Sendable, Hashable {
  case known(String)
  /// No directory says it.
  case unknown
  /// Something that would single the person out together with what else the row says.
  case other
}

/// One person of a people report.
package struct PersonRow: Sendable, Equatable {
  /// A code that holds for one month.
  package var code: String
  /// Shown to those alone who may see pseudonyms.
  package var pseudonym: String
  /// In the order of the release's attributes.
  package var values: [PersonValue]
  package var activeDays: Int
  package var apps: Int
  /// Of two digits each.
  package var sums: Sums

  package init(
    code: String, pseudonym: String, values: [PersonValue], activeDays: Int, apps: Int, sums: Sums
  ) {
    self.code = code
    self.pseudonym = pseudonym
    self.values = values
    self.activeDays = activeDays
    self.apps = apps
    self.sums = sums
  }
}

/// A row for each person of one calendar month, for readers who may not know who they are.
package struct PeopleRelease: Sendable, Equatable {
  /// An attribute that rows have.
  package struct Shown: Sendable, Equatable {
    package var attribute: PersonAttribute
    /// Whether its texts stand as keyed codes.
    package var isHashed: Bool
    package init(_ attribute: PersonAttribute, isHashed: Bool) {
      self.attribute = attribute
      self.isHashed = isHashed
    }
  }
  package var tenant: String
  /// `YYYY-MM`.
  package var month: String
  package var audience: Audience
  package var minimum: Int
  /// When it was cut, and from which version of the table.
  package var made: String
  package var tableVersion: Int64
  package var attributes: [Shown] = []
  package var rows: [PersonRow] = []
  /// What stands for texts of attributes that are hashed.
  package var codes: [PersonAttribute: [String: String]] = [:]
  /// Persons without a row: none, or a group that might be told of.
  package var leftOut = 0
  /// Whether `person` is a pseudonym, and not a code.
  package var hasPseudonyms = false

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

  /// What stands for the person of a row.
  package func person(_ row: PersonRow) -> String { hasPseudonyms ? row.pseudonym : row.code }

  /// Rows in which an attribute became `other`.
  package func generalised(_ place: Int) -> Int { rows.count { $0.values[place] == .other } }
}
