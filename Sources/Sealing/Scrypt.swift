import COpenSSL

/// scrypt (RFC 7914): a key out of a passphrase, slow and hungry for memory on purpose.
package struct Scrypt: Equatable, Sendable {
  /// Cost, a power of two; memory is 128 × `cost` × `blockSize` bytes.
  package let cost: Int
  package let blockSize: Int
  package let parallelisation: Int
  /// Random, 16 bytes.
  package let salt: [UInt8]

  /// Bytes that one derivation may take: four times those of `fresh`.
  private static let memoryBytesMax = 512 << 20

  /// Checked parameters; `nil` for those that protect nothing, or would take too much memory.
  package init?(cost: Int, blockSize: Int, parallelisation: Int, salt: [UInt8]) {
    guard cost >= 1 << 14, cost <= 1 << 22, cost & (cost - 1) == 0, (1...32).contains(blockSize),
      (1...16).contains(parallelisation), salt.count == 16,
      128 * cost * blockSize <= Self.memoryBytesMax
    else { return nil }
    self.cost = cost
    self.blockSize = blockSize
    self.parallelisation = parallelisation
    self.salt = salt
  }

  /// Parameters for a new passphrase: 128 MiB and about half a second.
  package static func fresh() throws(SealingError) -> Scrypt {
    let salt = try PublicRandom.sixteenBytes()
    guard let fresh = Scrypt(cost: 1 << 17, blockSize: 8, parallelisation: 1, salt: salt) else {
      throw .libraryFailed(.keyDerivation)
    }
    return fresh
  }

  /// The key of 32 bytes that belongs to a passphrase.
  package func key(
    passphrase: borrowing SecretText
  ) throws(SealingError) -> KeyHandle {
    let pages = try SecretPages(byteCount: KeyWrap.keyBytes)
    // SAFETY: passphrase and salt live for this call; 32 bytes are written to pages of 32.
    let done = unsafe passphrase.bytes.withUnsafeBufferPointer { text -> Int32 in
      guard let start = text.baseAddress else { return 0 }
      return unsafe EVP_PBE_scrypt(
        UnsafeRawPointer(start).assumingMemoryBound(to: CChar.self), text.count, salt,
        salt.count, UInt64(cost), UInt64(blockSize), UInt64(parallelisation),
        UInt64(Self.memoryBytesMax + (64 << 20)), pages.address, pages.byteCount)
    }
    if done != 1 { throw .libraryFailed(.keyDerivation) }
    return try KeyHandle(bytes: pages.bytes)
  }
}
