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
    // Some stories are long: what was taken in, merged and then replaced needs four processes.
    let roundsMax = random.isTrue(percent: 20) ? 6 : 3
    for round in 0..<(1 + random.below(roundsMax)) {
      let task = self.task(&random)
      let plan = plan(&random, world, task, run: "run-\(round)", depth: 0)
      _ = world.process(run: "run-\(round)", task, plan: plan)
      if random.isTrue(percent: 40) { world.losePower() }
    }
    let found = world.violations()
    guard found.isEmpty else { return found }
    let before = world.disk.content
    world.losePower()
    // What the power cut left as it was holds as before.
    if world.disk.content == before { return [] }
    return world.violations().map { "after a power cut: \($0)" }
  }

  private func task(_ random: inout SeededRandom) -> SimulatedWorld.Task {
    switch random.below(20) {
    case 0...3: .compact
    case 4...6: .vacuum
    case 7: .copyAlone
    case 8: .checkpoint
    default: .takeIn(archive: random.below(SimulatedWorld.archives))
    }
  }

  private func plan(
    _ random: inout SeededRandom, _ world: SimulatedWorld, _ task: SimulatedWorld.Task,
    run: String, depth: Int
  ) -> SimulatedStorage.Plan {
    var plan = SimulatedStorage.Plan()
    if random.isTrue(percent: 40) {
      if random.isTrue(percent: 50) {
        plan.endStep = step(&random)
      } else {
        plan.endAfterLink = (1 + random.below(task.links), random.below(4))
      }
    }
    if random.isTrue(percent: 30) {
      // EIO, ENOSPC, EMFILE.
      plan.errors[step(&random)] = [5, 28, 24][random.below(3)]
    }
    if depth < 2, random.isTrue(percent: 35) {
      let task = self.task(&random)
      let other = run + "-\(depth)"
      let otherPlan = self.plan(&random, world, task, run: other, depth: depth + 1)
      plan.interruption = (
        step(&random),
        { _ = world.process(run: other, task, plan: otherPlan) }
      )
    }
    return plan
  }

  /// A step, every second time a small one: some processes make few, and begin with what counts.
  private func step(_ random: inout SeededRandom) -> Int {
    random.isTrue(percent: 50) ? random.below(Self.stepsMax) : random.below(2 << random.below(7))
  }
}
