/// How many persons the shown cells of a release have, and which of these numbers may be told.
///
/// Sums of parts add up to their whole; persons do not, as one may be in several parts. So a reader
/// takes numbers of persons apart in other ways:
///
/// - Who is in the whole and not in a part: the difference of the two numbers.
/// - Who is in more than one part, where all parts are told: what the parts have more than the
///   whole.
///
/// Neither may be few, nor a mix of users and addresses in which few are certain. All else that
/// follows from the numbers are ranges, and each that stays below the minimum lies within one of
/// these two (a test solves for them).
struct PersonCounts {
  /// Everybody.
  let whole: PersonNumber
  /// By category, and `nil` where its cell is hidden.
  let categories: [PersonNumber?]
  /// By category and app in it, and `nil` where the cell is hidden.
  let apps: [[PersonNumber?]]
  /// By day, and `nil` where the cell is hidden.
  let days: [PersonNumber?]

  /// Shown cells whose numbers of persons are not told.
  struct Untold: Equatable {
    var categories: Set<Int> = []
    /// By category.
    var apps: [Int: Set<Int>] = [:]
    var days: Set<Int> = []
  }

  /// What must not be told.
  ///
  /// - Parameter before: what is not told in any case.
  func untold(before: Untold, minimum: Int) -> Untold {
    var untold = before
    for (place, count) in categories.enumerated() {
      if count?.leavesFew(of: whole, minimum: minimum) == true { untold.categories.insert(place) }
    }
    for (place, apps) in apps.enumerated() {
      let category = untold.categories.contains(place) ? nil : categories[place]
      var few = untold.apps[place] ?? []
      for (number, count) in apps.enumerated() {
        guard let count else { continue }
        // The only app of a category is the category once more.
        let isFew =
          apps.count > 1 && category.map { count.leavesFew(of: $0, minimum: minimum) } == true
        if isFew || count.leavesFew(of: whole, minimum: minimum) { few.insert(number) }
      }
      if let category { hideOverlap(of: apps, in: category, &few, minimum) }
      untold.apps[place] = few
    }
    hideOverlapOfCategories(&untold, minimum)
    for (place, count) in days.enumerated() {
      if count?.leavesFew(of: whole, minimum: minimum) == true { untold.days.insert(place) }
    }
    hideOverlap(of: days, in: whole, &untold.days, minimum)
    return untold
  }

  /// Takes the number of one part away where all are told and few persons are in several.
  private func hideOverlap(
    of parts: [PersonNumber?], in whole: PersonNumber, _ untold: inout Set<Int>, _ minimum: Int
  ) {
    guard let told = Self.cover(parts, untold), told.hasFewTwice(in: whole, minimum: minimum),
      let least = Self.least(parts, untold)
    else { return }
    untold.insert(least)
  }

  /// A category whose number is not told may follow from those of its apps; so these stand for it.
  private func hideOverlapOfCategories(_ untold: inout Untold, _ minimum: Int) {
    while true {
      var sum = PersonNumber()
      for place in categories.indices {
        guard let category = categories[place] else { return }
        if !untold.categories.contains(place) {
          sum += category
        } else if let told = Self.cover(apps[place], untold.apps[place] ?? []) {
          sum += told
        } else {
          return
        }
      }
      guard sum.hasFewTwice(in: whole, minimum: minimum) else { return }
      if let least = Self.least(categories, untold.categories) {
        untold.categories.insert(least)
      } else if let place = apps.indices.first(where: { !apps[$0].isEmpty }),
        let least = Self.least(apps[place], untold.apps[place] ?? [])
      {
        untold.apps[place, default: []].insert(least)
      } else {
        return
      }
    }
  }

  /// What the parts have together; `nil` unless all of them are told.
  private static func cover(_ parts: [PersonNumber?], _ untold: Set<Int>) -> PersonNumber? {
    guard !parts.isEmpty, untold.isEmpty else { return nil }
    var sum = PersonNumber()
    for part in parts {
      guard let part else { return nil }
      sum += part
    }
    return sum
  }

  /// The told part with the fewest persons.
  private static func least(_ parts: [PersonNumber?], _ untold: Set<Int>) -> Int? {
    parts.indices.filter { parts[$0] != nil && !untold.contains($0) }
      .min { (parts[$0]?.told ?? 0, $0) < (parts[$1]?.told ?? 0, $1) }
  }
}
