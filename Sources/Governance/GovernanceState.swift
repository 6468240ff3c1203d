import GRDB

/// The governance of one home: its log, its admins and what they may do, its sources and settings.
///
/// Kept in `state.sqlite` in the home folder, mode 0600, which must belong to the effective user
/// and be open to nobody else. Opening costs a few milliseconds and belongs to the verbs that need
/// it; nothing here is called from a stage. Every change is one transaction with the record that
/// tells of it: there is no change without its record, and no record of a change that was not made.
package final class GovernanceState: Sendable {
  /// How long other processes are waited for.
  package static let busyMillisecondsDefault = 10_000

  package let log: GovernanceLog
  let state: StateDatabase

  init(
    home: String, creating: Bool, busyMilliseconds: Int,
    clock: @escaping @Sendable () -> Int64 = { UTCTime.now() }
  ) throws(GovernanceError) {
    state = try StateDatabase(home: home, creating: creating, busyMilliseconds: busyMilliseconds)
    log = GovernanceLog(state: state, clock: clock)
  }

  /// Opens the state of a home that was made before.
  ///
  /// Throws `.missing` where there is none: a state that was removed must not come back empty.
  package static func open(
    home: String, busyMilliseconds: Int = busyMillisecondsDefault
  ) throws(GovernanceError) -> GovernanceState {
    let opened = try GovernanceState(
      home: home, creating: false, busyMilliseconds: busyMilliseconds)
    if try opened.state.read({ database in try opened.isUntouched(database) }) {
      throw .missing(path: opened.state.path)
    }
    return opened
  }

  /// Opens the state of a home, and makes it where it is missing or its making was interrupted.
  ///
  /// A new one gets its first admin, with every permission for every tenant, and a record of it:
  /// the account `admin`, or the initiator's own where it is `nil`. The folder `home` is made with
  /// mode 0700 where it is missing, the folders above it are not. Returns whether the state is new.
  package static func create(
    home: String, admin: String? = nil, by initiator: Initiator,
    busyMilliseconds: Int = busyMillisecondsDefault
  ) throws(GovernanceError) -> (state: GovernanceState, isNew: Bool) {
    try StateFile.makeFolder(home)
    let opened = try GovernanceState(home: home, creating: true, busyMilliseconds: busyMilliseconds)
    let account = admin ?? initiator.account
    let uid = account == initiator.account ? initiator.uid : try SystemAccount.uid(account)
    let isNew = try opened.state.write { database in
      guard try opened.isUntouched(database) else { return false }
      try opened.insertAdmin(
        account, uid: uid, permissions: Set(Permission.allCases), tenant: nil, in: database)
      _ = try opened.log.append(
        [GovernanceRecord(.initialise, .successful, by: initiator, target: account)], in: database)
      return true
    }
    return (opened, isNew)
  }

  /// Whether nobody has used the state yet.
  private func isUntouched(_ database: Database) throws -> Bool {
    let statement = try ExactStatement(
      "SELECT 1 FROM admins UNION ALL SELECT 1 FROM governance LIMIT 1", in: database)
    return try !statement.step()
  }
}

extension GovernanceState {
  /// Whether `initiator` was given `permission` for `tenant`; no grant means no.
  ///
  /// Account and uid must both be those of the admin, so that neither a reused uid nor an account
  /// made again under an old name takes over a permission. An admin who had no account on this
  /// machine when added counts by name.
  package func permits(
    _ initiator: Initiator, _ permission: Permission, tenant: String
  ) throws(GovernanceError) -> Bool {
    try state.read { database in
      let statement = try ExactStatement(
        """
        SELECT 1 FROM admins JOIN admin_permissions USING (account)
        WHERE account = ? AND (uid IS NULL OR uid = ?) AND permission = ? AND tenant IN ('*', ?)
        """, in: database)
      try statement.bind(initiator.account, at: 1)
      try statement.bind(Int64(initiator.uid), at: 2)
      try statement.bind(permission.rawValue, at: 3)
      try statement.bind(tenant, at: 4)
      return try statement.step()
    }
  }

  /// Whether an account has a permission for every tenant.
  package func permitsEverywhere(
    _ initiator: Initiator, _ permission: Permission
  ) throws(GovernanceError) -> Bool {
    // No tenant has that name: only a permission for every one holds for it.
    try permits(initiator, permission, tenant: Self.everyTenant)
  }

  /// Returns where `initiator` may do it; else records the refusal and throws `.notPermitted`.
  package func require(
    _ permission: Permission, of initiator: Initiator, tenant: String,
    for action: GovernanceAction = .denied, target: String? = nil, justification: String? = nil
  ) throws(GovernanceError) {
    if try permits(initiator, permission, tenant: tenant) { return }
    try log.append(
      GovernanceRecord(
        action, .denied, by: initiator, target: target ?? permission.rawValue, tenant: tenant,
        justification: justification, error: "no permission \(permission.rawValue)"))
    throw .notPermitted(account: initiator.account, permission, tenant: tenant)
  }
}
