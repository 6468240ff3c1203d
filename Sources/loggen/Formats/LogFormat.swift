/// One way to put events into lines.
protocol LogFormat {
  /// What the lines say of events.
  var tells: Told { get }

  /// Writes what stands before the first line; `firstDay` counts from 1970-01-01.
  func appendHeader(to text: inout TextBuffer, firstDay: Int)
  /// Whether the line of `event` is traffic, and not a message of another kind.
  func isTraffic(_ event: Event) -> Bool
  /// Writes one line with its newline, at most `LineLayout.lineBytesMax` bytes.
  mutating func append(_ event: Event, of traffic: borrowing Traffic, to text: inout TextBuffer)
  /// Breaks the last line of `text`, which starts at `start` and ends with a newline.
  func damage(_ text: inout TextBuffer, lineFrom start: Int, _ random: inout Random)
  /// Fills `block` with lines; a requirement, so that each format has its own compiled loop.
  mutating func fill(_ block: inout TextBuffer, from source: inout LineSource)
}

extension LogFormat {
  func appendHeader(to text: inout TextBuffer, firstDay: Int) {}
  func isTraffic(_ event: Event) -> Bool { true }

  mutating func fill(_ block: inout TextBuffer, from source: inout LineSource) {
    while block.freeBytes >= LineLayout.lineBytesMax, source.wantsMore(than: block.count) {
      let event = source.nextEvent(behind: block.count)
      let start = block.count
      source.prefix.append(event, of: source.traffic, to: &block)
      let body = block.count
      append(event, of: source.traffic, to: &block)
      let isBroken = source.breaksNext()
      if isBroken { damage(&block, lineFrom: body, &source.chanceOfDamage) }
      source.prefix.finish(&block, lineFrom: start)
      guard source.fits(block.count) else { return block.truncate(to: start) }
      source.count(event, isBroken ? .broken : isTraffic(event) ? .event : .excluded)
    }
  }
}

/// What must be known of a format with separated fields to break its lines.
struct LineLayout {
  /// The longest line of any format, newline included, damage not counted.
  static let lineBytesMax = 4096

  /// Stands between fields; several of them count as one.
  var separator: UInt8
  /// Index of the field that holds the time of day.
  var timeField: Int
  /// Index of a field that holds a count of bytes.
  var byteField: Int
  /// What can go wrong in this format.
  var damages: [Damage]

  /// Breaks the last line of `text`, which starts at `start` and ends with a newline.
  func damage(_ text: inout TextBuffer, lineFrom start: Int, _ random: inout Random) {
    let kind = damages[random.below(damages.count)]
    kind.apply(to: &text, lineFrom: start, layout: self, random: &random)
  }
}

/// Events until the text is as long as it should be, some of them to be broken.
struct LineSource: ~Copyable {
  private(set) var traffic: Traffic
  /// What stands before each line.
  var prefix: LinePrefix
  /// What was written.
  private(set) var totals: Totals
  /// A stream of its own: the good lines' names and hosts do not depend on the ratio.
  var chanceOfDamage: Random
  private let textBytesMax: Int
  private let badLineRatio: Double
  /// Bytes in the blocks before this one.
  private var bytesBefore = 0
  private var isFull = false

  init(_ settings: Settings, prefix: LinePrefix, tells: Told) {
    traffic = Traffic(settings)
    self.prefix = prefix
    totals = Totals(users: settings.users, hosts: settings.hosts, tells: tells)
    textBytesMax = settings.textBytesMax
    badLineRatio = settings.badLineRatio
    chanceOfDamage = Random(seed: settings.seed, stream: 4)
  }

  /// Whether lines are wanted behind `blockBytes` bytes of this block.
  @inline(__always)
  func wantsMore(than blockBytes: Int) -> Bool {
    !isFull && bytesBefore + blockBytes < textBytesMax
  }

  /// Whether the text may be as long as it is with `blockBytes` bytes of this block; if not, no
  /// more lines are wanted.
  @inline(__always)
  mutating func fits(_ blockBytes: Int) -> Bool {
    isFull = bytesBefore + blockBytes > textBytesMax
    return !isFull
  }

  /// The event of the line that starts behind `blockBytes` bytes of this block.
  @inline(__always)
  mutating func nextEvent(behind blockBytes: Int) -> Event {
    traffic.next(progress: Double(bytesBefore + blockBytes) / Double(textBytesMax))
  }

  /// Counts the line of `event`.
  @inline(__always)
  mutating func count(_ event: Event, _ kind: Totals.Kind) {
    totals.add(event, server: traffic.hosts.traits[event.host].server, kind)
  }

  /// Ends a block.
  mutating func finishBlock(_ blockBytes: Int) { bytesBefore += blockBytes }

  /// Whether it is the next line's turn to be broken.
  @inline(__always)
  mutating func breaksNext() -> Bool { badLineRatio > 0 && chanceOfDamage.unit() < badLineRatio }
}
