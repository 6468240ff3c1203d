internal import Governance
internal import Pseudonymisation

extension Gate {
  /// Records that something is about to be done, does it, and records how it ended.
  ///
  /// Where the first record cannot be written, nothing is done.
  ///
  /// - Parameters:
  ///   - action: what it is.
  ///   - target: what it is done to.
  ///   - justification: why, where one is asked for.
  ///   - body: does it; what it returns for the target of the outcome may say more.
  func audited<Value>(
    _ action: GovernanceAction, target: String, justification: Justification? = nil,
    _ body: () throws -> (value: Value, target: String)
  ) throws(OperationError) -> Value {
    try record(action, .intent, targets: [target], justification: justification)
    do {
      let done = try body()
      try record(action, .successful, targets: [done.target], justification: justification)
      return done.value
    } catch {
      let failure = OperationError(error)
      try record(
        action, .failed, targets: [target], justification: justification,
        errors: [failure.description])
      throw failure
    }
  }

  /// Returns where no second admin is needed, or one has agreed to exactly this.
  ///
  /// - Parameters:
  ///   - what: the action.
  ///   - request: all that is asked for; kept, with the justification, as a keyed code only.
  ///   - summary: the same in words, without names.
  ///   - keyring: the keys of the tenant.
  ///   - justification: why.
  func requireApproval(
    of what: FourEyes, _ request: [UInt8], summary: String, keyring: Keyring,
    justification: Justification
  ) throws(OperationError) {
    guard
      try governed({ () throws(GovernanceError) in
        try state.needsFourEyes(what, tenant: tenant)
      })
    else { return }
    let text = Array((what.rawValue + "\n" + justification.text + "\0").utf8) + request
    let digest: String
    do { digest = try keyring.auditCode(of: text.span) ?? summary } catch {
      throw OperationError(error)
    }
    try governed { () throws(GovernanceError) in
      try state.awaitApproval(
        of: what, digest: digest, summary: summary, tenant: tenant, by: initiator,
        reason: justification.text)
    }
  }

  /// The head of the governance log in one line, for the log of a table: so the records up to it
  /// cannot be taken away without changing the table too.
  func anchorText() throws(OperationError) -> String? {
    try governed { () throws(GovernanceError) in try state.log.anchor()?.text }
  }

  /// The justification that a verb must have.
  static func justification(_ text: String) throws(OperationError) -> Justification {
    try governed { () throws(GovernanceError) in try Justification(text) }
  }
}
