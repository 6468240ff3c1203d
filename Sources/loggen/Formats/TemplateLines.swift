/// Lines that are written as templates.
struct TemplateLines: LogFormat {
  let tells: Told
  private let layout: LogLayout
  private let others: [LineTemplate]
  private let isWithOthers: Bool
  private var moment = Moment()

  init(_ layout: LogLayout) {
    self.layout = layout
    others = layout.others
    isWithOthers = !layout.others.isEmpty
    tells = layout.tells
  }

  func appendHeader(to text: inout TextBuffer, firstDay: Int) {
    guard !layout.header.isEmpty else { return }
    text.append(Array(layout.header.utf8).span)
    text.append(UInt8(ascii: "\n"))
  }

  @inline(__always)
  func isTraffic(_ event: Event) -> Bool {
    // Every fourth line; the other bits are taken by paths and numbers.
    !isWithOthers || Random.mix(event.bits) & 3 != 0
  }

  @inline(__always)
  mutating func append(_ event: Event, of traffic: borrowing Traffic, to text: inout TextBuffer) {
    moment.move(to: event.microseconds)
    if isTraffic(event) {
      layout.line.append(event, at: moment, of: traffic, to: &text)
    } else {
      let place = Int(Random.mix(event.bits) >> 2 & 0xFFFF) % others.count
      others[place].append(event, at: moment, of: traffic, to: &text)
    }
    text.append(UInt8(ascii: "\n"))
  }

  /// Breaks a line so that no reader of any format takes it.
  func damage(_ text: inout TextBuffer, lineFrom start: Int, _ random: inout Random) {
    text.truncate(to: start)
    switch random.below(3) {
    case 0: text.append("last message repeated 3 times\n")
    case 1: text.append("~~ 0000 unreadable record ~~\n")
    default:
      // Control bytes, as a disk leaves them after a power cut.
      for _ in 0..<16 + random.below(48) { text.append(UInt8(random.below(2))) }
      text.append(UInt8(ascii: "\n"))
    }
  }
}
