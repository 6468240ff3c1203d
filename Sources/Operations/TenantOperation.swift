internal import DeltaLake
internal import Governance
package import Pseudonymisation
internal import Storage

/// What there is of a tenant.
package struct TenantSummary: Sendable, Equatable {
  package let name: String
  /// Key versions that still resolve, and those that were destroyed.
  package let activeKeys, destroyedKeys: Int
  /// Where the key-encryption key comes from; `none` for a plain key file.
  package let wrap: String
  /// Settings of its own, and sources.
  package let settings, sources: Int
  /// Accounts that have a permission for it.
  package let admins: [String]
  /// The tables that it has, those with clear names marked: `usage`, `clear/usage`.
  package let tables: [String]
}

/// The verbs on tenants.
package struct TenantOperation {
  private let home: Home
  private let gate: Gate
  private let name: String

  package init(home path: String, tenant: String) throws(OperationError) {
    home = try Home(at: path)
    name = tenant
    gate = try Gate.open(home, tenant: tenant)
  }

  /// Adds a tenant with keys of its own, wrapped by a key-encryption key where one is named.
  package static func add(
    home path: String, name: String, wrappedBy source: KeySource?
  ) throws(OperationError) {
    let prepared = try Home.prepare(at: path, tenant: name, wrappedBy: source)
    guard !prepared.notices.isEmpty else {
      throw OperationError(.cannotCreate, "There is a tenant \(name) already. Nothing was changed.")
    }
  }

  /// The tenants that have keys, sorted. Needs to be asked for as an admin of settings or keys.
  package func list() throws(OperationError) -> [String] {
    try gate.require(.manageSettings, .manageKeys)
    do {
      guard try home.storage.status("keys") != nil else { return [] }
      return try home.storage.list("keys").filter { $0.hasSuffix(".json") && !$0.hasPrefix(".") }
        .map { String($0.dropLast(".json".count)) }
    } catch { throw OperationError(error) }
  }

  /// What there is of the tenant. Needs to be asked for as an admin of its settings or keys.
  package func show() throws(OperationError) -> TenantSummary {
    try gate.require(.manageSettings, .manageKeys)
    let keyring = try home.loadKeys(of: name)
    let (settings, sources, admins) = try governed { () throws(GovernanceError) in
      (
        try gate.state.settings(tenant: name).count, try gate.state.sources(tenant: name).count,
        try gate.state.admins().filter { admin in
          admin.grants.contains { $0.tenant == nil || $0.tenant == name }
        }.map(\.account)
      )
    }
    let destroyed = keyring.versions.count { $0.isDestroyed }
    return TenantSummary(
      name: name, activeKeys: keyring.versions.count - destroyed, destroyedKeys: destroyed,
      wrap: keyring.wrapping?.source.description ?? "none", settings: settings, sources: sources,
      admins: admins, tables: try tables())
  }

  private func tables() throws(OperationError) -> [String] {
    do {
      return try [false, true].flatMap { isClear throws(DeltaError) in
        try home.lake(tenant: name, isClear: isClear).tableNames()
          .map { isClear ? "clear/\($0)" : $0 }
      }
    } catch { throw OperationError(error) }
  }

  /// What must be typed to remove a tenant.
  package static func confirmation(tenant: String) -> String { "remove \(tenant)" }

  /// Removes a tenant for good: its tables, those with clear names among them, its key file, its
  /// settings, sources, and what admins may do with it. The governance log keeps its records.
  ///
  /// Only one whose key versions are all destroyed: so the second pair of eyes that may be asked
  /// for, and the certificates, are those of `key destroy`. What was interrupted is done by doing
  /// it again.
  ///
  /// - Parameters:
  ///   - typed: what was typed to confirm it.
  ///   - why: the justification.
  package func remove(
    confirmation typed: String, justification why: String
  ) throws(OperationError) {
    let justification = try Gate.justification(why)
    try gate.require(.manageKeys, for: .tenantRemove, justification: justification)
    let keyring = try home.loadKeys(of: name)
    let active = keyring.versions.filter { !$0.isDestroyed }.map { String($0.number) }
    guard active.isEmpty else {
      throw OperationError(
        .usage,
        "The tenant \(name) has keys that are not destroyed: version "
          + "\(active.joined(separator: ", ")). Nothing was done; destroy them first, by "
          + "`logveil key destroy`.")
    }
    let wanted = Self.confirmation(tenant: name)
    guard typed == wanted else {
      throw OperationError(
        .usage, "To remove the tenant, confirm with \"\(wanted)\". Nothing was done.")
    }
    try gate.audited(.tenantRemove, target: name, justification: justification) {
      for isClear in [false, true] { try home.lake(tenant: name, isClear: isClear).removeAll() }
      try gate.state.removeTenant(name)
      // Last: as long as it is there, the tenant is, and can be removed again.
      try home.storage.remove("keys/\(name).json")
      try home.storage.synchroniseFolder("keys")
      return ((), name)
    }
  }
}
