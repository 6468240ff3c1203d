internal import ByteBlocks
internal import ByteKernels
internal import VeiledRecords

/// What the words of a field mean, each word judged once.
struct WordCodes: ~Copyable {
  private var table = WordTable()

  /// Raises `codes`, from `base` on, to the codes of a column of words.
  mutating func read(
    _ words: Span<FieldRange>, in block: borrowing Block, into codes: inout Buffer<UInt8>,
    at base: Int, meaning: (Span<UInt8>) -> UInt8
  ) {
    let absentCount = table.find(words, in: block, raising: &codes, at: base)
    let bytes = block.memoryBytes
    for number in 0..<absentCount {
      let place = table.absentPlace(number)
      let word = words[place]
      // All lines with a new word are here, and only the first of them makes it known.
      var code = table.code(of: word, in: block)
      if code == nil {
        let judged = meaning(bytes.extracting(Int(word.start)..<Int(word.end)))
        table.put(word, in: block, code: judged)
        code = judged
      }
      codes[base + place] = max(codes[base + place], code ?? 0)
    }
  }

  static func isNull(_ word: Span<UInt8>) -> Bool {
    word.isEmpty || (word.count == 1 && (word[0] == UInt8(ascii: "-") || word[0] == 0x20))
  }

  static func text(_ word: Span<UInt8>) -> String {
    String(decoding: word.indices.map { word[$0] }, as: UTF8.self)
  }
}

/// What the words of action fields mean.
struct ActionWords: ~Copyable {
  private let blocked: WordMatcher
  private var codes = WordCodes()

  init(patterns: [WordPattern] = []) { blocked = WordMatcher(patterns) }

  init(blocked words: [String]) { self.init(patterns: words.map { WordPattern(word: $0) }) }

  /// Reads a column of words: `blocked` wins over `allowed`, which wins over what was unknown.
  mutating func read(
    _ words: Span<FieldRange>, in block: borrowing Block, into actions: inout Buffer<UInt8>,
    at base: Int
  ) {
    let blocked = blocked
    codes.read(words, in: block, into: &actions, at: base) { word in
      if WordCodes.isNull(word) { return EventAction.unknown.rawValue }
      let isBlocked = blocked.occurs(in: WordCodes.text(word))
      return (isBlocked ? EventAction.blocked : EventAction.allowed).rawValue
    }
  }
}

/// Whether the words of a field are those of traffic.
final class WordJudge {
  static let taken: UInt8 = 1
  static let refused: UInt8 = 2

  private let condition: LineLayout.TrafficRule.Condition
  private let matcher: WordMatcher
  private var codes = WordCodes()

  init(_ condition: LineLayout.TrafficRule.Condition) {
    self.condition = condition
    switch condition {
    case .anyOf(let patterns), .noneOf(let patterns): matcher = WordMatcher(patterns)
    case .isThere: matcher = WordMatcher([])
    }
  }

  /// Sets the codes of the first `count` words, which are 0 before, to `taken` or `refused`.
  ///
  /// - Parameter words: empty where the log has none.
  func read(
    _ words: borrowing Buffer<FieldRange>, _ count: Int, in block: borrowing Block,
    into target: inout Buffer<UInt8>
  ) {
    let matcher = matcher
    let column = words.span.extracting(0..<count)
    switch condition {
    case .anyOf:
      codes.read(column, in: block, into: &target, at: 0) { word in
        matcher.equals(WordCodes.text(word)) ? Self.taken : Self.refused
      }
    case .noneOf:
      codes.read(column, in: block, into: &target, at: 0) { word in
        matcher.equals(WordCodes.text(word)) ? Self.refused : Self.taken
      }
    case .isThere(let isThere):
      // Whatever it says, it is there: no word needs to be known.
      for place in 0..<count {
        target[place] = column[place].isEmpty != isThere ? Self.taken : Self.refused
      }
    }
  }
}
