import COpenSSL

/// Comparison that does not tell by its time where two strings differ.
package enum ConstantTime {
  /// Whether both have the same bytes.
  ///
  /// Different lengths are told apart at once.
  package static func equal(_ one: Span<UInt8>, _ other: Span<UInt8>) -> Bool {
    guard one.count == other.count else { return false }
    if one.isEmpty { return true }
    // SAFETY: both buffers have `one.count` bytes and live for this call.
    return unsafe one.withUnsafeBufferPointer { one in
      unsafe other.withUnsafeBufferPointer { other in
        unsafe CRYPTO_memcmp(one.baseAddress, other.baseAddress, one.count) == 0
      }
    }
  }
}

extension ConstantTime {
  /// Whether both blocks are the same.
  package static func equal(_ one: CipherBlock, _ other: CipherBlock) -> Bool {
    var one = one
    var other = other
    // SAFETY: both are sixteen bytes that live for this call.
    return unsafe CRYPTO_memcmp(&one, &other, 16) == 0
  }
}

/// Random bytes for values that are no secrets, such as a tenant's uuid.
package enum PublicRandom {
  /// Sixteen random bytes.
  package static func sixteenBytes() throws(SealingError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 16)
    // SAFETY: the array has the sixteen bytes that are asked for.
    guard unsafe RAND_bytes(&bytes, 16) == 1 else { throw .libraryFailed(.random) }
    return bytes
  }
}

/// SHA-256 (FIPS 180-4).
package enum Digest {
  /// The 32 bytes of `message`'s SHA-256.
  package static func sha256(_ message: Span<UInt8>) throws(SealingError) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    var written: UInt32 = 0
    // SAFETY: the message lives for this call; the digest has the 32 bytes that SHA-256 writes.
    let status = unsafe message.withUnsafeBufferPointer { message in
      unsafe EVP_Digest(
        message.baseAddress, message.count, &digest, &written, algorithm.raw, nil)
    }
    guard status == 1, written == 32 else { throw .libraryFailed(.digest) }
    return digest
  }

  // SAFETY: never changed, and never freed; many threads may use it.
  @safe private struct Algorithm: @unchecked Sendable { let raw: OpaquePointer? }

  /// Fetched once: that takes as long as the digest of a short message.
  private static let algorithm = unsafe Algorithm(raw: EVP_MD_fetch(nil, "SHA256", nil))
}

/// HMAC-SHA256 (RFC 2104).
package enum MessageCode {
  /// The 32 bytes of `message`'s code under `key`.
  package static func hmacSHA256(
    _ message: Span<UInt8>,
    key: KeyHandle
  ) throws(SealingError) -> [UInt8] {
    var code = [UInt8](repeating: 0, count: 32)
    var written = 0
    // SAFETY: key and message live for this call; the code has the 32 bytes that are written.
    let done = unsafe message.withUnsafeBufferPointer { message in
      unsafe EVP_Q_mac(
        nil,
        "HMAC",
        nil,
        "SHA256",
        nil,
        key.pages.address,
        key.byteCount,
        message.baseAddress,
        message.count,
        &code,
        32,
        &written
      ) != nil
    }
    guard done, written == 32 else { throw .libraryFailed(.messageCode) }
    return code
  }
}
