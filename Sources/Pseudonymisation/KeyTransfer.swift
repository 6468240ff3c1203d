import Sealing

/// Why exported keys could not be taken in.
package enum ImportFault: Error, Equatable, Sendable, CustomStringConvertible {
  case file(KeyFileFault)
  /// The keys in the file are not wrapped.
  case plain
  /// The tenant has keys, and those of the file are another tenant's.
  case otherTenant
  /// The tenant has no keys, and the file lacks the first version.
  case notWhole
  /// The version was destroyed here, and stays so.
  case destroyed(Int)
  /// The tenant has another key under this number.
  case otherKey(Int)
  /// The first days of the versions would not ascend.
  case outOfOrder
  /// There is nothing in the file that is not here.
  case nothingNew

  package var description: String {
    switch self {
    case .file(let fault): fault.description
    case .plain: "the file holds keys that are not wrapped. Export them with `logveil key export`."
    case .otherTenant:
      "the file holds keys of another tenant. Import them into a tenant that has none."
    case .notWhole:
      "the tenant has no keys, and the file lacks its first version. Export all versions."
    case .destroyed(let version):
      "key version \(version) was destroyed here, and is not brought back."
    case .otherKey(let version): "the tenant has another key as version \(version)."
    case .outOfOrder: "the first days of the versions would not ascend."
    case .nothingNew: "the tenant has all these versions."
    }
  }
}

extension Keyring {
  /// The text of an export: these keys in the form of a key file, wrapped by `wrapping`.
  ///
  /// - Parameters:
  ///   - numbers: the versions; `nil`: all. Destroyed ones are named without a key.
  ///   - wrapping: the key-encryption key of the export.
  package func exported(
    _ numbers: Set<Int>?, wrapping: KeyWrapping
  ) throws(VeilError) -> [UInt8] {
    for number in numbers ?? [] where !versions.contains(where: { $0.number == number }) {
      throw .missingVersion(number)
    }
    let places = versions.indices.filter { numbers?.contains(versions[$0].number) ?? true }
    let part = Keyring(
      tenant: tenant, uuid: uuid, versions: places.map { versions[$0] },
      roots: places.map { roots[$0] }, wrapping: wrapping)
    return try sealing { () throws(SealingError) in
      var text = try SecretText(byteCountMax: KeyFile.byteCountMax)
      try KeyFileText.write(part, into: &text)
      let bytes = text.bytes
      return bytes.indices.map { bytes[$0] }
    }
  }

  /// Takes exported keys into a tenant's key file; durable when this returns.
  ///
  /// - Parameters:
  ///   - export: the text of the export.
  ///   - place: where the export's key-encryption key is; `nil`: where the export says.
  ///   - tenant: the tenant; it may be new, and need not have the name that the export tells.
  ///   - folder: the folder of key files.
  ///   - wrapping: how the keys of a new tenant are wrapped in its file; others stay as they are.
  /// - Returns: all keys, and the numbers of the versions that are new.
  package static func take(
    _ export: [UInt8], from place: KeySource?, tenant: String, folder: String,
    wrapping: KeyWrapping?
  ) throws(VeilError) -> (keyring: Keyring, added: [Int]) {
    let given = try opened(export, from: place)
    let numbers = given.versions.filter { !$0.isDestroyed }.map(\.number)
    do throws(VeilError) {
      var added: [Int] = []
      let keyring = try KeyFile.change(tenant: tenant, folder: folder) { (old) throws(VeilError) in
        let merged = try old.merging(given)
        added = merged.added
        return merged.keyring
      }
      return (keyring, added)
    } catch {
      guard case .keyFile(.missing, _) = error else { throw error }
    }
    guard given.versions[0].validFromDay == nil else { throw .badImport(.notWhole) }
    let fresh = Keyring(
      tenant: tenant, uuid: given.uuid, versions: given.versions, roots: given.roots,
      wrapping: wrapping)
    let (keyring, isNew) = try KeyFile.create(fresh, folder: folder)
    // Somebody else made keys at this moment.
    guard isNew else { throw .badImport(.otherTenant) }
    return (keyring, numbers)
  }

  private static func opened(
    _ export: [UInt8], from place: KeySource?
  ) throws(VeilError) -> Keyring {
    do throws(KeyFileFault) {
      let content = try KeyFileText.content(export.span, isWhole: false)
      guard content.kek != nil else { throw .badField("kek") }
      return try KeyFileText.keyring(content, export.span, from: place)
    } catch {
      if error == .badField("kek") { throw .badImport(.plain) }
      throw .badImport(.file(error))
    }
  }

  private func merging(_ given: Keyring) throws(VeilError) -> (keyring: Keyring, added: [Int]) {
    guard given.uuid == uuid else { throw .badImport(.otherTenant) }
    var all = Array(zip(versions, roots))
    var added: [Int] = []
    for (version, root) in zip(given.versions, given.roots) {
      guard let root else { continue }
      if let here = versions.firstIndex(where: { $0.number == version.number }) {
        guard let own = roots[here] else { throw .badImport(.destroyed(version.number)) }
        guard own.isSame(as: root) else { throw .badImport(.otherKey(version.number)) }
      } else {
        all.append((version, root))
        added.append(version.number)
      }
    }
    guard !added.isEmpty else { throw .badImport(.nothingNew) }
    all.sort { $0.0.number < $1.0.number }
    guard KeyFileText.areInOrder(all.map(\.0), isWhole: true) else {
      throw .badImport(.outOfOrder)
    }
    let merged = Keyring(
      tenant: tenant, uuid: uuid, versions: all.map(\.0), roots: all.map(\.1), wrapping: wrapping)
    return (merged, added)
  }
}

extension Keyring {
  /// A code of what was typed where a pseudonym was asked for and is none: it tells equal texts
  /// apart from others in the governance log, and nobody without the keys can guess the text.
  ///
  /// - Returns: `hmac` and the key version, `:`, 32 hexadecimal digits; `nil` where every version
  ///   is destroyed.
  package func auditCode(of text: Span<UInt8>) throws(VeilError) -> String? {
    guard let place = roots.lastIndex(where: { $0 != nil }), let root = roots[place] else {
      return nil
    }
    let version = versions[place].number
    let code = try sealing { () throws(SealingError) in
      let info = Array("logveil/v1/\(uuid)/audit/\(version)".utf8)
      let key = try KeyDerivation.hkdfSHA256(root: root, info: info, byteCount: 32)
      return try MessageCode.hmacSHA256(text, key: key)
    }
    let digits = code.prefix(16).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    return "hmac\(version):\(digits)"
  }
}
