/// Some bytes, asked for one by one in no time.
struct ByteSet {
  private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

  /// The bytes of an ASCII text; `rest`: all that are no ASCII, too.
  init(_ text: String, rest: Bool = false) {
    for byte in text.utf8 {
      precondition(byte < 0x80, "A byte of a set is ASCII.")
      if byte < 0x40 { words.0 |= 1 << UInt64(byte) } else { words.1 |= 1 << UInt64(byte & 63) }
    }
    if rest { (words.2, words.3) = (.max, .max) }
  }

  func contains(_ byte: UInt8) -> Bool {
    let low = byte & 0x40 == 0
    let word = byte < 0x80 ? (low ? words.0 : words.1) : (low ? words.2 : words.3)
    return word &>> UInt64(byte & 63) & 1 == 1
  }

  /// Letters and digits.
  static let alphanumerics = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
}
