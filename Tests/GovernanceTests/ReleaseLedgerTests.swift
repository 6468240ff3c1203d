import Foundation
import GRDB
import Testing

@testable import Governance

/// Releases stay what was cut: the signed log knows a hash of each.
@Suite struct ReleaseLedgerTests {
  private static func entry(_ audience: String, _ content: String = "cells") -> LedgerEntry {
    LedgerEntry(
      month: "2026-09", audience: audience, minimum: 10, made: "2026-10-01T08:00:00Z",
      tableVersion: 7, content: content)
  }
  private static let entries = [entry("admins"), entry("people for managers")]

  private func enter(_ state: GovernanceState) throws -> [LedgerEntry] {
    try state.enterReleases(Self.entries, month: "2026-09", tenant: "default", by: alice)
  }

  /// Changes the ledger as somebody who owns the file can, and leaves no trace in the triggers.
  private func tamper(_ home: TemporaryHome, _ sql: String) throws {
    let queue = try home.connect()
    try queue.write { database in
      for name in StateSchema.releaseGuards.keys {
        try database.execute(sql: "DROP TRIGGER \(name)")
      }
      try database.execute(sql: sql)
      for guardText in StateSchema.releaseGuards.values { try database.execute(sql: guardText) }
    }
    try queue.close()
  }

  @Test func whatWasCutIsReadAgain() throws {
    let home = try TemporaryHome()
    let state = try home.makeState()
    #expect(try enter(state) == Self.entries)
    #expect(try enter(state) == Self.entries)
    #expect(try state.releases(tenant: "default") == Self.entries)
    #expect(try state.releases(tenant: "other") == [])
    let report = try state.log.chainReport()
    #expect(report.isGood && report.releaseCount == 2 && report.uncheckedReleaseCount == 0)
  }

  @Test(
    arguments: [
      (
        "UPDATE releases SET minimum = 7 WHERE audience = 'admins'",
        .altered(tenant: "default", month: "2026-09", audience: "admins")
      ),
      (
        "UPDATE releases SET content = 'x' WHERE audience LIKE 'people%'",
        .altered(tenant: "default", month: "2026-09", audience: "people for managers")
      ),
      (
        "DELETE FROM releases WHERE audience = 'admins'",
        .missing(tenant: "default", month: "2026-09", audience: "admins")
      ),
      (
        "DELETE FROM releases",
        .missing(tenant: "default", month: "2026-09", audience: "admins")
      ),
      (
        "INSERT INTO releases VALUES ('default', '2026-08', 'admins', 5, 'm', 1, 'x')",
        .unrecorded(tenant: "default", month: "2026-08", audience: "admins")
      ),
    ] as [(String, ReleaseFault)])
  func aChangedLedgerIsRefused(sql: String, fault: ReleaseFault) throws {
    let home = try TemporaryHome()
    let state = try home.makeState()
    _ = try enter(state)
    try tamper(home, sql)
    #expect(failure { _ = try state.releases(tenant: "default") } == .releaseBroken(fault))
    #expect(failure { _ = try enter(state) } == .releaseBroken(fault))
    #expect(GovernanceError.releaseBroken(fault).exitCode == 74)
    // Other tenants go on.
    #expect(try state.releases(tenant: "other") == [])
    let report = try state.log.chainReport()
    #expect(!report.isGood && report.fault == nil && report.releaseFaults.first == fault)
  }

  @Test func triggersOfTheLedgerAreMissed() throws {
    let home = try TemporaryHome()
    let state = try home.makeState()
    try home.connect().write { try $0.execute(sql: "DROP TRIGGER releases_no_update") }
    #expect(try state.log.chainReport().guardsIntact == false)
    #expect(failure { _ = try enter(state) } == .guardsChanged(path: home.file))
  }

  @Test func aChangedLogIsNoWitness() throws {
    let home = try TemporaryHome()
    let state = try home.makeState()
    _ = try enter(state)
    let queue = try home.connect()
    try queue.write { database in
      try database.execute(sql: "DROP TRIGGER governance_no_update")
      try database.execute(sql: "UPDATE governance SET target = 'x' WHERE action = 'publish'")
      try database.execute(sql: StateSchema.guards["governance_no_update"] ?? "")
    }
    try queue.close()
    #expect(failure { _ = try state.releases(tenant: "default") } == .damagedRecord(sequence: 2))
  }

  /// Records of before there were hashes vouch for there being a release, not for its words.
  @Test func oldCutsAreTakenAsTheyAre() throws {
    let home = try TemporaryHome()
    let state = try home.makeState()
    try state.log.append(
      GovernanceRecord(
        .publish, .successful, by: alice,
        target: "2026-08 cut: admins from 5 persons, people for managers from 10 persons",
        tenant: "default"))
    try tamper(
      home,
      """
      INSERT INTO releases VALUES ('default', '2026-08', 'admins', 5, 'm', 1, 'x');
      INSERT INTO releases VALUES ('default', '2026-08', 'people for managers', 10, 'm', 1, 'y');
      """)
    #expect(try state.releases(tenant: "default").count == 2)
    #expect(try enter(state) == Self.entries)
    let report = try state.log.chainReport()
    #expect(report.isGood && report.releaseCount == 4 && report.uncheckedReleaseCount == 2)
    try tamper(home, "DELETE FROM releases WHERE month = '2026-08' AND audience = 'admins'")
    #expect(
      failure { _ = try state.releases(tenant: "default") }
        == .releaseBroken(.missing(tenant: "default", month: "2026-08", audience: "admins")))
  }

  @Test func whatAPurgeTakesIsSaidOnceMore() throws {
    let home = try TemporaryHome()
    let state = try GovernanceState.create(home: home.path, by: alice).state
    _ = try enter(state)
    for _ in 0..<2 {
      usleep(3000)
      let time = UTCTime.now()
      try state.log.append(GovernanceRecord(.parse, .successful, by: alice, target: "log"))
      let last = try state.log.purge(
        before: time, by: bob, tenant: "default", justification: "retention")
      #expect(last != nil)
      let cuts = try state.log.list().filter { $0.action == "publish" }
      #expect(cuts.count == 1 && cuts[0].tenant == "default")
      #expect(
        cuts[0].target?.hasPrefix("2026-09 cut earlier: admins from 10 persons sha256 ") == true)
    }
    #expect(try state.releases(tenant: "default") == Self.entries)
    #expect(try state.log.chainReport().uncheckedReleaseCount == 0)
    try tamper(home, "UPDATE releases SET minimum = 5 WHERE audience = 'admins'")
    #expect(
      try state.log.chainReport().releaseFaults
        == [.altered(tenant: "default", month: "2026-09", audience: "admins")])
  }
}
