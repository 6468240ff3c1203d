internal import ByteBlocks
internal import IdentityRules

/// Where a field ends in the text whose escapes parsing has undone in place.
enum EscapedText {
  static func end(of field: Span<UInt8>, in text: [UInt8], from start: Int) -> Int {
    let same = start + field.count
    if same <= text.count, compareBytes(field, text.span.extracting(start..<same)) == 0 {
      return same
    }
    var place = start
    var done = 0
    while done < field.count, place < text.count {
      let (stored, undone) = step(field, done, text, place)
      place += stored
      done += undone
    }
    return min(place, text.count)
  }

  /// How many bytes of the text stand for how many of the field.
  private static func step(
    _ field: Span<UInt8>, _ done: Int, _ text: [UInt8], _ place: Int
  ) -> (stored: Int, undone: Int) {
    let behind = text[(place + 1)...]
    switch text[place] {
    case UInt8(ascii: "\\") where jsonUnit(text[place...]) != nil:
      // As many bytes as the character takes; those of four are a pair of surrogates.
      let lead = field[done]
      let bytes = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
      return (bytes == 4 ? 12 : 6, bytes)
    // One that escapes nothing stays, as in `CORP\anna`.
    case UInt8(ascii: "\\") where field[done] != text[place] || behind.first == text[place]:
      return (2, 1)
    case UInt8(ascii: "%") where field[done] != text[place]: return (3, 1)
    case UInt8(ascii: "\"") where behind.first == text[place]: return (2, 1)
    case UInt8(ascii: "&") where field[done] != text[place] || behind.starts(with: "amp;".utf8):
      let end = behind.prefix(8).firstIndex(of: UInt8(ascii: ";")) ?? place
      return (end - place + 1, 1)
    default: return (1, 1)
    }
  }

  /// The number of a JSON escape, `\u` and four digits, at the beginning of a text; `nil`: it is
  /// none.
  static func jsonUnit(_ text: ArraySlice<UInt8>) -> UInt16? {
    guard text.starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]) else { return nil }
    let digits = text.dropFirst(2).prefix(4).compactMap(Spelling.hexadecimalValue)
    return digits.count == 4 ? digits.reduce(0) { $0 << 4 | UInt16($1) } : nil
  }
}
