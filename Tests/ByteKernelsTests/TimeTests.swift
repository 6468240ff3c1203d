import ByteBlocks
import ByteKernels
import TestSupport
import Testing

/// Times of day, dates and epochs against plain readers of one field.
@Suite struct TimeTests {
  typealias Reading = NumberTests.Reading
  static let daySeconds: Int64 = 86_400
  static let secondMicros: Int64 = 1_000_000

  static func dateTimes(_ fields: [(date: [UInt8], time: [UInt8])]) throws -> [Reading] {
    let dates = try FieldColumn(fields.flatMap { [$0.date, $0.time] })
    let dateRanges = stride(from: 0, to: dates.ranges.count, by: 2).map { dates.ranges[$0] }
    let timeRanges = stride(from: 1, to: dates.ranges.count, by: 2).map { dates.ranges[$0] }
    var micros = Buffer<Int64>(count: fields.count)
    var status = Buffer<UInt8>(count: fields.count)
    FieldKernels.dateTimes(
      dates: dateRanges.span,
      times: timeRanges.span,
      in: dates.block,
      into: &micros,
      status: &status,
      bad: NumberTests.bad
    )
    return fields.indices.map { Reading(value: micros[$0], isBad: status[$0] == NumberTests.bad) }
  }

  static func epochs(_ fields: [[UInt8]]) throws -> [Reading] {
    let column = try FieldColumn(fields)
    var micros = Buffer<Int64>(count: fields.count)
    var status = Buffer<UInt8>(count: fields.count)
    FieldKernels.epochs(
      column.ranges.span,
      in: column.block,
      into: &micros,
      status: &status,
      bad: NumberTests.bad
    )
    return fields.indices.map { Reading(value: micros[$0], isBad: status[$0] == NumberTests.bad) }
  }

  // --- naive twins ---

  static func number(_ bytes: ArraySlice<UInt8>) -> Int64? {
    guard !bytes.isEmpty, bytes.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Int64(String(decoding: bytes, as: UTF8.self))
  }

  static func isLeap(_ year: Int64) -> Bool {
    year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
  }

  static func monthDays(_ year: Int64) -> [Int64] {
    [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
  }

  static func naiveDay(_ text: [UInt8]) -> Int64? {
    guard text.count == 10, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"),
      let year = number(text[0..<4]), let month = number(text[5..<7]),
      let day = number(text[8..<10]),
      (1970...2148).contains(year), (1...12).contains(month), day >= 1,
      day <= monthDays(year)[Int(month) - 1]
    else { return nil }
    var days = day - 1
    for year in 1970..<year { days += isLeap(year) ? 366 : 365 }
    for month in 0..<Int(month) - 1 { days += monthDays(year)[month] }
    return days
  }

  /// Microseconds of 1 to 18 digits; those behind the sixth are dropped.
  static func naiveFraction(_ text: ArraySlice<UInt8>) -> Int64? {
    guard (1...18).contains(text.count), number(text) != nil else { return nil }
    let six = text.prefix(6) + Array(repeating: UInt8(ascii: "0"), count: max(0, 6 - text.count))
    return number(six)
  }

  static func naiveTime(_ text: [UInt8]) -> Int64? {
    guard text.count >= 8, text[2] == UInt8(ascii: ":"), text[5] == UInt8(ascii: ":"),
      let hour = number(text[0..<2]), let minute = number(text[3..<5]),
      let second = number(text[6..<8]), hour < 24, minute < 60, second <= 60
    else { return nil }
    let whole = (hour * 3600 + minute * 60 + second) * secondMicros
    guard text.count > 8 else { return whole }
    guard text[8] == UInt8(ascii: ".") || text[8] == UInt8(ascii: ","),
      let fraction = naiveFraction(text[9...])
    else { return nil }
    return whole + fraction
  }

  static func naive(_ date: [UInt8], _ time: [UInt8]) -> Reading {
    guard let day = naiveDay(date), let time = naiveTime(time) else {
      return Reading(value: 0, isBad: true)
    }
    return Reading(value: day * daySeconds * secondMicros + time)
  }

  static func naiveEpoch(_ text: [UInt8]) -> Reading {
    let parts = text.split(
      separator: UInt8(ascii: "."),
      maxSplits: 1,
      omittingEmptySubsequences: false
    )
    guard let first = parts.first, first.count <= 10, let whole = number(first),
      let fraction = parts.count == 1 ? 0 : naiveFraction(parts[1]), whole < 65_535 * daySeconds
    else { return Reading(value: 0, isBad: true) }
    return Reading(value: whole * secondMicros + fraction)
  }

  static func expectSame(_ fields: [(date: [UInt8], time: [UInt8])]) throws {
    for ((date, time), found) in zip(fields, try dateTimes(fields)) where found != naive(date, time)
    {
      Issue.record("\(date.debugText) \(time.debugText): \(found)")
    }
  }

  static func expectSameEpochs(_ fields: [[UInt8]]) throws {
    for (field, found) in zip(fields, try epochs(fields)) where found != naiveEpoch(field) {
      Issue.record("\(field.debugText): \(found)")
    }
  }

  // --- tests ---

  static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }

  /// Every day there is, counted one by one, and those next to it that there are not.
  @Test func allDates() throws {
    var dates: [(text: String, day: Int64?)] = []
    var day: Int64 = 0
    for year in 1969...2149 {
      for month in 0...13 {
        let last = (1...12).contains(month) ? Self.monthDays(Int64(year))[month - 1] : 0
        for number in 0...32 {
          let text = "\(year)-\(Self.twoDigits(month))-\(Self.twoDigits(number))"
          let isThere = (1970...2148).contains(year) && number >= 1 && number <= last
          dates.append((text, isThere ? day : nil))
          if isThere { day += 1 }
        }
      }
    }
    let time = Array("00:00:01".utf8)
    let found = try Self.dateTimes(dates.map { (Array($0.text.utf8), time) })
    for (date, found) in zip(dates, found) {
      let micros = date.day.map { $0 * Self.daySeconds * Self.secondMicros + Self.secondMicros }
      if found != Reading(value: micros ?? 0, isBad: micros == nil) {
        Issue.record("\(date.text): \(found)")
      }
    }
  }

  @Test func allSecondsOfADay() throws {
    let date = Array("2028-02-29".utf8)
    let times = (0..<24 * 60 * 61).map { number in
      let (hour, minute, second) = (number / 3660, number / 61 % 60, number % 61)
      return "\(Self.twoDigits(hour)):\(Self.twoDigits(minute)):\(Self.twoDigits(second))"
    }
    try Self.expectSame(times.map { (date, Array($0.utf8)) })
  }

  @Test func oddTimes() throws {
    let date = Array("2026-11-02".utf8)
    var times = [
      "", "-", "8:00:00", "08:00", "08:00:0", "24:00:00", "23:60:00", "23:59:61", "23:59:60",
      "23:59:60.999999", "99:99:99", "08-00-00", "08:00:00.", "08:00:00,5", "08:00:00;5",
      "08:00:00Z", "08:00:00 1", "08:00:00.1 ", "-8:00:00", "08:00:00.-1", "08:00:00+01:00",
    ]
    times += (0...20).map { "08:00:00." + "123456789012345678901234".prefix($0) }
    try Self.expectSame(times.map { (date, Array($0.utf8)) })
  }

  @Test func oddDates() throws {
    let dates = [
      "", "-", "2026-11-2", "2026-1-02", "26-11-02", "2026/11/02", "02-11-2026", "2026-11-023",
      "2026-11-02 ", " 2026-11-02", "20261102", "1900-02-28", "2100-02-29", "2000-02-29",
      "2148-12-31", "2149-01-01", "0000-01-01", "9999-12-31", "-026-11-02", "\0\0\0\0\0\0\0\0\0\0",
    ]
    try Self.expectSame(dates.map { (Array($0.utf8), Array("23:59:60".utf8)) })
  }

  /// Every byte at every place.
  @Test func datesAndTimesWithJunk() throws {
    let (date, time) = (Array("2027-06-15".utf8), Array("21:43:56.1234567".utf8))
    var fields: [(date: [UInt8], time: [UInt8])] = []
    for byte in UInt8.min...UInt8.max {
      for place in date.indices {
        fields.append((date, time))
        fields[fields.count - 1].date[place] = byte
      }
      for place in time.indices {
        fields.append((date, time))
        fields[fields.count - 1].time[place] = byte
      }
    }
    try Self.expectSame(fields)
  }

  @Test func epochsOfEveryShape() throws {
    var texts = [
      "", "-", ".", "0", "1.", ".5", "1793606400", "1793606400.000", "1793606427.0x0", "never",
      "01793606400", "0000000001", "5662223999", "5662224000", "5662223999.999999",
      "9999999999", "99999999999", "1793606400,5", "1.5.5", "-1", "+1", "1e9", " 1", "1 ",
    ]
    texts += (0...20).map { "951782400." + "987654321098765432109".prefix($0) }
    try Self.expectSameEpochs(texts.map { Array($0.utf8) })
  }

  @Test func epochsWithJunk() throws {
    var fields: [[UInt8]] = []
    for text in ["1793606411.123456", "951782400", "7"] {
      for place in 0..<text.utf8.count {
        for byte in UInt8.min...UInt8.max {
          fields.append(Array(text.utf8))
          fields[fields.count - 1][place] = byte
        }
      }
    }
    try Self.expectSameEpochs(fields)
  }

  @Test func randomEpochs() throws {
    var random = SeededRandom(seed: 3)
    let fields = (0..<3000).map { _ in
      random.bytes(random.below(24), of: Array("0123456789012345678901234567890123456789.".utf8))
    }
    try Self.expectSameEpochs(fields)
  }
}
