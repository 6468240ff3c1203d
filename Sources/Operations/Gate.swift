internal import Governance

/// Who asks, what they may do, and the log that is told of it: the door of every verb.
///
/// A verb asks `require` first, records what it is about to do, does it, and records how it ended.
/// Where a record cannot be written, nothing is done.
struct Gate: Sendable {
  let state: GovernanceState
  let initiator: Initiator
  let tenant: String

  /// The gate of a home that was made before.
  static func open(_ home: Home, tenant: String) throws(OperationError) -> Gate {
    try Home.checkTenantName(tenant, keysPath: home.keysPath)
    return try governed { () throws(GovernanceError) in
      Gate(
        state: try GovernanceState.open(home: home.path), initiator: try Initiator.current(),
        tenant: tenant)
    }
  }

  /// Returns where the initiator has one of `permissions`; else records the refusal and throws.
  ///
  /// - Parameter action: what the refusal is recorded as, where the verb has a word of its own.
  func require(
    _ permissions: Permission..., for action: GovernanceAction = .denied,
    justification: Justification? = nil
  ) throws(OperationError) {
    try governed { () throws(GovernanceError) in
      for permission in permissions.dropLast()
      where try state.permits(initiator, permission, tenant: tenant) {
        return
      }
      guard let last = permissions.last else { return }
      try state.require(
        last, of: initiator, tenant: tenant, for: action, justification: justification?.text)
    }
  }

  /// Whether the initiator has a permission; asking leaves no record.
  func permits(_ permission: Permission) throws(OperationError) -> Bool {
    try governed { () throws(GovernanceError) in
      try state.permits(initiator, permission, tenant: tenant)
    }
  }

  /// Which records of the governance log the initiator may see: those of the tenant and of the
  /// home, unless the permission is for every tenant.
  func visible(_ filter: GovernanceFilter) throws(GovernanceError) -> GovernanceFilter {
    var filter = filter
    if try !state.permitsEverywhere(initiator, .viewGovernance) { filter.scope = tenant }
    return filter
  }

  /// One record about each target; durable when this returns, or none was written.
  func record(
    _ action: GovernanceAction, _ status: GovernanceStatus, targets: [String],
    justification: Justification? = nil, errors: [String?] = []
  ) throws(OperationError) {
    let records = targets.enumerated().map { place, target in
      GovernanceRecord(
        action, status, by: initiator, target: target, tenant: tenant,
        justification: justification?.text, error: place < errors.count ? errors[place] : nil)
    }
    try governed { () throws(GovernanceError) in _ = try state.log.append(records) }
  }
}

/// Runs a step of `Governance` and passes its failure on with its exit code.
func governed<Value>(
  _ step: () throws(GovernanceError) -> Value
) throws(OperationError) -> Value {
  do { return try step() } catch { throw OperationError(error) }
}
