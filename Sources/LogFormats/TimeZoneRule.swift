internal import ByteBlocks
internal import Foundation

/// The zone of times that carry none.
package struct TimeZoneRule: Sendable {
  /// Coordinated universal time: times are taken as they stand.
  package static let utc = TimeZoneRule()

  private let zone: TimeZone?

  private init() { zone = nil }

  /// A zone by its name in the time zone database, or `±HH:MM`; `nil` when there is none.
  package init?(_ name: String) {
    if ["UTC", "GMT", "Z"].contains(name.uppercased()) {
      zone = nil
    } else if let seconds = Self.fixedOffset(name) {
      zone = TimeZone(secondsFromGMT: seconds)
    } else if let known = TimeZone(identifier: name), name.contains("/") || name.count >= 3 {
      zone = known
    } else {
      return nil
    }
  }

  private static func fixedOffset(_ text: String) -> Int? {
    guard let sign = text.first, sign == "+" || sign == "-" else { return nil }
    let digits = text.dropFirst().filter { $0 != ":" }
    guard digits.count == 4, let number = Int(digits), number % 100 < 60, number / 100 <= 14
    else { return nil }
    return (sign == "-" ? -1 : 1) * (number / 100 * 3600 + number % 100 * 60)
  }

  private static let hourMicros: Int64 = 3_600_000_000

  /// Turns local times into UTC, in place.
  ///
  /// A local time that occurs twice is taken as the first one; one that does not occur is moved
  /// by the offset before the gap. Offsets are looked up once per run of equal hours.
  /// A time that falls before 1970 sets `status` to `bad`.
  func toUTC(
    _ times: inout Buffer<Int64>, _ status: inout Buffer<UInt8>, in range: Range<Int>, bad: UInt8
  ) {
    guard let zone else { return }
    var span = times.mutableSpan
    var knownHour = Int64.min
    var offset: Int64 = 0
    for place in range {
      let hour = span[place] / Self.hourMicros
      if hour != knownHour {
        knownHour = hour
        offset = Self.offset(of: zone, localSeconds: hour * 3600)
      }
      span[place] -= offset * 1_000_000
      if span[place] < 0 {
        span[place] = 0
        if status[place] == 0 { status[place] = bad }
      }
    }
  }

  private static func offset(of zone: TimeZone, localSeconds: Int64) -> Int64 {
    let local = Date(timeIntervalSince1970: Double(localSeconds))
    let guess = zone.secondsFromGMT(for: local)
    let before = zone.secondsFromGMT(for: local.addingTimeInterval(-Double(guess) - 7200))
    if zone.secondsFromGMT(for: local.addingTimeInterval(-Double(before))) == before {
      return Int64(before)
    }
    return Int64(zone.secondsFromGMT(for: local.addingTimeInterval(-Double(guess))))
  }
}
