import Foundation
import GRDB
import Testing

@testable import Governance

@Suite struct ConcurrencyTests {
  @Test func threadsKeepTheSequenceDense() async throws {
    let home = try TemporaryHome()
    _ = try home.makeState()
    let path = home.path
    try await withThrowingTaskGroup(of: Void.self) { group in
      for worker in 0..<2 {
        group.addTask { try appendMany(path, worker: worker) }
      }
      try await group.waitForAll()
    }
    try expectDense(home, count: 401)
  }

  /// Both processes also race to make the home.
  @Test func processesKeepTheSequenceDense() async throws {
    let home = try TemporaryHome()
    let path = home.path
    async let one: Void = runProcess(path, worker: 1)
    async let other: Void = runProcess(path, worker: 2)
    _ = await (one, other)
    try expectDense(home, count: 401)
  }

  private func runProcess(_ path: String, worker: Int) async {
    await #expect(processExitsWith: .success) { [path = path as String, worker = worker as Int] in
      _ = try GovernanceState.create(home: path, by: alice)
      try appendMany(path, worker: worker)
    }
  }

  private func expectDense(_ home: TemporaryHome, count: Int) throws {
    let state = try home.open()
    let entries = try state.log.list()
    #expect(entries.map(\.sequence) == Array(1...Int64(count)))
    #expect(Set(entries.compactMap(\.target)).count == count)
    #expect(try state.log.verifyChain() == nil)
  }
}

private func appendMany(_ path: String, worker: Int) throws {
  let state = try GovernanceState.open(home: path, busyMilliseconds: 60_000)
  for index in 0..<200 { try state.log.append(parseRecord(worker * 1000 + index)) }
}
