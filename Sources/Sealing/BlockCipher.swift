import COpenSSL

/// Sixteen bytes as they lie in memory, in two words that can be combined at once.
package typealias CipherBlock = SIMD2<UInt64>

/// AES-128 on single blocks, many at a time (ECB): what CMAC and CTR are built from.
///
/// Never use it alone on data: equal blocks would show. One thread at a time; make one for each.
/// OpenSSL keeps the expanded key on its own heap and wipes it when the cipher goes out of scope.
@safe package struct BlockCipher: ~Copyable {
  /// Blocks that one call of OpenSSL takes; its lengths are 32 bits wide.
  static let blocksPerCall = 1 << 24
  private let raw: OpaquePointer

  /// The cipher under sixteen bytes of `key`, from byte `start` on.
  package init(key: KeyHandle, from start: Int) throws(SealingError) {
    precondition(start >= 0 && key.byteCount - start >= 16, "An AES-128 key has 16 bytes.")
    guard let raw = unsafe EVP_CIPHER_CTX_new() else { throw .libraryFailed(.cipher) }
    // SAFETY: sixteen bytes from `start` on belong to the key, as checked above.
    guard unsafe BlockCipher.setUp(raw, key: key.pages.address + start) else {
      unsafe EVP_CIPHER_CTX_free(raw)
      throw .libraryFailed(.cipher)
    }
    unsafe self.raw = raw
  }

  deinit { unsafe EVP_CIPHER_CTX_free(raw) }

  /// Encrypts the first `count` blocks, each in its place.
  ///
  /// - Complexity: one call of OpenSSL; 1.7 ns a block from 64 blocks on, 15 ns for a single one.
  package func encrypt(
    _ blocks: inout MutableSpan<CipherBlock>,
    first count: Int
  ) throws(SealingError) {
    precondition(count >= 0 && count <= blocks.count, "Encrypting more blocks than there are.")
    // SAFETY: input and output are the same blocks, which live for this call; ECB without padding
    // writes exactly as many bytes as it reads, and may work in place.
    let done = unsafe blocks.withUnsafeMutableBufferPointer { blocks -> Bool in
      var start = 0
      while start < count {
        guard let first = blocks.baseAddress else { return false }
        let byteCount = 16 * min(count - start, BlockCipher.blocksPerCall)
        let bytes = unsafe UnsafeMutableRawPointer(first + start)
          .assumingMemoryBound(to: UInt8.self)
        var written: Int32 = 0
        guard unsafe EVP_EncryptUpdate(raw, bytes, &written, bytes, Int32(byteCount)) == 1,
          Int(written) == byteCount
        else { return false }
        start += byteCount / 16
      }
      return true
    }
    if !done { throw .libraryFailed(.cipher) }
  }

  private static func setUp(_ raw: OpaquePointer, key: UnsafePointer<UInt8>) -> Bool {
    guard let algorithm = unsafe EVP_CIPHER_fetch(nil, "AES-128-ECB", nil) else { return false }
    // The context holds its own reference on the algorithm.
    defer { unsafe EVP_CIPHER_free(algorithm) }
    return unsafe EVP_EncryptInit_ex2(raw, algorithm, key, nil, nil) == 1
      && EVP_CIPHER_CTX_set_padding(raw, 0) == 1
  }
}
