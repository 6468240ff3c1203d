internal import Dispatch
internal import Glibc
internal import Synchronization

/// What a worker found to do when it was asked for one step.
package enum StepResult: Sendable {
  /// Something; ask again at once.
  case worked
  /// Nothing now; ask again when somebody has said `Bell.ring`.
  case idle
  /// Nothing any more.
  case finished
}

/// Wakes workers that found nothing to do.
package final class Bell: Sendable {
  private struct State {
    var rings = 0
    var sleepers: [DispatchSemaphore] = []
  }
  private let state = Mutex(State())

  package init() {}

  /// How often the bell rang so far.
  package var rings: Int { state.withLock { $0.rings } }

  /// Wakes everybody who waits.
  package func ring() {
    let sleepers = state.withLock { state in
      state.rings += 1
      defer { state.sleepers = [] }
      return state.sleepers
    }
    for sleeper in sleepers { sleeper.signal() }
  }

  /// Returns when the bell has rung since there were `rings`.
  package func wait(since rings: Int) {
    let sleeper = DispatchSemaphore(value: 0)
    let mustWait = state.withLock { state in
      guard state.rings == rings else { return false }
      state.sleepers.append(sleeper)
      return true
    }
    if mustWait { sleeper.wait() }
  }
}

/// Shares calls out among workers.
package protocol Crew: Sendable {
  /// Calls `body` for 0..<count, by all workers, and returns when all calls have returned.
  func forEach(_ count: Int, _ body: @Sendable (Int) -> Void)
}

extension Crew {
  /// What calls for 0..<count come to.
  package func gathered<Value: Sendable>(
    _ count: Int, _ body: @Sendable (Int) -> Value
  ) -> [Value] {
    let values = Mutex<[Value?]>(Array(repeating: nil, count: count))
    forEach(count) { index in
      let value = body(index)
      values.withLock { $0[index] = value }
    }
    return values.withLock { $0 }.compactMap { $0 }
  }
}

/// Runs workers. The real one has threads; tests have one that takes turns by a seed.
package protocol Executor: Crew {
  /// Number of workers.
  var workers: Int { get }

  /// Asks workers for steps until each of them has said `finished`.
  ///
  /// - Parameters:
  ///   - bell: rings whenever there may be something to do for an idle worker.
  ///   - step: does one piece of work as the worker of this number; never called twice at once
  ///     for one worker.
  func run(bell: Bell, step: @Sendable (Int) -> StepResult)
}

/// Workers on threads of Dispatch.
package struct ThreadCrew: Executor {
  package let workers: Int

  /// A crew of at least one worker.
  package init(workers: Int) {
    precondition(workers > 0, "A crew needs a worker.")
    self.workers = workers
  }

  package func run(bell: Bell, step: @Sendable (Int) -> StepResult) {
    let niceness = Niceness.ofThisThread
    // Any worker can do any work, so it does no harm when Dispatch starts one late.
    DispatchQueue.concurrentPerform(iterations: workers) { worker in
      Niceness.take(niceness)
      while true {
        let rings = bell.rings
        switch step(worker) {
        case .worked: continue
        case .idle: bell.wait(since: rings)
        case .finished: return
        }
      }
    }
  }

  package func forEach(_ count: Int, _ body: @Sendable (Int) -> Void) {
    guard workers > 1, count > 1 else {
      for index in 0..<count { body(index) }
      return
    }
    let next = Atomic(0)
    let niceness = Niceness.ofThisThread
    let work = { @Sendable in
      while true {
        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard index < count else { return }
        body(index)
      }
    }
    // `concurrentPerform` within another one, as of a worker, has this thread alone. A queue of its
    // own gets a thread whatever others do.
    withoutActuallyEscaping(work) { work in
      let helpers = DispatchGroup()
      for _ in 1..<min(workers, count) {
        DispatchQueue(label: "crew").async(group: helpers) {
          Niceness.take(niceness)
          work()
        }
      }
      work()
      helpers.wait()
    }
  }
}

/// How far threads give way to others. On Linux each has a niceness of its own, and Dispatch gives
/// its threads another one than that of who asks them to work.
private enum Niceness {
  private static let thread = __priority_which_t(PRIO_PROCESS.rawValue)

  static var ofThisThread: Int32 { getpriority(thread, 0) }

  /// Makes this thread give way as far, unless it does so further already.
  static func take(_ niceness: Int32) {
    if ofThisThread < niceness { setpriority(thread, 0, niceness) }
  }
}

/// One thread that plays all workers, in an order that a seed decides.
///
/// The same seed gives the same schedule, so that what goes wrong once goes wrong again.
package struct SeededCrew: Executor {
  package let workers: Int
  private let seed: UInt64

  /// A crew whose turns `seed` decides.
  package init(workers: Int, seed: UInt64) {
    self.workers = workers
    self.seed = seed
  }

  package func run(bell: Bell, step: @Sendable (Int) -> StepResult) {
    var random = SplitMix(seed: seed)
    var working = Array(0..<workers)
    var idleSince: [Int: Int] = [:]
    while !working.isEmpty {
      let place = Int(random.next() % UInt64(working.count))
      let worker = working[place]
      if idleSince[worker] == bell.rings {
        let everybodyIdles = working.allSatisfy { idleSince[$0] == bell.rings }
        precondition(!everybodyIdles, "Deadlock: every worker waits for another one.")
        continue
      }
      let rings = bell.rings
      switch step(worker) {
      case .worked: idleSince[worker] = nil
      case .idle: idleSince[worker] = rings
      case .finished: working.remove(at: place)
      }
    }
  }

  package func forEach(_ count: Int, _ body: @Sendable (Int) -> Void) {
    var random = SplitMix(seed: seed)
    for index in (0..<count).shuffled(using: &random) { body(index) }
  }
}

/// A small seeded generator (Steele, Lea and Flood: SplitMix64).
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
    return value ^ value >> 31
  }
}
