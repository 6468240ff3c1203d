internal import Dispatch
internal import Synchronization

/// Seconds that one stage was busy, and that workers waited for it.
package struct StageTimes: Sendable, Equatable {
  package var busySeconds = 0.0
  package var waitingSeconds = 0.0
}

/// Adds up how long the stages of a run are busy.
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
    times.withLock { $0[stage, default: StageTimes()].busySeconds += Double(now - start) / 1e9 }
    return now
  }

  /// Adds time that somebody spent waiting for a stage.
  package func addWaiting(_ stage: String, since start: Int64) {
    let now = Self.now()
    times.withLock { $0[stage, default: StageTimes()].waitingSeconds += Double(now - start) / 1e9 }
  }

  /// All stages so far.
  package var stages: [String: StageTimes] { times.withLock { $0 } }
}
