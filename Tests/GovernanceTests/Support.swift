import Foundation
import GRDB
import Synchronization

@testable import Governance

/// A folder of its own for one test, removed with it.
final class TemporaryHome {
  let path: String

  init(under parent: String = FileManager.default.temporaryDirectory.path) throws {
    path = parent + "/logveil-governance-" + UUID().uuidString
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  var file: String { path + "/state.sqlite" }

  /// A new state, whose clock starts at 2026-01-31T23:59:59Z and goes on by a second each time.
  func makeState(busyMilliseconds: Int = 10_000) throws -> GovernanceState {
    _ = try GovernanceState.create(home: path, by: alice, busyMilliseconds: busyMilliseconds)
    return try open(busyMilliseconds: busyMilliseconds)
  }

  func open(busyMilliseconds: Int = 10_000) throws -> GovernanceState {
    let clock = TestClock()
    return try GovernanceState(
      home: path, creating: false, busyMilliseconds: busyMilliseconds, clock: { clock.next() })
  }

  /// A connection without any of our rules.
  func connect() throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.allowsUnsafeTransactions = true
    return try DatabaseQueue(path: file, configuration: configuration)
  }
}

final class TestClock: Sendable {
  private let microseconds = Mutex<Int64>(1_769_903_999_123_456)

  func next() -> Int64 {
    microseconds.withLock { time in
      defer { time += 1_000_000 }
      return time
    }
  }
}

let alice = Initiator(uid: 1001, account: "alice")
let bob = Initiator(uid: 1002, account: "bob")

/// The error that `body` throws, or `nil`.
func failure(_ body: () throws -> Void) -> GovernanceError? {
  do {
    try body()
    return nil
  } catch { return error as? GovernanceError }
}

func parseRecord(_ index: Int, by initiator: Initiator = alice) -> GovernanceRecord {
  GovernanceRecord(
    .parse, .successful, by: initiator, target: "proxy-\(index).log.gz", tenant: "default")
}

/// A seeded source of random numbers: SplitMix64.
struct SeededRandom: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
