internal import VeiledRecords

/// How many rows the days of a month and those around it have, and whether the month is whole.
///
/// A day is usual where it has a good part of the rows that the same weekdays of the month have:
/// so a quiet Sunday is usual, and a Monday of which one of ten archives came is not. A few rows
/// that a wrong clock dated months ahead make no day.
struct DayRows {
  private let days: ClosedRange<Int32>
  private let rows: [Int32: Int]

  /// Of a hundred rows that the same weekdays have, so many make a day.
  ///
  /// Well below a half, as rows differ between weeks; well above what a few hours leave behind.
  private static let usualPercent = 40
  /// How far from the month days count that tell that it is whole: a week, so that there is a
  /// working day among them.
  private static let besideDays: Int32 = 7

  init(_ first: CivilDay, _ last: CivilDay, _ rowCounts: [(day: CivilDay, rows: Int)]) {
    days = first.daysSince1970...last.daysSince1970
    rows = Dictionary(uniqueKeysWithValues: rowCounts.map { ($0.day.daysSince1970, $0.rows) })
  }

  /// Whether the last day is there: a usual one, or an unusual one with usual ones behind it.
  ///
  /// The last day is the last of a weekday that has rows in most weeks.
  var reachesEnd: Bool {
    let beside = days.upperBound + 1...days.upperBound + Self.besideDays
    return isUsual(days.upperBound) || days.last(where: isWorked).map(isUsual) ?? false
      || beside.contains(where: isUsual)
  }

  /// Whether the first day is not there in part: it is a usual one, or an unusual one with usual
  /// ones in front of it. Logs that begin later have no row of it.
  var hasWholeStart: Bool {
    let beside = days.lowerBound - Self.besideDays...days.lowerBound - 1
    return rows[days.lowerBound] == nil || median(days.lowerBound) == nil
      || isUsual(days.lowerBound) || beside.contains(where: isUsual)
  }

  var isEmpty: Bool { !rows.keys.contains(where: days.contains) }
  /// The newest usual day of the month.
  var newest: CivilDay? { days.last(where: isUsual).map { CivilDay($0) } }
  /// Whether there are rows behind the newest usual day.
  var hasLater: Bool { rows.keys.contains { $0 > newest?.daysSince1970 ?? .max } }

  private func isUsual(_ day: Int32) -> Bool {
    guard let median = median(day), let count = rows[day] else { return false }
    return count * 100 >= median * Self.usualPercent
  }

  /// What the other same weekdays of the month have that have any; `nil`: none has.
  private func median(_ day: Int32) -> Int? {
    let others = sameWeekdays(day).compactMap { rows[$0] }.sorted()
    return others.isEmpty ? nil : others[others.count / 2]
  }

  /// Whether half of the other same weekdays have rows, from the first day on that has any.
  private func isWorked(_ day: Int32) -> Bool {
    guard let first = days.first(where: { rows[$0] != nil }) else { return false }
    let others = sameWeekdays(day).filter { $0 >= first }
    return !others.isEmpty && others.count(where: { rows[$0] != nil }) * 2 >= others.count
  }

  private func sameWeekdays(_ day: Int32) -> [Int32] {
    days.filter { $0 != day && ($0 - day) % 7 == 0 }
  }
}
