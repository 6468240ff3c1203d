import GRDB

/// A rule on what runs leave out; what it is about is sealed.
package struct SealedRule: Equatable, Sendable {
  package let id: Int64
  package let effect: String
  package let kind: String
  package let comment: String?
  package let added: String
  package let sealed: [UInt8]
}

extension GovernanceState {
  /// The rules of a tenant, the oldest first.
  package func scopeRules(tenant: String) throws(GovernanceError) -> [SealedRule] {
    try state.read { database in
      let statement = try ExactStatement(
        """
        SELECT id, effect, kind, comment, added, sealed FROM scope_rules
        WHERE tenant = ? ORDER BY id
        """, in: database)
      try statement.bind(tenant, at: 1)
      var rules: [SealedRule] = []
      while try statement.step() {
        rules.append(
          SealedRule(
            id: statement.value(0).number ?? 0, effect: statement.value(1).string ?? "",
            kind: statement.value(2).string ?? "", comment: statement.value(3).string,
            added: statement.value(4).string ?? "", sealed: statement.value(5).blob ?? []))
      }
      return rules
    }
  }

  /// Adds rules of one kind, with a record for each; returns their ids.
  package func addScopeRules(
    _ effect: String, _ kind: String, sealed all: [[UInt8]], comment: String?, tenant: String,
    by initiator: Initiator
  ) throws(GovernanceError) -> [Int64] {
    try state.write { database in
      var ids: [Int64] = []
      for sealed in all {
        let statement = try ExactStatement(
          """
          INSERT INTO scope_rules (tenant, effect, kind, comment, added, sealed)
          VALUES (?, ?, ?, ?, ?, ?)
          """, in: database)
        for (place, text) in [tenant, effect, kind].enumerated() {
          try statement.bind(text, at: Int32(place) + 1)
        }
        try statement.bind(comment, at: 4)
        try statement.bind(UTCTime.text(UTCTime.now()), at: 5)
        try statement.bind(bytes: sealed, at: 6)
        try statement.run()
        ids.append(database.lastInsertedRowID)
      }
      let records = ids.map { id in
        GovernanceRecord(
          .exclusionChange, .successful, by: initiator, target: "\(effect) \(kind) #\(id)",
          tenant: tenant, justification: comment)
      }
      _ = try log.append(records, in: database)
      return ids
    }
  }

  /// Seals rules anew, as their key goes; no record, as nothing of them changes.
  package func resealScopeRules(
    tenant: String, _ seal: (SealedRule) throws -> [UInt8]
  ) throws(GovernanceError) {
    for rule in try scopeRules(tenant: tenant) {
      try state.write { database in
        let statement = try ExactStatement(
          "UPDATE scope_rules SET sealed = ? WHERE tenant = ? AND id = ?", in: database)
        try statement.bind(bytes: try seal(rule), at: 1)
        try statement.bind(tenant, at: 2)
        try statement.bind(rule.id, at: 3)
        try statement.run()
      }
    }
  }

  /// Removes a rule, with a record; returns whether there was one.
  package func removeScopeRule(
    _ id: Int64, tenant: String, by initiator: Initiator, justification: String?
  ) throws(GovernanceError) -> Bool {
    try state.write { database in
      let statement = try ExactStatement(
        "DELETE FROM scope_rules WHERE tenant = ? AND id = ?", in: database)
      try statement.bind(tenant, at: 1)
      try statement.bind(id, at: 2)
      try statement.run()
      guard database.changesCount > 0 else { return false }
      let record = GovernanceRecord(
        .exclusionChange, .successful, by: initiator, target: "removed #\(id)", tenant: tenant,
        justification: justification)
      _ = try log.append([record], in: database)
      return true
    }
  }
}
