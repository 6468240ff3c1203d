internal import Synchronization

/// A crew whose seconds are counted: each second of each worker is one that it was busy in a stage,
/// or one in which it had nothing to do but wait for a stage.
///
/// The steps of `run` count themselves as busy; all else is counted here. Together they are the
/// number of workers times the seconds on the wall.
package final class TimedCrew: Crew {
  private let executor: any Executor
  private let clock: StageClock
  /// Nanoseconds of all calls of `forEach`: on the wall, and of the workers in them.
  private let shared = Mutex((wall: Int64(0), busy: Int64(0)))

  package init(_ executor: any Executor, clock: StageClock) {
    self.executor = executor
    self.clock = clock
  }

  /// Runs workers as the executor does, and counts the time in which they found nothing to do.
  ///
  /// - Parameter awaited: the stage that keeps a worker waiting now.
  package func run(
    bell: Bell, awaited: @Sendable () -> String, step: @Sendable (Int) -> StepResult
  ) {
    let waits = Mutex<[(stage: String, start: Int64)?]>(
      Array(repeating: nil, count: executor.workers))
    executor.run(bell: bell) { worker in
      if let wait = waits.withLock({ $0[worker].take() }) {
        clock.addWaiting(wait.stage, since: wait.start)
      }
      let result = step(worker)
      if result != .worked {
        let wait = (awaited(), StageClock.now())
        waits.withLock { $0[worker] = wait }
      }
      return result
    }
    for wait in waits.withLock({ $0 }) {
      if let wait { clock.addWaiting(wait.stage, since: wait.start) }
    }
  }

  /// Shares calls out among workers as the executor does.
  package func forEach(_ count: Int, _ body: @Sendable (Int) -> Void) {
    let start = StageClock.now()
    executor.forEach(count) { index in
      let start = StageClock.now()
      body(index)
      let end = StageClock.now()
      shared.withLock { $0.busy += end - start }
    }
    let end = StageClock.now()
    shared.withLock { $0.wall += end - start }
  }

  /// What calls for 0..<count come to, shared out as by `forEach`; after an error no further call
  /// begins.
  ///
  /// - Throws: of the errors there were that of the lowest number.
  package func map<Value: Sendable>(
    _ count: Int, _ body: @Sendable (Int) throws -> Value
  ) throws -> [Value] {
    let hasFailed = Atomic(false)
    let results = gathered(count) { index -> Result<Value, any Error>? in
      if hasFailed.load(ordering: .relaxed) { return nil }
      let result = Result { try body(index) }
      if case .failure = result { hasFailed.store(true, ordering: .relaxed) }
      return result
    }
    return try results.compactMap { try $0?.get() }
  }

  /// Counts the time of `body`, which works alone but for its calls of `forEach`, as a stage's.
  package func phase<Value, Failure: Error>(
    _ stage: String, _ body: () throws(Failure) -> Value
  ) throws(Failure) -> Value {
    let start = StageClock.now()
    let before = shared.withLock { $0 }
    defer {
      let after = shared.withLock { $0 }
      let wall = StageClock.now() - start
      let busy = wall - (after.wall - before.wall) + (after.busy - before.busy)
      clock.add(stage, busy: busy, waiting: max(0, Int64(executor.workers) * wall - busy))
    }
    return try body()
  }
}
