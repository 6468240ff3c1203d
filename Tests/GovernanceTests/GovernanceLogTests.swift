import Foundation
import GRDB
import Testing

@testable import Governance

@Suite struct GovernanceLogTests {
  @Test func keepsWhatWasAppended() throws {
    let home = try TemporaryHome()
    let state = try home.makeState()
    let record = GovernanceRecord(
      .resolve, .failed, by: bob, target: "u1-abc", tenant: "default", justification: "case 3",
      error: "unknown")
    #expect(try state.log.append(record) == 2)
    let entry = try #require(try home.open().log.list().last)
    #expect(entry.sequence == 2)
    #expect(entry.time == "2026-01-31T23:59:59.123456Z")
    #expect(entry.action == "resolve")
    #expect(entry.target == "u1-abc")
    #expect(entry.initiator == "bob")
    #expect(entry.tenant == "default")
    #expect(entry.status == "failed")
    #expect(entry.justification == "case 3")
    #expect(entry.error == "unknown")
    #expect(entry.hash.utf8.count == 64)
  }

  @Test func appendsManyAtOnceOrNone() throws {
    let home = try TemporaryHome()
    let state = try home.makeState()
    #expect(try state.log.append([]).isEmpty)
    #expect(try state.log.append((0..<100).map { parseRecord($0) }) == 2..<102)
    var long = parseRecord(0)
    long.target = String(repeating: "x", count: GovernanceRecord.fieldBytesMax + 1)
    let error = failure { try state.log.append([parseRecord(1), long]) }
    #expect(error == .fieldTooLong(field: "target", byteCount: 65_537))
    long.target?.removeLast()
    #expect(try state.log.append(long) == 102)
    #expect(try state.log.list().map(\.sequence) == Array(1...102))
    #expect(try state.log.verifyChain() == nil)
  }

  @Test func keepsHostileTextExactly() throws {
    let home = try TemporaryHome()
    let state = try home.makeState()
    let texts = hostileTexts(count: 500, seed: 7)
    try state.log.append(
      texts.map {
        GovernanceRecord(
          .resolve, .successful, by: Initiator(uid: 1, account: $0), target: $0, tenant: $0,
          justification: $0, error: $0)
      })
    let entries = try home.open().log.list().dropFirst()
    #expect(entries.count == 500)
    for (entry, text) in zip(entries, texts) {
      let bytes = Array(text.utf8)
      for kept in [entry.justification, entry.target, entry.tenant, entry.error, entry.initiator] {
        #expect(kept.map { Array($0.utf8) } == bytes, "record \(entry.sequence)")
      }
    }
    #expect(try state.log.verifyChain() == nil)
  }

  @Test func filters() throws {
    let home = try TemporaryHome()
    let state = try home.makeState()
    try state.log.append((0..<10).map { parseRecord($0, by: $0.isMultiple(of: 2) ? alice : bob) })
    try state.log.append(
      GovernanceRecord(.resolve, .denied, by: bob, target: "u1-a%_'b", tenant: "other"))
    func sequences(_ change: (inout GovernanceFilter) -> Void) throws -> [Int64] {
      var filter = GovernanceFilter()
      change(&filter)
      return try state.log.list(filter).map(\.sequence)
    }
    #expect(try sequences { _ in }.count == 12)
    #expect(try sequences { $0.actions = [.resolve, .initialise] } == [1, 12])
    #expect(try sequences { $0.statuses = [.denied] } == [12])
    #expect(try sequences { $0.initiator = "bob" } == [3, 5, 7, 9, 11, 12])
    #expect(try sequences { $0.tenant = "other" } == [12])
    #expect(try sequences { $0.targetPart = "proxy-3" } == [5])
    #expect(try sequences { $0.targetPart = "%" } == [12])
    #expect(try sequences { $0.targetPart = "'" } == [12])
    #expect(
      try sequences {
        $0.after = 4
        $0.limit = 3
      } == [5, 6, 7])
    #expect(try sequences { $0.limit = -1 } == [])
    let second: Int64 = 1_769_903_999_123_456
    #expect(
      try sequences {
        $0.from = second + 1_000_000
        $0.before = second + 3_000_000
      } == [3, 4])
  }

  /// What a writer with the file in hand, but without our code, may not do by accident.
  @Test(arguments: [
    "UPDATE governance SET target = 'x' WHERE sequence = 2",
    "UPDATE governance SET sequence = 9 WHERE sequence = 2",
    "DELETE FROM governance WHERE sequence = 2", "DELETE FROM governance",
    "INSERT INTO governance VALUES (4, 't', 'parse', 'x', 'a', NULL, 's', NULL, NULL, 'h')",
    "INSERT INTO governance VALUES (0, 't', 'parse', 'x', 'a', NULL, 's', NULL, NULL, 'h')",
    "INSERT INTO governance VALUES (NULL, 't', 'parse', 'x', 'a', NULL, 's', NULL, NULL, 'h')",
    "INSERT OR REPLACE INTO governance SELECT * FROM governance WHERE sequence = 1",
    "INSERT OR IGNORE INTO governance SELECT * FROM governance WHERE sequence = 1",
    "REPLACE INTO governance VALUES (2, 't', 'parse', 'x', 'a', NULL, 's', NULL, NULL, 'h')",
    "INSERT INTO governance VALUES (3, 't', 'parse', x'00', 'a', NULL, 's', NULL, NULL, 'h')",
  ])
  func refusesChanges(sql: String) throws {
    let home = try TemporaryHome()
    let state = try home.makeState()
    try state.log.append(parseRecord(0))
    let before = try state.log.list()
    #expect(throws: DatabaseError.self) { try home.connect().write { try $0.execute(sql: sql) } }
    #expect(try state.log.list() == before)
    #expect(try state.log.chainReport().guardsIntact)
  }

  @Test(arguments: [
    "DROP TRIGGER governance_no_delete",
    "CREATE TRIGGER more AFTER INSERT ON governance BEGIN DELETE FROM admins; END",
    """
    DROP TRIGGER governance_no_update; CREATE TRIGGER governance_no_update
    BEFORE UPDATE ON governance BEGIN SELECT 1; END
    """,
  ])
  func takesNothingMoreWithoutGuards(sql: String) throws {
    let home = try TemporaryHome()
    let state = try home.makeState()
    try home.connect().write { try $0.execute(sql: sql) }
    #expect(failure { try state.log.append(parseRecord(0)) } == .guardsChanged(path: home.file))
    #expect(try state.log.list().count == 1)
    let report = try state.log.chainReport()
    #expect(!report.guardsIntact)
    #expect(report.fault == nil)
  }

  @Test func stopsBehindADamagedHash() throws {
    let home = try TemporaryHome()
    let state = try home.makeState()
    try home.connect().write { database in
      try database.execute(sql: "DROP TRIGGER governance_no_update")
      try database.execute(sql: "UPDATE governance SET hash = 'x'")
      try database.execute(sql: StateSchema.guards["governance_no_update"] ?? "")
    }
    #expect(failure { try state.log.append(parseRecord(0)) } == .damagedRecord(sequence: 1))
  }
}

/// Texts that break what is careless: terminals, SQL, CSV, HTML, JSON, C strings, normalisation.
func hostileTexts(count: Int, seed: UInt64) -> [String] {
  let parts = [
    "", " ", "\0", "a\0b", "\u{1b}[2J", "\u{1b}]0;x\u{7}", "\r\n", "\n", "\t", "\u{7f}", "\u{85}",
    "\u{2028}", "\u{202e}evil\u{202c}", "\u{feff}", "\u{200b}", "é", "e\u{301}", "Å", "A\u{30a}",
    "ﬁ", "𝒳", "👩‍👩‍👧‍👦", "\u{10ffff}", "\u{fffd}", "'; DROP TABLE governance; --", "\"", "\\", "%s%n",
    "=cmd|'/c calc'!A1", "@SUM(1)", "+1", "-1", "<script>alert(1)</script>", "]]>", "&amp;",
    "{\"a\":1}", "null", "../../etc/passwd", "$(id)", "`id`", "NULL", "x'00'", "ÿ", "ß", "İ",
    String(repeating: "x", count: 300),
  ]
  var random = SeededRandom(state: seed)
  var texts = parts
  while texts.count < count {
    let length = Int.random(in: 1...6, using: &random)
    texts.append((0..<length).map { _ in parts.randomElement(using: &random) ?? "" }.joined())
  }
  return Array(texts.prefix(count))
}
