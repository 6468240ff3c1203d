internal import ByteKernels
internal import LogFormats

/// Hides what lines say that are no events: letters become `x`, digits `0`, since nobody knows
/// where a name stands. What holds a line together stays.
///
/// Where the format itself has told what a line is, the words by which it did stay, too, so that
/// the line is told again.
struct LineMask: ~Copyable {
  private static let other: UInt8 = 0
  /// For each byte what stands in its place; `other` stays. Bytes of a word have the same one.
  private static let masks: [UInt8] = (0...UInt8.max).map { byte in
    switch ByteClass(byte) {
    case .letter: UInt8(ascii: "x")
    case .digit: UInt8(ascii: "0")
    case .other: other
    }
  }

  private var words = DictionaryTable()
  /// By the first byte of words how long they are, as bits: most words of a line are none by that.
  private var lengths = [UInt64](repeating: 0, count: 256)
  private var folded: [UInt8] = []

  /// - Parameter format: whose words may stay.
  init(_ format: FormatProfile) {
    for word in format.words {
      words.add(word.span, 1)
      lengths[Int(word[0])] |= Self.bit(word.count)
    }
  }

  private static func bit(_ length: Int) -> UInt64 { 1 << UInt64(min(length, 63)) }

  /// Appends a part of `text` to `written`.
  ///
  /// - Parameter keepsWords: whether the format's words stay.
  mutating func append(
    _ text: Span<UInt8>, _ range: Range<Int>, keepsWords: Bool, to written: inout [UInt8]
  ) {
    let shift = written.count - range.lowerBound
    written.append(text, range)
    let masks = Self.masks
    var place = range.lowerBound
    while place < range.upperBound {
      let mask = masks[Int(text[place])]
      var end = place + 1
      guard mask != Self.other else {
        place = end
        continue
      }
      while end < range.upperBound, masks[Int(text[end])] == mask { end += 1 }
      if !keepsWords || !isWord(text, place..<end) {
        for masked in place..<end { written[masked + shift] = mask }
      }
      place = end
    }
  }

  private mutating func isWord(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
    var range = range
    // A number is the same whatever zeros stand in front of it.
    while range.count > 1, text[range.lowerBound] == UInt8(ascii: "0") { range.removeFirst() }
    guard lengths[Int(Self.lowercase(text[range.lowerBound]))] & Self.bit(range.count) != 0 else {
      return false
    }
    var folded = self.folded
    self.folded = []
    defer { self.folded = folded }
    folded.removeAll(keepingCapacity: true)
    for place in range { folded.append(Self.lowercase(text[place])) }
    return words.find(folded.span) != nil
  }

  private static func lowercase(_ byte: UInt8) -> UInt8 {
    byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
  }
}
