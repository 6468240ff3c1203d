import GRDB
import Testing

@testable import Governance

/// Changes made by raw SQL in a log whose triggers were dropped.
@Suite struct TamperTests {
  static let count: Int64 = 12
  static let columns = [
    "time", "action", "target", "initiator", "tenant", "status", "justification", "error", "hash",
  ]
  private struct Undo: Error {}

  /// What a walk finds after `sql`; the change is undone.
  private func report(
    of state: GovernanceState, after sql: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> ChainReport {
    var found: ChainReport?
    do {
      try state.state.write { database in
        for name in StateSchema.guards.keys { try database.execute(sql: "DROP TRIGGER \(name)") }
        try database.execute(sql: sql)
        found = try state.log.chainReport(in: database)
        throw Undo()
      }
    } catch GovernanceError.databaseFailed {
      // `Undo`, which the room has no word for.
    }
    return try #require(found, sourceLocation: sourceLocation)
  }

  private func makeState(_ home: TemporaryHome) throws -> GovernanceState {
    let state = try home.makeState()
    try state.log.append(
      (1..<Int(Self.count)).map {
        GovernanceRecord(
          .resolve, .failed, by: alice, target: "u1-\($0)", tenant: "default",
          justification: "case \($0)", error: "unknown")
      })
    return state
  }

  @Test func findsNothingInAGoodLog() throws {
    let home = try TemporaryHome()
    let state = try makeState(home)
    let report = try state.log.chainReport()
    #expect(report.fault == nil)
    #expect(report.recordCount == Self.count)
    #expect(report.head == (try state.log.list().last?.hash))
    #expect(report.guardsIntact)
    #expect(try self.report(of: state, after: "SELECT 1").guardsIntact == false)
  }

  @Test(arguments: columns) func findsEveryEditedField(column: String) throws {
    let home = try TemporaryHome()
    let state = try makeState(home)
    // The first record has no tenant, justification or error: for it, `||` leaves them null.
    let edits = [
      "coalesce(\(column), '') || 'x'", "'x' || coalesce(\(column), '')",
      "coalesce(\(column), 'y') || char(0)",
      "CASE WHEN \(column) IS NULL THEN '' ELSE upper(\(column)) || ' ' END",
    ]
    for sequence in 1...Self.count {
      for edit in edits {
        let sql = "UPDATE governance SET \(column) = \(edit) WHERE sequence = \(sequence)"
        let report = try report(of: state, after: sql)
        #expect(report.fault == .altered(sequence: sequence), "\(sql)")
        #expect(report.recordCount == sequence - 1)
      }
    }
    if ["target", "tenant", "justification", "error"].contains(column) {
      let sql = "UPDATE governance SET \(column) = NULL WHERE sequence = 5"
      #expect(try report(of: state, after: sql).fault == .altered(sequence: 5))
    }
  }

  @Test func findsEveryDeletedRecord() throws {
    let home = try TemporaryHome()
    let state = try makeState(home)
    for sequence in 1...Self.count {
      let report = try report(
        of: state, after: "DELETE FROM governance WHERE sequence = \(sequence)")
      #expect(report.fault == .missing(sequence: sequence))
    }
  }

  @Test func findsRecordsMovedTogetherAfterADeletion() throws {
    let home = try TemporaryHome()
    let state = try makeState(home)
    for sequence in 1..<Self.count {
      let sql = """
        DELETE FROM governance WHERE sequence = \(sequence);
        UPDATE governance SET sequence = -sequence WHERE sequence > \(sequence);
        UPDATE governance SET sequence = -sequence - 1 WHERE sequence < 0;
        """
      #expect(try report(of: state, after: sql).fault == .altered(sequence: sequence))
    }
  }

  @Test func findsEverySwappedPair() throws {
    let home = try TemporaryHome()
    let state = try makeState(home)
    for one in 1..<Self.count {
      for other in (one + 1)...Self.count {
        let sql = """
          UPDATE governance SET sequence = -1 WHERE sequence = \(one);
          UPDATE governance SET sequence = \(one) WHERE sequence = \(other);
          UPDATE governance SET sequence = \(other) WHERE sequence = -1;
          """
        #expect(try report(of: state, after: sql).fault == .altered(sequence: one))
      }
    }
  }

  @Test func findsInsertedRecords() throws {
    let home = try TemporaryHome()
    let state = try makeState(home)
    let values = "'t', 'parse', 'x', 'a', NULL, 'successful', NULL, NULL"
    let hash = String(repeating: "0", count: 64)
    for sequence: Int64 in [-5, 0] {
      let sql = "INSERT INTO governance VALUES (\(sequence), \(values), '\(hash)')"
      #expect(try report(of: state, after: sql).fault == .inserted(sequence: sequence))
    }
    let next = "INSERT INTO governance VALUES (\(Self.count + 1), \(values), '\(hash)')"
    #expect(try report(of: state, after: next).fault == .altered(sequence: Self.count + 1))
    for sequence in 1...Self.count {
      let sql = """
        UPDATE governance SET sequence = -sequence WHERE sequence >= \(sequence);
        UPDATE governance SET sequence = -sequence + 1 WHERE sequence < 0;
        INSERT INTO governance SELECT \(sequence), \(values), '\(hash)';
        """
      #expect(try report(of: state, after: sql).fault == .altered(sequence: sequence))
    }
  }

  @Test func findsBytesOfAnotherType() throws {
    let home = try TemporaryHome()
    let state = try makeState(home)
    // Without STRICT, a blob with the same bytes could stand in for a text.
    let loosened = """
      CREATE TABLE copy AS SELECT * FROM governance;
      DROP TABLE governance;
      ALTER TABLE copy RENAME TO governance;
      """
    let blob = "UPDATE governance SET target = CAST(target AS BLOB) WHERE sequence = 4"
    #expect(try report(of: state, after: loosened + blob).fault == .altered(sequence: 4))
    // A text sorts behind every number.
    let text = "UPDATE governance SET sequence = 'four' WHERE sequence = 4"
    #expect(try report(of: state, after: loosened + text).fault == .missing(sequence: 4))
    let double = "INSERT INTO governance SELECT * FROM governance WHERE sequence = 4"
    #expect(try report(of: state, after: loosened + double).fault == .inserted(sequence: 4))
  }

  @Test func findsAnEndThatWasCutOff() throws {
    let home = try TemporaryHome()
    let state = try makeState(home)
    for last in 0..<Self.count {
      let report = try report(of: state, after: "DELETE FROM governance WHERE sequence > \(last)")
      #expect(report.fault == .missing(sequence: last + 1))
      #expect(report.recordCount == last)
    }
  }
}
