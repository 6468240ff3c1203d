import GRDB

/// The target of a record that tells of a purge: `records 1-500`.
enum PurgeTarget {
  static func text(last: Int64) -> String { "records 1-\(last)" }

  /// The last record that was purged; `nil` where the text is another one.
  static func last(of target: String) -> Int64? {
    guard target.hasPrefix("records 1-"), let last = Int64(target.dropFirst(10)),
      text(last: last) == target
    else { return nil }
    return last
  }
}

extension GovernanceLog {
  /// Removes the records of all epochs that were closed before a time, and records it.
  ///
  /// The epochs stay: so the rest can still be verified by the first public key. What the records
  /// say of releases that were cut is recorded once more. Whether `initiator` may do that is for
  /// the caller to ask.
  ///
  /// - Parameter time: microseconds of UTC since 1970.
  /// - Returns: the last record that was removed; `nil` where nothing is as old.
  package func purge(
    before time: Int64, by initiator: Initiator, tenant: String, justification: String?
  ) throws(GovernanceError) -> Int64? {
    try state.write { database in
      // Up to the first epoch that is young enough: a clock that was put back takes none with it.
      let oldest = try ExactStatement(
        """
        SELECT max(last) FROM epochs WHERE number <
          (SELECT min(number) FROM epochs WHERE signature IS NULL OR closed >= ?)
        """, in: database)
      try oldest.bind(UTCTime.text(time), at: 1)
      let first = try ExactStatement("SELECT min(sequence) FROM governance", in: database)
      guard try oldest.step(), let last = oldest.value(0).number, try first.step(),
        let start = first.value(0).number, start <= last
      else { return nil }
      // What is purged must hold, or the purge would hide that it does not.
      let report = try chainReport(in: database)
      if let fault = report.fault { throw GovernanceError.damagedRecord(sequence: fault.sequence) }
      guard report.guardsIntact else { throw GovernanceError.guardsChanged(path: state.path) }
      let purge = GovernanceRecord(
        .purge, .successful, by: initiator, target: PurgeTarget.text(last: last),
        tenant: tenant, justification: justification)
      _ = try append(try cuts(to: last, by: initiator, in: database) + [purge], in: database)
      let name = "governance_no_delete"
      guard let guardText = StateSchema.guards[name] else {
        throw GovernanceError.guardsChanged(path: state.path)
      }
      try database.execute(sql: "DROP TRIGGER \(name)")
      let delete = try ExactStatement("DELETE FROM governance WHERE sequence <= ?", in: database)
      try delete.bind(last, at: 1)
      try delete.run()
      try database.execute(sql: guardText)
      return last
    }
  }

  /// Records that say once more which releases were cut: the ledger is held against them for ever.
  private func cuts(
    to last: Int64, by initiator: Initiator, in database: Database
  ) throws -> [GovernanceRecord] {
    try ReleaseLedger.records(to: last, in: database).compactMap { tenant, target in
      ReleaseTarget.repeated(target).map {
        GovernanceRecord(.publish, .successful, by: initiator, target: $0, tenant: tenant)
      }
    }
  }
}
