import ReleaseRules
import ReportFigures
import TestSupport
import Testing

/// People reports of random months, against a reader who knows every attribute of everybody.
@Suite struct PeopleCutterTests {
  @Test(arguments: 0..<20) func nobodyIsSingledOutInRandomMonths(seed: Int) {
    for number in 0..<25 {
      var random = SeededRandom(seed: seed * 1000 + number)
      let width = random.below(5)
      let figures = Self.figures(1 + random.below(120), &random)
      let candidates = Self.candidates(figures, width, &random)
      let minimums = [5 + random.below(3), 8 + random.below(6)]
      let cuts = PeopleCutter(figures, candidates).cut(minimums: minimums)
      let about: Comment = "seed \(seed), month \(number)"
      for (minimum, cut) in zip(minimums, cuts) {
        check(figures, candidates, cut, minimum, about)
      }
      // What managers get is no more than what admins get.
      let first = Dictionary(uniqueKeysWithValues: cuts[0].rows.map { ($0.person, $0.values) })
      for row in cuts[1].rows {
        for (one, other) in zip(first[row.person] ?? [], row.values) {
          #expect(one == other || other == .other, about)
        }
        #expect(first[row.person] != nil, about)
      }
    }
  }

  /// Counts as a reader would, who takes pseudonyms of another key version for other people.
  private func check(
    _ figures: PeopleFigures, _ all: [PeopleCandidate],
    _ cut: (rows: [PeopleCandidate], leftOut: Int), _ minimum: Int, _ about: Comment
  ) {
    func persons(_ numbers: [Int]) -> Int {
      Dictionary(grouping: numbers) { number in
        [figures.versionOfPerson[number], Int(figures.kindOfPerson[number])]
      }.values.map(\.count).max() ?? 0
    }
    for (_, group) in Dictionary(grouping: cut.rows, by: \.values) {
      #expect(persons(group.map(\.person)) >= minimum, about)
    }
    let truth = Dictionary(uniqueKeysWithValues: all.map { ($0.person, $0.values) })
    for row in cut.rows {
      for (value, true_) in zip(row.values, truth[row.person] ?? []) {
        #expect(value == true_ || value == .other, about)
      }
    }
    let told = Set(cut.rows.map(\.person))
    let untold = figures.people.indices.dropFirst().filter { !told.contains($0) }
    let versions = Dictionary(grouping: untold) { figures.versionOfPerson[$0] }
    #expect(cut.leftOut == versions.values.map(\.count).max() ?? 0, about)
    guard !cut.rows.isEmpty, !untold.isEmpty else { return }
    #expect(persons(untold) >= minimum, about)
    let whole = untold.map { figures.people[$0].sums.total }.reduce(0, +)
    let most = untold.map { figures.people[$0].sums.total }.max() ?? 0
    #expect(whole == 0 || Double(most) <= 0.75 * Double(whole), about)
  }

  private static func figures(_ count: Int, _ random: inout SeededRandom) -> PeopleFigures {
    var figures = PeopleFigures()
    let versions = random.once(in: 4) ? 2 : 1
    figures.people = [PersonUse(name: "", sums: Sums(), activeDays: 0, apps: 0)]
    (figures.versionOfPerson, figures.kindOfPerson) = ([0], [0])
    for number in 1...count {
      let total = Int64(1 + random.below(random.once(in: 20) ? 1_000_000 : 1000))
      let sums = Sums(events: 1, blocked: 0, uploaded: total / 2, downloaded: 0, total: total)
      figures.people.append(PersonUse(name: "u\(number)", sums: sums, activeDays: 1, apps: 1))
      figures.versionOfPerson.append(1 + random.below(versions))
      figures.kindOfPerson.append(UInt8(ascii: random.once(in: 10) ? "i" : "u"))
    }
    return figures
  }

  private static func candidates(
    _ figures: PeopleFigures, _ width: Int, _ random: inout SeededRandom
  ) -> [PeopleCandidate] {
    let rare = 1 + random.below(20)
    return figures.people.indices.dropFirst().filter {
      figures.kindOfPerson[$0] == UInt8(ascii: "u") && !random.once(in: 15)
    }.map { person in
      PeopleCandidate(
        person: person,
        values: (0..<width).map { place in
          random.once(in: 8) ? .unknown : .known("v\(random.below(1 + rare * place))")
        })
    }
  }

  private func months(_ people: [(values: [String], total: Int64)]) -> PeopleCutter {
    var figures = PeopleFigures()
    figures.people = [PersonUse(name: "", sums: Sums(), activeDays: 0, apps: 0)]
    for (number, person) in people.enumerated() {
      let sums = Sums(
        events: 1, blocked: 0, uploaded: person.total, downloaded: 0, total: person.total)
      figures.people.append(PersonUse(name: "u\(number)", sums: sums, activeDays: 1, apps: 1))
    }
    figures.versionOfPerson = [0] + people.map { _ in 1 }
    figures.kindOfPerson = [0] + people.map { _ in UInt8(ascii: "u") }
    return PeopleCutter(
      figures,
      people.enumerated().compactMap { number, person in
        person.values.isEmpty
          ? nil : PeopleCandidate(person: number + 1, values: person.values.map { .known($0) })
      })
  }

  @Test func theAttributeThatTellsMostGoesFirst() {
    // Six of sales with titles of their own, six of support who share one.
    let sales = (0..<6).map { (values: ["sales", "title \($0)"], total: Int64(1)) }
    let support = (0..<6).map { _ in (values: ["support", "agent"], total: Int64(1)) }
    let rows = months(sales + support).cut(minimums: [5])[0].rows
    #expect(rows.prefix(6).allSatisfy { $0.values == [.known("sales"), .other] })
    #expect(rows.suffix(6).allSatisfy { $0.values == [.known("support"), .known("agent")] })
  }

  @Test func fewOfWhomNothingIsToldAreJoinedByTheSmallestGroup() {
    let people =
      (0..<7).map { _ in (values: ["sales"], total: Int64(1)) }
      + (0..<5).map { _ in (values: ["support"], total: Int64(1)) }
      + [(values: ["chief"], total: 1)]
    let rows = months(people).cut(minimums: [5])[0].rows
    #expect(rows.map(\.values).filter { $0 == [.known("sales")] }.count == 7)
    #expect(rows.map(\.values).filter { $0 == [.other] }.count == 6)
  }

  @Test func whoHasNoRowIsInAGroup() {
    // Two without a row, one of whom has nearly all: others are left out with them.
    let people =
      (0..<20).map { (values: ["sales"], total: Int64($0 + 100)) }
      + [(values: [], total: 1), (values: [], total: 1000)]
    let cut = months(people).cut(minimums: [5])[0]
    #expect(cut.rows.count + cut.leftOut == 22)
    #expect(cut.leftOut >= 5 && cut.rows.count >= 5)
  }

  @Test func tooFewGetNoRowAtAll() {
    let cut = months((0..<4).map { _ in (values: ["sales"], total: 1) }).cut(minimums: [5])[0]
    #expect(cut.rows.isEmpty && cut.leftOut == 4)
  }

  @Test(
    arguments: [
      (0, 0), (9, 9), (99, 99), (100, 100), (104, 100), (105, 110), (994, 990), (995, 1000),
      (123_456, 120_000), (.max, .max),
    ] as [(Int64, Int64)])
  func numbersHaveTwoDigits(number: Int64, rounded: Int64) {
    let sums = Sums(events: number, blocked: 0, uploaded: 0, downloaded: 0, total: 0)
    #expect(sums.ofTwoDigits.events == rounded)
  }
}
