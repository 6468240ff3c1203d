import Foundation
import SimulatedStorage
import Testing

@testable import DeltaLake

@Suite struct CalendarTextTests {
  @Test(arguments: [
    (Int64(0), "1970-01-01"), (-1, "1969-12-31"), (59, "1970-03-01"), (11_016, "2000-02-29"),
    (20_454, "2026-01-01"), (-719_528, "0000-01-01"), (2_932_896, "9999-12-31"),
  ])
  func writesAndReadsDays(day: Int64, text: String) {
    #expect(CalendarText.date(day) == text)
    #expect(CalendarText.day(text) == day)
  }

  @Test(arguments: [
    "", "2026-1-01", "2026-13-01", "2026-02-29", "2026-04-31", "2026-00-10", "2026-01-00",
    "20260101", "-026-01-01", "2026-01-01 ", "2026-01-0x", "٢٠٢٦-01-01",
  ])
  func refusesBadDays(text: String) { #expect(CalendarText.day(text) == nil) }

  @Test func hasNoDaysOutsideItsYears() {
    #expect(CalendarText.date(2_932_897) == nil)
    #expect(CalendarText.date(-719_529) == nil)
    #expect(CalendarText.date(.max) == nil)
    #expect(CalendarText.timestamp(.max) == nil)
    #expect(CalendarText.timestamp(.min) == nil)
  }

  @Test(arguments: [
    (Int64(0), "1970-01-01T00:00:00.000000Z"), (-1, "1969-12-31T23:59:59.999999Z"),
    (1_767_225_600_123_456, "2026-01-01T00:00:00.123456Z"),
  ])
  func writesAndReadsTimes(time: Int64, text: String) {
    #expect(CalendarText.timestamp(time) == text)
    #expect(CalendarText.microseconds(text)?.value == time)
  }

  @Test(arguments: [
    ("2026-01-01T00:00:00Z", Int64(1_767_225_600_000_000), 0),
    ("2026-01-01 00:00:00", 1_767_225_600_000_000, 0),
    ("2026-01-01T00:00:00.5+00:00", 1_767_225_600_500_000, 1),
    ("2026-01-01T00:00:00.123Z", 1_767_225_600_123_000, 3),
    ("2026-01-01T00:00:00.123456789Z", 1_767_225_600_123_456, 9),
  ])
  func readsTimesOfOthers(text: String, time: Int64, digits: Int) {
    #expect(CalendarText.microseconds(text)?.value == time)
    #expect(CalendarText.microseconds(text)?.fractionDigits == digits)
  }

  @Test(arguments: [
    "", "2026-01-01", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:60Z",
    "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00.1234567890Z", "2026-01-01T00:00:00+01:00",
    "2026-01-01T00-00:00Z", "2026-01-01T00:00:00ZZ",
  ])
  func refusesBadTimes(text: String) { #expect(CalendarText.microseconds(text) == nil) }

  @Test func agreesWithAnotherCalendar() throws {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = try #require(TimeZone(identifier: "UTC"))
    var random = SeededRandom(seed: 3)
    for _ in 0..<2_000 {
      // Foundation's calendar turns Julian before 1582.
      let day = Int64(random.below(2_932_896 + 140_000)) - 140_000
      let date = Date(timeIntervalSince1970: Double(day) * 86_400)
      let parts = calendar.dateComponents([.year, .month, .day], from: date)
      let text = String(
        format: "%04d-%02d-%02d",
        parts.year ?? 0,
        parts.month ?? 0,
        parts.day ?? 0
      )
      #expect(CalendarText.date(day) == text)
      #expect(CalendarText.day(text) == day)
    }
  }
}
