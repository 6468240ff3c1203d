import Sealing

/// AES-CMAC (RFC 4493) of one string: for associated data, which is read once per key.
///
/// Names go through `SIVBatch`, which runs the same steps on many messages side by side.
enum CMAC {
  /// What is mixed into a last block: `whole` when it has sixteen bytes, else `padded`.
  struct Subkeys {
    let whole: CipherBlock
    let padded: CipherBlock
  }

  /// The subkeys of a key: its cipher text of zero, doubled once and twice.
  static func subkeys(_ cipher: borrowing BlockCipher) throws(SealingError) -> Subkeys {
    let zero = try encrypted(.zero, by: cipher)
    return Subkeys(whole: zero.doubled, padded: zero.doubled.doubled)
  }

  /// The code of `string`, which may be empty.
  static func code(
    of string: [UInt8],
    cipher: borrowing BlockCipher,
    subkeys: Subkeys
  ) throws(SealingError) -> CipherBlock {
    var state = CipherBlock.zero
    for (offset, byte) in string.enumerated() {
      if offset > 0, offset % 16 == 0 { state = try encrypted(state, by: cipher) }
      state ^= .byte(byte, at: offset % 16)
    }
    let tail = string.count % 16
    if tail == 0, !string.isEmpty {
      state ^= subkeys.whole
    } else {
      state ^= .byte(0x80, at: tail) ^ subkeys.padded
    }
    return try encrypted(state, by: cipher)
  }

  private static func encrypted(
    _ block: CipherBlock,
    by cipher: borrowing BlockCipher
  ) throws(SealingError) -> CipherBlock {
    var blocks = [block]
    var span = blocks.mutableSpan
    try cipher.encrypt(&span, first: 1)
    return blocks[0]
  }
}

/// A block as the standards see it: sixteen bytes, the first one the most significant.
///
/// The two words hold the bytes as they lie in memory, the first one lowest: every machine that
/// Swift runs on under Linux is little-endian.
extension CipherBlock {
  /// The block times x in the field of CMAC.
  var doubled: CipherBlock {
    let high = UInt64(bigEndian: self[0])
    let low = UInt64(bigEndian: self[1])
    // 0x87: the field's polynomial, x^128 + x^7 + x^2 + x + 1, without its highest term.
    let reduced = low << 1 ^ (high >> 63) &* 0x87
    return CipherBlock((high << 1 | low >> 63).bigEndian, reduced.bigEndian)
  }

  /// A block that is zero but for `value` at byte `index`.
  @inline(__always)
  static func byte(_ value: UInt8, at index: Int) -> CipherBlock {
    // A shift by 64 and more, or to the left by less than nothing, shifts all out.
    CipherBlock(UInt64(value) << (8 * index), UInt64(value) << (8 * index - 64))
  }

  /// Each byte `count` places (0 to 15) towards the end, zeros in front; what leaves is lost.
  func movedBack(by count: Int) -> CipherBlock { CipherBlock(wide << UInt128(8 * count)) }

  /// Each byte `count` places (0 to 15) towards the start, zeros behind; what leaves is lost.
  func movedForward(by count: Int) -> CipherBlock { CipherBlock(wide >> UInt128(8 * count)) }

  /// The first `count` bytes (0 to 15), zeros behind.
  @inline(__always)
  func prefix(_ count: Int) -> CipherBlock {
    let high = count < 8 ? 0 : 8 * count - 64
    return self & CipherBlock(~(~0 << (8 * count)), ~(~0 << high))
  }

  /// The block as a number of which the first byte is the least significant.
  private var wide: UInt128 {
    UInt128(self[1]) << 64 | UInt128(self[0])
  }

  private init(_ wide: UInt128) {
    self.init(UInt64(truncatingIfNeeded: wide), UInt64(truncatingIfNeeded: wide >> 64))
  }
}
