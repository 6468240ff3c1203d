package import Sealing
package import VeiledRecords

/// One version of a tenant's keys, without the key.
package struct KeyVersion: Equatable, Sendable {
  /// 1 for the first, one more for each that follows.
  package let number: Int
  /// The first day, counted from 1970-01-01 in UTC, whose events are encrypted with it; `nil` for
  /// the first version, which is valid from the beginning of time.
  package let validFromDay: Int32?
  /// When it was made, `YYYY-MM-DDTHH:MM:SSZ`.
  package let created: String
  /// Whether its root was destroyed.
  package let isDestroyed: Bool
}

/// A tenant's keys: every version with a random root of its own, from which the keys of each kind
/// are derived.
///
/// A value that never changes and that threads share. Rotation and destruction write a new key
/// file and give a new keyring.
package final class Keyring: Sendable {
  /// The tenant's name, which is also the name of its key file.
  package let tenant: String
  /// The tenant's identity in key derivation; stays when the tenant is renamed.
  package let uuid: String
  /// All versions, the oldest first; never empty.
  package let versions: [KeyVersion]
  /// The root of each version, `nil` where it was destroyed.
  let roots: [KeyHandle?]
  /// How the roots are wrapped in the key file; `nil`: not at all.
  package let wrapping: KeyWrapping?

  init(
    tenant: String, uuid: String, versions: [KeyVersion], roots: [KeyHandle?],
    wrapping: KeyWrapping? = nil
  ) {
    precondition(!versions.isEmpty && versions.count == roots.count, "A keyring without keys.")
    self.wrapping = wrapping
    self.tenant = tenant
    self.uuid = uuid
    self.versions = versions
    self.roots = roots
  }

  /// The version under which names are looked up where no event gives a day.
  package var newestVersion: Int { versions[versions.count - 1].number }

  /// The version under which events of a day are encrypted: the newest that is valid by then.
  ///
  /// It may be a destroyed one.
  ///
  /// - Parameter daysSince1970: the UTC day of the event.
  /// - Returns: the number of the version.
  package func version(forDay daysSince1970: Int32) -> Int {
    for version in versions.reversed() {
      guard let first = version.validFromDay, first > daysSince1970 else { return version.number }
    }
    return versions[0].number
  }

  /// The key of 32 bytes for one kind and version: HKDF-SHA256 of the version's root, without
  /// salt, with the info `logveil/v1/<tenant uuid>/<kind>/<version>`, where the kind is its letter
  /// (`u`, `p`, `m`, `i`) and the version a decimal number.
  package func subkey(kind: IdentityKind, version: Int) throws(VeilError) -> KeyHandle {
    guard let index = versions.firstIndex(where: { $0.number == version }) else {
      throw .missingVersion(version)
    }
    guard let root = roots[index] else { throw .destroyedVersion(version) }
    let info = associatedData(kind: kind) + Array("/\(version)".utf8)
    do {
      return try KeyDerivation.hkdfSHA256(root: root, info: info, byteCount: 32)
    } catch { throw .sealing(error) }
  }

  /// The one string of associated data of a kind: `logveil/v1/<tenant uuid>/<kind>`.
  package func associatedData(kind: IdentityKind) -> [UInt8] {
    Array("logveil/v1/\(uuid)/".utf8) + [kind.letter]
  }
}

extension Keyring {
  /// A keyring of one version with a fresh root, for a tenant that has none; not on disk yet.
  ///
  /// - Parameters:
  ///   - root: somebody's own key of 16 or 32 bytes; `nil`: a random one.
  ///   - wrapping: how it will lie in the key file.
  package static func fresh(
    tenant: String, root given: KeyHandle? = nil, wrapping: KeyWrapping? = nil
  ) throws(VeilError) -> Keyring {
    let root: KeyHandle
    var uuid: [UInt8]
    do {
      if let given { root = given } else { root = try KeyHandle.random() }
      uuid = try PublicRandom.sixteenBytes()
    } catch { throw .sealing(error) }
    // RFC 9562: version 4, variant 10.
    uuid[6] = uuid[6] & 0x0f | 0x40
    uuid[8] = uuid[8] & 0x3f | 0x80
    let first = KeyVersion(
      number: 1,
      validFromDay: nil,
      created: CivilDay.now(),
      isDestroyed: false
    )
    return Keyring(
      tenant: tenant, uuid: uuidText(uuid), versions: [first], roots: [root], wrapping: wrapping)
  }

  /// These keys and a new version with a fresh root, valid from `day` on; not on disk yet.
  func adding(
    validFromDay day: Int32, root given: KeyHandle? = nil
  ) throws(VeilError) -> Keyring {
    if let newest = versions[versions.count - 1].validFromDay, newest >= day {
      throw .versionNotNewer(day: day, newest: newest)
    }
    let root: KeyHandle
    do {
      if let given { root = given } else { root = try KeyHandle.random() }
    } catch { throw .sealing(error) }
    let added = KeyVersion(
      number: newestVersion + 1,
      validFromDay: day,
      created: CivilDay.now(),
      isDestroyed: false
    )
    return Keyring(
      tenant: tenant, uuid: uuid, versions: versions + [added], roots: roots + [root],
      wrapping: wrapping)
  }

  /// These keys without the root of `version`; not on disk yet.
  func destroying(version: Int) throws(VeilError) -> Keyring {
    guard let index = versions.firstIndex(where: { $0.number == version }) else {
      throw .missingVersion(version)
    }
    var versions = versions
    var roots = roots
    let old = versions[index]
    versions[index] = KeyVersion(
      number: old.number,
      validFromDay: old.validFromDay,
      created: old.created,
      isDestroyed: true
    )
    roots[index] = nil
    return Keyring(
      tenant: tenant, uuid: uuid, versions: versions, roots: roots, wrapping: wrapping)
  }

  /// The same keys, wrapped another way; not on disk yet.
  func wrapped(_ wrapping: KeyWrapping?) -> Keyring {
    Keyring(tenant: tenant, uuid: uuid, versions: versions, roots: roots, wrapping: wrapping)
  }

  private static func uuidText(_ bytes: [UInt8]) -> String {
    var text = ""
    for (index, byte) in bytes.enumerated() {
      if [4, 6, 8, 10].contains(index) { text += "-" }
      text += String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
    }
    return text
  }
}
