import Foundation
import Governance
import Pseudonymisation
import Testing
import VeiledRecords

@testable import Operations

/// A home in a temporary folder.
final class TestHome {
  let folder: URL
  var path: String { folder.appending(path: "home").path }

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "home-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  }

  deinit { try? FileManager.default.removeItem(at: folder) }
}

@Suite struct ResolveOperationTests {
  private func answers(
    _ home: TestHome, _ direction: ResolveRequest.Direction, _ texts: [String]
  ) throws -> [ResolveAnswer] {
    let operation = try ResolveOperation(
      ResolveRequest(
        home: home.path, tenant: "default", direction: direction, kind: .user,
        justification: "test"))
    var all: [ResolveAnswer] = []
    try operation.answer(texts.map { Array($0.utf8) }) { all += $0 }
    return all
  }

  @Test func everyKeyVersionGivesAPseudonym() throws {
    let home = try TestHome()
    let prepared = try Home.prepare(at: home.path, tenant: "default")
    let keys = prepared.home.keysPath
    let first = try #require(try answers(home, .toPseudonyms, ["Anna"]).first)
    _ = try Keyring.rotate(tenant: "default", folder: keys, validFromDay: 20_000)
    _ = try Keyring.rotate(tenant: "default", folder: keys, validFromDay: 20_010)
    let later = try #require(try answers(home, .toPseudonyms, ["anna"]).first)
    let all = try #require(later.results)
    #expect(all.map { $0.prefix(3) } == ["u3-", "u2-", "u1-"])
    #expect(later.result == all[0] && later.input == all[0])
    #expect(all[2] == first.result)
    #expect(try answers(home, .toNames, all).map(\.result) == ["anna", "anna", "anna"])

    _ = try Keyring.destroy(version: 2, tenant: "default", folder: keys)
    #expect(try answers(home, .toPseudonyms, ["anna"]).first?.results == [all[0], all[2]])
    #expect(try answers(home, .toNames, all).map(\.error) == [nil, "destroyed", nil])
    _ = try Keyring.destroy(version: 3, tenant: "default", folder: keys)
    _ = try Keyring.destroy(version: 1, tenant: "default", folder: keys)
    let none = try #require(try answers(home, .toPseudonyms, ["anna"]).first)
    #expect(none.error == "destroyed" && none.results == [] && none.result == nil)
  }

  @Test func aPseudonymInPlaceOfANameStaysItself() throws {
    let home = try TestHome()
    _ = try Home.prepare(at: home.path, tenant: "default")
    let text = try #require(try answers(home, .toPseudonyms, ["anna"]).first?.result)
    #expect(try answers(home, .toPseudonyms, [text]).first?.result == text)
    let other = String(text.dropLast(20)) + String(repeating: "q", count: 19) + "a"
    #expect(try answers(home, .toPseudonyms, [other]).first?.error == "unknown")
  }

  @Test func aSecondTenantHasKeysOfItsOwn() throws {
    let home = try TestHome()
    let first = try Home.prepare(at: home.path, tenant: "default")
    #expect(first.notices.count == 4)
    #expect(try Home.prepare(at: home.path, tenant: "default").notices.isEmpty)
    let second = try Home.prepare(at: home.path, tenant: "other")
    #expect(second.notices.count == 1)
    #expect(first.keyring.uuid != second.keyring.uuid)
    let actions = try second.gate.state.log.list().map { "\($0.action) \($0.target ?? "")" }
    #expect(Array(actions.dropFirst()) == ["tenant_add default", "tenant_add other"])
    #expect(throws: OperationError.self) { try Home.prepare(at: home.path, tenant: "NO") }
  }

  @Test func manyMayMakeAHomeAtOnce() async throws {
    let home = try TestHome()
    let path = home.path
    let uuids = try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<8 {
        group.addTask { try Home.prepare(at: path, tenant: "default").keyring.uuid }
      }
      return try await group.reduce(into: Set()) { $0.insert($1) }
    }
    #expect(uuids.count == 1)
    let log = try Home.prepare(at: path, tenant: "default").gate.state.log.list()
    #expect(log.map(\.action) == ["init", "tenant_add"])
  }
}
