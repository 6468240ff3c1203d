internal import ByteKernels
internal import ClearRecords

/// What holds a record together beside its fields: keys, numbers of JSON, separators of fields, the
/// scheme of a URL, and the texts by which its format tells it.
///
/// Texts in quotes are found from the record's start on, and the last one is remembered: places
/// that are asked for in order cost one pass over the record.
final class RecordStructure {
  /// Texts by which the format tells its lines, in lower case.
  private let literals: [[UInt8]]
  private var shape = RecordShape.json
  /// Where texts in quotes may begin, and where the record ends.
  private var record = 0..<0
  /// The text in quotes that was looked at last, without its quotes, and where the search for it
  /// began: in between there is no other.
  private var last = 0..<0
  private var searched = 0

  init(literals: Set<String>) { self.literals = literals.map { Array($0.utf8) } }

  /// Takes the next record.
  func begin(_ record: Range<Int>, _ shape: RecordShape, in text: Span<UInt8>) {
    self.shape = shape
    var start = record.lowerBound
    // A syslog header may hold quotes of its own.
    if shape == .json { start = ByteSearch.first(UInt8(ascii: "{"), in: text, record) }
    self.record = start..<record.upperBound
    restart()
  }

  /// Forgets what was found in the record; nothing is searched before it is asked for.
  private func restart() {
    searched = record.lowerBound
    last = searched - 1..<searched - 1
  }

  /// Whether a word belongs to the structure.
  func holds(_ word: Range<Int>, in text: Span<UInt8>) -> Bool {
    if isScheme(endingAt: word.upperBound, in: text) || isLiteral(word, in: text) { return true }
    switch shape {
    case .table: return isCrossed(by: word, in: text)
    case .json:
      if let quoted = quoted(around: word.lowerBound, in: text) {
        return isKey(quoted, UInt8(ascii: ":"), in: text)
      }
      // Any other word stands beside the object.
      return word.allSatisfy { text[$0] &- 0x30 < 10 || "+-.eE".utf8.contains(text[$0]) }
        || Self.jsonWords.contains {
          word.count == $0.count && starts($0, at: word.lowerBound, text)
        }
    case .pairs(let sign, let hasQuotes):
      if hasQuotes, let quoted = quoted(around: word.lowerBound, in: text) {
        return isKey(quoted, sign, in: text)
      }
      return isKey(around: word, sign, in: text)
    }
  }

  /// Whether a border of two fields of a table lies in a part of the text.
  func isCrossed(by part: Range<Int>, in text: Span<UInt8>) -> Bool {
    guard case .table(let separator, _) = shape else { return false }
    return part.contains { text[$0] == separator }
      && quoted(around: part.lowerBound, in: text) == nil
  }

  /// Whether a value of JSON stands there without quotes.
  func isBare(at place: Int, in text: Span<UInt8>) -> Bool {
    shape == .json && (place == 0 || text[place - 1] != UInt8(ascii: "\""))
      && quoted(around: place, in: text) == nil
  }

  /// The text in quotes in which a place lies, without its quotes; `nil` where it lies in none.
  func quoted(around place: Int, in text: Span<UInt8>) -> Range<Int>? {
    guard shape.quote != nil else { return nil }
    if place < searched { restart() }
    while last.upperBound <= place, last.upperBound < record.upperBound {
      searched = last.upperBound + 1
      last = next(in: text)
    }
    return last.contains(place) ? last : nil
  }

  /// The first text in quotes from `searched` on; nothing at the record's end where there is none.
  private func next(in text: Span<UInt8>) -> Range<Int> {
    let end = record.upperBound
    guard let quote = shape.quote, searched < end else { return end..<end }
    let start = ByteSearch.first(quote, in: text, searched..<end) + 1
    guard start < end else { return end..<end }
    var close = ByteSearch.first(quote, in: text, start..<end)
    while close < end, shape.hasEscapes, isEscaped(close, since: start, in: text) {
      close = ByteSearch.first(quote, in: text, close + 1..<end)
    }
    return start..<close
  }

  /// Whether an odd number of backslashes stands in front of a place.
  private func isEscaped(_ place: Int, since start: Int, in text: Span<UInt8>) -> Bool {
    var first = place
    while first > start, text[first - 1] == UInt8(ascii: "\\") { first -= 1 }
    return (place - first) % 2 == 1
  }

  /// Whether a sign follows a text in quotes.
  private func isKey(_ quoted: Range<Int>, _ sign: UInt8, in text: Span<UInt8>) -> Bool {
    var place = quoted.upperBound + 1
    while place < record.upperBound, text[place] <= UInt8(ascii: " ") { place += 1 }
    return byte(place, in: text) == sign
  }

  /// Whether the word is a key of a pair, or a part of one, as in `client_bytes=`.
  private func isKey(around word: Range<Int>, _ sign: UInt8, in text: Span<UInt8>) -> Bool {
    var (start, end) = (word.lowerBound, word.upperBound)
    while let byte = byte(end, in: text), Self.isKey(byte) { end += 1 }
    guard byte(end, in: text) == sign else { return false }
    while start > record.lowerBound, Self.isKey(text[start - 1]) { start -= 1 }
    return start == record.lowerBound || Self.endsPair(text[start - 1])
  }

  /// Whether the word is a part of a text by which the format tells the line, or holds one.
  private func isLiteral(_ word: Range<Int>, in text: Span<UInt8>) -> Bool {
    literals.contains { literal in
      let first = max(0, word.lowerBound - literal.count + 1)
      let last = min(word.upperBound, record.upperBound - literal.count + 1)
      return first < last && (first..<last).contains { starts(literal, at: $0, text) }
    }
  }

  /// Whether a text in lower case stands at a place, in any case of letters.
  private func starts(_ literal: [UInt8], at place: Int, _ text: Span<UInt8>) -> Bool {
    literal.indices.allSatisfy { LeakNames.fold(text[place + $0]) == literal[$0] }
  }

  private static let jsonWords = ["true", "false", "null"].map { Array($0.utf8) }

  private func isScheme(endingAt end: Int, in text: Span<UInt8>) -> Bool {
    Self.schemeSigns.contains { sign in
      sign.indices.allSatisfy { byte(end + $0, in: text) == sign[$0] }
    }
  }

  /// Some writers of JSON put backslashes in front of slashes.
  private static let schemeSigns = [Array("://".utf8), Array(#":\/\/"#.utf8)]

  private func byte(_ place: Int, in text: Span<UInt8>) -> UInt8? {
    place < record.upperBound ? text[place] : nil
  }

  private static func isKey(_ byte: UInt8) -> Bool { keys.contains(byte) }
  private static let keys = ByteSet(lettersAnd: "_-.")

  /// What stands between a pair and the key of the next one.
  private static func endsPair(_ byte: UInt8) -> Bool { pairEnds.contains(byte) }
  private static let pairEnds = ByteSet(" \t\r\n|,;^{[(")
}

extension RecordShape {
  fileprivate var quote: UInt8? {
    switch self {
    case .table(_, let quote): quote
    case .json, .pairs(_, hasQuotes: true): UInt8(ascii: "\"")
    case .pairs: nil
    }
  }

  /// Whether a backslash in front of a quote makes it a part of the text.
  fileprivate var hasEscapes: Bool {
    if case .table = self { false } else { true }
  }
}
