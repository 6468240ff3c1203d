import Glibc

/// Times of the log: microseconds of UTC since 1970, and their text.
package enum UTCTime {
  private static let microsecondsPerDay: Int64 = 86_400_000_000
  /// The years 0000 to 9999, so that texts sort as their times do.
  private static let range: ClosedRange<Int64> =
    -62_167_219_200_000_000...253_402_300_799_999_999

  /// The clock of the machine.
  package static func now() -> Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
  }

  /// `2026-01-31T23:59:59.123456Z`; a time outside the years 0000 to 9999 becomes the nearest.
  package static func text(_ microseconds: Int64) -> String {
    let clamped = min(max(microseconds, range.lowerBound), range.upperBound)
    var day = clamped / microsecondsPerDay
    var rest = clamped % microsecondsPerDay
    if rest < 0 {
      day -= 1
      rest += microsecondsPerDay
    }
    let (year, month, dayOfMonth) = civil(day)
    let seconds = rest / 1_000_000
    var text: [UInt8] = []
    text.reserveCapacity(27)
    append(nil, year, 4, to: &text)
    append("-", month, to: &text)
    append("-", dayOfMonth, to: &text)
    append("T", seconds / 3600, to: &text)
    append(":", seconds / 60 % 60, to: &text)
    append(":", seconds % 60, to: &text)
    append(".", rest % 1_000_000, 6, to: &text)
    text.append(UInt8(ascii: "Z"))
    return String(decoding: text, as: UTF8.self)
  }

  /// Howard Hinnant's civil_from_days: years start in March, eras are 400 years.
  private static func civil(_ day: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = day + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }

  private static func append(
    _ sign: Unicode.Scalar?, _ value: Int64, _ width: Int = 2, to text: inout [UInt8]
  ) {
    if let sign { text.append(UInt8(ascii: sign)) }
    let end = text.count + width
    for _ in 0..<width { text.append(UInt8(ascii: "0")) }
    var rest = value
    for place in 1...width {
      text[end - place] += UInt8(rest % 10)
      rest /= 10
    }
  }
}
