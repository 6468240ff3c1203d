import COpenSSL

/// The library behind this room, for `doctor`.
package enum CipherLibrary {
  /// As OpenSSL names itself, with its date.
  package static var version: String {
    // SAFETY: OpenSSL gives a constant text.
    unsafe OpenSSL_version(OPENSSL_VERSION).map { unsafe String(cString: $0) } ?? "unknown"
  }
}
