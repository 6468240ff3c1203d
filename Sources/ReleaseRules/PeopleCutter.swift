package import ReportFigures

/// A person of whom a row may be told, and what rows say of them.
package struct PeopleCandidate: Sendable {
  /// The number of the person in the figures.
  package var person: Int
  /// In the order of the attributes that rows have.
  package var values: [PersonValue]

  package init(person: Int, values: [PersonValue]) {
    self.person = person
    self.values = values
  }
}

/// Cuts people reports: decides whose row is told, and how much of what the person is.
///
/// ```
/// everybody of the month ─┬─ rows ─┬─ those of one combination of attributes: a group
///                         │        └─ …
///                         └─ without a row: none, or a group
/// ```
/// A row may be known by its attributes, so each combination of them must be that of a group. What
/// is in a combination of too few becomes `other`, attribute by attribute. And whoever knows the
/// month's total and all rows knows those without a row together, so these must be a group, too.
package struct PeopleCutter {
  private let figures: PeopleFigures
  private let candidates: [PeopleCandidate]

  /// - Parameters:
  ///   - figures: everybody of a month.
  ///   - candidates: those of whom a row may be told.
  package init(_ figures: PeopleFigures, _ candidates: [PeopleCandidate]) {
    self.figures = figures
    self.candidates = candidates
  }

  /// For each minimum, from the lowest on, those who have a row, and how many have none: the most
  /// under one key version. A higher minimum starts from what a lower one came to, so that two
  /// releases of a month together tell no more than the first.
  package func cut(minimums: [Int]) -> [(rows: [PeopleCandidate], leftOut: Int)] {
    var rows = candidates
    return minimums.sorted().map { minimum in
      let protection = Protection(
        minimum: minimum, versionOfPerson: figures.versionOfPerson,
        kindOfPerson: figures.kindOfPerson)
      rows = withoutOthersAlone(rows, protection)
      if protection.certainPersons(in: rows.map { UInt32($0.person) }) < protection.minimum {
        rows = []
      }
      rows = Self.generalised(rows, protection)
      return (rows, protection.persons(in: use(without(rows))))
    }
  }

  /// Everybody who was active and has no row; 0 is what nobody is known for.
  private func without(_ rows: [PeopleCandidate]) -> [Int] {
    let told = Set(rows.map(\.person))
    return figures.people.indices.filter {
      figures.people[$0].sums.events > 0 && !told.contains($0)
    }
  }

  private func use(_ persons: [Int]) -> Contributions {
    Contributions(
      persons.filter { $0 > 0 }.map { (UInt32($0), figures.people[$0].sums) },
      rest: persons.contains(0) ? figures.people[0].sums : Sums())
  }

  /// Takes rows away until all who have none are a group that might be told of.
  private func withoutOthersAlone(
    _ rows: [PeopleCandidate], _ protection: Protection
  ) -> [PeopleCandidate] {
    var untold = use(without(rows))
    var rest = rows.sorted { one, other in
      let (a, b) = (figures.people[one.person], figures.people[other.person])
      return (a.sums.total, a.sums.events, a.name) < (b.sums.total, b.sums.events, b.name)
    }[...]
    while untold.total.events > 0, let objection = protection.objection(to: untold) {
      // Those with little make a group, and nobody but those with much hides one with much.
      guard let next = objection == .small ? rest.popFirst() : rest.popLast() else { break }
      untold = .joined([untold, use([next.person])])
    }
    let left = Set(rest.map(\.person))
    return rows.filter { left.contains($0.person) }
  }

  // MARK: Attributes

  /// The same rows, in which each combination of values is that of a group. They are none, or a
  /// group together.
  static func generalised(
    _ rows: [PeopleCandidate], _ protection: Protection
  ) -> [PeopleCandidate] {
    var rows = rows
    guard let width = rows.first?.values.count else { return [] }
    // What has most values tells most of a person, and goes first; of two the later one.
    let variety = (0..<width).map { place in Set(rows.map { $0.values[place] }).count }
    for place in (0..<width).sorted(by: { (variety[$0], $0) > (variety[$1], $1) }) {
      for group in groups(rows) where isSmall(group, rows, protection) {
        for row in group { rows[row].values[place] = .other }
      }
    }
    // Those of whom nothing is told anymore may be too few: then the smallest groups join them.
    let untold = [PersonValue](repeating: .other, count: width)
    while let few = groups(rows).first(where: { isSmall($0, rows, protection) }) {
      guard
        let next = groups(rows).filter({ rows[$0[0]].values != untold })
          .min(by: { one, other in
            if one.count != other.count { return one.count < other.count }
            return Self.isBefore(rows[one[0]].values, rows[other[0]].values)
          })
      else { return [] }
      for row in few + next { rows[row].values = untold }
    }
    return rows
  }

  /// Rows with the same values, in the order of the first of each.
  private static func groups(_ rows: [PeopleCandidate]) -> [[Int]] {
    Dictionary(grouping: rows.indices) { rows[$0].values }.values.sorted { $0[0] < $1[0] }
  }

  /// The order of values: the numbers of persons depend on threads, and results must not.
  private static func isBefore(_ one: [PersonValue], _ other: [PersonValue]) -> Bool {
    func text(_ value: PersonValue) -> String {
      switch value {
      case .known(let text): "=" + text
      case .unknown: "-"
      case .other: "*"
      }
    }
    let pair = zip(one, other).first { $0 != $1 }
    return pair.map { text($0).utf8.lexicographicallyPrecedes(text($1).utf8) } ?? false
  }

  private static func isSmall(
    _ group: [Int], _ rows: [PeopleCandidate], _ protection: Protection
  ) -> Bool {
    protection.certainPersons(in: group.map { UInt32(rows[$0].person) }) < protection.minimum
  }
}

extension Sums {
  /// Each number with two digits: exact ones of a person would be known again elsewhere.
  package var ofTwoDigits: Sums {
    Sums(
      events: Self.twoDigits(events), blocked: Self.twoDigits(blocked),
      uploaded: Self.twoDigits(uploaded), downloaded: Self.twoDigits(downloaded),
      total: Self.twoDigits(total))
  }

  private static func twoDigits(_ number: Int64) -> Int64 {
    var unit: Int64 = 1
    while number / unit >= 100 { unit *= 10 }
    let (whole, isOver) = number.addingReportingOverflow(unit / 2)
    return isOver ? .max : whole / unit * unit
  }
}
