import GRDB

/// An account and what it was granted.
package struct Admin: Equatable, Sendable {
  /// A permission for one tenant, or for every one.
  package struct Grant: Hashable, Sendable {
    package let permission: Permission
    /// `nil`: every tenant, also those that are made later.
    package let tenant: String?

    package init(_ permission: Permission, tenant: String?) {
      self.permission = permission
      self.tenant = tenant
    }
  }

  package let account: String
  /// `nil` where the machine knew no such account when the admin was added.
  package let uid: UInt32?
  package let grants: Set<Grant>
  /// User principal name or mail address; `nil` where none was told.
  package var upn: String?
}

extension GovernanceState {
  /// Every admin, sorted by account.
  ///
  /// Permissions that only a newer version knows are left out.
  package func admins() throws(GovernanceError) -> [Admin] {
    try state.read { database in
      let statement = try ExactStatement(
        """
        SELECT account, uid, permission, tenant, upn
        FROM admins LEFT JOIN admin_permissions USING (account) ORDER BY account
        """, in: database)
      var admins: [Admin] = []
      while try statement.step() {
        let account = statement.value(0).string ?? ""
        var grants: Set<Admin.Grant> = []
        if let last = admins.last, last.account == account { grants = admins.removeLast().grants }
        if let permission = statement.value(2).string.flatMap(Permission.init(rawValue:)),
          let tenant = statement.value(3).string
        {
          grants.insert(Admin.Grant(permission, tenant: tenant == Self.everyTenant ? nil : tenant))
        }
        let uid = statement.value(1).number.flatMap { UInt32(exactly: $0) }
        admins.append(
          Admin(
            account: account, uid: uid, grants: grants, upn: statement.value(4).string))
      }
      return admins
    }
  }

  /// Adds an admin and records it.
  ///
  /// Whether `initiator` may do that is for the caller to ask. The permissions hold for `tenant`,
  /// or for every tenant where it is `nil`.
  package func addAdmin(
    _ account: String, permissions: Set<Permission>, tenant: String?, upn: String? = nil,
    by initiator: Initiator, justification: String? = nil
  ) throws(GovernanceError) {
    let uid = try SystemAccount.uid(account)
    let words = permissions.map(\.rawValue).sorted().joined(separator: " ")
    try state.write { database in
      guard try !isAdmin(account, in: database) else {
        throw GovernanceError.alreadyAdmin(account: account)
      }
      try insertAdmin(
        account, uid: uid, permissions: permissions, tenant: tenant, upn: upn, in: database)
      let person = upn.map { "\(account) <\($0)>" } ?? account
      let record = GovernanceRecord(
        .adminAdd, .successful, by: initiator, target: "\(person): \(words)", tenant: tenant,
        justification: justification)
      _ = try log.append([record], in: database)
    }
  }

  static var everyTenant: String { "*" }

  func isAdmin(_ account: String, in database: Database) throws -> Bool {
    let statement = try ExactStatement("SELECT 1 FROM admins WHERE account = ?", in: database)
    try statement.bind(account, at: 1)
    return try statement.step()
  }

  func insertAdmin(
    _ account: String, uid: UInt32?, permissions: Set<Permission>, tenant: String?,
    upn: String? = nil, in database: Database
  ) throws {
    let admin = try ExactStatement(
      "INSERT INTO admins (account, uid, added, upn) VALUES (?, ?, ?, ?)", in: database)
    try admin.bind(account, at: 1)
    if let uid { try admin.bind(Int64(uid), at: 2) }
    try admin.bind(UTCTime.text(log.clock()), at: 3)
    try admin.bind(upn, at: 4)
    try admin.run()
    try insertGrants(account, permissions, tenant: tenant, in: database)
  }

  func insertGrants(
    _ account: String, _ permissions: Set<Permission>, tenant: String?, in database: Database
  ) throws {
    let grant = try ExactStatement(
      "INSERT OR IGNORE INTO admin_permissions (account, permission, tenant) VALUES (?, ?, ?)",
      in: database)
    for word in permissions.map(\.rawValue).sorted() {
      grant.reset()
      try grant.bind(account, at: 1)
      try grant.bind(word, at: 2)
      try grant.bind(tenant ?? Self.everyTenant, at: 3)
      try grant.run()
    }
  }
}
