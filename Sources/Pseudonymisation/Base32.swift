/// Lower-case base32 (RFC 4648, `a`–`z` and `2`–`7`) without padding, in one spelling only.
///
/// It survives tools that fold case, never starts with a sign that a spreadsheet takes for a
/// formula, and is read by `b32decode(casefold=True)` and SQL's `FROM_BASE32` once padded.
enum Base32 {
  /// Digits of `byteCount` bytes.
  static func digitCount(byteCount: Int) -> Int { (byteCount * 8 + 4) / 5 }

  /// The two digits of each number of ten bits, the first one in the low byte.
  ///
  /// Looking up a cipher text by its bits tells nothing that its digits do not.
  static let pairs: [UInt16] = (0..<1024).map { bits in
    UInt16(digit(bits >> 5)) | UInt16(digit(bits & 31)) << 8
  }

  private static func digit(_ value: Int) -> UInt8 {
    value < 26 ? UInt8(ascii: "a") + UInt8(value) : UInt8(ascii: "2") + UInt8(value - 26)
  }

  /// The value of a digit, or `nil` for any other byte, capital letters included.
  static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "a")...UInt8(ascii: "z"): digit - UInt8(ascii: "a")
    case UInt8(ascii: "2")...UInt8(ascii: "7"): digit - UInt8(ascii: "2") + 26
    default: nil
    }
  }

  /// The bytes that `text` spells, or `nil` where it has another spelling than ours: a foreign
  /// digit, an impossible length, or spare bits that are not zero.
  static func decoded(_ text: Span<UInt8>) -> [UInt8]? {
    let byteCount = text.count * 5 / 8
    guard digitCount(byteCount: byteCount) == text.count else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(byteCount)
    var bits: UInt32 = 0
    var bitCount = 0
    for index in text.indices {
      guard let value = value(text[index]) else { return nil }
      bits = bits << 5 | UInt32(value)
      bitCount += 5
      if bitCount < 8 { continue }
      bitCount -= 8
      bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(bitCount)))
      bits &= 1 << UInt32(bitCount) - 1
    }
    return bits == 0 ? bytes : nil
  }
}
