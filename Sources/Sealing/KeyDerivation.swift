import COpenSSL

/// HKDF-SHA256 (RFC 5869): keys for single purposes from one root.
package enum KeyDerivation {
  /// Derives a new key from `root`.
  ///
  /// - Parameters:
  ///   - root: the input keying material.
  ///   - salt: empty for none, which RFC 5869 defines as 32 zero bytes.
  ///   - info: what the key is for; another text gives an unrelated key.
  ///   - byteCount: 1 to 8,160 bytes.
  /// - Returns: the derived key, in pages of its own.
  /// - Throws: `outOfMemory`, or `libraryFailed` where OpenSSL refuses.
  package static func hkdfSHA256(
    root: KeyHandle,
    salt: [UInt8] = [],
    info: [UInt8],
    byteCount: Int
  ) throws(SealingError) -> KeyHandle {
    precondition((1...8160).contains(byteCount), "HKDF-SHA256 gives 1 to 8,160 bytes.")
    return try KeyHandle.filled(byteCount: byteCount) { (pages) throws(SealingError) in
      let context = try DerivationContext()
      let done = context.derive(root: root.pages, salt: salt, info: info, into: pages)
      if !done { throw .libraryFailed(.keyDerivation) }
    }
  }
}

/// One OpenSSL key derivation context; OpenSSL wipes its copy of the root when it is freed.
@safe private struct DerivationContext: ~Copyable {
  private let raw: OpaquePointer

  init() throws(SealingError) {
    guard let algorithm = unsafe EVP_KDF_fetch(nil, "HKDF", nil) else {
      throw .libraryFailed(.keyDerivation)
    }
    // The context holds its own reference on the algorithm.
    defer { unsafe EVP_KDF_free(algorithm) }
    guard let raw = unsafe EVP_KDF_CTX_new(algorithm) else { throw .libraryFailed(.keyDerivation) }
    unsafe self.raw = raw
  }

  deinit { unsafe EVP_KDF_CTX_free(raw) }

  /// Writes as many bytes as `target` has.
  ///
  /// - Returns: whether OpenSSL did.
  func derive(
    root: borrowing SecretPages,
    salt: [UInt8],
    info: [UInt8],
    into target: borrowing SecretPages
  ) -> Bool {
    var salt = salt
    var info = info
    var digest = Array("SHA256".utf8CString)
    // SAFETY: all that the parameters point to lives until the derivation has returned: names are
    // static, values are held by the closures. OpenSSL only reads it, and writes
    // `target.byteCount` bytes to the target.
    return unsafe digest.withUnsafeMutableBufferPointer { digest in
      unsafe salt.withUnsafeMutableBufferPointer { salt in
        unsafe info.withUnsafeMutableBufferPointer { info in
          var parameters = unsafe [
            OSSL_PARAM_construct_utf8_string(Self.name("digest"), digest.baseAddress, 0),
            OSSL_PARAM_construct_octet_string(Self.name("key"), root.address, root.byteCount),
            OSSL_PARAM_construct_octet_string(Self.name("info"), info.baseAddress, info.count),
          ]
          if !salt.isEmpty {
            unsafe parameters.append(
              OSSL_PARAM_construct_octet_string(Self.name("salt"), salt.baseAddress, salt.count)
            )
          }
          unsafe parameters.append(OSSL_PARAM_construct_end())
          return unsafe EVP_KDF_derive(raw, target.address, target.byteCount, parameters) == 1
        }
      }
    }
  }

  /// A name that lives as long as the process, as parameters keep just its address.
  private static func name(_ name: StaticString) -> UnsafePointer<CChar> {
    unsafe UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)
  }
}
