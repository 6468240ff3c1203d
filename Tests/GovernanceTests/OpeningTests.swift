import Testing

@testable import Governance

@Suite struct OpeningTests {
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
