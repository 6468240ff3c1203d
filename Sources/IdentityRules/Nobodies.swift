internal import VeiledRecords

/// Values of a user or machine field that name nobody, in lower case: `NobodyWords`.
///
/// No word behind a realm is one, but for those that no directory gives away: `corp\null` may well
/// be Ms Null.
enum Nobodies {
  /// Without a realm.
  private static let words = Words(NobodyWords.all)
  /// Behind a realm.
  private static let wordsInRealm = Words(["anonymous logon", "n/a", "(null)", "anonymous"])

  /// Whether `name` stands for nobody: one of the words, or nothing but dashes, dots, stars and
  /// question marks.
  static func includes(_ name: some Collection<UInt8>) -> Bool {
    hasNoLetter(name) || words.contains(name)
  }

  /// Whether `user` stands for nobody where a realm is named too: a machine's address does.
  static func includesInRealm(_ user: some Collection<UInt8>) -> Bool {
    hasNoLetter(user) || wordsInRealm.contains(user) || isAddress(user)
  }

  private static func isAddress(_ user: some Collection<UInt8>) -> Bool {
    guard let first = user.first, first &- 0x30 < 11 || first | 0x20 &- 0x61 < 6 else {
      return false
    }
    return (first < 0x3b || user.contains(0x3a)) && CanonicalAddress(Array(user).span) != nil
  }

  private static func hasNoLetter(_ name: some Collection<UInt8>) -> Bool {
    name.count <= Words.byteCountMax
      && name.allSatisfy { $0 == 0x2d || $0 == 0x2e || $0 == 0x2a || $0 == 0x3f }
  }
}

/// Short words. Most names are told from all of them by their first byte and their length.
private struct Words: Sendable {
  static let byteCountMax = 32

  private let words: Set<[UInt8]>
  /// For each first byte the lengths of its words, a bit each.
  private let lengths: [UInt64]

  init(_ texts: [String]) {
    words = Set(texts.map { Array($0.utf8) })
    var lengths = [UInt64](repeating: 0, count: 256)
    for word in words { lengths[Int(word[0])] |= 1 << UInt64(word.count) }
    self.lengths = lengths
  }

  func contains(_ name: some Collection<UInt8>) -> Bool {
    guard let first = name.first, name.count <= Self.byteCountMax,
      lengths[Int(first)] & 1 << UInt64(name.count) != 0
    else { return false }
    return words.contains(Array(name))
  }
}
