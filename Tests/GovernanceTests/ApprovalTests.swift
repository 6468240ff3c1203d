import Foundation
import Testing

@testable import Governance

/// Budgets, the four-eyes rule, and who may give what.
@Suite struct ApprovalTests {
  private func intents(_ count: Int, by initiator: Initiator = alice) -> [GovernanceRecord] {
    (0..<count).map {
      GovernanceRecord(
        .resolve, .intent, by: initiator, target: "u1-\($0)", tenant: "default",
        justification: "case")
    }
  }

  @Test func budgetsAreOfADayAnAdminAndADirection() throws {
    let home = try TemporaryHome()
    let state = try home.makeState()
    try state.setSetting("resolve_budget", to: "5", tenant: "default", by: alice)
    try state.spend(intents(3), on: .resolve, tenant: "default", by: alice)
    let refused = failure {
      try state.spend(intents(3), on: .resolve, tenant: "default", by: alice)
    }
    #expect(
      refused == .budgetSpent(account: "alice", direction: "resolve", limit: 5, left: 2))
    #expect(refused?.exitCode == 77)
    try state.spend(intents(2), on: .resolve, tenant: "default", by: alice)
    try state.spend(intents(5), on: .resolve, tenant: "other", by: alice)
    try state.spend(intents(5, by: bob), on: .resolve, tenant: "default", by: bob)
    try state.spend(intents(100), on: .lookup, tenant: "default", by: alice)
    #expect(
      failure { try state.spend(intents(1), on: .lookup, tenant: "default", by: alice) } != nil)
    var filter = GovernanceFilter()
    filter.statuses = [.denied]
    let denied = try state.log.list(filter)
    #expect(denied.map(\.target) == ["3 names", "1 names"])
    #expect(denied.first?.error == "daily budget: 2 of 5 left")
    filter.statuses = [.intent]
    #expect(try state.log.list(filter).count == 3 + 2 + 5 + 5 + 100)
  }

  @Test func manyTogetherNeverExceedABudget() async throws {
    let home = try TemporaryHome()
    _ = try home.makeState()
    let path = home.path
    let taken = await withTaskGroup(of: Int.self) { group in
      for _ in 0..<8 {
        group.addTask {
          var taken = 0
          for _ in 0..<5 {
            guard let state = try? GovernanceState.open(home: path, busyMilliseconds: 60_000)
            else { continue }
            do {
              try state.spend(intents(4), on: .resolve, tenant: "default", by: alice)
              taken += 4
            } catch {}
          }
          return taken
        }
      }
      return await group.reduce(0, +)
    }
    #expect(taken == 100)
    #expect(try home.open().log.chainReport().isGood)
  }

  private func ask(
    _ state: GovernanceState, by initiator: Initiator, digest: String = "d"
  ) throws {
    try state.awaitApproval(
      of: .resolve, digest: digest, summary: "1 names", tenant: "default", by: initiator,
      reason: "case")
  }

  @Test func aSecondPersonAgreesOnce() throws {
    let home = try TemporaryHome()
    let state = try home.makeState()
    guard case .awaitsApproval(let id, _) = failure({ try ask(state, by: alice) }) else {
      Issue.record("no request was made")
      return
    }
    // The same again waits under the same number, another text under another one.
    guard case .awaitsApproval(id, _) = failure({ try ask(state, by: alice) }),
      case .awaitsApproval(let second, _) = failure({ try ask(state, by: alice, digest: "e") })
    else {
      Issue.record("requests are mixed up")
      return
    }
    #expect(second == id + 1)
    let twin = Initiator(uid: alice.uid, account: "alice2")
    for own in [alice, twin] {
      #expect(
        failure {
          _ = try state.decide(
            id, approves: true, tenant: "default", by: own, justification: nil)
        } == .ownRequest(id: id))
    }
    _ = try state.decide(id, approves: true, tenant: "default", by: bob, justification: "fine")
    // Bob's approval is for alice, and for once.
    #expect(failure { try ask(state, by: bob) } != nil)
    try ask(state, by: alice)
    #expect(failure { try ask(state, by: alice) } != nil)
    _ = try state.decide(second, approves: false, tenant: "default", by: bob, justification: nil)
    #expect(
      failure {
        _ = try state.decide(
          second, approves: true, tenant: "default", by: bob, justification: nil)
      } == .requestClosed(id: second, state: "refused"))
    #expect(
      failure {
        _ = try state.decide(99, approves: true, tenant: "default", by: bob, justification: nil)
      } == .noRequest(id: 99, tenant: "default"))
    let states = try state.requests(tenant: "default").map(\.state)
    #expect(Array(states.prefix(2)) == ["used", "refused"])
    #expect(try state.requests(tenant: "other").isEmpty)
    #expect(try state.log.chainReport().isGood)
  }

  @Test func requestsExpire() throws {
    let home = try TemporaryHome()
    _ = try home.makeState()
    let clock = TestClock()
    let state = try GovernanceState(
      home: home.path, creating: false, busyMilliseconds: 1000, clock: { clock.next() })
    _ = failure { try ask(state, by: alice) }
    _ = try state.decide(1, approves: true, tenant: "default", by: bob, justification: nil)
    let later = try GovernanceState(
      home: home.path, creating: false, busyMilliseconds: 1000,
      clock: { clock.next() + 25 * 3_600_000_000 })
    #expect(try later.requests(tenant: "default").map(\.state) == ["expired"])
    guard case .awaitsApproval(let id, _) = failure({ try ask(later, by: alice) }) else {
      Issue.record("an expired approval was taken")
      return
    }
    #expect(id == 2)
  }

  @Test func nobodyGivesWhatHeHasNot() throws {
    let home = try TemporaryHome()
    let state = try home.makeState()
    try state.addAdmin("bob", permissions: [.manageAdmins], tenant: "default", by: alice)
    #expect(
      failure { try state.grant([.resolve], to: "bob", tenant: "default", by: bob) }
        == .lacks(account: "bob", .resolve, tenant: "default"))
    #expect(
      failure { try state.grant([.manageAdmins], to: "bob", tenant: nil, by: bob) }
        == .lacks(account: "bob", .manageAdmins, tenant: "*"))
    try state.grant([.resolve, .lookup], to: "bob", tenant: "default", by: alice)
    let admins = try state.admins()
    #expect(admins.first { $0.account == "bob" }?.grants.count == 3)
    try state.revoke([.lookup], from: "bob", tenant: "default", by: alice)
    #expect(try state.admins().first { $0.account == "bob" }?.grants.count == 2)
    #expect(
      failure { try state.grant([.resolve], to: "carol", tenant: "default", by: alice) }
        == .noAdmin(account: "carol"))
  }

  @Test func theLastOneKeepsThePower() throws {
    let home = try TemporaryHome()
    let state = try home.makeState()
    let last = GovernanceError.lastAdmin(account: "alice", tenant: "*")
    try state.addAdmin("bob", permissions: [.manageAdmins], tenant: "default", by: alice)
    #expect(failure { try state.removeAdmin("alice", by: alice) } == last)
    #expect(
      failure { try state.revoke([.manageAdmins], from: "alice", tenant: nil, by: alice) } == last)
    #expect(try state.admins().count == 2)
    // An account that the machine does not know could never use it.
    try state.grant([.manageAdmins], to: "bob", tenant: nil, by: alice)
    #expect(failure { try state.removeAdmin("alice", by: alice) } == last)
    try state.addAdmin("daemon", permissions: [.manageAdmins], tenant: nil, by: alice)
    try state.removeAdmin("alice", by: Initiator(uid: 1, account: "daemon"))
    #expect(try state.admins().map(\.account) == ["bob", "daemon"])
    #expect(try state.log.list().last?.action == "admin_remove")
  }

  @Test(arguments: SettingKey.allCases) func standardsAreValues(key: SettingKey) {
    #expect(key.checked(key.standard) == key.standard)
    #expect(!key.expected.isEmpty)
  }

  @Test(arguments: [
    (SettingKey.anonymiseUsers, "true"), (.resolveBudget, "-1"), (.resolveBudget, "many"),
    (.fourEyes, "resolve nothing"), (.fourEyes, ""), (.requestHours, "0"),
    (.governanceDays, "29"), (.anchor, "file:relative"), (.anchor, "stderr"), (.realms, "corp"),
    (.realms, "a=b=c"), (.timeZone, ""),
  ])
  func badValues(key: SettingKey, text: String) { #expect(key.checked(text) == nil) }

  @Test func valuesHaveOneSpelling() {
    #expect(SettingKey.fourEyes.checked("resolve,key_destroy") == "key_destroy resolve")
    #expect(SettingKey.realms.checked(" b = y ,a=x") == "a=x, b=y")
    #expect(SettingKey.resolveBudget.checked("007") == "7")
  }
}
