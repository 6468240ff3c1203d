internal import IdentityRules

/// The escapes of URLs, `%40`, and of texts of JSON, `\u0040`.
extension FreeText {
  /// The escape that starts at `place`.
  func escape(at place: Int) -> EscapedCharacter? {
    EscapedCharacter(in: text, at: place, before: record.upperBound)
  }

  /// What `%xx` in front of `end` stands for, also where it is escaped twice.
  func percentEscape(endingAt end: Int) -> EscapedCharacter? {
    for width in [3, 5] where end - width >= record.lowerBound {
      if text[end - width] == UInt8(ascii: "%"), let found = escape(at: end - width),
        found.width == width
      {
        return found
      }
    }
    return nil
  }

  /// How many bytes the reference of HTML at `place` has that stands for `@`; 0: it is none.
  func atReference(at place: Int) -> Int {
    for reference in Self.atReferences
    where place + reference.count <= record.upperBound
      && reference.indices.allSatisfy({ text[place + $0] | 0x20 == reference[$0] | 0x20 })
    {
      return reference.count
    }
    return 0
  }

  private static let atReferences = ["&#64;", "&#x40;", "&#064;"].map { Array($0.utf8) }

  /// What `\uxxxx` in front of `end` stands for: 0x80 for all beyond ASCII.
  func unicodeEscape(endingAt end: Int) -> (byte: UInt8, width: Int)? {
    let start = end - 6
    guard start >= record.lowerBound, text[start] == UInt8(ascii: "\\"),
      text[start + 1] == UInt8(ascii: "u")
    else { return nil }
    if let known = escape(at: start) { return (known.byte, known.width) }
    for place in start + 2..<end where Spelling.hexadecimalValue(text[place]) == nil { return nil }
    return (0x80, 6)
  }

  /// A part of the text without the escapes of JSON, with those of URLs done once at most, and with
  /// `@` itself; `nil` where there is nothing to undo.
  func undone(_ range: Range<Int>) -> [UInt8]? {
    guard
      range.contains(where: {
        isUnicodeEscape(at: $0, in: range) || repeatedEscape(at: $0) != nil
          || atReference(at: $0) > 0
      })
    else { return nil }
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
        continue
      }
      if !units.isEmpty { endUnits() }
      let reference = atReference(at: place)
      if let width = repeatedEscape(at: place) {
        undone.append(UInt8(ascii: "%"))
        undone.append(text, place + width - 2..<place + width)
        place += width
      } else if reference > 0 {
        undone.append(UInt8(ascii: "@"))
        place += reference
      } else {
        undone.append(text[place])
        place += 1
      }
    }
    endUnits()
    return undone
  }

  /// How many bytes an escape has that is escaped itself; `nil`: there is none.
  private func repeatedEscape(at place: Int) -> Int? {
    guard text[place] == UInt8(ascii: "%"), let width = escape(at: place)?.width, width > 3 else {
      return nil
    }
    return width
  }

  private func isUnicodeEscape(at place: Int, in range: Range<Int>) -> Bool {
    text[place] == UInt8(ascii: "\\") && place + 6 <= range.upperBound
      && text[place + 1] == UInt8(ascii: "u")
      && (place + 2..<place + 6).allSatisfy { Spelling.hexadecimalValue(text[$0]) != nil }
  }
}
