/// How many persons the shown cells of a release have, and which of these numbers may be told.
///
/// Sums of parts add up to their whole; persons do not, as one may be in several parts. So a reader
/// takes numbers of persons apart in other ways:
///
/// - Who is in the whole and not in a part: the difference of the two numbers.
/// - Who is in more than one part, where all parts are told: what the parts have more than the
///   whole.
///
/// Neither may be few. All else that follows from the numbers are ranges, and each that stays below
/// the minimum lies within one of these two (a test solves for them).
struct PersonCounts {
  /// Everybody.
  let whole: Int
  /// By category, and `nil` where its cell is hidden.
  let categories: [Int?]
  /// By category and app in it, and `nil` where the cell is hidden.
  let apps: [[Int?]]
  /// By day, and `nil` where the cell is hidden.
  let days: [Int?]

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
      if let count, whole - count < minimum { untold.categories.insert(place) }
    }
    for (place, apps) in apps.enumerated() {
      let category = untold.categories.contains(place) ? nil : categories[place]
      var few = untold.apps[place] ?? []
      for (number, count) in apps.enumerated() {
        guard let count else { continue }
        // The only app of a category is the category once more.
        let isFew = category.map { $0 - count < minimum && apps.count > 1 } ?? false
        if isFew || whole - count < minimum { few.insert(number) }
      }
      if let category { hideOverlap(of: apps, in: category, &few, minimum) }
      untold.apps[place] = few
    }
    hideOverlapOfCategories(&untold, minimum)
    for (place, count) in days.enumerated() {
      if let count, whole - count < minimum { untold.days.insert(place) }
    }
    hideOverlap(of: days, in: whole, &untold.days, minimum)
    return untold
  }

  /// Takes the number of one part away where all are told and few persons are in several.
  private func hideOverlap(
    of parts: [Int?], in whole: Int, _ untold: inout Set<Int>, _ minimum: Int
  ) {
    guard let told = Self.cover(parts, untold), hasFewTwice(told, of: whole, minimum),
      let least = Self.least(parts, untold)
    else { return }
    untold.insert(least)
  }

  /// A category whose number is not told may follow from those of its apps; so these stand for it.
  private func hideOverlapOfCategories(_ untold: inout Untold, _ minimum: Int) {
    while true {
      var sum = 0
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
      guard hasFewTwice(sum, of: whole, minimum) else { return }
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

  /// Whether few persons are in more than one of the parts that have `sum` persons together.
  private func hasFewTwice(_ sum: Int, of whole: Int, _ minimum: Int) -> Bool {
    (1..<minimum).contains(sum - whole)
  }

  /// What the parts have together; `nil` unless all of them are told.
  private static func cover(_ parts: [Int?], _ untold: Set<Int>) -> Int? {
    guard !parts.isEmpty, untold.isEmpty else { return nil }
    var sum = 0
    for part in parts {
      guard let part else { return nil }
      sum += part
    }
    return sum
  }

  /// The told part with the fewest persons.
  private static func least(_ parts: [Int?], _ untold: Set<Int>) -> Int? {
    parts.indices.filter { parts[$0] != nil && !untold.contains($0) }
      .min { (parts[$0] ?? 0, $0) < (parts[$1] ?? 0, $1) }
  }
}
