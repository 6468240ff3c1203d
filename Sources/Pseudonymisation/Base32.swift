/// Lower-case base32 (RFC 4648, `a`–`z` and `2`–`7`) without padding, in one spelling only.
///
/// It survives tools that fold case, never starts with a sign that a spreadsheet takes for a
/// formula, and is read by `b32decode(casefold=True)` and SQL's `FROM_BASE32` once padded.
enum Base32 {
  /// Digits of `byteCount` bytes.
  static func digitCount(byteCount: Int) -> Int { (byteCount * 8 + 4) / 5 }

  /// The digits of 40 bits, the first one in the lowest byte.
  ///
  /// All eight are made side by side in one word: the bits are spread in halves, then quarters,
  /// then fives, and those from 26 on are moved from the letters to the digits 2–7.
  @inline(__always)
  static func digits(_ bits: UInt64) -> UInt64 {
    var spread = (bits & 0xf_ffff) << 32 | bits >> 20
    spread = (spread & 0x0000_03ff_0000_03ff) << 16 | (spread >> 10) & 0x0000_03ff_0000_03ff
    spread = (spread & 0x001f_001f_001f_001f) << 8 | (spread >> 5) & 0x001f_001f_001f_001f
    // 102 = 128 - 26: the top bit of a byte tells a value from 26 on. 73 = "a" + 26 - "2".
    let isDigit = (spread &+ 0x6666_6666_6666_6666) >> 7 & 0x0101_0101_0101_0101
    return spread &+ 0x6161_6161_6161_6161 &- isDigit &* 73
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
