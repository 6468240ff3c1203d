internal import ByteKernels
internal import IdentityRules
internal import Pseudonymisation

/// Finds names in parts of a record of which nobody says what they hold: mail addresses, users of
/// URLs (`https://anna:secret@host`) and of parameters (`?user=anna`).
struct FreeText: ~Escapable {
  let text: Span<UInt8>
  let record: Range<Int>
  let kept: KeptFields

  @_lifetime(copy text)
  init(_ text: Span<UInt8>, _ record: Range<Int>, but kept: KeptFields = KeptFields()) {
    self.text = text
    self.record = record
    self.kept = kept
  }

  /// Adds an edit for each name, in a time that is linear in the text.
  ///
  /// - Returns: whether a character is escaped that nothing asks to be.
  @discardableResult func find(
    _ names: SanitisedNames, _ edits: inout TextEdits
  ) throws(VeilError) -> Bool {
    var hasNeedlessEscapes = false
    var place = record.lowerBound - 1
    var bareRun = 0
    while true {
      place = ByteSearch.first(
        of: Self.signs, orPairs: Self.pairs, in: text, place + 1..<record.upperBound)
      if place == record.upperBound { return hasNeedlessEscapes }
      // What was replaced is not looked at once more.
      switch text[place] {
      case UInt8(ascii: "@"): place = try address(at: place, width: 1, &bareRun, names, &edits)
      case UInt8(ascii: "="): place = try parameter(at: place, width: 1, names, &edits)
      case UInt8(ascii: "\""): try member(at: place, names, &edits)
      case UInt8(ascii: "&"):
        let width = atReference(at: place)
        if width > 0 { place = try address(at: place, width: width, &bareRun, names, &edits) }
      default:
        guard let found = escape(at: place) else { continue }
        if found.byte == UInt8(ascii: "@") {
          place = try address(at: place, width: found.width, &bareRun, names, &edits)
        } else if found.byte == UInt8(ascii: "=") {
          place = try parameter(at: place, width: found.width, names, &edits)
        } else if found.isNeedless {
          hasNeedlessEscapes = true
        }
      }
    }
  }

  /// What stands in each name that is looked for, or before it.
  private static let signs = (
    UInt8(ascii: "@"), UInt8(ascii: "%"), UInt8(ascii: "="), UInt8(ascii: "\\")
  )
  private static let pairs = (
    a: (UInt8(ascii: "\""), UInt8(ascii: ":")), b: (UInt8(ascii: "&"), UInt8(ascii: "#"))
  )

  /// Replaces a name; what is longer than any name is masked.
  ///
  /// - Returns: whether something is there to be replaced.
  @discardableResult func replace(
    _ range: Range<Int>, _ names: SanitisedNames, _ edits: inout TextEdits
  ) throws(VeilError) -> Bool {
    guard !range.isEmpty, !kept.overlap(range) else { return false }
    if range.count > Self.bytesMax {
      edits.add(range, SanitisedNames.dash)
      return true
    }
    let name =
      if let undone = undone(range) {
        try names.number(of: undone.span)
      } else {
        try names.number(of: text.extracting(range))
      }
    if name == SanitisedNames.nobody { return false }
    edits.add(range, name)
    return true
  }

  /// Bytes of the longest value in which a name is looked for.
  private static let bytesMax = 4096
  /// Bytes in front of an `@` that may be a name: 64 (RFC 5321 §4.5.3.1.1), each an escape.
  private static let localBytesMax = 6 * 64

  // MARK: Addresses

  /// - Parameter bareRun: where bytes end that are no name and password in front of a host.
  /// - Returns: the last place that needs no other look.
  private func address(
    at place: Int, width: Int, _ bareRun: inout Int, _ names: SanitisedNames,
    _ edits: inout TextEdits
  ) throws(VeilError) -> Int {
    if place >= bareRun, let info = userinfo(at: place, &bareRun) {
      let colon = info.first { text[$0] == UInt8(ascii: ":") } ?? info.upperBound
      try replace(info.lowerBound..<colon, names, &edits)
      if colon + 1 < info.upperBound {
        edits.add(colon + 1..<info.upperBound, SanitisedNames.dash)
      }
      return max(place, info.upperBound)
    }
    let local = start(of: place, Self.isLocal, bytesMax: Self.localBytesMax)
    guard local < place else { return place }
    let end = domainEnd(from: place + width)
    let isAddress = isDomain(place + width..<end)
    if let user = userWithPassword(before: local, isAddress: isAddress) {
      // user:password@host
      try replace(user, names, &edits)
      edits.add(user.upperBound + 1..<place, SanitisedNames.dash)
    } else if isURL(before: local) || isPort(at: end) {
      try replace(local..<place, names, &edits)
    } else if isAddress {
      try replace(local..<end, names, &edits)
    }
    return place
  }

  /// Name and password in front of the host of a URL, up to its last `@` (RFC 3986 §3.2.1).
  ///
  /// Signs that also part fields and parameters belong to it where there is a password.
  ///
  /// - Parameter bareRun: becomes the end of the run of bytes where it is none for any `@` of it.
  private func userinfo(at place: Int, _ bareRun: inout Int) -> Range<Int>? {
    let start = start(of: place, Self.isUserinfo)
    guard start < place else { return nil }
    var (end, next) = (place, place + 1)
    while next < record.upperBound, Self.isUserinfo(text[next]) {
      if text[next] == UInt8(ascii: "@") { end = next }
      next += 1
    }
    bareRun = next
    guard isURL(before: start) else { return nil }
    let isPlain = (start..<end).allSatisfy {
      Self.isLocal(text[$0]) || text[$0] == UInt8(ascii: "@")
    }
    let hasPassword = (start..<end).contains { text[$0] == UInt8(ascii: ":") }
    return isPlain || hasPassword ? start..<end : nil
  }

  /// The user whose password is in front of an `@` from `local` on; `nil` where it is none: the
  /// name of a scheme stands there, or a field of its own.
  private func userWithPassword(before local: Int, isAddress: Bool) -> Range<Int>? {
    guard var user = word(beforeColonAt: local - 1) else { return nil }
    if isAddress ? isScheme(user) : !isBorder(before: user.lowerBound) { return nil }
    // A password may hold colons.
    while let word = word(beforeColonAt: user.lowerBound - 1), !isScheme(word) { user = word }
    return user
  }

  private func word(beforeColonAt place: Int) -> Range<Int>? {
    guard place > record.lowerBound, text[place] == UInt8(ascii: ":") else { return nil }
    let word = start(of: place, Self.isLocal)..<place
    return word.isEmpty || kept.overlap(word) ? nil : word
  }

  /// Whether a word in front of a colon tells what kind of address follows, as `mailto`: a known
  /// one, a number or a single letter.
  private func isScheme(_ range: Range<Int>) -> Bool {
    if range.count == 1 || range.allSatisfy({ text[$0] &- 0x30 < 10 }) { return true }
    guard let key = ParameterKeys.Key(in: text, range) else { return false }
    return Self.schemes.contains(key)
  }

  private static let schemes = ParameterKeys([
    "mailto", "smtp", "sip", "sips", "xmpp", "acct", "mail", "email", "e-mail", "im", "from", "to",
    "cc", "bcc", "upn", "user", "username", "login", "owner", "sender", "recipient", "eum", "x500",
    "msnim", "skype",
  ])

  /// Where the host behind an `@` ends: a name, or an address in brackets.
  private func domainEnd(from start: Int) -> Int {
    var end = start
    if end < record.upperBound, text[end] == UInt8(ascii: "[") {
      repeat { end += 1 } while end < record.upperBound && Self.isLiteral(text[end])
      return end < record.upperBound && text[end] == UInt8(ascii: "]") ? end + 1 : start
    }
    while end < record.upperBound, Self.isDomain(text[end]) { end += 1 }
    while end > start, !Self.isAlphanumeric(text[end - 1]) { end -= 1 }
    return end
  }

  /// The last part of a domain begins with a letter: others are addresses and numbers, unless they
  /// stand in brackets.
  private func isDomain(_ range: Range<Int>) -> Bool {
    guard !range.isEmpty else { return false }
    if text[range.lowerBound] == UInt8(ascii: "[") { return true }
    var last = range.upperBound
    while last > range.lowerBound, text[last - 1] != UInt8(ascii: ".") { last -= 1 }
    let first = text[last]
    return first >= 0x80 || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first | 0x20)
  }

  /// Whether a colon and a number stand at `place`: what is before is a host, as in
  /// `CONNECT anna@host:443`.
  private func isPort(at place: Int) -> Bool {
    place + 1 < record.upperBound && text[place] == UInt8(ascii: ":")
      && (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(text[place + 1])
  }

  /// Where the bytes in front of `end` begin that belong together.
  private func start(
    of end: Int, _ belongs: (UInt8) -> Bool, bytesMax: Int = .max
  ) -> Int {
    var start = end
    while start > record.lowerBound, end - start < bytesMax, belongs(text[start - 1]) {
      if let (byte, width) = unicodeEscape(endingAt: start) {
        guard belongs(byte) else { return start }
        start -= width
      } else {
        start -= 1
      }
    }
    return start
  }

  /// Whether `//` stands there, also with the backslashes that some writers of JSON put there.
  private func isURL(before place: Int) -> Bool {
    guard place - 2 >= record.lowerBound, text[place - 1] == UInt8(ascii: "/") else { return false }
    if text[place - 2] == UInt8(ascii: "/") { return true }
    return place - 4 >= record.lowerBound && text[place - 2] == UInt8(ascii: "\\")
      && text[place - 3] == UInt8(ascii: "/") && text[place - 4] == UInt8(ascii: "\\")
  }

  private func isBorder(before place: Int) -> Bool {
    place == record.lowerBound || Self.borders.contains(text[place - 1])
  }

  private static let borders = ByteSet(" \t\"',;=|<(")
  private static let locals = ByteSet(lettersAnd: "._%+-~!$*^\\")
  private static let userinfos = ByteSet(lettersAnd: "._%+-~!$*^\\" + "@:=&()'")
  private static let domains = ByteSet(lettersAnd: ".-")

  static func isAlphanumeric(_ byte: UInt8) -> Bool { ByteSet.letters.contains(byte) }

  private static func isLocal(_ byte: UInt8) -> Bool { locals.contains(byte) }

  private static func isUserinfo(_ byte: UInt8) -> Bool { userinfos.contains(byte) }

  private static func isDomain(_ byte: UInt8) -> Bool { domains.contains(byte) }

  private static func isLiteral(_ byte: UInt8) -> Bool {
    isDomain(byte) || byte == UInt8(ascii: ":")
  }
}
