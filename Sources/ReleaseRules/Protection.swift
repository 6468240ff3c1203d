package import ReportFigures

/// Which groups may be told of at all.
package struct Protection: Sendable {
  /// The smallest minimum that there is.
  package static let minimumMin = 5
  /// Of a hundred parts, what one person may make of a figure at most.
  package static let dominancePercentMax = 75

  package let minimum: Int
  private let versionOfPerson: [Int]
  private let kindOfPerson: [UInt8]

  /// - Parameters:
  ///   - minimum: persons of a group; never below `minimumMin`.
  ///   - versionOfPerson: the key version of each person's pseudonym, by number.
  ///   - kindOfPerson: by number, what the person is known by: a user, an address, a device.
  package init(minimum: Int, versionOfPerson: [Int], kindOfPerson: [UInt8] = []) {
    self.minimum = max(minimum, Self.minimumMin)
    self.versionOfPerson = versionOfPerson
    self.kindOfPerson = kindOfPerson
  }

  /// Why a group may not be told of.
  package enum Objection: Sendable { case small, dominated }

  /// What is told of a group.
  package enum Telling: Sendable {
    /// Persons, events and bytes.
    case figures
    /// How many of the events were blocked, and so how many were not.
    case blockedShare
  }

  /// `nil` where it may.
  package func objection(
    to group: Contributions, _ telling: Telling = .figures
  ) -> Objection? {
    switch telling {
    case .figures:
      if certainPersons(in: group.persons) < minimum { return .small }
      return isDominated(group) ? .dominated : nil
    case .blockedShare:
      // No event at all tells of nobody.
      return [group.part(\.blocked), group.part(\.passed)].lazy
        .filter { $0.total.events > 0 }.compactMap { objection(to: $0) }.first
    }
  }

  /// How many persons there are at least: the most under one key version, never the sum.
  package func persons(in group: Contributions) -> Int { number(of: group.persons).told }

  /// The most of one kind under one key version.
  func certainPersons(in persons: [UInt32]) -> Int { number(of: persons).certain }

  func number(of persons: [UInt32]) -> PersonNumber { PersonNumber(persons.lazy.map(kind(of:))) }

  /// Whether one person makes too much of any figure. A person may have a pseudonym of each
  /// kind under each key version, so the largest of each are taken together.
  private func isDominated(_ group: Contributions) -> Bool {
    let measures: [KeyPath<Sums, Int64>] = [\.events, \.uploaded, \.total, \.notUploaded]
    return measures.contains { measure in
      var largest: [PersonNumber.Kind: UInt64] = [:]
      for (person, sums) in zip(group.persons, group.sums) {
        let kind = kind(of: person)
        // A log's own total may be less than its upload: what is told is the difference.
        largest[kind] = max(largest[kind] ?? 0, sums[keyPath: measure].magnitude)
      }
      let most = largest.values.reduce(0, +)
      let whole = group.total[keyPath: measure].magnitude
      return most > 0 && Double(most) * 100 > Double(whole) * Double(Self.dominancePercentMax)
    }
  }

  private func kind(of person: UInt32) -> PersonNumber.Kind {
    let place = Int(person)
    return PersonNumber.Kind(
      version: place < versionOfPerson.count ? versionOfPerson[place] : 0,
      letter: place < kindOfPerson.count ? kindOfPerson[place] : 0)
  }

  // MARK: Parts of a whole that is told

  /// Which parts must be hidden so that no group below the minimum is told of or follows by
  /// subtraction.
  ///
  /// Whoever knows the whole and all parts but some knows these together. So what is hidden is at
  /// least two parts, and together they are a group that might be told of.
  /// - Parameters:
  ///   - telling: what is told of the parts, and told of the whole.
  ///   - parts: they add up to the whole.
  ///   - forced: parts that are hidden in any case.
  /// - Returns: places of parts; `nil` where hiding all is not enough, so that the whole must go.
  package func hidden(
    _ telling: Telling = .figures, of parts: [Contributions], forced: Set<Int> = []
  ) -> Set<Int>? {
    var hidden = forced
    for place in parts.indices where objection(to: parts[place], telling) != nil {
      hidden.insert(place)
    }
    if hidden.isEmpty { return [] }
    // A part without a blocked event hides no other's.
    func helps(_ part: Contributions) -> Int {
      telling == .blockedShare && part.total.blocked == 0 ? 1 : 0
    }
    var rest = parts.indices.filter { !hidden.contains($0) }.sorted { one, other in
      let (a, b) = (parts[one], parts[other])
      return (helps(a), a.persons.count, a.total.total, one)
        > (helps(b), b.persons.count, b.total.total, other)
    }
    var together = Contributions.joined(hidden.map { parts[$0] })
    while hidden.count < 2 || objection(to: together, telling) != nil {
      guard let next = rest.popLast() else { return nil }
      hidden.insert(next)
      together = .joined([together, parts[next]])
    }
    return hidden
  }
}
