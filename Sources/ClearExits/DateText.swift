internal import VeiledRecords

/// Writes times as RFC 3339 in UTC with microseconds; remembers the last day.
struct DateText {
  private var day = Int64.min
  private var dayText: [UInt8] = []

  /// Adds `2026-01-31T23:59:59.123456Z`.
  ///
  /// - Parameter micros: microseconds since 1970, not negative.
  mutating func append(_ micros: Int64, to bytes: inout [UInt8]) {
    let seconds = micros / 1_000_000
    if seconds / 86_400 != day {
      day = seconds / 86_400
      dayText = Array("\(CivilDay(Int32(clamping: day)))T".utf8)
    }
    bytes.append(contentsOf: dayText)
    let second = seconds % 86_400
    Self.append(second / 3600, 2, to: &bytes)
    bytes.append(UInt8(ascii: ":"))
    Self.append(second / 60 % 60, 2, to: &bytes)
    bytes.append(UInt8(ascii: ":"))
    Self.append(second % 60, 2, to: &bytes)
    bytes.append(UInt8(ascii: "."))
    Self.append(micros % 1_000_000, 6, to: &bytes)
    bytes.append(UInt8(ascii: "Z"))
  }

  private static func append(_ value: Int64, _ width: Int, to bytes: inout [UInt8]) {
    var divisor = (1..<width).reduce(Int64(1)) { divisor, _ in divisor * 10 }
    while divisor > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value / divisor % 10))
      divisor /= 10
    }
  }
}
