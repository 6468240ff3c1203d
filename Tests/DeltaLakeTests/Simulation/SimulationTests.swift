import Glibc
import SimulatedStorage
import Testing

/// Power cuts, dying processes, failing calls and other processes at every step of a run.
@Suite struct SimulationTests {
  static let schedules: UInt64 = UInt64(getenvInt("LOGVEIL_SIMULATED_SCHEDULES") ?? 5_000)

  @Test(arguments: 0..<8) func everyScheduleKeepsItsPromises(part: UInt64) throws {
    let template = try SimulatedWorld.template()
    for seed in stride(from: part, to: Self.schedules, by: 8) {
      let found = SimulatedSchedule(seed: seed, template: template).violations()
      if !found.isEmpty {
        Issue.record("seed \(seed): \(found.joined(separator: "; "))")
        return
      }
    }
  }

  /// The harness is only worth what it finds. (`linkOverwrites` hides behind the lock for commits
  /// here; `CommitRaceTests` looks for it without that lock.)
  @Test(arguments: SabotagedStorage.Bug.allCases.filter { !$0.rawValue.hasPrefix("link") })
  func plantedBugIsFound(_ bug: SabotagedStorage.Bug) throws {
    let template = try SimulatedWorld.template()
    let seed = (0..<UInt64(10_000)).first { seed in
      let schedule = SimulatedSchedule(seed: seed, template: template) {
        SabotagedStorage($0, bug)
      }
      return !schedule.violations().isEmpty
    }
    #expect(seed != nil, "\(bug) was not found")
    if unsafe getenv("LOGVEIL_SIMULATED_SCHEDULES") != nil { print(bug, seed ?? 0) }
  }

  private static func getenvInt(_ name: String) -> Int? {
    unsafe getenv(name).flatMap { unsafe Int(String(cString: $0)) }
  }
}
