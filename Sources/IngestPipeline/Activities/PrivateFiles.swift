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
    let prefix = "logveil/v1/\(keyring.uuid)/\(purpose)/"
    return { name in
      guard name.hasPrefix(prefix), let version = Int(name.dropFirst(prefix.count)) else {
        return nil
      }
      return try? keyring.purposeKey(purpose, version: version)
    }
  }
}
