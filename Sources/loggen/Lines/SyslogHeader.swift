import ArgumentParser

/// What a relay puts before each line.
enum SyslogHeader: String, CaseIterable, ExpressibleByArgument {
  /// `<134>Nov  2 08:00:01 gw-1 `, without a year.
  case rfc3164
  /// `<134>1 2026-11-02T08:00:01.123456Z gw-1 logs - - - `.
  case rfc5424
  /// The same behind its length in bytes, as it goes over TCP (RFC 6587).
  case octet

  /// The header itself.
  var template: LineTemplate {
    switch self {
    case .rfc3164: "<134>\(.monthName) \(.paddedDay) \(.clock) gw-1 "
    case .rfc5424, .octet: "<134>1 \(.date)T\(.clock).\(.microseconds)Z gw-1 logs - - - "
    }
  }
}

/// Writes what stands before each line.
struct LinePrefix {
  /// Nothing, if it is empty.
  var template: LineTemplate = ""
  /// The length of all of the line, its end included, stands in front.
  var isCounted = false
  private var moment = Moment()

  init(_ template: LineTemplate, isCounted: Bool = false) {
    self.template = template
    self.isCounted = isCounted
  }

  @inline(__always)
  mutating func append(_ event: Event, of traffic: borrowing Traffic, to text: inout TextBuffer) {
    guard !template.isEmpty else { return }
    moment.move(to: event.microseconds)
    template.append(event, at: moment, of: traffic, to: &text)
  }

  /// Ends the line that starts at `start`.
  @inline(__always)
  func finish(_ text: inout TextBuffer, lineFrom start: Int) {
    guard isCounted else { return }
    text.insert(decimal: UInt64(text.count - start), at: start)
  }
}
