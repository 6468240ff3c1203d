internal import Governance
internal import Pseudonymisation
internal import Storage
internal import UsageAggregation

/// A home with all that a verb needs: its folder, its state and a tenant's keys.
struct PreparedHome: Sendable {
  let home: Home
  let keyring: Keyring
  let gate: Gate
  /// What was made on the way, in a sentence each; empty for a home that was used before.
  let notices: [String]
}

extension Home {
  /// Opens the home at `path` with the keys of `tenant`, and makes whatever is missing.
  ///
  /// A new home gets the account that asks as its first admin. A further tenant of a home needs
  /// the permission `manage_keys`. Two processes may do this at once. The state is made before the
  /// keys: so a home that has tables and no state has lost it, and is refused.
  static func prepare(
    at path: String, tenant: String, admin: String? = nil, wrappedBy source: KeySource? = nil
  ) throws(OperationError) -> PreparedHome {
    try checkTenantName(tenant, keysPath: path + "/keys")
    let isNewFolder = !Home.exists(at: path)
    // Asked for before anything is made: a home that cannot have its keys wrapped is none.
    let wrapping = try wrapping(source, tenant: tenant)
    let home = try Home.openOrMake(at: path)
    try home.checkState()
    let (state, isNew) = try governed { () throws(GovernanceError) in
      try GovernanceState.create(home: path, admin: admin, by: try Initiator.current())
    }
    let initiator = try governed { () throws(GovernanceError) in try Initiator.current() }
    let gate = Gate(state: state, initiator: initiator, tenant: tenant)
    var notices: [String] = []
    if isNewFolder { notices.append("Made the home folder \(path), for this account only.") }
    if isNew {
      notices.append("Its first admin is \(admin ?? initiator.account).")
      if let key = try GovernanceOperation.firstPublicKey(gate) {
        notices.append("Its log key is \(key): write it down elsewhere.")
      }
    }
    if let keyring = try home.keyring(of: tenant) {
      return PreparedHome(home: home, keyring: keyring, gate: gate, notices: notices)
    }
    if !isNew { try gate.require(.manageKeys, for: .tenantAdd) }
    let (keyring, isNewTenant) = try home.makeKeys(of: tenant, wrapping)
    if isNewTenant {
      try gate.record(.tenantAdd, .successful, targets: [tenant])
      notices.append("Made the tenant \(tenant) with fresh keys in \(home.keysPath).")
    }
    return PreparedHome(home: home, keyring: keyring, gate: gate, notices: notices)
  }

  /// Opens a home that was made before, with the keys of a tenant that it has.
  static func prepared(at path: String, tenant: String) throws(OperationError) -> PreparedHome {
    let home = try Home(at: path)
    let gate = try Gate.open(home, tenant: tenant)
    return PreparedHome(
      home: home, keyring: try home.loadKeys(of: tenant), gate: gate, notices: [])
  }

  /// The keys of a tenant, which must be there.
  func loadKeys(of tenant: String) throws(OperationError) -> Keyring {
    do { return try Keyring.load(tenant: tenant, folder: keysPath) } catch {
      throw OperationError(error)
    }
  }

  /// The keys of a tenant, where one of `tables` has encrypted files.
  func keysIfNeeded(_ tables: [String], _ tenant: String) throws(OperationError) -> Keyring? {
    try tables.contains(ActivitySchema.privateTable) ? loadKeys(of: tenant) : nil
  }

  /// Whether the folder has the state of a home.
  func hasState() throws(OperationError) -> Bool {
    do { return try storage.status("state.sqlite") != nil } catch { throw OperationError(error) }
  }

  /// Refuses a home that has tables and whose state is gone: an empty one in its place would forget
  /// who may do what, and what was done. Keys alone may have been brought from another home.
  func checkState() throws(OperationError) {
    if try hasState() { return }
    do {
      guard try storage.status("lake") != nil else { return }
      throw OperationError(
        .configuration,
        "\(path) holds tables and no state.sqlite. Nothing was done; restore that file from a "
          + "backup, or choose another home.")
    } catch { throw OperationError(error) }
  }

  /// Refuses what can be no tenant's name, before anything is made or read.
  static func checkTenantName(_ tenant: String, keysPath: String) throws(OperationError) {
    guard Keyring.isTenantName(tenant) else {
      throw OperationError(VeilError.keyFile(.badTenantName, path: "\(keysPath)/\(tenant).json"))
    }
  }

  /// The keys of a tenant, or `nil` where it has none.
  private func keyring(of tenant: String) throws(OperationError) -> Keyring? {
    do { return try Keyring.load(tenant: tenant, folder: keysPath) } catch {
      if case .keyFile(.missing, _) = error { return nil }
      throw OperationError(error)
    }
  }

  private func makeKeys(
    of tenant: String, _ wrapping: KeyWrapping?
  ) throws(OperationError) -> (keyring: Keyring, isNew: Bool) {
    do {
      return try Keyring.create(tenant: tenant, folder: keysPath, wrapping: wrapping)
    } catch { throw OperationError(error) }
  }

  private static func wrapping(
    _ source: KeySource?, tenant: String
  ) throws(OperationError) -> KeyWrapping? {
    guard let source else { return nil }
    do {
      return try KeyWrapping.new(source, purpose: "the keys of tenant \(tenant)")
    } catch { throw OperationError(error) }
  }
}
