package import ParquetFiles
package import Pseudonymisation
internal import Sealing

/// The keys of the files of private activities: one for each version of the tenant's keys, made
/// for this purpose alone. A file has the key of the day of its events.
package enum PrivateFiles {
  private static let purpose = "activities_private"

  /// What encrypts the files of a day.
  package static func encryption(
    _ keyring: Keyring, day: Int32
  ) throws(VeilError) -> FileEncryption {
    let version = keyring.version(forDay: day)
    return FileEncryption(
      key: try keyring.purposeKey(purpose, version: version),
      nonceKey: try keyring.purposeKey(purpose + "/nonce", version: version),
      keyName: "logveil/v1/\(keyring.uuid)/\(purpose)/\(version)")
  }

  /// What opens them.
  package static func keys(_ keyring: Keyring) -> FileKeys {
    { name in
      version(of: name, keyring).flatMap { try? keyring.purposeKey(purpose, version: $0) }
    }
  }

  /// Whether a file's key went with a version that was destroyed.
  package static func isDestroyed(_ keyName: String, _ keyring: Keyring) -> Bool {
    let number = version(of: keyName, keyring)
    return keyring.versions.contains { $0.number == number && $0.isDestroyed }
  }

  private static func version(of keyName: String, _ keyring: Keyring) -> Int? {
    let prefix = "logveil/v1/\(keyring.uuid)/\(purpose)/"
    return keyName.hasPrefix(prefix) ? Int(keyName.dropFirst(prefix.count)) : nil
  }
}
