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
    /// How often the archive was begun again before.
    let round: Int
  }

  private var round = 0
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

  /// Notes lines that were parsed, or left out.
  mutating func note(textOffset: Int, lines: Int) { pieces.append((textOffset, lines)) }

  /// Takes the rows of a block.
  mutating func add(_ new: [(segment: Int, chunk: ActivityChunk)]) {
    for (segment, chunk) in new { chunks[segment, default: []].append(chunk) }
  }

  /// Hands out segments of which all lines were parsed: those that start before `place` were.
  mutating func handOut(before place: Int) {
    while place >= (handedOut + 1) * Self.segmentTextBytes {
      numberLines(upTo: (handedOut + 1) * Self.segmentTextBytes)
      let segment = chunks.removeValue(forKey: handedOut) ?? []
      if !segment.isEmpty {
        ready.append(Segment(number: handedOut, chunks: segment, round: round))
      }
      handedOut += 1
    }
  }

  /// Takes a segment back that was handed out, as it was encoded.
  mutating func end(_ segment: Segment, _ new: [EncodedActivities]) {
    encoding -= 1
    if segment.round == round { encoded += new }
  }

  /// Forgets all rows, for the archive to be read again.
  mutating func beginAgain() {
    var begun = ArchiveActivities()
    (begun.round, begun.encoding) = (round + 1, encoding)
    self = begun
  }

  /// Rows that nobody has begun to encode.
  var waiting: [ActivityChunk] { ready.flatMap(\.chunks) + chunks.values.flatMap { $0 } }

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
