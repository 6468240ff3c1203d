/// What each person contributed to something that is to be published.
///
/// A person is a user, else a source address, else a device. It never leaves the memory of the
/// program that cuts a release.
package struct Contributions: Sendable, Equatable {
  /// Numbers of persons, ascending, each once.
  package private(set) var persons: [UInt32] = []
  package private(set) var sums: [Sums] = []
  /// Everything, with what nobody is named for.
  package private(set) var total = Sums()

  package init() {}

  /// - Parameters:
  ///   - parts: each person once, in any order.
  ///   - rest: what nobody is named for.
  package init(_ parts: [(person: UInt32, sums: Sums)], rest: Sums = Sums()) {
    for part in parts.sorted(by: { $0.person < $1.person }) {
      persons.append(part.person)
      sums.append(part.sums)
      total += part.sums
    }
    total += rest
  }

  /// Some of the events alone, and those who have any of them.
  ///
  /// - Parameter events: how many of the events that sums are of.
  package func part(_ events: (Sums) -> Int64) -> Contributions {
    func only(_ sums: Sums) -> Sums { Sums(events: events(sums)) }
    var part = Contributions()
    for (person, sums) in zip(persons, sums) where events(sums) != 0 {
      part.persons.append(person)
      part.sums.append(only(sums))
    }
    part.total = only(total)
    return part
  }

  /// All of them together; who is in several of them counts once.
  package static func joined(_ all: [Contributions]) -> Contributions {
    var joined = Contributions()
    var order = all.flatMap { one in zip(one.persons, one.sums).map { ($0, $1) } }
    order.sort { $0.0 < $1.0 }
    for (person, sums) in order {
      if joined.persons.last == person {
        joined.sums[joined.sums.count - 1] += sums
      } else {
        joined.persons.append(person)
        joined.sums.append(sums)
      }
    }
    for one in all { joined.total += one.total }
    return joined
  }
}

/// Everything that a release is cut from.
package struct PersonFigures: Sendable {
  package var apps: [(facts: AppFacts, use: Contributions)] = []
  /// Of all hosts that no app has, together.
  package var uncatalogued = Contributions()
  package var days: [(day: String, use: Contributions)] = []
  /// The key version of each person's pseudonym, by number; 0 for what is no pseudonym.
  package var versionOfPerson: [Int] = []
  /// What each person is known by, by number: the letter of the pseudonym's kind, 0 for none.
  package var kindOfPerson: [UInt8] = []
  package init() {}
}
