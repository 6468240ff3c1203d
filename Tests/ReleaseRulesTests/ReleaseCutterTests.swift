import ReleaseRules
import ReportFigures
import TestSupport
import Testing

/// Releases of random tables, against a reader who knows all that was published and can solve
/// equations.
@Suite struct ReleaseCutterTests {
  @Test(arguments: 0..<40) func nothingFollowsFromThousandRandomTables(seed: Int) {
    for number in 0..<25 {
      var random = SeededRandom(seed: seed * 1000 + number)
      let figures = Self.figures(&random)
      let minimums = [5 + random.below(3), 8 + random.below(6)].sorted()
      let releases = ReleaseCutter(figures).cut(minimums: minimums)
      for (minimum, release) in zip(minimums, releases) {
        let reader = ReleaseReader(figures, release.cells.map { $0 }, minimum)
        reader.check("seed \(seed), table \(number), minimum \(minimum)")
      }
      // What both audiences know together is no more than what the first knows.
      let first = Set(releases[0].cells.map { [$0.level.rawValue, $0.parent, $0.name] })
      let second = Set(releases[1].cells.map { [$0.level.rawValue, $0.parent, $0.name] })
      #expect(second.isSubset(of: first))
    }
  }

  @Test func peopleOfSeveralKindsAreNotAdded() {
    func group(_ people: ClosedRange<UInt32>) -> Contributions {
      Contributions(
        people.map { ($0, Sums(events: 1, uploaded: 1, total: 1)) })
    }
    // Four users, and four addresses that may be theirs.
    let kinds = [0] + Array("uuuuiiii".utf8)
    let versions = [0] + [Int](repeating: 1, count: 8)
    let protection = Protection(minimum: 5, versionOfPerson: versions, kindOfPerson: kinds)
    #expect(protection.objection(to: group(1...8)) == .small)
    #expect(protection.persons(in: group(1...8)) == 8)
    #expect(
      Protection(minimum: 5, versionOfPerson: versions).objection(to: group(1...8)) == nil)
  }

  private static func figures(_ random: inout SeededRandom) -> PersonFigures {
    var figures = PersonFigures()
    let people = 1 + random.below(60)
    let versions = random.once(in: 4) ? 2 : 1
    figures.versionOfPerson = [0] + (1...people).map { _ in 1 + random.below(versions) }
    var rows: [(day: Int, Contributions)] = []
    for number in 0..<1 + random.below(14) {
      let use = contributions(people, &random)
      rows.append((random.below(6), use))
      let category = "c\(random.below(4))"
      figures.apps.append(
        (AppFacts(number: Int32(number + 1), name: "a\(number)", category: category), use))
    }
    if random.once(in: 2) {
      figures.uncatalogued = contributions(people, &random)
      rows.append((random.below(6), figures.uncatalogued))
    }
    // Days are another cut of the same rows.
    figures.days = Dictionary(grouping: rows) { $0.day }.sorted { $0.key < $1.key }.map {
      ("2026-01-0\($0.key + 1)", Contributions.joined($0.value.map(\.1)))
    }
    return figures
  }

  private static func contributions(_ people: Int, _ random: inout SeededRandom) -> Contributions {
    let count = 1 + random.below(random.once(in: 3) ? people : min(people, 8))
    let chosen = (1...people).shuffled(using: &random).prefix(count)
    let heavy = random.once(in: 5)
    // Nobody, few or many are blocked, and one person more than all others.
    let (blockedOf, isHardBlocked) = (random.below(4), random.once(in: 4))
    return Contributions(
      chosen.enumerated().map { place, person in
        let total = Int64(1 + random.below(heavy && place == 0 ? 1_000_000 : 100))
        let events = Int64(1 + random.below(20))
        let blocked =
          isHardBlocked && place == 1
          ? 400 : random.below(4) < blockedOf ? Int64(random.below(Int(events) + 1)) : 0
        return (
          UInt32(person),
          Sums(
            events: events + blocked, blocked: blocked,
            uploaded: heavy && place == 0 ? total / 3 : Int64(random.below(Int(total) + 1)),
            total: total)
        )
      })
  }

  @Test func tooFewPeopleArePublishedNothingAtAll() {
    var figures = PersonFigures()
    figures.versionOfPerson = [0, 1, 1, 1, 1]
    figures.apps = [
      (
        AppFacts(number: 1, name: "a", category: "c"),
        Contributions(
          (1...4).map { (UInt32($0), Sums(events: 1, uploaded: 1, total: 1)) })
      )
    ]
    let release = ReleaseCutter(figures).cut(minimums: [1])[0]
    #expect(release.cells.isEmpty)
    #expect(release.hidden.map(\.small) == [1])
  }

  @Test func oneHiddenAppTakesAnotherWithIt() {
    var figures = PersonFigures()
    figures.versionOfPerson = [Int](repeating: 1, count: 40)
    func use(_ people: ClosedRange<Int>) -> Contributions {
      Contributions(
        people.map { (UInt32($0), Sums(events: 1, uploaded: 1, total: 10)) })
    }
    for (name, people) in [("small", 1...3), ("middle", 1...12), ("large", 1...30)] {
      figures.apps.append((AppFacts(number: 1, name: name, category: "c"), use(people)))
    }
    figures.apps.append((AppFacts(number: 9, name: "other", category: "d"), use(1...39)))
    let release = ReleaseCutter(figures).cut(minimums: [5])[0]
    #expect(release.cells.filter { $0.level == .app }.map(\.name) == ["large", "other"])
    let hidden = release.hidden.first { $0.level == .app }
    #expect(hidden?.small == 1 && hidden?.complementary == 1)
  }

  /// A reader who knows the numbers of persons of a whole and its parts, and tries all ways in which
  /// people can be in them: of no set of people do all ways say that it has few.
  @Test(arguments: 0..<20) func noFewPersonsFollowFromNumbersOfPersons(seed: Int) {
    for number in 0..<20 {
      var random = SeededRandom(seed: 77_000 + seed * 100 + number)
      let people = 8 + random.below(10)
      var figures = PersonFigures()
      figures.versionOfPerson = [0] + [Int](repeating: 1, count: people)
      for app in 0..<2 + random.below(2) {
        let count = 5 + random.below(people - 4)
        let use = Contributions(
          (1...people).shuffled(using: &random).prefix(count).map {
            (UInt32($0), Sums(events: 1, uploaded: 1, total: 1))
          })
        figures.apps.append(
          (AppFacts(number: Int32(app + 1), name: "a\(app)", category: "c"), use))
      }
      // Others, so that the category is not nearly all.
      let others = UInt32(people + 1)...UInt32(people + 12)
      figures.versionOfPerson += others.map { _ in 1 }
      figures.uncatalogued = Contributions(
        others.map { ($0, Sums(events: 1, uploaded: 1, total: 1)) })
      let cells = ReleaseCutter(figures).cut(minimums: [5])[0].cells
      guard let whole = cells.first(where: { $0.level == .category && $0.name == "c" })?.persons
      else { continue }
      let told = figures.apps.map { app in
        cells.first { $0.level == .app && $0.name == app.facts.name }?.persons
      }
      let few = PersonPuzzle(whole: whole, parts: told).fewest(below: 5)
      #expect(few.isEmpty, "seed \(seed), table \(number): \(whole) \(told): \(few)")
    }
  }

  @Test func overlapsOfFewAreNotTold() {
    func use(_ people: ClosedRange<Int>) -> Contributions {
      Contributions(
        people.map { (UInt32($0), Sums(events: 1, uploaded: 1, total: 1)) })
    }
    var figures = PersonFigures()
    figures.versionOfPerson = [0] + [Int](repeating: 1, count: 200)
    figures.apps = [
      (AppFacts(number: 1, name: "a", category: "nearly"), use(1...30)),
      (AppFacts(number: 2, name: "b", category: "nearly"), use(1...29)),
      (AppFacts(number: 3, name: "c", category: "overlap"), use(1...40)),
      (AppFacts(number: 4, name: "d", category: "overlap"), use(40...60)),
      (AppFacts(number: 5, name: "e", category: "apart"), use(1...40)),
      (AppFacts(number: 6, name: "f", category: "apart"), use(20...60)),
      (AppFacts(number: 7, name: "g", category: "wide"), use(1...200)),
    ]
    let cells = ReleaseCutter(figures).cut(minimums: [10])[0].cells
    func persons(_ name: String) -> Int? { cells.first { $0.name == name }?.persons }
    #expect(persons("nearly") == 30 && persons("a") == nil && persons("b") == nil)
    #expect(persons("overlap") == 60 && persons("c") == 40 && persons("d") == nil)
    #expect(persons("apart") == 60 && persons("e") == 40 && persons("f") == 41)
    #expect(persons("wide") == nil)
    let share = { name in cells.first { $0.name == name }?.personsPercent }
    #expect(share("b") == ReleaseCell.notTold && share("d") == ReleaseCell.notTold)
    #expect(share("wide") == "≥ 95")
  }

  /// Eleven persons are not in the app, or in both: four users, and seven addresses that may be of
  /// users who are.
  @Test func fewUsersDoNotHideBehindAddresses() {
    func use(_ people: [UInt32]) -> Contributions {
      Contributions(people.map { ($0, Sums(events: 1, uploaded: 1, total: 1)) })
    }
    let (users, addresses) = (Array(UInt32(1)...60), Array(UInt32(61)...67))
    func persons(_ first: [UInt32], _ second: [UInt32]) -> [Int?] {
      var figures = PersonFigures()
      figures.versionOfPerson = [0] + [Int](repeating: 1, count: 100)
      figures.kindOfPerson =
        [0] + [UInt8](repeating: UInt8(ascii: "u"), count: 60)
        + [UInt8](repeating: UInt8(ascii: "i"), count: 7)
        + [UInt8](repeating: UInt8(ascii: "u"), count: 33)
      figures.apps = [
        (AppFacts(number: 1, name: "a", category: "c"), use(first)),
        (AppFacts(number: 2, name: "b", category: "c"), use(second)),
      ]
      // Others, so that the category is not nearly all.
      figures.uncatalogued = use(Array(68...100))
      let cells = ReleaseCutter(figures).cut(minimums: [10])[0].cells
      return ["c", "a", "b"].map { name in cells.first { $0.name == name }?.persons }
    }
    #expect(persons(users + addresses, Array(users.prefix(56))) == [67, nil, nil])
    #expect(persons(users + addresses, Array(users.prefix(50))) == [67, nil, 50])
    #expect(
      persons(Array(users.prefix(34)) + addresses, Array(users.suffix(30)) + addresses)
        == [67, 41, nil])
    #expect(
      persons(Array(users.prefix(40)) + addresses, Array(users.suffix(30))) == [67, 47, 30])
  }

  /// 31 of 40: a percentage would tell of the 9 others.
  @Test func theShareOfNearlyAllIsABound() {
    func use(_ people: ClosedRange<Int>) -> Contributions {
      Contributions(
        people.map { (UInt32($0), Sums(events: 1, uploaded: 1, total: 1)) })
    }
    var figures = PersonFigures()
    figures.versionOfPerson = [0] + [Int](repeating: 1, count: 40)
    figures.apps = [
      (AppFacts(number: 1, name: "a", category: "c"), use(1...31)),
      (AppFacts(number: 2, name: "b", category: "d"), use(1...40)),
    ]
    let cells = ReleaseCutter(figures).cut(minimums: [10])[0].cells
    let cell = cells.first { $0.name == "c" }
    #expect(cell?.persons == nil && cell?.personsPercent == "≥ 75" && cell?.isNearlyAll == true)
  }

  /// Forty upload alike and one downloads; all are blocked alike, or one, or all but one.
  @Test func oneWhoDownloadsOrIsBlockedIsNotToldOf() {
    func use(_ sums: (Int) -> Sums) -> Contributions {
      Contributions((1...40).map { (UInt32($0), sums($0)) })
    }
    var figures = PersonFigures()
    figures.versionOfPerson = [0] + [Int](repeating: 1, count: 40)
    let shares: [(String, Contributions)] = [
      ("beside", use { _ in Sums(events: 1, uploaded: 5, total: 10) }),
      ("download", use { Sums(events: 1, uploaded: 50, total: $0 == 5 ? 500 : 50) }),
      ("even", use { _ in Sums(events: 5, blocked: 2, uploaded: 50, total: 100) }),
      ("none", use { _ in Sums(events: 4, uploaded: 50, total: 100) }),
      ("one", use { Sums(events: 4, blocked: $0 == 7 ? 4 : 0, uploaded: 50, total: 100) }),
      ("others", use { Sums(events: 4, blocked: $0 == 7 ? 0 : 4, uploaded: 50, total: 100) }),
    ]
    for (name, use) in shares {
      figures.apps.append((AppFacts(number: 1, name: name, category: "c"), use))
    }
    let cells = ReleaseCutter(figures).cut(minimums: [5])[0].cells
    func blocked(_ name: String) -> String? { cells.first { $0.name == name }?.blockedPercent }
    #expect(blocked("download") == nil)
    #expect(blocked("one") == ReleaseCell.notTold && blocked("others") == ReleaseCell.notTold)
    #expect(cells.first { $0.level == .total }?.blockedPercent == "32")
    #expect(blocked("even") == "40" && blocked("none") == "≤ 25")
  }

  @Test func severalKeyVersionsCountTheMaximum() {
    let people: [(person: UInt32, sums: Sums)] = (1...8).map {
      (UInt32($0), Sums(events: 1, uploaded: 1, total: 1))
    }
    let group = Contributions(people)
    let protection = Protection(minimum: 5, versionOfPerson: [0, 1, 1, 1, 1, 2, 2, 2, 2])
    #expect(protection.persons(in: group) == 4)
    #expect(protection.objection(to: group) == .small)
    let one = Protection(minimum: 5, versionOfPerson: [0] + [Int](repeating: 1, count: 8))
    #expect(one.objection(to: group) == nil)
  }

  /// One person under two key versions makes 80 %: 40 under each.
  @Test func dominanceIsToldAlsoAcrossKeyVersions() {
    let people: [(person: UInt32, sums: Sums)] = (1...12).map {
      (UInt32($0), Sums(events: 1, uploaded: 0, total: $0 == 1 || $0 == 7 ? 40 : 2))
    }
    let group = Contributions(people)
    let versions = [0] + [Int](repeating: 1, count: 6) + [Int](repeating: 2, count: 6)
    #expect(
      Protection(minimum: 5, versionOfPerson: versions).objection(to: group) == .dominated)
    let same = [0] + [Int](repeating: 1, count: 12)
    #expect(Protection(minimum: 5, versionOfPerson: same).objection(to: group) == nil)
  }

  @Test func theMinimumIsNeverBelowFive() {
    #expect(Protection(minimum: 1, versionOfPerson: []).minimum == 5)
  }

  @Test(
    arguments: [
      (0, 100, 10, "≤ 25"), (50, 100, 10, "50"), (80, 100, 10, "≥ 75"), (80, 100, 11, "80"),
      (95, 100, 20, "≥ 90"), (95, 100, 21, "≥ 95"), (6, 100, 21, "6"), (5, 100, 21, "≤ 5"),
      (0, 0, 50, "≤ 5"),
    ] as [(Int64, Int64, Int, String)])
  func percentagesAreClamped(part: Int64, whole: Int64, group: Int, text: String) {
    #expect(Clamp.percent(part, of: whole, groupSize: group) == text)
  }
}
