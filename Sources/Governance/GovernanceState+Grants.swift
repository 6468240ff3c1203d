import GRDB

extension GovernanceState {
  /// Gives an admin further permissions, for a tenant or for every one, and records it.
  ///
  /// Nobody gives what he has not: every permission must be the initiator's own, for that tenant.
  package func grant(
    _ permissions: Set<Permission>, to account: String, tenant: String?, by initiator: Initiator,
    justification: String? = nil
  ) throws(GovernanceError) {
    try requireOwn(permissions, tenant: tenant, of: initiator)
    try change(account, .adminGrant, permissions, tenant, initiator, justification) { database in
      try insertGrants(account, permissions, tenant: tenant, in: database)
    }
  }

  /// Takes permissions from an admin and records it.
  ///
  /// A permission for every tenant is taken as such only; the last holder of `manage_admins` of a
  /// tenant keeps it.
  package func revoke(
    _ permissions: Set<Permission>, from account: String, tenant: String?,
    by initiator: Initiator, justification: String? = nil
  ) throws(GovernanceError) {
    try change(account, .adminRevoke, permissions, tenant, initiator, justification) { database in
      let delete = try ExactStatement(
        "DELETE FROM admin_permissions WHERE account = ? AND permission = ? AND tenant = ?",
        in: database)
      for permission in permissions {
        delete.reset()
        try delete.bind(account, at: 1)
        try delete.bind(permission.rawValue, at: 2)
        try delete.bind(tenant ?? Self.everyTenant, at: 3)
        try delete.run()
      }
    }
  }

  /// Removes an admin with all permissions and records it.
  package func removeAdmin(
    _ account: String, by initiator: Initiator, justification: String? = nil
  ) throws(GovernanceError) {
    try change(account, .adminRemove, [], nil, initiator, justification) { database in
      // Foreign keys are off in SQLite unless asked for: both tables are told.
      for table in ["admin_permissions", "admins"] {
        let delete = try ExactStatement("DELETE FROM \(table) WHERE account = ?", in: database)
        try delete.bind(account, at: 1)
        try delete.run()
      }
    }
  }

  /// Returns where the initiator has all these permissions himself, for that tenant.
  package func requireOwn(
    _ permissions: Set<Permission>, tenant: String?, of initiator: Initiator
  ) throws(GovernanceError) {
    for permission in permissions.sorted(by: { $0.rawValue < $1.rawValue }) {
      // No tenant has the name "*": only a permission for every one holds for it.
      let scope = tenant ?? Self.everyTenant
      if try permits(initiator, permission, tenant: scope) { continue }
      try log.append(
        GovernanceRecord(
          .adminGrant, .denied, by: initiator, target: permission.rawValue, tenant: tenant,
          error: "no permission \(permission.rawValue)"))
      throw .lacks(account: initiator.account, permission, tenant: scope)
    }
  }

  private func change(
    _ account: String, _ action: GovernanceAction, _ permissions: Set<Permission>,
    _ tenant: String?, _ initiator: Initiator, _ justification: String?,
    _ body: (Database) throws -> Void
  ) throws(GovernanceError) {
    try state.write { database in
      guard try isAdmin(account, in: database) else {
        throw GovernanceError.noAdmin(account: account)
      }
      let before = try managedScopes(in: database)
      try body(database)
      let after = try managedScopes(in: database)
      // A permission for every tenant stands in for each one.
      if let lost = before.subtracting(after).sorted().first,
        lost == Self.everyTenant || !after.contains(Self.everyTenant)
      {
        throw GovernanceError.lastAdmin(account: account, tenant: lost)
      }
      let words = permissions.map(\.rawValue).sorted().joined(separator: " ")
      let record = GovernanceRecord(
        action, .successful, by: initiator,
        target: words.isEmpty ? account : "\(account): \(words)", tenant: tenant,
        justification: justification)
      _ = try log.append([record], in: database)
    }
  }

  /// The tenants, or `*`, for which somebody may give permissions whose account there is.
  private func managedScopes(in database: Database) throws -> Set<String> {
    let statement = try ExactStatement(
      """
      SELECT DISTINCT tenant FROM admin_permissions JOIN admins USING (account)
      WHERE permission = ? AND uid IS NOT NULL
      """, in: database)
    try statement.bind(Permission.manageAdmins.rawValue, at: 1)
    var scopes: Set<String> = []
    while try statement.step() {
      if let scope = statement.value(0).string { scopes.insert(scope) }
    }
    return scopes
  }
}
