import COpenSSL

/// A key that can be used and not be read.
///
/// The bytes lie in pages of their own (see `SecretPages`) and never leave the room, but for the
/// one written door: `appendHexadecimal(to:)`, which puts them into the text of a key file. A
/// handle has no printable form, is neither coded nor hashed, and is wiped with its last owner.
/// Its bytes never change, so that threads may share it.
// SAFETY: written in `init` and wiped in `deinit`, only read in between.
@safe package final class KeyHandle: @unchecked Sendable, CustomStringConvertible, CustomReflectable
{
  let pages: SecretPages

  private init(pages: consuming SecretPages) {
    self.pages = pages
  }

  /// Number of bytes.
  package var byteCount: Int { pages.byteCount }
  /// Whether the key can never reach the swap device.
  package var isLocked: Bool { pages.isLocked }
  /// Never the bytes.
  package var description: String { "a key of \(byteCount) bytes" }
  /// Shows nothing to debuggers and `dump`.
  package var customMirror: Mirror { Mirror(self, children: []) }

  /// A new key of `byteCount` random bytes, from OpenSSL's generator for private values.
  package static func random(byteCount: Int = 32) throws(SealingError) -> KeyHandle {
    let pages = try SecretPages(byteCount: byteCount)
    // SAFETY: the pages have `byteCount` bytes and live until the end of this function at least.
    guard unsafe RAND_priv_bytes(pages.address, Int32(byteCount)) == 1 else {
      throw .libraryFailed(.random)
    }
    return KeyHandle(pages: pages)
  }

  /// The key that `digits` spell: exactly `byteCount` bytes in lower-case hexadecimal digits.
  package convenience init(hexadecimal digits: Span<UInt8>, byteCount: Int) throws(SealingError) {
    guard digits.count == 2 * byteCount else { throw .malformedKey(byteCount: byteCount) }
    var pages = try SecretPages(byteCount: byteCount)
    var target = pages.mutableBytes()
    for index in 0..<byteCount {
      guard let high = Hexadecimal.value(digits[2 * index]),
        let low = Hexadecimal.value(digits[2 * index + 1])
      else { throw .malformedKey(byteCount: byteCount) }
      target[index] = high << 4 | low
    }
    self.init(pages: pages)
  }

  /// A copy of `bytes`, which the caller keeps in wiped memory.
  package convenience init(bytes: Span<UInt8>) throws(SealingError) {
    var pages = try SecretPages(byteCount: bytes.count)
    var target = pages.mutableBytes()
    for index in bytes.indices { target[index] = bytes[index] }
    self.init(pages: pages)
  }

  /// A new key of `byteCount` bytes that `fill` writes; for steps of this room.
  static func filled(
    byteCount: Int,
    _ fill: (borrowing SecretPages) throws(SealingError) -> Void
  ) throws(SealingError) -> KeyHandle {
    let pages = try SecretPages(byteCount: byteCount)
    try fill(pages)
    return KeyHandle(pages: pages)
  }

  /// Writes the key in lower-case hexadecimal digits: for the text of a key file, nothing else.
  package func appendHexadecimal(to text: inout SecretText) {
    pages.appendHexadecimal(to: &text)
  }

  /// Whether both keys are the same.
  package func isSame(as other: KeyHandle) -> Bool {
    pages.isSame(as: other.pages)
  }

  /// Whether the key is exactly `other`, in a time that does not depend on where they differ.
  package func matches(_ other: Span<UInt8>) -> Bool {
    pages.matches(other)
  }
}

extension SecretPages {
  fileprivate func appendHexadecimal(to text: inout SecretText) {
    let bytes = self.bytes
    for index in bytes.indices {
      text.append(Hexadecimal.digit(bytes[index] >> 4))
      text.append(Hexadecimal.digit(bytes[index] & 15))
    }
  }

  fileprivate func isSame(as other: borrowing SecretPages) -> Bool {
    ConstantTime.equal(bytes, other.bytes)
  }

  fileprivate func matches(_ other: Span<UInt8>) -> Bool {
    ConstantTime.equal(bytes, other)
  }
}

/// Lower-case hexadecimal digits, one spelling only.
enum Hexadecimal {
  /// The digit of a value below 16.
  static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }

  /// The value of a digit, or `nil` for any other byte.
  static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}
