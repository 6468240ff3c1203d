import Testing

@testable import Governance

@Suite struct OpeningTests {
  /// Opening belongs to the verbs that a person waits for.
  ///
  /// The limit is several times what a busy
  /// machine was seen to take (0.6 ms, 5 ms cold), so that it fails only when the work grows.
  @Test func opensQuickly() throws {
    let home = try TemporaryHome()
    _ = try home.makeState()
    let fastest = try (0..<10).map { _ in
      try ContinuousClock().measure { _ = try GovernanceState.open(home: home.path) }
    }.min()
    #expect(try #require(fastest) < .milliseconds(10))
  }

  @Test func keepsFullSynchronisationAfterMaking() throws {
    let home = try TemporaryHome()
    let made = try GovernanceState.create(home: home.path, by: alice).state
    let level = try made.state.read { database in
      let statement = try ExactStatement("PRAGMA synchronous", in: database)
      return try statement.step() ? statement.value(0) : .null
    }
    #expect(level == .number(2))
  }
}
