package import Governance

/// The verbs on admins. Each needs `manage_admins`.
package struct AdminOperation {
  private let gate: Gate

  package init(home path: String, tenant: String) throws(OperationError) {
    gate = try Gate.open(try Home(at: path), tenant: tenant)
  }

  package func list() throws(OperationError) -> [Admin] {
    try gate.require(.manageAdmins)
    return try governed { () throws(GovernanceError) in try gate.state.admins() }
  }

  /// Adds an admin.
  ///
  /// - Parameters:
  ///   - account: the account's name on this machine.
  ///   - upn: user principal name or mail address.
  ///   - permissions: none of them may be one that who asks lacks.
  ///   - scope: the tenant; `nil`: every one.
  ///   - why: the justification, where there is one.
  package func add(
    _ account: String, upn: String?, permissions: Set<Permission>, scope: String?,
    justification why: String?
  ) throws(OperationError) {
    try check(account: account, upn: upn)
    let why = try why.map { (text) throws(OperationError) in try Gate.justification(text).text }
    try gate.require(.manageAdmins, for: .adminAdd)
    try governed { () throws(GovernanceError) in
      try gate.state.requireOwn(permissions, tenant: scope, of: gate.initiator)
      try gate.state.addAdmin(
        account, permissions: permissions, tenant: scope, upn: upn, by: gate.initiator,
        justification: why)
    }
  }

  package func grant(
    _ permissions: Set<Permission>, to account: String, scope: String?,
    justification why: String?
  ) throws(OperationError) {
    let why = try why.map { (text) throws(OperationError) in try Gate.justification(text).text }
    try gate.require(.manageAdmins, for: .adminGrant)
    try governed { () throws(GovernanceError) in
      try gate.state.grant(
        permissions, to: account, tenant: scope, by: gate.initiator, justification: why)
    }
  }

  package func revoke(
    _ permissions: Set<Permission>, from account: String, scope: String?,
    justification why: String?
  ) throws(OperationError) {
    let why = try why.map { (text) throws(OperationError) in try Gate.justification(text).text }
    try gate.require(.manageAdmins, for: .adminRevoke)
    try requireEverywhere(scope)
    if let scope { try requireNoneEverywhere(permissions, of: account, butOnly: scope) }
    try governed { () throws(GovernanceError) in
      try gate.state.revoke(
        permissions, from: account, tenant: scope, by: gate.initiator, justification: why)
    }
  }

  package func remove(
    _ account: String, justification why: String?
  ) throws(OperationError) {
    let why = try why.map { (text) throws(OperationError) in try Gate.justification(text).text }
    try gate.require(.manageAdmins, for: .adminRemove)
    // An admin is one of the whole home.
    try requireEverywhere(nil)
    try governed { () throws(GovernanceError) in
      try gate.state.removeAdmin(account, by: gate.initiator, justification: why)
    }
  }

  /// What concerns every tenant is for those who manage the admins of every tenant.
  private func requireEverywhere(_ scope: String?) throws(OperationError) {
    try governed { () throws(GovernanceError) in
      try gate.state.requireOwn([.manageAdmins], tenant: scope, of: gate.initiator)
    }
  }

  /// What somebody may do for every tenant is not taken away for one.
  private func requireNoneEverywhere(
    _ permissions: Set<Permission>, of account: String, butOnly tenant: String
  ) throws(OperationError) {
    let admins = try governed { () throws(GovernanceError) in try gate.state.admins() }
    let grants = admins.first { $0.account == account }?.grants ?? []
    let kept = permissions.filter { grants.contains(Admin.Grant($0, tenant: nil)) }
      .map(\.rawValue).sorted()
    guard kept.isEmpty else {
      throw OperationError(
        .usage,
        "\(account) has \(kept.joined(separator: " and ")) for all tenants, which cannot be taken "
          + "away for \(tenant) alone. Nothing was changed; add --all-tenants.")
    }
  }

  private func check(account: String, upn: String?) throws(OperationError) {
    let isPlain = { (text: String) in
      (1...256).contains(text.utf8.count) && !text.utf8.contains { $0 < 0x21 || $0 == 0x7f }
    }
    guard isPlain(account) else {
      throw OperationError(.usage, "An account is a name of 1 to 256 bytes without blanks.")
    }
    guard upn.map({ isPlain($0) && $0.contains("@") }) ?? true else {
      throw OperationError(.usage, "--upn is a user principal name or mail address.")
    }
  }
}

/// The verb that decides requests under the four-eyes rule.
package struct ApprovalOperation {
  private let gate: Gate

  package init(home path: String, tenant: String) throws(OperationError) {
    gate = try Gate.open(try Home(at: path), tenant: tenant)
    try gate.require(.approve, for: .approve)
  }

  /// The requests, the oldest first.
  ///
  /// - Parameter isAll: also those that wait no more.
  package func list(isAll: Bool) throws(OperationError) -> [ApprovalRequest] {
    let requests = try governed { () throws(GovernanceError) in
      try gate.state.requests(tenant: gate.tenant)
    }
    return requests.filter { isAll || $0.state == "pending" }
  }

  /// Agrees to a request of somebody else, or refuses it.
  package func decide(
    _ id: Int64, approves: Bool, justification why: String?
  ) throws(OperationError) -> ApprovalRequest {
    let why = try why.map { (text) throws(OperationError) in try Gate.justification(text).text }
    return try governed { () throws(GovernanceError) in
      try gate.state.decide(
        id, approves: approves, tenant: gate.tenant, by: gate.initiator, justification: why)
    }
  }
}
