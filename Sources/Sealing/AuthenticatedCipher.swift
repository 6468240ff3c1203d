import COpenSSL

/// AES-GCM (NIST SP 800-38D) under a key of 16 or 32 bytes: what is opened is what was sealed.
///
/// A nonce seals one message under a key, ever; where it comes from is the caller's matter. One
/// thread at a time.
@safe package struct AuthenticatedCipher: ~Copyable {
  package static let nonceBytes = 12
  package static let tagBytes = 16

  private let raw: OpaquePointer
  private let key: KeyHandle

  /// The cipher under `key`.
  package init(key: KeyHandle) throws(SealingError) {
    precondition([16, 32].contains(key.byteCount), "An AES-GCM key has 16 or 32 bytes.")
    guard let raw = unsafe EVP_CIPHER_CTX_new() else {
      throw .libraryFailed(.authenticatedCipher)
    }
    unsafe self.raw = raw
    self.key = key
  }

  deinit { unsafe EVP_CIPHER_CTX_free(raw) }

  /// The cipher text of `message`, with the tag behind it.
  package func seal(
    _ message: Span<UInt8>, nonce: [UInt8], associated: [UInt8]
  ) throws(SealingError) -> [UInt8] {
    precondition(message.count <= Int(Int32.max) - 64, "A message is at most 2 GiB long.")
    try begin(nonce, associated, isSealing: true)
    var sealed = [UInt8](repeating: 0, count: message.count + Self.tagBytes)
    var tag = [UInt8](repeating: 0, count: Self.tagBytes)
    var written: Int32 = 0
    var rest: Int32 = 0
    // SAFETY: GCM writes as many bytes as it reads; the tag has the bytes that are asked for.
    let isDone = unsafe message.withUnsafeBufferPointer { message in
      unsafe EVP_EncryptUpdate(raw, &sealed, &written, message.baseAddress, Int32(message.count))
        == 1 && EVP_EncryptFinal_ex(raw, &tag, &rest) == 1
        && EVP_CIPHER_CTX_ctrl(raw, EVP_CTRL_AEAD_GET_TAG, Int32(Self.tagBytes), &tag) == 1
    }
    guard isDone, Int(written) == message.count, rest == 0 else {
      throw .libraryFailed(.authenticatedCipher)
    }
    for place in tag.indices { sealed[message.count + place] = tag[place] }
    return sealed
  }

  /// The message that was sealed; `nil` where key, nonce, associated data or a byte is another.
  package func open(
    _ sealed: Span<UInt8>, nonce: [UInt8], associated: [UInt8]
  ) throws(SealingError) -> [UInt8]? {
    let count = sealed.count - Self.tagBytes
    guard count >= 0, sealed.count <= Int(Int32.max) - 64 else { return nil }
    try begin(nonce, associated, isSealing: false)
    var tag = (0..<Self.tagBytes).map { sealed[count + $0] }
    var message = [UInt8](repeating: 0, count: count + 1)
    var written: Int32 = 0
    var rest: Int32 = 0
    // SAFETY: GCM writes as many bytes as it reads; nothing is handed out before the tag holds.
    let holds = unsafe sealed.withUnsafeBufferPointer { sealed in
      unsafe EVP_DecryptUpdate(raw, &message, &written, sealed.baseAddress, Int32(count)) == 1
        && EVP_CIPHER_CTX_ctrl(raw, EVP_CTRL_AEAD_SET_TAG, Int32(Self.tagBytes), &tag) == 1
        && EVP_DecryptFinal_ex(raw, &tag, &rest) == 1
    }
    guard holds, Int(written) == count else { return nil }
    message.removeLast()
    return message
  }

  private func begin(
    _ nonce: [UInt8], _ associated: [UInt8], isSealing: Bool
  ) throws(SealingError) {
    precondition(nonce.count == Self.nonceBytes, "A nonce of AES-GCM has 12 bytes.")
    let name = key.byteCount == 32 ? "AES-256-GCM" : "AES-128-GCM"
    guard let algorithm = unsafe EVP_CIPHER_fetch(nil, name, nil) else {
      throw .libraryFailed(.authenticatedCipher)
    }
    // The context holds its own reference on the algorithm.
    defer { unsafe EVP_CIPHER_free(algorithm) }
    var written: Int32 = 0
    // SAFETY: key and nonce have the lengths that the algorithm takes; all live for the calls.
    let isReady = unsafe EVP_CipherInit_ex2(
      raw, algorithm, key.pages.address, nonce, isSealing ? 1 : 0, nil)
    guard isReady == 1 else { throw .libraryFailed(.authenticatedCipher) }
    if associated.isEmpty { return }
    guard unsafe EVP_CipherUpdate(raw, nil, &written, associated, Int32(associated.count)) == 1
    else { throw .libraryFailed(.authenticatedCipher) }
  }
}
