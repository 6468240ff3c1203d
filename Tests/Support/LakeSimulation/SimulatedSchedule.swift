package import SimulatedStorage
package import Storage

/// One seed's story: some processes, each of which may fail, end, or be interrupted by another
/// one; power cuts between them; and at the end all must hold, also after a last power cut.
package struct SimulatedSchedule {
  let seed: UInt64
  let template: SimulatedDisk
  let sabotage: @Sendable (any Storage) -> any Storage
  // Nine of ten processes make fewer steps.
  private static let stepsMax = 240

  package init(
    seed: UInt64, template: SimulatedDisk,
    sabotage: @escaping @Sendable (any Storage) -> any Storage = { $0 }
  ) {
    self.seed = seed
    self.template = template
    self.sabotage = sabotage
  }

  /// What went wrong; empty when nothing did.
  package func violations() -> [String] {
    var random = SeededRandom(seed: seed)
    let world = SimulatedWorld(disk: template.copy(seed: seed), sabotage: sabotage)
    for round in 0..<(1 + random.below(3)) {
      let task = task(&random)
      let plan = plan(&random, world, run: "run-\(round)", depth: 0)
      _ = world.process(run: "run-\(round)", task, plan: plan)
      if random.isTrue(percent: 40) { world.losePower() }
    }
    let found = world.violations()
    guard found.isEmpty else { return found }
    world.losePower()
    return world.violations().map { "after a power cut: \($0)" }
  }

  private func task(_ random: inout SeededRandom) -> SimulatedWorld.Task {
    switch random.below(10) {
    case 0, 1: .compact
    case 2: .vacuum
    default: .takeIn(archive: random.below(SimulatedWorld.archives))
    }
  }

  private func plan(
    _ random: inout SeededRandom, _ world: SimulatedWorld, run: String, depth: Int
  ) -> SimulatedStorage.Plan {
    var plan = SimulatedStorage.Plan()
    if random.isTrue(percent: 40) { plan.endStep = random.below(Self.stepsMax) }
    if random.isTrue(percent: 30) {
      // EIO, ENOSPC, EMFILE.
      plan.errors[random.below(Self.stepsMax)] = [5, 28, 24][random.below(3)]
    }
    if depth < 2, random.isTrue(percent: 35) {
      let task = task(&random)
      let other = run + "-\(depth)"
      let otherPlan = self.plan(&random, world, run: other, depth: depth + 1)
      plan.interruption = (
        random.below(Self.stepsMax),
        { _ = world.process(run: other, task, plan: otherPlan) }
      )
    }
    return plan
  }
}
