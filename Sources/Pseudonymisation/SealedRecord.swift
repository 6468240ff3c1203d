package import Sealing

/// Text with clear names at rest: sealed by AES-256-GCM under a key of the tenant made for that
/// purpose, `logveil/v1/<tenant uuid>/<purpose>/<version>`.
///
/// ```
/// version (4 bytes, little-endian) | nonce (12) | cipher text | tag (16)
/// ```
extension Keyring {
  private static let headBytes = 4 + AuthenticatedCipher.nonceBytes

  /// Seals `text` under the newest version that was not destroyed.
  ///
  /// - Parameters:
  ///   - purpose: what the key is for, as `members`.
  ///   - label: what the text belongs to; it opens under the same label only.
  ///   - doomed: a version that is about to be destroyed.
  package func seal(
    _ text: Span<UInt8>, purpose: String, label: String, avoiding doomed: Int? = nil
  ) throws(VeilError) -> [UInt8] {
    let place = versions.indices.last { roots[$0] != nil && versions[$0].number != doomed }
    guard let place else { throw .destroyedVersion(newestVersion) }
    let version = versions[place].number
    let key = try purposeKey(purpose, version: version)
    return try sealing { () throws(SealingError) in
      let nonce = Array(try PublicRandom.sixteenBytes().prefix(AuthenticatedCipher.nonceBytes))
      let sealed = try AuthenticatedCipher(key: key).seal(
        text, nonce: nonce, associated: associated(purpose, label))
      return (0..<4).map { UInt8(truncatingIfNeeded: version >> (8 * $0)) } + nonce + sealed
    }
  }

  /// Opens what `seal` has made.
  ///
  /// - Throws: `destroyedVersion` or `missingVersion` where its key is gone; `brokenSeal` where it
  ///   was changed, or belongs to something else.
  package func open(
    _ sealed: Span<UInt8>, purpose: String, label: String
  ) throws(VeilError) -> [UInt8] {
    guard sealed.count >= Self.headBytes else { throw .brokenSeal(purpose) }
    let version = (0..<4).reduce(0) { $0 | Int(sealed[$1]) << (8 * $1) }
    let key = try purposeKey(purpose, version: version)
    let nonce = (4..<Self.headBytes).map { sealed[$0] }
    let text = try sealing { () throws(SealingError) in
      try AuthenticatedCipher(key: key).open(
        sealed.extracting(Self.headBytes...), nonce: nonce, associated: associated(purpose, label))
    }
    guard let text else { throw .brokenSeal(purpose) }
    return text
  }

  /// A key of 32 bytes for a purpose that is no kind of name.
  package func purposeKey(_ purpose: String, version: Int) throws(VeilError) -> KeyHandle {
    guard let place = versions.firstIndex(where: { $0.number == version }) else {
      throw .missingVersion(version)
    }
    guard let root = roots[place] else { throw .destroyedVersion(version) }
    let info = Array("logveil/v1/\(uuid)/\(purpose)/\(version)".utf8)
    return try sealing { () throws(SealingError) in
      try KeyDerivation.hkdfSHA256(root: root, info: info, byteCount: 32)
    }
  }

  private func associated(_ purpose: String, _ label: String) -> [UInt8] {
    Array("logveil/v1/\(uuid)/\(purpose)/\(label)".utf8)
  }
}
