internal import UsageAggregation

/// The activities of one archive while it is read; under the board's lock.
///
/// The text is cut into segments of equal length. Once all of a segment was parsed, its rows are
/// encoded, whatever comes behind it: so memory is bounded, and what is written together does not
/// depend on who read what. If the archive fails, all of it is dropped.
struct ArchiveActivities {
  /// About 900,000 rows.
  static let segmentTextBytes = 256 << 20

  /// Rows to be encoded together.
  struct Segment: Sendable {
    let number: Int
    let chunks: [ActivityChunk]
  }

  /// Where blocks start that are being parsed.
  private var inFlight: [Int] = []
  /// The text is in blocks up to here.
  private var assembledTo = 0
  /// Segments before this one were handed out.
  private var handedOut = 0
  private var chunks: [Int: [ActivityChunk]] = [:]
  /// Lines of blocks, but for those before the segments that were handed out.
  private var pieces: [(textOffset: Int, lines: Int)] = []
  private var linesBefore = 0

  /// Segments that wait for somebody to encode them.
  var ready: [Segment] = []
  /// How many are being encoded.
  var encoding = 0
  private(set) var encoded: [EncodedActivities] = []

  /// Where a block of text has to be cut, for its rows to be in one segment each.
  static func cut(_ text: Range<Int>) -> Int? {
    let border = (text.lowerBound / segmentTextBytes + 1) * segmentTextBytes
    return border < text.upperBound ? border : nil
  }

  mutating func begin(_ text: Range<Int>) {
    inFlight.append(text.lowerBound)
    assembledTo = text.upperBound
  }

  /// Notes lines that were parsed, or left out.
  mutating func note(textOffset: Int, lines: Int) { pieces.append((textOffset, lines)) }

  mutating func end(_ textOffset: Int, _ new: [(segment: Int, chunk: ActivityChunk)]) {
    if let place = inFlight.firstIndex(of: textOffset) { inFlight.remove(at: place) }
    for (segment, chunk) in new { chunks[segment, default: []].append(chunk) }
    while true {
      let border = (handedOut + 1) * Self.segmentTextBytes
      guard assembledTo >= border, inFlight.allSatisfy({ $0 >= border }) else { return }
      numberLines(upTo: border)
      let segment = chunks.removeValue(forKey: handedOut) ?? []
      if !segment.isEmpty { ready.append(Segment(number: handedOut, chunks: segment)) }
      handedOut += 1
    }
  }

  /// Rows that nobody has begun to encode.
  var waiting: [ActivityChunk] { ready.flatMap(\.chunks) + chunks.values.flatMap { $0 } }

  mutating func add(_ encoded: [EncodedActivities]) { self.encoded += encoded }

  /// The rows that were not handed out, once all of the archive was parsed.
  mutating func rest() -> [ActivityChunk] {
    numberLines(upTo: .max)
    return chunks.sorted { $0.key < $1.key }.flatMap(\.value)
  }

  /// Tells chunks that start before `border` how many lines are in front of them, and sorts those
  /// of each segment.
  private mutating func numberLines(upTo border: Int) {
    pieces.sort { $0.textOffset < $1.textOffset }
    for segment in chunks.keys {
      chunks[segment]?.sort { $0.textOffset < $1.textOffset }
      var piece = 0
      var lines = linesBefore
      for place in chunks[segment, default: []].indices {
        guard let offset = chunks[segment]?[place].textOffset, offset < border else { break }
        while piece < pieces.count, pieces[piece].textOffset < offset {
          lines += pieces[piece].lines
          piece += 1
        }
        // One that was cut by the last border has its number already.
        if offset >= handedOut * Self.segmentTextBytes {
          chunks[segment]?[place].linesBefore = lines
        }
      }
    }
    let done = pieces.prefix { $0.textOffset < border }
    linesBefore += done.reduce(0) { $0 + $1.lines }
    pieces.removeFirst(done.count)
  }
}
