import GRDB

extension GovernanceState {
  /// A direction in which names are turned, each with a budget of its own.
  package enum Direction: String, Sendable {
    case resolve
    case lookup

    var action: GovernanceAction { self == .resolve ? .resolve : .lookup }
    var budget: SettingKey { self == .resolve ? .resolveBudget : .lookupBudget }
  }

  /// Takes some names out of an admin's budget of the day and records what is about to be done:
  /// both, or neither.
  ///
  /// Processes that do this at once never exceed the budget together. Where it is spent, nothing is
  /// taken, the refusal is recorded, and this throws `.budgetSpent`.
  ///
  /// - Parameters:
  ///   - records: one for each name, its intent.
  ///   - direction: which budget.
  ///   - tenant: whose budget.
  ///   - initiator: who asks.
  package func spend(
    _ records: [GovernanceRecord], on direction: Direction, tenant: String,
    by initiator: Initiator
  ) throws(GovernanceError) {
    let limit = Int64(try value(of: direction.budget, tenant: tenant)) ?? 0
    let day = String(UTCTime.text(log.clock()).prefix(10))
    let refusal = try state.write { database -> GovernanceError? in
      let used = try uses(direction, tenant, initiator.account, day, in: database)
      let count = Int64(records.count)
      guard used + count <= limit else {
        let left = max(0, limit - used)
        let denial = GovernanceRecord(
          direction.action, .denied, by: initiator, target: "\(count) names", tenant: tenant,
          justification: records.first?.justification,
          error: "daily budget: \(left) of \(limit) left")
        _ = try log.append([denial], in: database)
        return .budgetSpent(
          account: initiator.account, direction: direction.rawValue, limit: limit, left: left)
      }
      // Days gone by tell nothing any more.
      let clear = try ExactStatement("DELETE FROM uses WHERE day < ?", in: database)
      try clear.bind(day, at: 1)
      try clear.run()
      let put = try ExactStatement(
        """
        INSERT OR REPLACE INTO uses (tenant, account, direction, day, count)
        VALUES (?, ?, ?, ?, ?)
        """, in: database)
      try put.bind(tenant, at: 1)
      try put.bind(initiator.account, at: 2)
      try put.bind(direction.rawValue, at: 3)
      try put.bind(day, at: 4)
      try put.bind(used + count, at: 5)
      try put.run()
      _ = try log.append(records, in: database)
      return nil
    }
    if let refusal { throw refusal }
  }

  private func uses(
    _ direction: Direction, _ tenant: String, _ account: String, _ day: String,
    in database: Database
  ) throws -> Int64 {
    let statement = try ExactStatement(
      "SELECT count FROM uses WHERE tenant = ? AND account = ? AND direction = ? AND day = ?",
      in: database)
    for (place, text) in [tenant, account, direction.rawValue, day].enumerated() {
      try statement.bind(text, at: Int32(place) + 1)
    }
    return try statement.step() ? statement.value(0).number ?? .max / 2 : 0
  }
}
