/// What can go wrong around keys and ciphers.
///
/// No case carries a key, a name or a text.
package enum SealingError: Error, Equatable, CustomStringConvertible {
  /// A step of the OpenSSL library.
  package enum Step: String, Sendable {
    case random = "random bytes"
    case keyDerivation = "HKDF-SHA256"
    case digest = "SHA-256"
    case messageCode = "HMAC-SHA256"
    case cipher = "AES-128-ECB"
    case keyWrap = "AES-256-WRAP-PAD"
    case authenticatedCipher = "AES-GCM"
    case signature = "Ed25519"
  }

  /// The kernel gave no memory for `byteCount` bytes of secrets.
  case outOfMemory(byteCount: Int)
  /// OpenSSL refused a step that has no reason to fail.
  case libraryFailed(Step)
  /// A step gave another answer than its published test vector.
  case selfTestFailed(Step)
  /// A key's text is not `byteCount` bytes in lower-case hexadecimal digits.
  case malformedKey(byteCount: Int)

  package var description: String {
    switch self {
    case .outOfMemory(let byteCount):
      """
      The system gave no memory for \(byteCount) bytes of keys. Nothing was written; free memory \
      and try again.
      """
    case .libraryFailed(let step):
      """
      OpenSSL refused \(step.rawValue). Nothing was encrypted; check which libcrypto is installed \
      (version 3.0 or later) and its configuration.
      """
    case .selfTestFailed(let step):
      """
      OpenSSL computes \(step.rawValue) wrongly: its answer differs from the published one. \
      Nothing was encrypted; repair the libcrypto of this machine before going on.
      """
    case .malformedKey(let byteCount):
      "A key is not written as \(2 * byteCount) lower-case hexadecimal digits. No key was used."
    }
  }
}
