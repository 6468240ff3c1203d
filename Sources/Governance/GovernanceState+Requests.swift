import GRDB

/// Something that waits for a second admin.
package struct ApprovalRequest: Equatable, Sendable {
  package let id: Int64
  package let tenant: String
  /// A word of `FourEyes`.
  package let action: String
  package let account: String
  package let uid: UInt32
  package let reason: String
  /// What is asked for, without names.
  package let summary: String
  package let created: String
  package let expires: String
  /// `pending`, `approved`, `refused`, `used` or `expired`.
  package let state: String
  package let decidedBy: String?
}

extension GovernanceState {
  /// Whether a tenant wants a second admin for something.
  package func needsFourEyes(
    _ what: FourEyes, tenant: String
  ) throws(GovernanceError) -> Bool {
    try value(of: .fourEyes, tenant: tenant).split(separator: " ").contains { $0 == what.rawValue }
  }

  /// The tenants that have something approved by a second admin, sorted.
  package func tenantsWithFourEyes(_ what: FourEyes) throws(GovernanceError) -> [String] {
    try state.read { database in
      let statement = try ExactStatement(
        "SELECT tenant, value FROM settings WHERE key = ? ORDER BY tenant", in: database)
      try statement.bind(SettingKey.fourEyes.rawValue, at: 1)
      var tenants: [String] = []
      while try statement.step() {
        guard let tenant = statement.value(0).string, let words = statement.value(1).string,
          words.split(separator: " ").contains(where: { $0 == what.rawValue })
        else { continue }
        tenants.append(tenant)
      }
      return tenants
    }
  }

  /// Returns where a second admin agreed to exactly this, and uses that up; else the request is
  /// made, or found waiting, and this throws `.awaitsApproval`.
  ///
  /// - Parameters:
  ///   - what: the action.
  ///   - digest: a keyed code of what is asked for: the same command gives the same code.
  ///   - summary: the same in words, without names.
  ///   - tenant: the tenant.
  ///   - initiator: who asks.
  ///   - reason: why.
  package func awaitApproval(
    of what: FourEyes, digest: String, summary: String, tenant: String, by initiator: Initiator,
    reason: String
  ) throws(GovernanceError) {
    let now = log.clock()
    let hours = Int64(try value(of: .requestHours, tenant: tenant)) ?? 24
    let waiting = try state.write { database -> (id: Int64, expires: String)? in
      let find = try ExactStatement(
        """
        SELECT id, state, expires FROM requests
        WHERE tenant = ? AND action = ? AND account = ? AND uid = ? AND digest = ?
          AND state IN ('pending', 'approved') AND expires > ? ORDER BY id LIMIT 1
        """, in: database)
      let texts = [tenant, what.rawValue, initiator.account]
      for (place, text) in texts.enumerated() { try find.bind(text, at: Int32(place) + 1) }
      try find.bind(Int64(initiator.uid), at: 4)
      try find.bind(digest, at: 5)
      try find.bind(UTCTime.text(now), at: 6)
      if try find.step() {
        let id = find.value(0).number ?? 0
        guard find.value(1).string == "approved" else { return (id, find.value(2).string ?? "") }
        find.reset()
        try set(id, state: "used", by: nil, in: database)
        return nil
      }
      let expires = UTCTime.text(now + hours * 3_600_000_000)
      let id = try insert(
        [
          tenant, what.rawValue, initiator.account, reason, summary, digest, UTCTime.text(now),
          expires,
        ], uid: initiator.uid, in: database)
      let record = GovernanceRecord(
        .request, .successful, by: initiator, target: "request \(id): \(what.rawValue) \(summary)",
        tenant: tenant, justification: reason)
      _ = try log.append([record], in: database)
      return (id, expires)
    }
    if let waiting { throw .awaitsApproval(request: waiting.id, expires: waiting.expires) }
  }

  /// Decides a request of somebody else and records it.
  ///
  /// Whether `initiator` may approve is for the caller to ask.
  package func decide(
    _ id: Int64, approves: Bool, tenant: String, by initiator: Initiator, justification: String?
  ) throws(GovernanceError) -> ApprovalRequest {
    let outcome = try state.write { database -> (ApprovalRequest?, GovernanceError?) in
      guard let request = try requests(tenant: tenant, in: database).first(where: { $0.id == id })
      else { return (nil, .noRequest(id: id, tenant: tenant)) }
      let action: GovernanceAction = approves ? .approve : .refuse
      let target = "request \(id): \(request.action) of \(request.account) \(request.summary)"
      // One person with two accounts of the same uid is still one.
      if request.account == initiator.account || request.uid == initiator.uid {
        let denial = GovernanceRecord(
          action, .denied, by: initiator, target: target, tenant: tenant,
          justification: justification, error: "own request")
        _ = try log.append([denial], in: database)
        return (nil, .ownRequest(id: id))
      }
      guard request.state == "pending" else {
        return (nil, .requestClosed(id: id, state: request.state))
      }
      try set(id, state: approves ? "approved" : "refused", by: initiator.account, in: database)
      let record = GovernanceRecord(
        action, .successful, by: initiator, target: target, tenant: tenant,
        justification: justification)
      _ = try log.append([record], in: database)
      return (request, nil)
    }
    if let error = outcome.1 { throw error }
    guard let request = outcome.0 else { throw .noRequest(id: id, tenant: tenant) }
    return request
  }

  /// The requests of a tenant, the oldest first.
  package func requests(tenant: String) throws(GovernanceError) -> [ApprovalRequest] {
    try state.read { database in try requests(tenant: tenant, in: database) }
  }

  private func requests(tenant: String, in database: Database) throws -> [ApprovalRequest] {
    let statement = try ExactStatement(
      """
      SELECT id, action, account, uid, reason, summary, created, expires, state, decided_by
      FROM requests WHERE tenant = ? ORDER BY id
      """, in: database)
    try statement.bind(tenant, at: 1)
    let now = UTCTime.text(log.clock())
    var requests: [ApprovalRequest] = []
    while try statement.step() {
      let text = { (column: Int32) in statement.value(column).string ?? "" }
      let isLate = ["pending", "approved"].contains(text(8)) && text(7) <= now
      requests.append(
        ApprovalRequest(
          id: statement.value(0).number ?? 0, tenant: tenant, action: text(1), account: text(2),
          uid: UInt32(clamping: statement.value(3).number ?? -1), reason: text(4),
          summary: text(5), created: text(6), expires: text(7),
          state: isLate ? "expired" : text(8), decidedBy: statement.value(9).string))
    }
    return requests
  }

  private func insert(
    _ texts: [String], uid: UInt32, in database: Database
  ) throws -> Int64 {
    let insert = try ExactStatement(
      """
      INSERT INTO requests
        (tenant, action, account, reason, summary, digest, created, expires, uid, state)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending')
      """, in: database)
    for (place, text) in texts.enumerated() { try insert.bind(text, at: Int32(place) + 1) }
    try insert.bind(Int64(uid), at: 9)
    try insert.run()
    return database.lastInsertedRowID
  }

  private func set(
    _ id: Int64, state: String, by account: String?, in database: Database
  ) throws {
    let update = try ExactStatement(
      "UPDATE requests SET state = ?, decided_by = coalesce(?, decided_by) WHERE id = ?",
      in: database)
    try update.bind(state, at: 1)
    try update.bind(account, at: 2)
    try update.bind(id, at: 3)
    try update.run()
  }
}
