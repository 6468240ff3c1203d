import Foundation
import GRDB
import Testing

@testable import Governance

/// Seeded changes of all kinds to a longer log, by somebody who can write every file of the home
/// and computes hashes anew: all must be found, and the first bad record be named.
///
/// `LOGVEIL_TAMPER_CASES=25000 LOGVEIL_TAMPER_RECORDS=1000` makes it the big run; by itself it is
/// small.
@Suite struct TamperSoakTests {
  private struct Undo: Error {}

  private static func number(_ name: String, _ standard: Int) -> Int {
    ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? standard
  }

  /// A change, the first record that it touches, and the SQL for it.
  private struct Tampering {
    let sql: String
    let first: Int64
    /// Whether all hashes from there on are made anew.
    var rechains = false
    /// Whether only an anchor can show it: all files are as they once were.
    var isRollback = false
  }

  private let fields = [
    "time", "action", "target", "initiator", "tenant", "status", "justification", "error",
  ]

  private func tampering(
    _ random: inout SeededRandom, _ epochs: [(number: Int64, first: Int64, last: Int64)]
  ) -> Tampering {
    let count = epochs[epochs.count - 1].last
    let place = Int64.random(in: 1...count, using: &random)
    let other = Int64.random(in: 1...count, using: &random)
    let (low, high) = (min(place, other), max(place, other))
    let epoch = epochs[Int.random(in: 0..<epochs.count, using: &random)]
    let field = fields[Int.random(in: 0..<fields.count, using: &random)]
    let value =
      ["coalesce(\(field), '') || 'x'", "'forged ' || random()", "char(0)"]
      .randomElement(using: &random) ?? "'x'"
    let cutEpochs = """
      DELETE FROM governance WHERE sequence >= \(epoch.first);
      DELETE FROM epochs WHERE number > \(epoch.number);
      UPDATE epochs SET last = NULL, head = NULL, next_key = NULL, closed = NULL, signature = NULL
      WHERE number = \(epoch.number);
      """
    switch Int.random(in: 0..<11, using: &random) {
    case 0:
      return Tampering(
        sql: "UPDATE governance SET \(field) = \(value) WHERE sequence = \(place)", first: place)
    case 1:
      return Tampering(
        sql: "UPDATE governance SET \(field) = \(value) WHERE sequence = \(place)", first: place,
        rechains: true)
    case 2: return Tampering(sql: "DELETE FROM governance WHERE sequence = \(place)", first: place)
    case 3:
      return Tampering(
        sql: "DELETE FROM governance WHERE sequence BETWEEN \(low) AND \(high)", first: low)
    case 4:
      return Tampering(sql: "DELETE FROM governance WHERE sequence >= \(place)", first: place)
    case 5 where low < high:
      return Tampering(
        sql: """
          UPDATE governance SET sequence = -1 WHERE sequence = \(low);
          UPDATE governance SET sequence = \(low) WHERE sequence = \(high);
          UPDATE governance SET sequence = \(high) WHERE sequence = -1;
          """, first: low)
    case 6:
      return Tampering(
        sql: """
          UPDATE governance SET sequence = -sequence WHERE sequence >= \(place);
          UPDATE governance SET sequence = 1 - sequence WHERE sequence < 0;
          INSERT INTO governance
          SELECT \(place), time, action, target, 'forged', tenant, status, justification, error, hash
          FROM governance WHERE sequence = \(place + 1);
          """, first: place, rechains: Bool.random(using: &random))
    case 7:
      // Shifts all that follow into the gap.
      return Tampering(
        sql: """
          DELETE FROM governance WHERE sequence = \(place);
          UPDATE governance SET sequence = -sequence WHERE sequence > \(place);
          UPDATE governance SET sequence = -sequence - 1 WHERE sequence < 0;
          """, first: place, rechains: Bool.random(using: &random))
    case 8:
      let column = ["head", "next_key", "signature", "public_key"].randomElement(using: &random)
      return Tampering(
        sql: """
          UPDATE epochs SET \(column ?? "head") = substr(\(column ?? "head"), 2) || 'z'
          WHERE number = \(epoch.number)
          """, first: epoch.first)
    case 9: return Tampering(sql: cutEpochs, first: epoch.first)
    default: return Tampering(sql: cutEpochs, first: epoch.first, isRollback: true)
    }
  }

  private func rechain(_ database: Database, from first: Int64) throws {
    var previous =
      try String.fetchOne(
        database, sql: "SELECT hash FROM governance WHERE sequence = ?", arguments: [first - 1]
      ).flatMap { RecordHash.bytes(Array($0.utf8)) } ?? RecordHash.start
    let rows = try Row.fetchAll(
      database,
      sql: "SELECT \(GovernanceLog.columns) FROM governance WHERE sequence >= ? ORDER BY sequence",
      arguments: [first])
    for row in rows {
      let fields = (1...8).map { (row[$0] as String?).map { Array($0.utf8) } }
      previous = try RecordHash.of(sequence: row[0], fields: fields, previous: previous)
      try database.execute(
        sql: "UPDATE governance SET hash = ? WHERE sequence = ?",
        arguments: [RecordHash.text(previous), row[0] as Int64])
    }
  }

  /// A log whose transactions have one to nine records.
  private func makeState(
    _ home: TemporaryHome, records: Int, _ random: inout SeededRandom
  ) throws -> GovernanceState {
    let state = try home.makeState()
    var count = 1
    while count < records {
      let size = min(records - count, Int.random(in: 1...9, using: &random))
      try state.log.append(
        (count..<(count + size)).map {
          GovernanceRecord(
            .resolve, .failed, by: alice, target: "u1-\($0)", tenant: "default",
            justification: "case \($0)", error: "unknown")
        })
      count += size
    }
    return state
  }

  @Test func findsEveryChangeAndNamesIt() throws {
    let cases = Self.number("LOGVEIL_TAMPER_CASES", 150)
    let home = try TemporaryHome()
    var random = SeededRandom(state: UInt64(Self.number("LOGVEIL_TAMPER_SEED", 7)))
    let state = try makeState(home, records: Self.number("LOGVEIL_TAMPER_RECORDS", 80), &random)
    let epochs = try state.state.read { database in
      try Row.fetchAll(
        database, sql: "SELECT number, first, last FROM epochs WHERE last IS NOT NULL ORDER BY 1"
      ).map { (number: $0[0] as Int64, first: $0[1] as Int64, last: $0[2] as Int64) }
    }
    var options = VerifyOptions()
    options.anchors = [try #require(try state.log.anchor())]
    for index in 0..<cases {
      let tampering = tampering(&random, epochs)
      // A whole older copy has its key, so that only the anchor can tell.
      options.asksForKey = !tampering.isRollback
      let report = try report(of: state, tampering, options)
      let (fault, first) = (report.fault, tampering.first)
      let signedTogether = epochs.first { $0.first <= first && first <= $0.last }
      switch fault {
      case .rewritten(let low, let high):
        #expect((low...high).contains(first), "case \(index): \(tampering.sql): \(report)")
      case .badSignature(let sequence, _):
        // A public key is told by the epoch before.
        #expect(sequence == signedTogether?.first, "case \(index): \(tampering.sql): \(report)")
      case .missing(let sequence) where tampering.rechains:
        // Records that were signed together stand or fall together.
        let isNear = signedTogether.map { ($0.first...$0.last).contains(sequence) } ?? false
        #expect(
          sequence == first || isNear,
          "case \(index): \(tampering.sql): \(report)")
        #expect(report.signedTo < first)
      default:
        #expect(fault?.sequence == first, "case \(index): \(tampering.sql): \(report)")
      }
    }
    options.asksForKey = true
    #expect(try state.log.chainReport(options).isGood)
  }

  @Test func raisesNoFalseAlarm() throws {
    var random = SeededRandom(state: 11)
    for _ in 0..<Self.number("LOGVEIL_GOOD_LOGS", 5) {
      let home = try TemporaryHome()
      let records = Int.random(in: 1...40, using: &random)
      let state = try makeState(home, records: records, &random)
      var options = VerifyOptions()
      options.anchors = [try #require(try state.log.anchor())]
      let report = try state.log.chainReport(options)
      #expect(report.isGood && report.recordCount == Int64(records))
      #expect(report.provenTo?.sequence == Int64(records))
    }
  }

  private func report(
    of state: GovernanceState, _ tampering: Tampering, _ options: VerifyOptions
  ) throws -> ChainReport {
    var found: ChainReport?
    do {
      try state.state.write { database in
        for name in StateSchema.guards.merging(StateSchema.epochGuards, uniquingKeysWith: { $1 })
          .keys
        {
          try database.execute(sql: "DROP TRIGGER \(name)")
        }
        try database.execute(sql: tampering.sql)
        if tampering.rechains { try rechain(database, from: tampering.first) }
        found = try state.log.chainReport(options, in: database)
        throw Undo()
      }
    } catch GovernanceError.databaseFailed {
      // `Undo`, which the room has no word for.
    }
    return try #require(found)
  }
}
