package import ReportFigures

/// Cuts releases: decides what may be shown, and shows it.
///
/// ```
/// total ─┬─ category ─┬─ app          total ─── day
///        │            └─ app             (the same total: a whole of its own)
///        └─ category …
/// ```
/// A hidden category hides all its apps. So each whole that is shown gives a reader one equation,
/// no part is in two of them, and each tells of one group only: the hidden parts together. Blocked
/// events are a table of their own over the same cells, in which more is hidden. Numbers of persons
/// do not add up, and have rules of their own (`PersonCounts`).
package struct ReleaseCutter {
  /// A category with its apps.
  private struct Branch {
    var name: String
    var whole: Contributions
    var apps: [(facts: AppFacts, use: Contributions)]
  }
  /// Cells by their places.
  private struct Places {
    var total = false
    var categories: Set<Int> = []
    /// By category.
    var apps: [Int: Set<Int>] = [:]
    var days: Set<Int> = []

    func union(_ other: Places) -> Places {
      Places(
        total: total || other.total, categories: categories.union(other.categories),
        apps: apps.merging(other.apps) { $0.union($1) }, days: days.union(other.days))
    }
  }
  private struct Hidden {
    var cells = Places()
    /// Those whose blocked events are not told; all of `cells` are among them.
    var blockedShares = Places()
    /// Shown cells whose numbers of persons are not told.
    var untold = PersonCounts.Untold()
  }

  private let figures: PersonFigures
  private let branches: [Branch]
  private let whole: Contributions

  /// The name of what no app has, beside the categories.
  package static let uncatalogued = "Not in the catalog"

  package init(_ figures: PersonFigures) {
    self.figures = figures
    var branches = Dictionary(grouping: figures.apps) { $0.facts.category }.map { name, apps in
      Branch(
        name: name, whole: .joined(apps.map(\.use)),
        apps: apps.sorted { $0.facts.name < $1.facts.name })
    }
    if figures.uncatalogued.total.events > 0 {
      branches.append(Branch(name: Self.uncatalogued, whole: figures.uncatalogued, apps: []))
    }
    self.branches = branches.sorted { $0.name < $1.name }
    whole = .joined(branches.map(\.whole))
  }

  /// Cells of a release for each minimum. What is hidden under a lower one is hidden under all
  /// higher ones, so that two releases of a month together tell no more than the first.
  package func cut(minimums: [Int]) -> [(cells: [ReleaseCell], hidden: [HiddenCells])] {
    var before = Hidden()
    return minimums.sorted().map { minimum in
      let protection = Protection(
        minimum: minimum, versionOfPerson: figures.versionOfPerson,
        kindOfPerson: figures.kindOfPerson)
      guard protection.objection(to: whole) == nil else { return ([], allHidden()) }
      var hidden = Hidden()
      hidden.cells = hide(.figures, before.cells, protection)
      hidden.blockedShares = hide(
        .blockedShare, before.blockedShares.union(hidden.cells), protection)
      let counts = personCounts(protection, hidden.cells)
      hidden.untold = counts.untold(before: before.untold, minimum: protection.minimum)
      before = hidden
      return (cells(protection, hidden), hiddenCounts(protection, hidden.cells))
    }
  }

  /// What is hidden, beside what is in any case.
  private func hide(
    _ telling: Protection.Telling, _ before: Places, _ protection: Protection
  ) -> Places {
    var hidden = before
    let days = figures.days.map(\.use)
    if protection.objection(to: whole, telling) != nil {
      hidden.total = true
      hidden.categories = Set(branches.indices)
      hidden.days = Set(days.indices)
    }
    for (place, branch) in branches.enumerated() where !branch.apps.isEmpty {
      if let apps = protection.hidden(
        telling, of: branch.apps.map(\.use), forced: before.apps[place] ?? [])
      {
        hidden.apps[place] = apps
      } else {
        hidden.categories.insert(place)
      }
    }
    let all = Set(branches.indices)
    hidden.categories =
      protection.hidden(telling, of: branches.map(\.whole), forced: hidden.categories) ?? all
    for place in hidden.categories { hidden.apps[place] = Set(branches[place].apps.indices) }
    hidden.days = protection.hidden(telling, of: days, forced: hidden.days) ?? Set(days.indices)
    return hidden
  }

  private func personCounts(_ protection: Protection, _ hidden: Places) -> PersonCounts {
    func persons(_ parts: [Contributions], _ hidden: Set<Int>) -> [PersonNumber?] {
      parts.enumerated().map { hidden.contains($0) ? nil : protection.number(of: $1.persons) }
    }
    return PersonCounts(
      whole: protection.number(of: whole.persons),
      categories: persons(branches.map(\.whole), hidden.categories),
      apps: branches.enumerated().map { persons($1.apps.map(\.use), hidden.apps[$0] ?? []) },
      days: persons(figures.days.map(\.use), hidden.days))
  }

  private func cells(_ protection: Protection, _ hidden: Hidden) -> [ReleaseCell] {
    let (places, shares, untold) = (hidden.cells, hidden.blockedShares, hidden.untold)
    let all = protection.persons(in: whole)
    func cell(
      _ level: ReleaseCell.Level, _ parent: String, _ name: String, _ use: Contributions,
      isUntold: Bool, hidesBlocked: Bool
    ) -> ReleaseCell {
      let persons = protection.persons(in: use)
      return ReleaseCell(
        level: level, parent: parent, name: name, persons: isUntold ? nil : persons,
        personsPercent: level == .total
          ? "100" : share(persons, of: all, isUntold: isUntold, protection),
        // The bounds of a percentage would tell how many persons there are about.
        blockedPercent: hidesBlocked
          ? ReleaseCell.notTold
          : Clamp.percent(
            use.total.blocked, of: use.total.events, groupSize: isUntold ? 0 : persons),
        sums: use.total.uses)
    }
    var cells = [cell(.total, "", "", whole, isUntold: false, hidesBlocked: shares.total)]
    for (place, branch) in branches.enumerated() where !places.categories.contains(place) {
      cells.append(
        cell(
          .category, "", branch.name, branch.whole,
          isUntold: untold.categories.contains(place),
          hidesBlocked: shares.categories.contains(place)))
      for (number, app) in branch.apps.enumerated()
      where places.apps[place]?.contains(number) != true {
        cells.append(
          cell(
            .app, branch.name, app.facts.name, app.use,
            isUntold: untold.apps[place]?.contains(number) == true,
            hidesBlocked: shares.apps[place]?.contains(number) == true))
      }
    }
    for (place, day) in figures.days.enumerated() where !places.days.contains(place) {
      cells.append(
        cell(
          .day, "", day.day, day.use, isUntold: untold.days.contains(place),
          hidesBlocked: shares.days.contains(place)))
    }
    return cells
  }

  private func share(
    _ persons: Int, of all: Int, isUntold: Bool, _ protection: Protection
  ) -> String {
    if !isUntold { return Clamp.percent(Int64(persons), of: Int64(all), groupSize: all) }
    return all - persons < protection.minimum
      ? Clamp.nearlyAll(of: all, minimum: protection.minimum) : ReleaseCell.notTold
  }

  private func hiddenCounts(_ protection: Protection, _ hidden: Places) -> [HiddenCells] {
    func count(
      _ level: ReleaseCell.Level, _ parts: [Contributions]
    ) -> HiddenCells {
      var count = HiddenCells(level: level)
      for part in parts {
        switch protection.objection(to: part) {
        case .small: count.small += 1
        case .dominated: count.dominated += 1
        case nil: count.complementary += 1
        }
      }
      return count
    }
    let apps = hidden.apps.flatMap { place, apps in apps.map { branches[place].apps[$0].use } }
    return [
      count(.category, hidden.categories.map { branches[$0].whole }), count(.app, apps),
      count(.day, hidden.days.map { figures.days[$0].use }),
    ]
  }

  /// The month as a whole is too small: nothing is told but that.
  private func allHidden() -> [HiddenCells] {
    var total = HiddenCells(level: .total)
    total.small = 1
    return [total]
  }
}

/// Percentages that tell neither of nearly nobody nor of nearly everybody.
package enum Clamp {
  private static func margin(_ groupSize: Int) -> Int {
    groupSize <= 10 ? 25 : groupSize <= 20 ? 10 : 5
  }

  /// The share of a group that fewer than `minimum` are not in: no finer than just that.
  static func nearlyAll(of all: Int, minimum: Int) -> String {
    "≥ \(min(100 - margin(all), max(0, all - minimum) * 100 / max(1, all)))"
  }

  /// The share in whole percent, or a bound: a group of up to 10 persons shows 25 to 75 percent,
  /// of up to 20 persons 10 to 90, a larger one 5 to 95.
  package static func percent(_ part: Int64, of whole: Int64, groupSize: Int) -> String {
    let margin = margin(groupSize)
    guard whole > 0 else { return "≤ \(margin)" }
    let percent = Double(part) * 100 / Double(whole)
    if percent <= Double(margin) { return "≤ \(margin)" }
    if percent >= Double(100 - margin) { return "≥ \(100 - margin)" }
    return String(Int(percent.rounded()))
  }
}
