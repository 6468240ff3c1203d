import ReleaseRules
import ReportFigures
import Testing

/// A reader of a release: knows the cells and the tree they stand in.
struct ReleaseReader {
  private let figures: PersonFigures
  private let cells: [ReleaseCell]
  private let protection: Protection
  private let apps: [(name: String, category: String, use: Contributions)]

  init(_ figures: PersonFigures, _ cells: [ReleaseCell], _ minimum: Int) {
    self.figures = figures
    self.cells = cells
    protection = Protection(minimum: minimum, versionOfPerson: figures.versionOfPerson)
    var apps = figures.apps.map { ($0.facts.name, $0.facts.category, $0.use) }
    if figures.uncatalogued.total.events > 0 {
      apps.append((ReleaseCutter.uncatalogued, ReleaseCutter.uncatalogued, figures.uncatalogued))
    }
    self.apps = apps
  }

  func check(_ what: String) {
    for cell in cells {
      let group = group(of: cell)
      #expect(isLarge(group), "\(what): \(cell.name) is told of")
      #expect(cell.sums == group.total.uses, "\(what): \(cell.name)")
      #expect((cell.persons ?? .max) >= protection.minimum)
    }
    checkSystems(cells, what, isLarge)
    // Percentages are taken for exact numbers here.
    let shares = cells.filter { $0.blockedPercent != ReleaseCell.notTold }
    checkSystems(shares, what + ", blocked", isLargeByBlocked)
  }

  /// Whether so many persons have any of something that it is a group, and none nearly all of it;
  /// told by a rule of its own.
  private func isTold(_ group: Contributions, _ measure: (Sums) -> Int64) -> Bool {
    var largest: [Int: Int64] = [:]
    for (person, sums) in zip(group.persons, group.sums) {
      let version = figures.versionOfPerson[Int(person)]
      largest[version] = max(largest[version] ?? 0, measure(sums))
    }
    return largest.values.reduce(0, +) * 4 <= measure(group.total) * 3
  }

  private func persons(_ group: Contributions, _ measure: (Sums) -> Int64) -> Int {
    let people = zip(group.persons, group.sums).filter { measure($0.1) > 0 }.map(\.0)
    return Dictionary(grouping: people) { figures.versionOfPerson[Int($0)] }.values
      .map(\.count).max() ?? 0
  }

  private func isLarge(_ group: Contributions) -> Bool {
    persons(group) { _ in 1 } >= protection.minimum
      && isTold(group, \.events) && isTold(group, \.uploaded) && isTold(group, \.total)
      && isTold(group) { $0.total - $0.uploaded }
  }

  private func isLargeByBlocked(_ group: Contributions) -> Bool {
    [{ $0.blocked }, { $0.events - $0.blocked }].allSatisfy { (measure: (Sums) -> Int64) in
      measure(group.total) == 0
        || persons(group, measure) >= protection.minimum && isTold(group, measure)
    }
  }

  /// Unknowns: apps, and days apart. Each cell says what some of them add up to.
  private func checkSystems(
    _ cells: [ReleaseCell], _ what: String, _ mayBeTold: (Contributions) -> Bool
  ) {
    checkSystem(
      apps.map(\.use),
      cells.filter { $0.level != .day }.map { cell in
        apps.map { app in
          switch cell.level {
          case .total: true
          case .category: app.category == cell.name
          default: app.name == cell.name
          }
        }
      }, what + ", apps", mayBeTold)
    let total = cells.contains { $0.level == .total }
    checkSystem(
      figures.days.map(\.use),
      (total ? [figures.days.map { _ in true }] : [])
        + cells.filter { $0.level == .day }.map { cell in
          figures.days.map { $0.day == cell.name }
        }, what + ", days", mayBeTold)
  }

  private func group(of cell: ReleaseCell) -> Contributions {
    switch cell.level {
    case .total: .joined(apps.map(\.use))
    case .category: .joined(apps.filter { $0.category == cell.name }.map(\.use))
    case .app: apps.first { $0.name == cell.name }?.use ?? Contributions()
    case .day: figures.days.first { $0.day == cell.name }?.use ?? Contributions()
    }
  }

  /// Reduces the equations; every row that comes out must be a group that may be told of, and no
  /// unknown that may not be told of may stand alone.
  private func checkSystem(
    _ unknowns: [Contributions], _ equations: [[Bool]], _ what: String,
    _ mayBeTold: (Contributions) -> Bool
  ) {
    var rows = equations.map { $0.map { $0 ? 1 : 0 } }
    var done = 0
    for column in unknowns.indices {
      guard let pivot = rows[done...].indices.first(where: { rows[$0][column] != 0 }) else {
        continue
      }
      rows.swapAt(done, pivot)
      let sign = rows[done][column]
      rows[done] = rows[done].map { $0 * sign }
      for row in rows.indices where row != done && rows[row][column] != 0 {
        let factor = rows[row][column]
        for place in unknowns.indices { rows[row][place] -= factor * rows[done][place] }
      }
      done += 1
      if done == rows.count { break }
    }
    for row in rows.prefix(done) {
      #expect(row.allSatisfy { abs($0) <= 1 }, "the system stays one of ones: \(what)")
      guard row.allSatisfy({ $0 >= 0 }) else { continue }
      let group = Contributions.joined(zip(unknowns, row).filter { $0.1 == 1 }.map(\.0))
      #expect(mayBeTold(group), "\(what): follows by subtraction")
    }
  }
}

/// All ways in which people can be in the parts of a whole, of which numbers are told.
struct PersonPuzzle {
  let whole: Int
  /// `nil`: not told.
  let parts: [Int?]

  /// Sets of people, each a list of the ways to be in the parts, that have 1 to `minimum` - 1
  /// members in every solution.
  func fewest(below minimum: Int) -> [[Int]] {
    let ways = Array(1..<1 << parts.count)  // Everybody is in at least one part.
    let sets = (1..<1 << ways.count).map { set in ways.indices.filter { set >> $0 & 1 == 1 } }
    var lows = [Int](repeating: .max, count: sets.count)
    var highs = [Int](repeating: .min, count: sets.count)
    visit([], left: whole, ways) { solution in
      for (place, set) in sets.enumerated() {
        let count = set.reduce(0) { $0 + solution[$1] }
        lows[place] = min(lows[place], count)
        highs[place] = max(highs[place], count)
      }
    }
    return sets.indices.filter { lows[$0] > 0 && highs[$0] < minimum && lows[$0] != .max }
      .map { sets[$0].map { ways[$0] } }
  }

  private func visit(
    _ chosen: [Int], left: Int, _ ways: [Int], _ body: ([Int]) -> Void
  ) {
    // What is in each part so far must not be more than is told.
    for (part, told) in parts.enumerated() {
      guard let told else { continue }
      let so = zip(ways, chosen).reduce(0) { $0 + ($1.0 >> part & 1 == 1 ? $1.1 : 0) }
      if so > told || (chosen.count == ways.count && so != told) { return }
    }
    if chosen.count == ways.count {
      if left == 0 { body(chosen) }
      return
    }
    let isLast = chosen.count == ways.count - 1
    for count in (isLast ? left : 0)...left {
      visit(chosen + [count], left: left - count, ways, body)
    }
  }
}
