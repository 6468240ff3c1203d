import Foundation
import GRDB
import Testing

@testable import Governance

/// What signatures and anchors show beyond the chain: changes by somebody who computes all hashes
/// anew, cuts off the end with its signatures, or puts back an older copy.
@Suite struct EpochTests {
  private func makeState(_ home: TemporaryHome, appends: Int = 6) throws -> GovernanceState {
    let state = try home.makeState()
    for index in 0..<appends {
      try state.log.append([parseRecord(2 * index), parseRecord(2 * index + 1)])
    }
    return state
  }

  /// Removes our triggers, as who tampers would.
  private func loosen(_ home: TemporaryHome) throws -> DatabaseQueue {
    let queue = try home.connect()
    try queue.write { database in
      for name in StateSchema.guards.merging(StateSchema.epochGuards, uniquingKeysWith: { $1 }).keys
      {
        try database.execute(sql: "DROP TRIGGER \(name)")
      }
    }
    return queue
  }

  /// Computes all hashes anew from a record on.
  private func rechain(_ queue: DatabaseQueue, from first: Int64) throws {
    try queue.write { database in
      var previous =
        try String.fetchOne(
          database, sql: "SELECT hash FROM governance WHERE sequence = ?", arguments: [first - 1]
        ).flatMap { RecordHash.bytes(Array($0.utf8)) } ?? RecordHash.start
      let rows = try Row.fetchAll(
        database,
        sql:
          "SELECT \(GovernanceLog.columns) FROM governance WHERE sequence >= ? ORDER BY sequence",
        arguments: [first])
      for row in rows {
        let fields = (1...8).map { (row[$0] as String?).map { Array($0.utf8) } }
        previous = try RecordHash.of(sequence: row[0], fields: fields, previous: previous)
        try database.execute(
          sql: "UPDATE governance SET hash = ? WHERE sequence = ?",
          arguments: [RecordHash.text(previous), row[0] as Int64])
      }
    }
  }

  @Test func everyTransactionIsSigned() throws {
    let home = try TemporaryHome()
    let state = try makeState(home)
    let report = try state.log.chainReport()
    #expect(report.isGood && report.epochCount == 7 && report.lastSequence == 13)
    let files = try FileManager.default.contentsOfDirectory(atPath: home.path)
    #expect(files.filter { $0.contains("epoch") } == ["state.epoch-8.key"])
    var options = VerifyOptions()
    options.firstPublicKey = report.firstPublicKey
    #expect(try state.log.chainReport(options).isGood)
    options.firstPublicKey = String(repeating: "0", count: 64)
    #expect(try state.log.chainReport(options).fault == .otherFirstKey)
  }

  @Test func newHashesDoNotHideAChange() throws {
    for changed: Int64 in 1...13 {
      let home = try TemporaryHome()
      _ = try makeState(home)
      let queue = try loosen(home)
      try queue.write {
        try $0.execute(
          sql: "UPDATE governance SET initiator = 'mallory' WHERE sequence = ?",
          arguments: [changed])
      }
      try rechain(queue, from: changed)
      try queue.close()
      let first = changed == 1 ? 1 : changed - changed % 2
      let last = changed == 1 ? 1 : first + 1
      #expect(
        try home.open().log.chainReport().fault == .rewritten(first: first, last: last))
    }
  }

  @Test func aCutEndShowsWithAndWithoutItsSignatures() throws {
    for epochs: Int64 in 1...6 {
      let home = try TemporaryHome()
      _ = try makeState(home)
      let queue = try loosen(home)
      let last = 2 * epochs - 1
      try queue.write {
        try $0.execute(sql: "DELETE FROM governance WHERE sequence > \(last)")
      }
      #expect(try home.open().log.chainReport().fault == .missing(sequence: last + 1))
      try queue.write { try $0.execute(sql: "DELETE FROM epochs WHERE number > \(epochs)") }
      #expect(
        try home.open().log.chainReport().fault
          == .badSignature(sequence: last + 1, epoch: epochs + 1))
      // As the log was then; but the key of then is gone.
      let key = try queue.read {
        try String.fetchOne($0, sql: "SELECT next_key FROM epochs WHERE number = \(epochs)")
      }
      try queue.write {
        try $0.execute(
          sql: "INSERT INTO epochs (number, first, public_key) VALUES (?, ?, ?)",
          arguments: [epochs + 1, last + 1, key])
      }
      try queue.close()
      #expect(try home.open().log.chainReport().fault == .keyGone(sequence: last + 1))
    }
  }

  @Test func aLogWithoutItsKeyTakesNoMore() throws {
    let home = try TemporaryHome()
    let state = try makeState(home)
    try FileManager.default.removeItem(atPath: home.path + "/state.epoch-8.key")
    #expect(failure { try state.log.append(parseRecord(99)) } == .signingKeyLost(path: home.file))
    #expect(try state.log.chainReport().fault == .keyGone(sequence: 14))
    var options = VerifyOptions()
    options.asksForKey = false
    #expect(try state.log.chainReport(options).isGood)
  }

  @Test func recordsBehindTheLastSignatureAreStrangers() throws {
    let home = try TemporaryHome()
    _ = try makeState(home)
    let queue = try loosen(home)
    try queue.write {
      try $0.execute(
        sql: """
          INSERT INTO governance VALUES (14, 't', 'parse', NULL, 'a', NULL, 'failed', NULL, NULL, '')
          """)
    }
    try rechain(queue, from: 14)
    try queue.close()
    let state = try home.open()
    #expect(try state.log.chainReport().fault == .unsigned(sequence: 14))
  }

  @Test func anOlderCopyShowsByAnAnchorOnly() throws {
    let home = try TemporaryHome()
    let state = try makeState(home)
    let copy = home.path + "-copy"
    defer { try? FileManager.default.removeItem(atPath: copy) }
    // A whole copy, taken before the key went.
    try FileManager.default.copyItem(atPath: home.path, toPath: copy)
    let early = try #require(try state.log.anchor())
    try state.log.append(parseRecord(50))
    let late = try #require(try state.log.anchor())
    var options = VerifyOptions()
    options.anchors = [early, late]
    let good = try state.log.chainReport(options)
    #expect(good.isGood && good.provenTo == late && good.anchorCount == 2)

    let old = try GovernanceState.open(home: copy)
    #expect(try old.log.chainReport().isGood)
    let report = try old.log.chainReport(options)
    #expect(report.fault == .rolledBack(sequence: 14, anchor: 14))
    #expect(report.provenTo == early)
    // Another history in place of what was taken back.
    try old.log.append(parseRecord(51))
    #expect(try old.log.chainReport(options).fault == .otherThanAnchor(sequence: 14))
  }

  @Test func purgedRecordsLeaveAProof() throws {
    let home = try TemporaryHome()
    let state = try GovernanceState.create(home: home.path, by: alice).state
    for index in 0..<3 { try state.log.append([parseRecord(index), parseRecord(index)]) }
    usleep(3000)
    let time = UTCTime.now()
    #expect(
      try state.log.purge(before: 0, by: alice, tenant: "default", justification: "x") == nil)
    for index in 0..<3 { try state.log.append([parseRecord(index), parseRecord(index)]) }
    let anchor = try #require(try state.log.anchor())
    let last = try state.log.purge(
      before: time, by: alice, tenant: "default", justification: "retention")
    #expect(last == 7)
    let first = try #require(last)
    var options = VerifyOptions()
    options.anchors = [anchor]
    let report = try state.log.chainReport(options)
    #expect(report.isGood && report.firstSequence == first + 1)
    #expect(try state.log.list().first?.sequence == first + 1)
    #expect(try state.log.list().last?.target == "records 1-\(first)")
    try state.log.append(parseRecord(77))
    #expect(try state.log.chainReport().isGood)
    // More than was purged.
    let queue = try loosen(home)
    try queue.write { try $0.execute(sql: "DELETE FROM governance WHERE sequence <= \(first + 2)") }
    try queue.close()
    #expect(try home.open().log.chainReport().fault == .missing(sequence: 1))
  }

  @Test func anOldHomeIsSignedFromItsBeginning() throws {
    let home = try TemporaryHome()
    _ = try makeState(home)
    // As a home was before there were epochs.
    let queue = try loosen(home)
    try queue.write { database in
      try database.execute(
        sql: """
          DROP TABLE epochs; DROP TABLE requests; DROP TABLE uses;
          ALTER TABLE admins DROP COLUMN upn; ALTER TABLE sources DROP COLUMN realms;
          DELETE FROM grdb_migrations WHERE identifier LIKE '3 %';
          """)
      for sql in StateSchema.guards.values { try database.execute(sql: sql) }
    }
    try queue.close()
    try FileManager.default.removeItem(atPath: home.path + "/state.epoch-8.key")
    let state = try home.open()
    let report = try state.log.chainReport()
    #expect(report.isGood && report.epochCount == 1 && report.lastSequence == 13)
    try state.log.append(parseRecord(1))
    #expect(try state.log.chainReport().epochCount == 2)
  }

  @Test(arguments: [
    "logveil-anchor/1 sequence=7 hash=\(String(repeating: "a", count: 64)) time=2026",
    "Nov 21 host logveil[1]: logveil-anchor/1 sequence=7 hash=\(String(repeating: "a", count: 64))",
    "{\"x\":\"logveil-anchor/1 sequence=7 hash=\(String(repeating: "a", count: 64))\"}",
  ])
  func anchorsAreFoundInLines(line: String) {
    let anchor = GovernanceAnchor(in: line)
    #expect(anchor?.sequence == 7 && anchor?.hash == String(repeating: "a", count: 64))
  }

  @Test(arguments: ["", "logveil-anchor/1", "logveil-anchor/1 sequence=0 hash=aa", "sequence=1"])
  func noAnchors(line: String) { #expect(GovernanceAnchor(in: line) == nil) }

  @Test func everyHeadGoesToTheFileThatIsSet() throws {
    let home = try TemporaryHome()
    let state = try home.makeState()
    let file = home.path + "/anchors"
    // The file must be there: a place that takes nothing stops whatever is recorded.
    #expect(
      failure { try state.setSetting("anchor", to: "file:\(file)", tenant: nil, by: alice) }
        == .anchorRefused(place: file, errorNumber: 2))
    #expect(failure { try state.log.append(parseRecord(1)) } != nil)
    _ = FileManager.default.createFile(atPath: file, contents: nil)
    try state.log.append(parseRecord(2))
    try state.log.append(parseRecord(3))
    let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
    let anchors = lines.compactMap { GovernanceAnchor(in: String($0)) }
    #expect(anchors.map(\.sequence) == [4, 5])
    #expect(anchors.last == (try state.log.anchor()))
    try FileManager.default.removeItem(atPath: file)
    try state.setSetting("anchor", to: nil, tenant: nil, by: alice)
    try state.log.append(parseRecord(4))
  }
}
