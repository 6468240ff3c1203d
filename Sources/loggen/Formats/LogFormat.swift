/// One way to put events into lines.
///
/// A new format is a type in this folder and a line in
/// `FormatTable`.
protocol LogFormat: SendableMetatype {
  /// What `--format` calls it.
  static var name: String { get }
  /// Where `--bad-lines` breaks a line.
  static var layout: LineLayout { get }

  init()
  /// Writes what stands before the first line; `firstDay` counts from 1970-01-01.
  func appendHeader(to text: inout TextBuffer, firstDay: Int)
  /// Writes one line with its newline, at most `LineLayout.lineBytesMax` bytes.
  mutating func append(_ event: Event, of traffic: borrowing Traffic, to text: inout TextBuffer)
  /// Fills `block` with lines; a requirement, so that each format has its own compiled loop.
  mutating func fill(_ block: inout TextBuffer, from source: inout LineSource)
}

extension LogFormat {
  mutating func fill(_ block: inout TextBuffer, from source: inout LineSource) {
    while block.freeBytes >= LineLayout.lineBytesMax, source.wantsMore(than: block.count) {
      let event = source.nextEvent(behind: block.count)
      let start = block.count
      append(event, of: source.traffic, to: &block)
      source.maybeDamage(&block, lineFrom: start, layout: Self.layout)
    }
  }
}

/// What must be known of a format to break its lines.
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
}

/// Events until the text is as long as it should be, some of them to be broken.
struct LineSource: ~Copyable {
  private(set) var traffic: Traffic
  private let textBytesMax: Int
  private let badLineRatio: Double
  private var damage: Random
  /// Bytes in the blocks before this one.
  private var bytesBefore = 0
  /// Lines broken so far.
  private(set) var badLines = 0

  init(_ settings: Settings) {
    traffic = Traffic(settings)
    textBytesMax = settings.textBytesMax
    badLineRatio = settings.badLineRatio
    // A stream of its own: the good lines' names and hosts do not depend on the ratio.
    damage = Random(seed: settings.seed, stream: 4)
  }

  /// Whether lines are wanted behind `blockBytes` bytes of this block.
  @inline(__always)
  func wantsMore(than blockBytes: Int) -> Bool { bytesBefore + blockBytes < textBytesMax }

  /// The event of the line that starts behind `blockBytes` bytes of this block.
  @inline(__always)
  mutating func nextEvent(behind blockBytes: Int) -> Event {
    traffic.next(progress: Double(bytesBefore + blockBytes) / Double(textBytesMax))
  }

  /// Ends a block.
  mutating func finishBlock(_ blockBytes: Int) { bytesBefore += blockBytes }

  /// Breaks the line that starts at `start` if it is its turn.
  @inline(__always)
  mutating func maybeDamage(
    _ block: inout TextBuffer,
    lineFrom start: Int,
    layout: @autoclosure () -> LineLayout
  ) {
    guard badLineRatio > 0, damage.unit() < badLineRatio else { return }
    badLines += 1
    let layout = layout()
    let kind = layout.damages[damage.below(layout.damages.count)]
    kind.apply(to: &block, lineFrom: start, layout: layout, random: &damage)
  }
}
