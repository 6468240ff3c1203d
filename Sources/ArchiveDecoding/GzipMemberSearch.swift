import Glibc

/// Looks for what may be the start of a gzip member.
///
/// Ten bytes have to fit; in compressed bytes that happens by chance once in some 100 GiB. A member
/// whose header is unusual is not found and so decoded together with the one before it.
enum GzipMemberSearch {
  static let headerBytes = 10

  /// Offset of the first plausible header that lies in `bytes` as a whole.
  static func first(in bytes: Span<UInt8>) -> Int? {
    var start = 0
    while let found = first(0x1f, in: bytes, from: start) {
      guard found + headerBytes <= bytes.count else { return nil }
      if isPlausible(bytes, at: found) { return found }
      start = found + 1
    }
    return nil
  }

  private static func first(_ byte: UInt8, in bytes: Span<UInt8>, from start: Int) -> Int? {
    // SAFETY: the search stays inside the buffer, which lives for this call.
    unsafe bytes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress, start < buffer.count else { return nil }
      guard let found = unsafe memchr(base + start, Int32(byte), buffer.count - start) else {
        return nil
      }
      return unsafe UnsafeRawPointer(found) - UnsafeRawPointer(base)
    }
  }

  private static func isPlausible(_ bytes: Span<UInt8>, at start: Int) -> Bool {
    guard bytes[start + 1] == 0x8b, bytes[start + 2] == 8 else { return false }
    let flags = bytes[start + 3]
    let speed = bytes[start + 8]
    let system = bytes[start + 9]
    return flags & 0xE0 == 0 && [0, 2, 4].contains(speed) && (system <= 13 || system == 255)
  }
}
