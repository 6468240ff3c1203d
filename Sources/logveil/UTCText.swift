import VeiledRecords

/// Times as the command line prints them: RFC 3339 in UTC.
enum UTCText {
  /// `2026-01-31T23:59:59.123Z` of milliseconds since 1970.
  static func milliseconds(_ time: Int64) -> String {
    let (days, rest) = (Int64(86_400_000), 1000 as Int64)
    let day = time >= 0 ? time / days : (time - days + 1) / days
    let millisecond = time - day * days
    let second = millisecond / rest
    let clock = [second / 3600, second / 60 % 60, second % 60].map { padded($0, 2) }
    return "\(CivilDay(Int32(clamping: day)))T\(clock.joined(separator: ":"))."
      + "\(padded(millisecond % rest, 3))Z"
  }

  private static func padded(_ value: Int64, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
