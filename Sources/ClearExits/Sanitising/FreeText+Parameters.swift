internal import ByteKernels
internal import IdentityRules
internal import Pseudonymisation

/// `?user=anna`, also `user[]=anna`, `form[user]=anna`, `user%5Fname%3Danna`, with the escapes of
/// JSON (`\u0026user\u003danna`) and with those of CEF (`&user\=anna`).
extension FreeText {
  private static let keyNames = [
    "user", "username", "user_name", "user-name", "uname", "usr", "uid", "userid", "user_id",
    "user-id", "login", "loginname", "login_name", "login-name", "login_hint", "loginid",
    "login_id", "login-id", "email", "e-mail", "mail", "account", "upn", "j_username",
    "samaccountname", "logonname", "userprincipalname",
  ]
  private static let keys = ParameterKeys(keyNames)

  /// The value behind the sign at `place`, which is `=` or an escape of it, if it is that of such
  /// a key.
  ///
  /// - Returns: the last place that needs no other look.
  func parameter(
    at place: Int, width: Int, _ names: SanitisedNames, _ edits: inout TextEdits
  ) throws(VeilError) -> Int {
    guard isKnownKey(before: place) else { return place }
    var first = place + width
    if let quote = quote(at: first) {
      first += quote.count
      if let end = quotedEnd(from: first, quote, sign: place) {
        return try replace(first..<end, names, &edits) ? end - 1 : place
      }
    }
    let isEscaped = text[place] == UInt8(ascii: "%")
    let end = valueEnd(from: first, isEscaped: isEscaped)
    return try replace(first..<end, names, &edits) ? end - 1 : place
  }

  /// The value of a member of JSON whose name ends in front of the `":` at `place`, where that is
  /// such a key: `"user":"anna"`, also with backslashes, in a text of JSON within another.
  func member(
    at place: Int, _ names: SanitisedNames, _ edits: inout TextEdits
  ) throws(VeilError) {
    let quote = place - backslashes(before: place)..<place + 1
    guard quote.lowerBound > record.lowerBound, Self.mayEndKey(text[quote.lowerBound - 1]),
      isKey(endingAt: quote.lowerBound)
    else { return }
    var first = place + 2
    while first < record.upperBound, text[first] == UInt8(ascii: " ") { first += 1 }
    guard stands(quote, at: first) else { return }
    first += quote.count
    var end = first
    repeat {
      end = ByteSearch.first(UInt8(ascii: "\""), in: text, end..<record.upperBound) + 1
    } while end <= record.upperBound && backslashes(before: end - 1) > quote.count - 1
    guard end <= record.upperBound else { return }
    try replace(first..<max(first, end - quote.count), names, &edits)
  }

  private func backslashes(before place: Int) -> Int {
    var first = place
    while first > record.lowerBound, text[first - 1] == UInt8(ascii: "\\") { first -= 1 }
    return place - first
  }

  /// The quote at a place: `"`, `'` or `\"`.
  private func quote(at place: Int) -> Range<Int>? {
    var end = place
    if end < record.upperBound, text[end] == UInt8(ascii: "\\") { end += 1 }
    guard end < record.upperBound, "'\"".utf8.contains(text[end]) else { return nil }
    return place..<end + 1
  }

  /// Whether a part of the text stands at another place, too.
  private func stands(_ part: Range<Int>, at place: Int) -> Bool {
    place + part.count <= record.upperBound
      && part.allSatisfy { text[$0] == text[place + $0 - part.lowerBound] }
  }

  /// Where the value in quotes ends that begins at `first`; `nil` where the quote is not closed in
  /// the field in which it stands.
  ///
  /// - Parameter sign: in front of the quote.
  private func quotedEnd(from first: Int, _ quote: Range<Int>, sign: Int) -> Int? {
    let border = kept.quoted(around: sign, in: text)?.upperBound ?? record.upperBound
    let isDouble = text[quote.upperBound - 1] == UInt8(ascii: "\"")
    var end = first
    while end + quote.count <= border, !stands(quote, at: end) {
      // An apostrophe may be one: then the value is a word.
      if text[end] < 0x20 || !isDouble && "\"=&".utf8.contains(text[end]) { return nil }
      end += 1
    }
    guard end + quote.count <= border, end > first else { return nil }
    let behind = end + quote.count
    if !isDouble, behind < record.upperBound, Self.isAlphanumeric(text[behind]) { return nil }
    let value = first..<end
    return kept.overlap(value) || kept.cross(value, in: text) ? nil : end
  }

  private func valueEnd(from first: Int, isEscaped: Bool) -> Int {
    var last = first
    while last < record.upperBound, !Self.endsValue(text[last]) {
      if let escape = escape(at: last) {
        // `%26` ends a value only where the `=` was escaped, too; the escapes of JSON are none of
        // the URL's.
        let ends =
          escape.width == 6
          ? Self.endsValue(escape.byte)
          : isEscaped && (escape.byte == UInt8(ascii: "&") || escape.byte == UInt8(ascii: "#"))
        if ends { return last }
      }
      last += 1
    }
    // In a text of JSON the quote is escaped, and so is the one that ends the value.
    while last > first, last < record.upperBound, text[last] == UInt8(ascii: "\""),
      text[last - 1] == UInt8(ascii: "\\")
    {
      last -= 1
    }
    return last
  }

  private func isKnownKey(before place: Int) -> Bool {
    var end = place
    if end > record.lowerBound, text[end - 1] == UInt8(ascii: "\\") { end -= 1 }
    guard end > record.lowerBound, Self.mayEndKey(text[end - 1]) else { return false }
    // `user[name][]`: each pair of brackets may hold the key.
    while let bracket = bracket(before: end, "]") {
      var start = bracket
      while start > least(bracket), Self.isKey(text[start - 1]) { start -= 1 }
      if let open = bracketStart(before: start) {
        end = open
      } else if let inner = escapeEnd(in: start..<bracket) {
        // `%5Buser`: the digits of the escape look like a part of the key.
        (start, end) = (inner, inner - 3)
      } else {
        return false
      }
      if isKnown(start..<bracket) { return true }
    }
    return isKey(endingAt: end)
  }

  private func isKnown(_ key: Range<Int>) -> Bool {
    ParameterKeys.Key(in: text, key).map(Self.keys.contains) ?? false
  }

  /// Where a bracket in front of `end` starts, also as `%5D`.
  private func bracket(before end: Int, _ sign: Unicode.Scalar) -> Int? {
    if end > record.lowerBound, text[end - 1] == UInt8(ascii: sign) { return end - 1 }
    if end - 3 >= record.lowerBound, escape(at: end - 3)?.byte == UInt8(ascii: sign),
      text[end - 3] == UInt8(ascii: "%")
    {
      return end - 3
    }
    return nil
  }

  /// Where an opening bracket in front of `place` starts.
  private func bracketStart(before place: Int) -> Int? { bracket(before: place, "[") }

  /// Where `%5B` ends whose digits begin a run of bytes of keys.
  private func escapeEnd(in run: Range<Int>) -> Int? {
    guard run.count >= 2, run.lowerBound > record.lowerBound,
      text[run.lowerBound - 1] == UInt8(ascii: "%"),
      escape(at: run.lowerBound - 1)?.byte == UInt8(ascii: "[")
    else { return nil }
    return run.lowerBound + 2
  }

  /// Where a key in front of `end` may start at the earliest: three bytes for each of its own.
  private func least(_ end: Int) -> Int {
    max(record.lowerBound, end - 3 * ParameterKeys.byteCountMax)
  }

  /// Most signs stand behind other keys: their last byte tells.
  private static func mayEndKey(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "]") || byte | 0x20 < 0x80 && lastLetters >> UInt64(byte & 31) & 1 != 0
  }

  /// The last letters of all keys, by their low five bits; `%5D` ends in a `d`.
  private static let lastLetters: UInt64 = keyNames.reduce(1 << UInt64(UInt8(ascii: "d") & 31)) {
    $0 | 1 << UInt64(($1.utf8.last ?? 0) & 31)
  }

  /// Whether a known key ends at `end`, behind something that parts it from what is before.
  private func isKey(endingAt end: Int) -> Bool {
    var start = end
    let lowest = max(record.lowerBound, end - ParameterKeys.byteCountMax - 6)
    while start > lowest, Self.isKey(text[start - 1]) { start -= 1 }
    guard start > record.lowerBound else { return isKnown(start..<end) }
    switch text[start - 1] {
    case UInt8(ascii: "%"), UInt8(ascii: "\\"): return isKeyWithEscapes(endingAt: end)
    case let before: return Self.parts(before) && isKnown(start..<end)
    }
  }

  /// Whether a byte may stand in front of a key.
  private static func parts(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "?"), UInt8(ascii: "&"), UInt8(ascii: ";"), UInt8(ascii: "#"),
      UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\""), UInt8(ascii: "'"),
      UInt8(ascii: ","), UInt8(ascii: "|"), UInt8(ascii: "<"), UInt8(ascii: ">"),
      UInt8(ascii: "/"), UInt8(ascii: "="), UInt8(ascii: ":"), UInt8(ascii: "("), UInt8(ascii: "["),
      UInt8(ascii: "{"):
      true
    default: false
    }
  }

  /// The same where an escape stands in the key, or in front of it.
  private func isKeyWithEscapes(endingAt end: Int) -> Bool {
    let least = least(end)
    var start = end
    var isParted = false
    while start > least, !isParted, Self.isKey(text[start - 1]) {
      if let escape = percentEscape(endingAt: start) {
        // `user%5Fname`; other escapes stand in front of the key, as `%26`.
        if escape.width == 3, escape.byte == UInt8(ascii: "_") || escape.byte == UInt8(ascii: "-") {
          start -= 3
        } else {
          isParted = true
        }
      } else if unicodeEscape(endingAt: start) != nil {
        isParted = true
      } else {
        start -= 1
      }
    }
    guard start < end else { return false }
    if start > record.lowerBound, !isParted {
      let before = text[start - 1]
      if before == UInt8(ascii: "\\") {
        // `\nuser=`: the letter belongs to the escape.
        if "nrt".utf8.contains(text[start]) { start += 1 }
      } else if !Self.parts(before) {
        return false
      }
    }
    return isKnown(start..<end)
  }

  private static func isKey(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
      || byte == UInt8(ascii: "-") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }

  private static func endsValue(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "&"), UInt8(ascii: ";"), UInt8(ascii: "#"), UInt8(ascii: " "),
      UInt8(ascii: "\t"), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: ","),
      UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "|"), UInt8(ascii: "\r"),
      UInt8(ascii: "\n"):
      true
    default: false
    }
  }
}
