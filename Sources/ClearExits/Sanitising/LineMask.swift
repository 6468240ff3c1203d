internal import ByteKernels
internal import LogFormats

/// Hides what lines say that are no events: letters become `x`, digits `0`, since nobody knows
/// where a name stands. What holds a line together stays.
///
/// Where the format itself has told what a line is, the words by which it did stay, too, so that
/// the line is told again.
struct LineMask: ~Copyable {
  private var words = DictionaryTable()
  private var folded: [UInt8] = []

  /// - Parameter format: whose words may stay.
  init(_ format: FormatProfile) {
    for word in format.words { words.add(word.span, 1) }
  }

  /// Appends a part of `text` to `written`.
  ///
  /// - Parameter keepsWords: whether the format's words stay.
  mutating func append(
    _ text: Span<UInt8>, _ range: Range<Int>, keepsWords: Bool, to written: inout [UInt8]
  ) {
    var place = range.lowerBound
    while place < range.upperBound {
      let kind = ByteClass(text[place])
      var end = place + 1
      while end < range.upperBound, kind != .other, ByteClass(text[end]) == kind { end += 1 }
      if kind == .other || (keepsWords && isWord(text, place..<end)) {
        written.append(text, place..<end)
      } else {
        let mask = kind == .digit ? UInt8(ascii: "0") : UInt8(ascii: "x")
        written.append(contentsOf: repeatElement(mask, count: end - place))
      }
      place = end
    }
  }

  private mutating func isWord(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
    var folded = self.folded
    self.folded = []
    defer { self.folded = folded }
    folded.removeAll(keepingCapacity: true)
    var range = range
    // A number is the same whatever zeros stand in front of it.
    while range.count > 1, text[range.lowerBound] == UInt8(ascii: "0") {
      range.removeFirst()
    }
    for place in range {
      let byte = text[place]
      folded.append(byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte)
    }
    return words.find(folded.span) != nil
  }
}
