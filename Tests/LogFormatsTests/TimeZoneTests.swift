import ByteBlocks
import Foundation
import TestSupport
import Testing

@testable import LogFormats

/// Local times against Foundation's calendar.
@Suite struct TimeZoneTests {
  static let bad: UInt8 = 4

  /// Seconds of local times as UTC; `nil` where the time is refused.
  static func utc(_ local: [Int64], _ rule: TimeZoneRule) -> [Int64?] {
    var times = Buffer<Int64>(count: local.count + 1)
    var status = Buffer<UInt8>(count: local.count + 1)
    for (place, seconds) in local.enumerated() { times[place + 1] = seconds * 1_000_000 + 7 }
    times[0] = 99
    rule.toUTC(&times, &status, in: 1..<local.count + 1, bad: bad)
    #expect(times[0] == 99)
    return local.indices.map { place in
      status[place + 1] == bad ? nil : (times[place + 1] - 7) / 1_000_000
    }
  }

  static let fixed: [(String, Int64)] = [
    ("UTC", 0), ("utc", 0), ("GMT", 0), ("Z", 0), ("+00:00", 0), ("-00:00", 0), ("+02:00", 7200),
    ("+0200", 7200), ("-0930", -34_200), ("-09:30", -34_200), ("+05:45", 20_700),
    ("+14:00", 50_400),
    ("-12:00", -43_200), ("Asia/Kolkata", 19_800),
  ]

  @Test(arguments: fixed) func offsetsAreTakenOff(_ name: String, seconds: Int64) throws {
    let rule = try #require(TimeZoneRule(name))
    let local: [Int64] = [1_793_606_400, 1_793_606_401, 951_782_400]
    #expect(Self.utc(local, rule) == local.map { $0 - seconds })
  }

  static let unknown = [
    "", "X", "Mars/Olympus", "Europe/Berlinn", "+2", "+02", "+24:00", "+15:00", "+02:60", "02:00",
    "+02:00:00", "++200", "+-200", "+:0:2:0:0", "+0 200", "+٠٢٠٠", "../../etc/passwd",
    "/etc/passwd",
    "+02-00", "+2:000",
  ]

  @Test(arguments: unknown) func unknownNamesGiveNothing(name: String) {
    #expect(TimeZoneRule(name) == nil)
  }

  static let zones = [
    "Europe/Berlin", "America/New_York", "America/Los_Angeles", "America/Sao_Paulo",
    "Australia/Lord_Howe", "Australia/Adelaide", "Asia/Kathmandu", "Pacific/Chatham",
    "Pacific/Apia", "Africa/Casablanca", "America/St_Johns",
  ]

  /// The quarters of an hour around every change of ten years.
  @Test(arguments: zones) func localTimesAcrossChanges(name: String) throws {
    let zone = try #require(TimeZone(identifier: name))
    let rule = try #require(TimeZoneRule(name))
    var change = Date(timeIntervalSince1970: 1_230_768_000)  // 2009.
    for _ in 0..<20 {
      guard let next = zone.nextDaylightSavingTimeTransition(after: change) else { break }
      change = next
      let local = (-110...110).map { Int64(change.timeIntervalSince1970) / 900 * 900 + $0 * 900 }
      let found = Self.utc(local, rule)
      for (local, found) in zip(local, found) where found != Self.instant(of: local, in: zone) {
        Issue.record("\(name): \(local) near \(change)")
        return
      }
    }
  }

  /// The first instant that reads as a local time; where none does, by the offset before the gap.
  static func instant(of local: Int64, in zone: TimeZone) -> Int64 {
    func offset(_ instant: Int64) -> Int64 {
      Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(instant))))
    }
    let offsets = Set([-93_600, -43_200, 0, 43_200, 93_600].map { offset(local + $0) })
    let instants = offsets.map { local - $0 }.filter { $0 + offset($0) == local }
    return instants.min() ?? local - offset(local - 93_600)
  }

  @Test func timesBefore1970AreRefused() throws {
    let rule = try #require(TimeZoneRule("+02:00"))
    #expect(Self.utc([7199, 7200, 0], rule) == [nil, 0, nil])
    let west = try #require(TimeZoneRule("-02:00"))
    #expect(Self.utc([0], west) == [7200])
  }

  @Test func parserAppliesTheZone() throws {
    let text = Array(
      "#Fields: date time cs-host\n2026-07-01 12:00:00.5 a\n2026-12-01 12:00:00 a\n".utf8
    )
    let zone = try #require(TimeZoneRule("Europe/Berlin"))
    let reading = try read(text, zone: zone)
    #expect(reading.lines.map(\.time) == [1_782_900_000_500_000, 1_796_122_800_000_000])
  }
}
