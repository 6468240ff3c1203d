import COpenSSL

/// Signatures by Ed25519 (RFC 8032).
package enum Ed25519 {
  /// Bytes of a private key, which is its seed.
  package static let seedBytes = 32
  package static let publicKeyBytes = 32
  package static let signatureBytes = 64

  /// The public key that belongs to `seed`.
  package static func publicKey(of seed: KeyHandle) throws(SealingError) -> [UInt8] {
    let key = try SigningKey(seed: seed)
    var bytes = [UInt8](repeating: 0, count: publicKeyBytes)
    var count = bytes.count
    // SAFETY: the array has the bytes that `count` says; the key lives for this call.
    guard unsafe EVP_PKEY_get_raw_public_key(key.raw, &bytes, &count) == 1,
      count == publicKeyBytes
    else { throw .libraryFailed(.signature) }
    return bytes
  }

  /// The signature of `message` by the key that `seed` is.
  package static func sign(
    _ message: [UInt8], seed: KeyHandle
  ) throws(SealingError) -> [UInt8] {
    let key = try SigningKey(seed: seed)
    let context = try DigestContext()
    var signature = [UInt8](repeating: 0, count: signatureBytes)
    var count = signature.count
    // SAFETY: Ed25519 takes the whole message at once and no digest; both arrays live for the
    // calls, and the signature has the bytes that `count` says.
    guard unsafe EVP_DigestSignInit(context.raw, nil, nil, nil, key.raw) == 1,
      unsafe EVP_DigestSign(context.raw, &signature, &count, message, message.count) == 1,
      count == signatureBytes
    else { throw .libraryFailed(.signature) }
    return signature
  }

  /// Whether `signature` is one of `message` by the owner of `publicKey`.
  package static func verifies(
    _ signature: [UInt8], of message: [UInt8], publicKey: [UInt8]
  ) throws(SealingError) -> Bool {
    guard signature.count == signatureBytes, publicKey.count == publicKeyBytes else {
      return false
    }
    // Not every 32 bytes are a point of the curve: such a key has signed nothing.
    guard let key = SigningKey(publicKey: publicKey) else { return false }
    let context = try DigestContext()
    // SAFETY: as in `sign`; nothing is written.
    guard unsafe EVP_DigestVerifyInit(context.raw, nil, nil, nil, key.raw) == 1 else {
      throw .libraryFailed(.signature)
    }
    return unsafe EVP_DigestVerify(
      context.raw, signature, signature.count, message, message.count) == 1
  }
}

/// One OpenSSL key; OpenSSL wipes a private one when it is freed.
@safe private struct SigningKey: ~Copyable {
  let raw: OpaquePointer

  init(seed: KeyHandle) throws(SealingError) {
    precondition(seed.byteCount == Ed25519.seedBytes, "A seed of Ed25519 has 32 bytes.")
    // SAFETY: the pages of the seed live for this call, which copies them.
    guard
      let raw = unsafe EVP_PKEY_new_raw_private_key(
        EVP_PKEY_ED25519, nil, seed.pages.address, seed.byteCount)
    else { throw .libraryFailed(.signature) }
    unsafe self.raw = raw
  }

  init?(publicKey: [UInt8]) {
    // SAFETY: the array lives for this call, which copies it.
    guard
      let raw = unsafe EVP_PKEY_new_raw_public_key(
        EVP_PKEY_ED25519, nil, publicKey, publicKey.count)
    else { return nil }
    unsafe self.raw = raw
  }

  deinit { unsafe EVP_PKEY_free(raw) }
}

/// One OpenSSL context for a signature.
@safe private struct DigestContext: ~Copyable {
  let raw: OpaquePointer

  init() throws(SealingError) {
    guard let raw = unsafe EVP_MD_CTX_new() else { throw .libraryFailed(.signature) }
    unsafe self.raw = raw
  }

  deinit { unsafe EVP_MD_CTX_free(raw) }
}
