import COpenSSL

/// AES-256 key wrap with padding (RFC 5649, `AES-256-WRAP-PAD`): keys at rest.
///
/// The same key under the same key-encryption key gives the same bytes, and a changed byte, or
/// another key-encryption key, is found out.
package enum KeyWrap {
  /// Bytes of a key-encryption key.
  package static let keyBytes = 32

  /// `key` wrapped by `wrapping`: eight bytes more than the key, filled up to a multiple of eight.
  package static func wrap(
    _ key: KeyHandle, by wrapping: KeyHandle
  ) throws(SealingError) -> [UInt8] {
    let context = try WrapContext(key: wrapping, isWrapping: true)
    var wrapped = [UInt8](repeating: 0, count: (key.byteCount + 7) / 8 * 8 + 8)
    var count: Int32 = 0
    // SAFETY: the key's pages live for this call; the array has the bytes that RFC 5649 gives.
    guard
      unsafe EVP_EncryptUpdate(
        context.raw, &wrapped, &count, key.pages.address, Int32(key.byteCount)) == 1,
      Int(count) == wrapped.count
    else { throw .libraryFailed(.keyWrap) }
    return wrapped
  }

  /// The key that `wrapped` holds; `nil` where `wrapping` is not the key that wrapped it, or a
  /// byte was changed.
  package static func unwrap(
    _ wrapped: [UInt8], by wrapping: KeyHandle
  ) throws(SealingError) -> KeyHandle? {
    guard wrapped.count >= 16, wrapped.count <= 4096, wrapped.count % 8 == 0 else { return nil }
    let context = try WrapContext(key: wrapping, isWrapping: false)
    let pages = try SecretPages(byteCount: wrapped.count)
    var count: Int32 = 0
    // SAFETY: the pages have as many bytes as go in, and fewer come out.
    guard
      unsafe EVP_DecryptUpdate(
        context.raw, pages.address, &count, wrapped, Int32(wrapped.count)) == 1,
      count > 0, Int(count) <= wrapped.count
    else { return nil }
    return try KeyHandle(bytes: pages.bytes.extracting(0..<Int(count)))
  }
}

/// One OpenSSL context under a key-encryption key.
@safe private struct WrapContext: ~Copyable {
  let raw: OpaquePointer

  init(key: KeyHandle, isWrapping: Bool) throws(SealingError) {
    precondition(key.byteCount == KeyWrap.keyBytes, "A key-encryption key has 32 bytes.")
    guard let algorithm = unsafe EVP_CIPHER_fetch(nil, "AES-256-WRAP-PAD", nil) else {
      throw .libraryFailed(.keyWrap)
    }
    // The context holds its own reference on the algorithm.
    defer { unsafe EVP_CIPHER_free(algorithm) }
    guard let raw = unsafe EVP_CIPHER_CTX_new() else { throw .libraryFailed(.keyWrap) }
    unsafe EVP_CIPHER_CTX_set_flags(raw, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW)
    // SAFETY: the key's pages live for this call, which expands the key into the context.
    guard
      unsafe EVP_CipherInit_ex2(
        raw, algorithm, key.pages.address, nil, isWrapping ? 1 : 0, nil) == 1
    else {
      unsafe EVP_CIPHER_CTX_free(raw)
      throw .libraryFailed(.keyWrap)
    }
    unsafe self.raw = raw
  }

  deinit { unsafe EVP_CIPHER_CTX_free(raw) }
}
