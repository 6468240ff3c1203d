/// Values of a user or machine field that name nobody, in lower case.
///
/// Words that can be somebody's name or account (`guest`, `system`, `nobody`, `root`) are not
/// among them. Neither is any word behind a realm, but for those that no directory gives away:
/// `corp\null` may well be Ms Null.
enum Nobodies {
  /// Without a realm.
  private static let words: Set<[UInt8]> = Set(
    [
      "n/a", "#n/a", "n.a.", "n\\a", "null", "(null)", "<null>", "[null]", "nil", "<nil>", "(nil)",
      "none", "(none)", "<none>", "[none]", "undefined", "(undefined)", "<undefined>", "unknown",
      "(unknown)", "<unknown>", "[unknown]", "unknown user", "unknown_user", "(empty)", "<empty>",
      "(blank)", "<blank>", "anonymous", "(anonymous)", "<anonymous>", "anonymous user",
      "anonymous logon", "unauthenticated", "unauthenticated user", "not authenticated",
      "not-authenticated", "no authentication", "no authentication required", "no auth", "no user",
      "no username", "not available", "notavailable", "(not available)", "not found",
      "user not found", "not applicable", "not set", "(not set)", "no value", "missing",
    ].map { Array($0.utf8) }
  )
  /// Behind a realm.
  private static let wordsInRealm: Set<[UInt8]> = Set(
    ["anonymous logon", "n/a", "(null)", "anonymous"].map { Array($0.utf8) }
  )
  private static let byteCountMax = 32

  /// Whether `name` stands for nobody: one of the words, or nothing but dashes, dots, stars and
  /// question marks.
  static func includes(_ name: some Collection<UInt8>) -> Bool {
    if name.count > byteCountMax { return false }
    return hasNoLetter(name) || words.contains(Array(name))
  }

  /// Whether `user` stands for nobody where a realm is named too.
  static func includesInRealm(_ user: some Collection<UInt8>) -> Bool {
    if user.count > byteCountMax { return false }
    return hasNoLetter(user) || wordsInRealm.contains(Array(user))
  }

  private static func hasNoLetter(_ name: some Collection<UInt8>) -> Bool {
    name.allSatisfy { $0 == 0x2d || $0 == 0x2e || $0 == 0x2a || $0 == 0x3f }
  }
}
