internal import ByteBlocks
internal import ByteKernels
internal import Foundation
internal import VeiledRecords

/// The zone of times that carry none, and the year of those that do not say theirs.
package struct TimeZoneRule: Sendable {
  /// Coordinated universal time: times are taken as they stand.
  package static let utc = TimeZoneRule()

  /// The year of times without one; `nil`: the newest year in which they are not in the future.
  package var year: Int?

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

  /// Seconds of `±HH:MM` or `±HHMM`, at most 14 hours.
  private static func fixedOffset(_ text: String) -> Int? {
    var digits = Array(text.utf8)
    if digits.count == 6, digits[3] == UInt8(ascii: ":") { digits.remove(at: 3) }
    guard digits.count == 5, digits.dropFirst().allSatisfy({ (0x30...0x39).contains($0) }) else {
      return nil
    }
    let numbers = digits.dropFirst().map { Int($0) - 0x30 }
    let (hours, minutes) = (numbers[0] * 10 + numbers[1], numbers[2] * 10 + numbers[3])
    let seconds = hours * 3600 + minutes * 60
    guard minutes < 60, seconds <= 14 * 3600 else { return nil }
    switch digits[0] {
    case UInt8(ascii: "+"): return seconds
    case UInt8(ascii: "-"): return -seconds
    default: return nil
    }
  }

  /// 15 minutes: every offset and every change of today's zones is a multiple of it.
  private static let stepSeconds: Int64 = 900
  private static let daySeconds: Int64 = 86_400

  /// Turns local times into UTC, in place.
  ///
  /// A local time that occurs twice is taken as the first one; one that does not occur is moved
  /// by the offset before the gap. Offsets are looked up once per run of equal quarters of an hour.
  /// A time that falls before 1970 sets `status` to `bad`.
  func toUTC(
    _ times: inout Buffer<Int64>, _ status: inout Buffer<UInt8>, in range: Range<Int>, bad: UInt8
  ) {
    guard let zone else { return }
    var span = times.mutableSpan
    var knownStep = Int64.min
    var offset: Int64 = 0
    for place in range {
      let step = span[place] / (Self.stepSeconds * 1_000_000)
      if step != knownStep {
        knownStep = step
        offset = Self.offset(of: zone, localSeconds: step * Self.stepSeconds)
      }
      span[place] -= offset * 1_000_000
      if span[place] < 0 {
        span[place] = 0
        if status[place] == 0 { status[place] = bad }
      }
    }
  }

  /// Turns those of `count` times from `base` on that `isLocal` marks into UTC, as `toUTC` does.
  func toUTC(
    _ times: inout Buffer<Int64>, _ status: inout Buffer<UInt8>, from base: Int,
    where isLocal: borrowing Buffer<UInt8>, _ count: Int, bad: UInt8
  ) {
    guard zone != nil else { return }
    var start = 0
    while start < count {
      var end = start
      while end < count, isLocal[end] != 0 { end += 1 }
      if end > start { toUTC(&times, &status, in: base + start..<base + end, bad: bad) }
      start = end + 1
    }
  }

  /// The end of tomorrow: a day of grace for clocks and zones.
  private static let latestDay = CivilDay(CivilDay.today().daysSince1970 + 2)
  private static let latestMicros = Int64(latestDay.daysSince1970) * daySeconds * 1_000_000
  private static let newestYear = Int(latestDay.description.prefix(4)) ?? 1970

  /// How times are read by this rule.
  func plan(_ rules: [TimePlan.Rule]) -> TimePlan {
    TimePlan(rules, year: year, latest: Self.latestMicros, newestYear: Self.newestYear)
  }

  /// The offset that a local time is read with.
  ///
  /// Read as UTC, a local time is less than a day from its instant; so the offsets a day
  /// earlier and
  /// a day later are those before and after a change that it may be near.
  private static func offset(of zone: TimeZone, localSeconds: Int64) -> Int64 {
    func offset(at seconds: Int64) -> Int64 {
      Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds))))
    }
    let before = offset(at: localSeconds - daySeconds)
    if offset(at: localSeconds - before) == before { return before }
    let after = offset(at: localSeconds + daySeconds)
    return offset(at: localSeconds - after) == after ? after : before
  }
}
