internal import IdentityRules

/// The escapes of URLs, `%40`, and of texts of JSON, `\u0040`.
extension FreeText {
  /// The ASCII character whose escape starts at `place`, and how many bytes that has.
  func escape(at place: Int) -> (byte: UInt8, width: Int)? {
    if text[place] == UInt8(ascii: "%") {
      guard place + 2 < record.upperBound, let high = Spelling.hexadecimalValue(text[place + 1]),
        let low = Spelling.hexadecimalValue(text[place + 2])
      else { return nil }
      return (high << 4 | low, 3)
    }
    guard text[place] == UInt8(ascii: "\\"), place + 5 < record.upperBound,
      text[place + 1] == UInt8(ascii: "u"), text[place + 2] == UInt8(ascii: "0"),
      text[place + 3] == UInt8(ascii: "0"), let high = Spelling.hexadecimalValue(text[place + 4]),
      high < 8,
      let low = Spelling.hexadecimalValue(text[place + 5])
    else { return nil }
    return (high << 4 | low, 6)
  }

  /// What `\uxxxx` in front of `end` stands for: 0x80 for all beyond ASCII.
  func unicodeEscape(endingAt end: Int) -> (byte: UInt8, width: Int)? {
    let start = end - 6
    guard start >= record.lowerBound, text[start] == UInt8(ascii: "\\"),
      text[start + 1] == UInt8(ascii: "u")
    else { return nil }
    if let known = escape(at: start) { return known }
    for place in start + 2..<end where Spelling.hexadecimalValue(text[place]) == nil { return nil }
    return (0x80, 6)
  }

  /// A part of the text without the escapes of JSON; `nil` where it has none.
  func undone(_ range: Range<Int>) -> [UInt8]? {
    guard range.contains(where: { isUnicodeEscape(at: $0, in: range) }) else { return nil }
    var (undone, units): ([UInt8], [UInt16]) = ([], [])
    func endUnits() {
      undone += Array(String(decoding: units, as: UTF16.self).utf8)
      units = []
    }
    var place = range.lowerBound
    while place < range.upperBound {
      if isUnicodeEscape(at: place, in: range) {
        units.append(
          (place + 2..<place + 6).reduce(0) {
            $0 << 4 | UInt16(Spelling.hexadecimalValue(text[$1]) ?? 0)
          })
        place += 6
      } else {
        if !units.isEmpty { endUnits() }
        undone.append(text[place])
        place += 1
      }
    }
    endUnits()
    return undone
  }

  private func isUnicodeEscape(at place: Int, in range: Range<Int>) -> Bool {
    text[place] == UInt8(ascii: "\\") && place + 6 <= range.upperBound
      && text[place + 1] == UInt8(ascii: "u")
      && (place + 2..<place + 6).allSatisfy { Spelling.hexadecimalValue(text[$0]) != nil }
  }
}
