package import VeiledRecords

/// A pseudonym taken apart: `u1-` and the base32 of the tag and the cipher text.
///
/// A text has one meaning and a meaning one text: lower case, no padding, spare bits zero, the
/// version without leading zeros. So pseudonyms can be compared as texts everywhere.
package struct PseudonymText: Equatable, Sendable {
  /// What the pseudonym stands for.
  package let kind: IdentityKind
  /// Version of the key, 1 to `versionMax`.
  package let version: Int
  /// The tag of 16 bytes, then the cipher text: a multiple of 16 bytes, at least 32.
  package let sealed: [UInt8]

  /// The highest key version.
  package static let versionMax = 999_999

  /// Base32 of a tag and one block.
  private static let digitsMin = 52
  /// What is shorter does not look like a pseudonym.
  package static let byteCountMin = 3 + digitsMin

  /// Takes `text` apart.
  ///
  /// - Returns: `nil` when it is no pseudonym, or one in another spelling.
  package init?(parsing text: Span<UInt8>) {
    guard let form = PseudonymText.form(of: text),
      let sealed = Base32.decoded(text.extracting(form.digits)),
      sealed.count >= 32, sealed.count % 16 == 0
    else { return nil }
    kind = form.kind
    version = form.version
    self.sealed = sealed
  }

  /// Whether `text` can hardly be anything but a pseudonym, whole or damaged: a kind, a version,
  /// `-`, then nothing but base32, and as much of it as the shortest pseudonym has.
  ///
  /// A name in a log that looks like this passes only if it verifies.
  package static func looksLikeOne(_ text: Span<UInt8>) -> Bool {
    guard let form = form(of: text), form.digits.count >= digitsMin else { return false }
    for index in form.digits where Base32.value(text[index]) == nil { return false }
    return true
  }

  /// What stands in front of the base32 digits of a pseudonym: `u1-`.
  static func prefix(kind: IdentityKind, version: Int) -> [UInt8] {
    [kind.letter] + Array(String(version).utf8) + [UInt8(ascii: "-")]
  }

  private static func form(
    of text: Span<UInt8>
  ) -> (kind: IdentityKind, version: Int, digits: Range<Int>)? {
    guard text.count > 3, let kind = IdentityKind(letter: text[0]) else { return nil }
    var version = 0
    var index = 1
    while index < text.count, text[index] != UInt8(ascii: "-") {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(text[index]) else { return nil }
      version = version * 10 + Int(text[index] - UInt8(ascii: "0"))
      // A leading zero would be a second spelling of the version.
      guard (1...versionMax).contains(version) else { return nil }
      index += 1
    }
    guard version > 0, index < text.count else { return nil }
    return (kind, version, index + 1..<text.count)
  }
}
