internal import Glibc
internal import Governance
package import Pseudonymisation
internal import Sealing
package import VeiledRecords

/// The verbs that make, change, carry and destroy a tenant's keys. Each needs the permission
/// `manage_keys` and is recorded before and after.
package struct KeyOperation {
  let home: Home
  let tenant: String
  let gate: Gate

  /// Opens the home; each verb asks for itself whether it may be done.
  package init(home path: String, tenant: String) throws(OperationError) {
    home = try Home(at: path)
    self.tenant = tenant
    gate = try Gate.open(home, tenant: tenant)
  }

  /// Makes keys for a tenant that has none.
  package func new(
    wrappedBy source: KeySource?, root: KeySource?
  ) throws(OperationError) {
    try gate.require(.manageKeys, for: .keyNew)
    try refuseExistingKeys()
    let how = "version 1, \(Self.words(wrappedBy: source))\(root == nil ? "" : ", own key")"
    try gate.audited(.keyNew, target: how) {
      let (_, isNew) = try Keyring.create(
        tenant: tenant, folder: home.keysPath, root: try Self.ownKey(root),
        wrapping: try wrapping(source))
      guard isNew else { throw keysExist }
      return ((), how)
    }
  }

  /// Adds a version for events from a day on; tomorrow where none is named.
  ///
  /// - Returns: the number of the version and its first day.
  package func rotate(
    from day: CivilDay?, root: KeySource? = nil
  ) throws(OperationError) -> (version: Int, validFrom: String) {
    try gate.require(.manageKeys, for: root == nil ? .keyRotate : .keyImport)
    let day = day ?? CivilDay(CivilDay.today().daysSince1970 + 1)
    return try gate.audited(
      root == nil ? .keyRotate : .keyImport, target: "from \(day)\(root == nil ? "" : ", own key")"
    ) {
      let keyring = try Keyring.rotate(
        tenant: tenant, folder: home.keysPath, validFromDay: day.daysSince1970,
        root: try Self.ownKey(root))
      let version = keyring.newestVersion
      return ((version, day.description), "version \(version) from \(day)")
    }
  }

  /// Wraps the keys by another key-encryption key, or by none.
  package func wrap(by source: KeySource?) throws(OperationError) {
    try gate.require(.manageKeys, for: .keyWrap)
    let how = Self.words(wrappedBy: source)
    try gate.audited(.keyWrap, target: how) {
      // The old key-encryption key is asked for before the new one.
      _ = try home.loadKeys(of: tenant)
      _ = try Keyring.rewrap(
        tenant: tenant, folder: home.keysPath, wrapping: try wrapping(source))
      return ((), how)
    }
  }

  private func wrapping(_ source: KeySource?) throws -> KeyWrapping? {
    try source.map { try KeyWrapping.new($0, purpose: "the keys of tenant \(tenant)") }
  }

  private static func words(wrappedBy source: KeySource?) -> String {
    source.map { "wrapped by \($0)" } ?? "not wrapped"
  }

  private static func ownKey(_ source: KeySource?) throws -> KeyHandle? {
    do { return try source?.rawKey() } catch {
      let place = source?.description ?? ""
      throw OperationError(.configuration, "The key \(place) cannot be used: \(error)")
    }
  }

  private func refuseExistingKeys() throws(OperationError) {
    do { _ = try Keyring.load(tenant: tenant, folder: home.keysPath) } catch {
      if case .keyFile(.missing, _) = error { return }
      throw OperationError(error)
    }
    throw keysExist
  }

  private var keysExist: OperationError {
    OperationError(
      .cannotCreate,
      "Tenant \(tenant) has keys already. Nothing was changed; `logveil key rotate` adds a version."
    )
  }
}
