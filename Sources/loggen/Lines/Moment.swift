/// The time of an event as people write it, in UTC.
struct Moment: Sendable {
  private(set) var day = CalendarDay(number: 0)
  /// From 0, which is Sunday.
  private(set) var weekday = 4
  private(set) var hour: UInt64 = 0
  private(set) var minute: UInt64 = 0
  private(set) var second: UInt64 = 0
  /// Microseconds since 1970-01-01.
  private(set) var microseconds: UInt64 = 0
  private var seconds: UInt64 = 0

  /// 1970-01-01T00:00:00Z.
  init() {}

  /// Goes to a time that is not before 1970-01-01; cheap within a second.
  @inline(__always)
  mutating func move(to microseconds: Int64) {
    self.microseconds = UInt64(microseconds)
    let seconds = self.microseconds / 1_000_000
    if seconds != self.seconds { read(seconds) }
  }

  private mutating func read(_ seconds: UInt64) {
    if seconds / 86_400 != self.seconds / 86_400 {
      let number = Int(seconds / 86_400)
      day = CalendarDay(number: number)
      // 1970-01-01 was a Thursday.
      weekday = (number + 4) % 7
    }
    self.seconds = seconds
    hour = seconds / 3600 % 24
    minute = seconds / 60 % 60
    second = seconds % 60
  }

  static let monthNames: [StaticString] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]
  static let weekdayNames: [StaticString] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
}

extension TextBuffer {
  /// `08:00:01`.
  @inline(__always)
  mutating func append(clockOf moment: Moment) {
    append(decimal: moment.hour, digits: 2)
    append(UInt8(ascii: ":"))
    append(decimal: moment.minute, digits: 2)
    append(UInt8(ascii: ":"))
    append(decimal: moment.second, digits: 2)
  }

  /// `1:02:03`, with as many hours as need be.
  mutating func append(duration seconds: UInt64) {
    append(decimal: seconds / 3600)
    append(UInt8(ascii: ":"))
    append(decimal: seconds / 60 % 60, digits: 2)
    append(UInt8(ascii: ":"))
    append(decimal: seconds % 60, digits: 2)
  }
}
