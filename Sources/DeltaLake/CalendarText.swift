/// Days and times as the log writes them, in UTC and the Gregorian calendar, years 0000 to 9999.
enum CalendarText {
  private static let microsecondsPerDay: Int64 = 86_400_000_000
  // 0000-01-01 and 9999-12-31 in days since 1970-01-01.
  private static let days: ClosedRange<Int64> = -719_528...2_932_896

  /// `2026-01-31`; `nil` outside the years 0000 to 9999.
  static func date(_ day: Int64) -> String? {
    guard days.contains(day) else { return nil }
    // Howard Hinnant's civil_from_days: years start in March, eras are 400 years.
    let shifted = day + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let dayOfMonth = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(dayOfMonth, 2))"
  }

  /// `2026-01-31T23:59:59.123456Z`; `nil` outside the years 0000 to 9999.
  static func timestamp(_ microseconds: Int64) -> String? {
    var day = microseconds / microsecondsPerDay
    var rest = microseconds % microsecondsPerDay
    if rest < 0 {
      day -= 1
      rest += microsecondsPerDay
    }
    guard let date = date(day) else { return nil }
    let seconds = rest / 1_000_000
    let clock =
      "\(padded(seconds / 3600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
    return "\(date)T\(clock).\(padded(rest % 1_000_000, 6))Z"
  }

  /// The day that `2026-01-31` stands for; `nil` when it stands for none.
  static func day(_ text: some StringProtocol) -> Int64? {
    let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].count == 4, parts[1].count == 2, parts[2].count == 2,
      let year = digits(parts[0]), let month = digits(parts[1]), let day = digits(parts[2]),
      (1...12).contains(month), (1...31).contains(day)
    else { return nil }
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    let result = era * 146_097 + dayOfEra - 719_468
    // Refuses what the calendar does not have, as the 31st of February.
    return date(result).map { Array($0.utf8) == Array(text.utf8) } == true ? result : nil
  }

  /// The microseconds that a time in UTC stands for, and how many digits its fraction has.
  ///
  /// Takes `T` or a blank between day and time, and `Z`, `+00:00` or nothing behind them.
  static func microseconds(_ text: String) -> (value: Int64, fractionDigits: Int)? {
    let bytes = Array(text.utf8)
    guard bytes.count >= 19, let day = day(String(decoding: bytes[..<10], as: UTF8.self)),
      bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: " "),
      bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
      let hour = digits(bytes[11..<13]), hour < 24, let minute = digits(bytes[14..<16]),
      minute < 60, let second = digits(bytes[17..<19]), second < 60
    else { return nil }
    var rest = bytes[19...]
    var fraction: Int64 = 0
    var fractionDigits = 0
    if rest.first == UInt8(ascii: ".") {
      let text = rest.dropFirst().prefix { $0 &- UInt8(ascii: "0") < 10 }
      guard (1...9).contains(text.count) else { return nil }
      fractionDigits = text.count
      for index in 0..<6 {
        let digit = index < text.count ? text[text.startIndex + index] - UInt8(ascii: "0") : 0
        fraction = fraction * 10 + Int64(digit)
      }
      rest = rest[text.endIndex...]
    }
    guard ["", "Z", "+00:00"].contains(String(decoding: rest, as: UTF8.self)) else { return nil }
    let seconds = hour * 3600 + minute * 60 + second
    return (day * microsecondsPerDay + seconds * 1_000_000 + fraction, fractionDigits)
  }

  private static func digits(_ text: some Collection<UInt8>) -> Int64? {
    var value: Int64 = 0
    for byte in text {
      guard byte &- UInt8(ascii: "0") < 10 else { return nil }
      value = value * 10 + Int64(byte - UInt8(ascii: "0"))
    }
    return value
  }

  private static func padded(_ value: Int64, _ width: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, width - text.count)) + text
  }
}
