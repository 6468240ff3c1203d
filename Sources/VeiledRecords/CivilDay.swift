import Glibc

/// A day of the Gregorian calendar in UTC, as keys count them.
package struct CivilDay: Equatable, CustomStringConvertible {
  /// Days since 1970-01-01.
  package let daysSince1970: Int32

  /// The day that lies `daysSince1970` days behind 1970-01-01.
  package init(_ daysSince1970: Int32) {
    self.daysSince1970 = daysSince1970
  }

  /// The day that `YYYY-MM-DD` names, or `nil` where the calendar has none such.
  package init?(parsing text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
      let year = CivilDay.number(bytes[0..<4]), let month = CivilDay.number(bytes[5..<7]),
      let day = CivilDay.number(bytes[8..<10]), year > 0, (1...12).contains(month), day > 0
    else { return nil }
    // Years begin in March here, so that the leap day is the last one of its year.
    let shifted = month > 2 ? year : year - 1
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    daysSince1970 = Int32(era * 146_097 + dayOfEra - 719_468)
    // Refuses 31 April and the like, which the sum above takes for 1 May.
    guard description == text else { return nil }
  }

  /// `YYYY-MM-DD`.
  package var description: String {
    let days = Int(daysSince1970) + 719_468
    let era = (days >= 0 ? days : days - 146_096) / 146_097
    let dayOfEra = days - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth + (shiftedMonth < 10 ? 3 : -9)
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    var text: [UInt8] = []
    text.reserveCapacity(10)
    for (number, width) in [(year, 4), (month, 2), (day, 2)] {
      if !text.isEmpty { text.append(UInt8(ascii: "-")) }
      text += CivilDay.digits(number, width).utf8
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The present day in UTC.
  package static func today() -> CivilDay {
    CivilDay(Int32(clamping: clock().tv_sec / 86_400))
  }

  private static func clock() -> timespec {
    var time = timespec()
    // SAFETY: the clock fills the structure that it is given.
    _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
    return time
  }

  /// The present moment, `YYYY-MM-DDTHH:MM:SSZ`.
  package static func now() -> String {
    let time = clock()
    let second = time.tv_sec % 86_400
    let clock = [second / 3600, second / 60 % 60, second % 60]
      .map { digits($0, 2) }.joined(separator: ":")
    return "\(CivilDay(Int32(clamping: time.tv_sec / 86_400)))T\(clock)Z"
  }

  private static func digits(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    let missing = width - digits.utf8.count
    return missing > 0 ? String("0000".prefix(missing)) + digits : digits
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
    var number = 0
    for digit in digits {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
      number = number * 10 + Int(digit - UInt8(ascii: "0"))
    }
    return number
  }
}
