/// When things happen: more by day than by night, more on weekdays, never backwards.
struct Clock {
  private static let microsecondsPerHour = 3_600_000_000.0
  /// Share of the traffic of each hour of a weekday.
  private static let hours: [Double] = [
    8, 6, 5, 5, 6, 10, 22, 45, 80, 98, 100, 96, 84, 92, 100, 97, 90, 74, 52, 38, 30, 24, 17, 11,
  ]
  private static let weekendShare = 0.3

  private let start: Int64
  /// Share of the text that is written when each hour starts, and 1 at the end.
  private let shares: [Double]
  private var hour = 0

  /// A clock that runs from the start of `firstDay` (days since 1970-01-01) for `days` days.
  init(firstDay: Int, days: Int) {
    start = Int64(firstDay) * 86_400_000_000
    var shares = [0.0]
    for hour in 0..<days * 24 {
      // 1970-01-01 was a Thursday.
      let weekday = (firstDay + hour / 24 + 3) % 7
      let weight = Self.hours[hour % 24] * (weekday >= 5 ? Self.weekendShare : 1)
      shares.append(shares[hour] + weight)
    }
    let total = shares[days * 24]
    self.shares = shares.map { $0 / total }
  }

  /// When the share `progress` of the text is written.
  ///
  /// - Parameter progress: from 0 up to, not including, 1; never less than at the call before.
  /// - Returns: microseconds since 1970-01-01T00:00:00Z.
  @inline(__always)
  mutating func microseconds(at progress: Double) -> Int64 {
    while hour + 2 < shares.count, shares[hour + 1] <= progress { hour += 1 }
    let share = (progress - shares[hour]) / (shares[hour + 1] - shares[hour])
    let within = min(max(share, 0) * Self.microsecondsPerHour, Self.microsecondsPerHour - 1)
    return start + Int64(Double(hour) * Self.microsecondsPerHour + within)
  }
}

/// A day of the Gregorian calendar.
struct CalendarDay: Equatable {
  var year: Int
  var month: Int
  var day: Int

  /// The day that lies `number` days after 1970-01-01, from there on.
  init(number: Int) {
    // Years start in March here, so that the leap day is the last one.
    let shifted = number + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// The day of `text`, written `2026-11-01`, from 1970 to 2200; `nil` when there is none.
  init?(_ text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.map(\.utf8.count) == [4, 2, 2],
      text.utf8.allSatisfy({ $0 == 0x2D || ($0 >= 0x30 && $0 <= 0x39) }),
      let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]),
      (1970...2200).contains(year), (1...12).contains(month), (1...31).contains(day)
    else { return nil }
    (self.year, self.month, self.day) = (year, month, day)
    guard CalendarDay(number: number) == self else { return nil }
  }

  /// Days since 1970-01-01.
  var number: Int {
    let year = month <= 2 ? self.year - 1 : self.year
    let era = year / 400
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }
}
