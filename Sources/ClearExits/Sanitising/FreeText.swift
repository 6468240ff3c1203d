internal import Pseudonymisation

/// Finds names in parts of a line of which nobody says what they hold: mail addresses, users of
/// URLs (`https://anna:secret@host`) and of parameters (`?user=anna`).
struct FreeText {
  private let text: [UInt8]
  private let line: Range<Int>
  /// Fields of which it is known what they hold.
  private let kept: [Range<Int>]

  init(_ text: [UInt8], _ line: Range<Int>, but kept: [Range<Int>] = []) {
    self.text = text
    self.line = line
    self.kept = kept
  }

  /// Adds an edit for each name.
  func find(_ names: SanitisedNames, _ edits: inout [TextEdit]) throws(VeilError) {
    var place = line.lowerBound - 1
    while true {
      place = ByteSearch.first(of: Self.signs, in: text.span, place + 1..<line.upperBound)
      if place == line.upperBound { return }
      switch text[place] {
      case UInt8(ascii: "@"): try address(at: place, width: 1, names, &edits)
      case UInt8(ascii: "%") where isEncodedAt(place):
        try address(at: place, width: 3, names, &edits)
      case UInt8(ascii: "?"), UInt8(ascii: "&"), UInt8(ascii: ";"):
        try parameter(behind: place, names, &edits)
      default: break
      }
    }
  }

  /// What stands in each name that is looked for, or before it.
  private static let signs = (
    UInt8(ascii: "@"), UInt8(ascii: "%"), UInt8(ascii: "?"), UInt8(ascii: "&"), UInt8(ascii: ";")
  )

  private func isEncodedAt(_ place: Int) -> Bool {
    place + 2 < line.upperBound && text[place + 1] == UInt8(ascii: "4")
      && text[place + 2] == UInt8(ascii: "0")
  }

  // MARK: Addresses

  private func address(
    at place: Int, width: Int, _ names: SanitisedNames, _ edits: inout [TextEdit]
  ) throws(VeilError) {
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
      edits.append(TextEdit(range: local..<place, text: [UInt8(ascii: "-")]))
    } else if isURL(before: local) {
      try replace(local..<place, names, &edits)
    } else if isDomain(place + width..<end) {
      try replace(local..<end, names, &edits)
    }
  }

  /// The last part of a domain begins with a letter: others are addresses and numbers.
  private func isDomain(_ range: Range<Int>) -> Bool {
    guard !range.isEmpty else { return false }
    var last = range.upperBound
    while last > range.lowerBound, text[last - 1] != UInt8(ascii: ".") { last -= 1 }
    let first = text[last]
    return first >= 0x80 || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first | 0x20)
  }

  private func start(of end: Int, _ belongs: (UInt8) -> Bool) -> Int {
    var start = end
    while start > line.lowerBound, belongs(text[start - 1]) { start -= 1 }
    return start
  }

  private func isURL(before place: Int) -> Bool {
    place - 3 >= line.lowerBound && text[place - 3..<place].elementsEqual("://".utf8)
  }

  private func isBorder(before place: Int) -> Bool {
    place == line.lowerBound || " \t\"',;=|<(".utf8.contains(text[place - 1])
  }

  private func replace(
    _ range: Range<Int>, _ names: SanitisedNames, _ edits: inout [TextEdit]
  ) throws(VeilError) {
    guard kept.allSatisfy({ !$0.overlaps(range) }) else { return }
    if let pseudonym = try names.pseudonym(of: text.span.extracting(range)) {
      edits.append(TextEdit(range: range, text: pseudonym))
    }
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte >= 0x80
      || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }

  private static func isLocal(_ byte: UInt8) -> Bool {
    isAlphanumeric(byte) || "._%+-~!$*^\\".utf8.contains(byte)
  }

  private static func isDomain(_ byte: UInt8) -> Bool {
    isAlphanumeric(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
  }

  // MARK: Parameters

  private static let keys: Set<[UInt8]> = Set(
    [
      "user", "username", "user_name", "usr", "uid", "userid", "user_id", "login", "loginname",
      "login_name", "login_hint", "email", "e-mail", "mail", "account", "upn", "j_username",
      "samaccountname", "logonname",
    ].map { Array($0.utf8) })
  private static let keyBytesMax = 16

  private func parameter(
    behind place: Int, _ names: SanitisedNames, _ edits: inout [TextEdit]
  ) throws(VeilError) {
    var end = place + 1
    // `&amp;` of careless writers.
    if text[place] == UInt8(ascii: "&"), text[end..<line.upperBound].starts(with: "amp;".utf8) {
      return
    }
    while end < line.upperBound, end - place <= Self.keyBytesMax, text[end] != UInt8(ascii: "=") {
      end += 1
    }
    guard end < line.upperBound, text[end] == UInt8(ascii: "="),
      Self.keys.contains(text[place + 1..<end].map { $0 | 0x20 == $0 ? $0 : $0 | 0x20 })
    else { return }
    let start = end + 1
    var last = start
    while last < line.upperBound, !"&;# \t\"',<>\r\n".utf8.contains(text[last]) { last += 1 }
    if last > start { try replace(start..<last, names, &edits) }
  }
}

/// Finds the name of a line's own user elsewhere in the line, as a word of its own.
struct OwnName {
  /// Shorter ones are too often something else.
  private static let bytesMin = 4
  private let name: [UInt8]

  init(_ name: [UInt8]) { self.name = name }

  /// Adds an edit for each place outside of the ranges in `kept`.
  func find(
    in text: [UInt8], _ line: Range<Int>, but kept: [Range<Int>], _ pseudonym: [UInt8],
    _ edits: inout [TextEdit]
  ) {
    guard name.count >= Self.bytesMin, line.count > name.count else { return }
    var place = line.lowerBound - 1
    while true {
      place = ByteSearch.first(
        name[0], then: name[1], in: text.span, place + 1..<line.upperBound)
      guard place + name.count <= line.upperBound else { return }
      guard isWord(text, place, line), equals(text, place) else { continue }
      let range = place..<place + name.count
      guard kept.allSatisfy({ !$0.overlaps(range) }) else { continue }
      edits.append(TextEdit(range: range, text: pseudonym))
    }
  }

  private func equals(_ text: [UInt8], _ place: Int) -> Bool {
    name.indices.allSatisfy { Self.fold(text[place + $0]) == Self.fold(name[$0]) }
  }

  private func isWord(_ text: [UInt8], _ place: Int, _ line: Range<Int>) -> Bool {
    let end = place + name.count
    return (place == line.lowerBound || !Self.isLetter(text[place - 1]))
      && (end == line.upperBound || !Self.isLetter(text[end]))
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte >= 0x80
      || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }

  private static func fold(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
  }
}
