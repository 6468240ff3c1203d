internal import ByteKernels
internal import Pseudonymisation

/// Finds names in parts of a line of which nobody says what they hold: mail addresses, users of
/// URLs (`https://anna:secret@host`) and of parameters (`?user=anna`).
struct FreeText: ~Escapable {
  private let text: Span<UInt8>
  private let line: Range<Int>
  private let kept: KeptFields

  @_lifetime(copy text)
  init(_ text: Span<UInt8>, _ line: Range<Int>, but kept: KeptFields = KeptFields()) {
    self.text = text
    self.line = line
    self.kept = kept
  }

  /// Adds an edit for each name.
  func find(_ names: SanitisedNames, _ edits: inout TextEdits) throws(VeilError) {
    var place = line.lowerBound - 1
    while true {
      place = ByteSearch.first(of: Self.signs, in: text, place + 1..<line.upperBound)
      if place == line.upperBound { return }
      switch text[place] {
      case UInt8(ascii: "@"): try address(at: place, width: 1, names, &edits)
      case UInt8(ascii: "="): try parameter(at: place, width: 1, names, &edits)
      case _ where isEncoded("@", at: place): try address(at: place, width: 3, names, &edits)
      case _ where isEncoded("=", at: place): try parameter(at: place, width: 3, names, &edits)
      default: break
      }
    }
  }

  /// What stands in each name that is looked for, or before it.
  private static let signs = (UInt8(ascii: "@"), UInt8(ascii: "%"), UInt8(ascii: "="))

  /// Whether `%` and the digits of `sign` stand at `place`, whatever their case.
  private func isEncoded(_ sign: Unicode.Scalar, at place: Int) -> Bool {
    guard place + 2 < line.upperBound, text[place] == UInt8(ascii: "%") else { return false }
    let code = UInt8(ascii: sign)
    return text[place + 1] == Self.digit(code >> 4)
      && text[place + 2] | 0x20 == Self.digit(code & 15)
  }

  /// A hexadecimal digit, with bit 5 set.
  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }

  // MARK: Addresses

  private func address(
    at place: Int, width: Int, _ names: SanitisedNames, _ edits: inout TextEdits
  ) throws(VeilError) {
    if let info = userinfo(at: place) {
      let colon = info.first { text[$0] == UInt8(ascii: ":") } ?? info.upperBound
      if info.lowerBound < colon { try replace(info.lowerBound..<colon, names, &edits) }
      if colon + 1 < info.upperBound {
        edits.add(colon + 1..<info.upperBound, SanitisedNames.dash)
      }
      return
    }
    let local = start(of: place, Self.isLocal)
    guard local < place else { return }
    var end = place + width
    while end < line.upperBound, Self.isDomain(text[end]) { end += 1 }
    while end > place + width, !Self.isAlphanumeric(text[end - 1]) { end -= 1 }
    if local > line.lowerBound, text[local - 1] == UInt8(ascii: ":") {
      // user:password@host
      let user = start(of: local - 1, Self.isLocal)
      guard user < local - 1, isURL(before: user) || isBorder(before: user) else { return }
      try replace(user..<local - 1, names, &edits)
      edits.add(local..<place, SanitisedNames.dash)
    } else if isURL(before: local) || isPort(at: end) {
      try replace(local..<place, names, &edits)
    } else if isDomain(place + width..<end) {
      try replace(local..<end, names, &edits)
    }
  }

  /// Name and password in front of the host of a URL, up to its last `@` (RFC 3986 §3.2.1).
  ///
  /// Signs that also part fields and parameters belong to it where there is a password.
  private func userinfo(at place: Int) -> Range<Int>? {
    let start = start(of: place, Self.isUserinfo)
    guard isURL(before: start), start < place else { return nil }
    var (end, next) = (place, place + 1)
    while next < line.upperBound, Self.isUserinfo(text[next]) {
      if text[next] == UInt8(ascii: "@") { end = next }
      next += 1
    }
    let isPlain = (start..<end).allSatisfy {
      Self.isLocal(text[$0]) || text[$0] == UInt8(ascii: "@")
    }
    let hasPassword = (start..<end).contains { text[$0] == UInt8(ascii: ":") }
    return isPlain || hasPassword ? start..<end : nil
  }

  /// The last part of a domain begins with a letter: others are addresses and numbers.
  private func isDomain(_ range: Range<Int>) -> Bool {
    guard !range.isEmpty else { return false }
    var last = range.upperBound
    while last > range.lowerBound, text[last - 1] != UInt8(ascii: ".") { last -= 1 }
    let first = text[last]
    return first >= 0x80 || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first | 0x20)
  }

  /// Whether a colon and a number stand at `place`: what is before is a host, as in
  /// `CONNECT anna@host:443`.
  private func isPort(at place: Int) -> Bool {
    place + 1 < line.upperBound && text[place] == UInt8(ascii: ":")
      && (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(text[place + 1])
  }

  private func start(of end: Int, _ belongs: (UInt8) -> Bool) -> Int {
    var start = end
    while start > line.lowerBound, belongs(text[start - 1]) { start -= 1 }
    return start
  }

  private func isURL(before place: Int) -> Bool {
    place - 3 >= line.lowerBound && text[place - 3] == UInt8(ascii: ":")
      && text[place - 2] == UInt8(ascii: "/") && text[place - 1] == UInt8(ascii: "/")
  }

  private func isBorder(before place: Int) -> Bool {
    place == line.lowerBound || " \t\"',;=|<(".utf8.contains(text[place - 1])
  }

  private func replace(
    _ range: Range<Int>, _ names: SanitisedNames, _ edits: inout TextEdits
  ) throws(VeilError) {
    guard !kept.overlap(range) else { return }
    let name = try names.number(of: text.extracting(range))
    if name != SanitisedNames.nobody { edits.add(range, name) }
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte >= 0x80
      || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }

  private static func isLocal(_ byte: UInt8) -> Bool {
    isAlphanumeric(byte) || "._%+-~!$*^\\".utf8.contains(byte)
  }

  private static func isUserinfo(_ byte: UInt8) -> Bool {
    isLocal(byte) || "@:=&()'".utf8.contains(byte)
  }

  private static func isDomain(_ byte: UInt8) -> Bool {
    isAlphanumeric(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
  }

  // MARK: Parameters

  private static let keys = ParameterKeys([
    "user", "username", "user_name", "usr", "uid", "userid", "user_id", "login", "loginname",
    "login_name", "login_hint", "email", "e-mail", "mail", "account", "upn", "j_username",
    "samaccountname", "logonname",
  ])

  /// The value behind the sign at `place`, which is `=` or `%3D`, if it is that of such a key.
  private func parameter(
    at place: Int, width: Int, _ names: SanitisedNames, _ edits: inout TextEdits
  ) throws(VeilError) {
    let least = max(line.lowerBound, place - ParameterKeys.byteCountMax - 2)
    var start = place
    while start > least, Self.isKey(text[start - 1]) { start -= 1 }
    if start > line.lowerBound, text[start - 1] == UInt8(ascii: "%") {
      start += 2  // `%26user%3D`: the sign in front is encoded, too.
    } else if start > line.lowerBound, !"?&;# \t\"',|<>".utf8.contains(text[start - 1]) {
      return
    }
    guard start < place, let key = ParameterKeys.Key(in: text, start..<place),
      Self.keys.contains(key)
    else { return }
    var first = place + width
    if first < line.upperBound, "'\"".utf8.contains(text[first]) { first += 1 }
    var last = first
    while last < line.upperBound, !Self.endsValue(text[last]),
      !(width > 1 && (isEncoded("&", at: last) || isEncoded("#", at: last)))
    {
      last += 1
    }
    if last > first { try replace(first..<last, names, &edits) }
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
