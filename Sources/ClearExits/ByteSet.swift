/// Some bytes, asked for one by one in no time.
struct ByteSet {
  private var low: UInt64 = 0
  private var high: UInt64 = 0
  /// All that are no ASCII, too.
  private var rest = false

  /// The bytes of an ASCII text.
  init(_ text: String) {
    for byte in text.utf8 {
      precondition(byte < 0x80, "A byte of a set is ASCII.")
      if byte < 0x40 { low |= 1 << UInt64(byte) } else { high |= 1 << UInt64(byte & 63) }
    }
  }

  /// Those of an ASCII text, and what names and words are made of: letters, digits and all that is
  /// no ASCII.
  init(lettersAnd text: String) {
    self.init("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" + text)
    rest = true
  }

  func contains(_ byte: UInt8) -> Bool {
    if byte >= 0x80 { return rest }
    return (byte < 0x40 ? low : high) &>> UInt64(byte & 63) & 1 == 1
  }

  /// What names and words are made of.
  static let letters = ByteSet(lettersAnd: "")
}
