internal import ByteKernels

/// An ASCII character as URLs escape it, `%40`, or texts of JSON, `\u0040`.
package struct EscapedCharacter {
  package let byte: UInt8
  /// Bytes of the escape.
  package let width: Int

  /// The escape that starts at `place`, and ends at `end` at the latest; of a URL within a URL it
  /// is escaped more than once, as `%2540`.
  package init?(in text: Span<UInt8>, at place: Int, before end: Int) {
    func hexadecimal(at place: Int) -> UInt8? {
      guard place + 1 < end, let high = Spelling.hexadecimalValue(text[place]),
        let low = Spelling.hexadecimalValue(text[place + 1])
      else { return nil }
      return high << 4 | low
    }
    if text[place] == UInt8(ascii: "%") {
      guard var byte = hexadecimal(at: place + 1) else { return nil }
      var width = 3
      while byte == UInt8(ascii: "%"), let next = hexadecimal(at: place + width) {
        (byte, width) = (next, width + 2)
      }
      (self.byte, self.width) = (byte, width)
      return
    }
    guard text[place] == UInt8(ascii: "\\"), place + 5 < end,
      text[place + 1] == UInt8(ascii: "u"), text[place + 2] == UInt8(ascii: "0"),
      text[place + 3] == UInt8(ascii: "0"), let byte = hexadecimal(at: place + 4), byte < 0x80
    else { return nil }
    (self.byte, width) = (byte, 6)
  }

  /// Whether nothing asks for the escape: the character is a letter, a digit, or one of `-._~`
  /// (RFC 3986 §2.3).
  package var isNeedless: Bool { NameSpellings.isPlain(byte) }
}

/// A text whose needless escapes are undone, as `ann%61` and `\u0061nna`; all others stay.
package struct UnescapedText {
  package private(set) var bytes: [UInt8] = []
  /// Where each byte, and then the end, stands in the text.
  private var places: [Int] = []

  /// `nil` where `range` of the text has no such escape.
  package init?(_ text: Span<UInt8>, _ range: Range<Int>) {
    guard
      ByteSearch.first(UInt8(ascii: "%"), in: text, range) < range.upperBound
        || ByteSearch.first(UInt8(ascii: "\\"), in: text, range) < range.upperBound
    else { return nil }
    bytes.reserveCapacity(range.count)
    places.reserveCapacity(range.count + 1)
    var isOther = false
    var place = range.lowerBound
    while place < range.upperBound {
      places.append(place)
      let isSign = text[place] == UInt8(ascii: "%") || text[place] == UInt8(ascii: "\\")
      if isSign, let found = EscapedCharacter(in: text, at: place, before: range.upperBound),
        found.isNeedless
      {
        bytes.append(found.byte)
        place += found.width
        isOther = true
      } else {
        bytes.append(text[place])
        place += 1
      }
    }
    guard isOther else { return nil }
    places.append(range.upperBound)
  }

  /// Where a part of `bytes` stands in the text.
  package func range(_ part: Range<Int>) -> Range<Int> {
    places[part.lowerBound]..<places[part.upperBound]
  }
}
