internal import Dispatch
internal import Synchronization

/// Seconds of workers: busy in one stage, and with nothing to do but wait for it.
package struct StageTimes: Sendable, Equatable {
  package var busySeconds = 0.0
  package var waitingSeconds = 0.0

  /// Adds nanoseconds.
  fileprivate mutating func add(busy: Int64, waiting: Int64) {
    busySeconds += Double(busy) / 1e9
    waitingSeconds += Double(waiting) / 1e9
  }
}

/// Adds up how long the stages of a run keep workers busy, and waiting.
package final class StageClock: Sendable {
  private let times = Mutex<[String: StageTimes]>([:])

  package init() {}

  /// Nanoseconds of a clock that never goes back.
  package static func now() -> Int64 {
    Int64(DispatchTime.now().uptimeNanoseconds)
  }

  /// Adds the time since `start` to a stage; returns now.
  @discardableResult
  package func addBusy(_ stage: String, since start: Int64) -> Int64 {
    let now = Self.now()
    add(stage, busy: now - start, waiting: 0)
    return now
  }

  /// Adds the time since `start`, which a worker spent waiting for a stage.
  package func addWaiting(_ stage: String, since start: Int64) {
    add(stage, busy: 0, waiting: Self.now() - start)
  }

  /// Adds nanoseconds of workers to a stage.
  package func add(_ stage: String, busy: Int64, waiting: Int64) {
    times.withLock { $0[stage, default: StageTimes()].add(busy: busy, waiting: waiting) }
  }

  /// All stages so far.
  package var stages: [String: StageTimes] { times.withLock { $0 } }
}
