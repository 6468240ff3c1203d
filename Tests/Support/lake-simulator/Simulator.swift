import Glibc
import LakeSimulation
import SimulatedStorage
import Storage

/// `lake-simulator [--from SEED] [--schedules COUNT] [--bug NAME]`: plays schedules of faults
/// against the real code of tables, and prints the first seed that breaks a promise.
@main
struct Simulator {
  static func main() throws {
    var first: UInt64 = 0
    var count: UInt64 = 20_000
    var bug: SabotagedStorage.Bug?
    var words = CommandLine.arguments.dropFirst()
    while let word = words.popFirst() {
      switch (word, words.popFirst()) {
      case ("--from", let value?): first = UInt64(value) ?? 0
      case ("--schedules", let value?): count = UInt64(value) ?? 0
      case ("--bug", let value?): bug = SabotagedStorage.Bug(rawValue: value)
      default:
        print("usage: lake-simulator [--from SEED] [--schedules COUNT] [--bug NAME]")
        exit(64)
      }
    }
    let template = try SimulatedWorld.template()
    let chosen = bug
    var start = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &start)
    for seed in first..<first + count {
      let schedule = SimulatedSchedule(seed: seed, template: template) { storage in
        chosen.map { SabotagedStorage(storage, $0) } ?? storage
      }
      let found = schedule.violations()
      guard found.isEmpty else {
        print("seed \(seed): \(found.joined(separator: "; "))")
        exit(1)
      }
    }
    var end = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &end)
    print("\(count) schedules from seed \(first) in \(end.tv_sec - start.tv_sec) s: 0 violations")
  }
}
