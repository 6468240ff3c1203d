internal import Glibc
internal import Synchronization

/// Slows work down to so many bytes a second, whatever the number of threads.
package final class Pace: Sendable {
  private let bytesPerSecond: Double
  /// When the bytes taken so far are due, in nanoseconds.
  private let due = Mutex<Int64>(0)

  /// - Parameter bytesPerSecond: at least 1.
  package init(bytesPerSecond: Int) {
    precondition(bytesPerSecond > 0, "Nothing moves at a rate of 0.")
    self.bytesPerSecond = Double(bytesPerSecond)
  }

  /// Counts bytes, and sleeps until they are due; at most a second at a time, so that an end is
  /// heard soon.
  package func take(_ bytes: Int) {
    let now = StageClock.now()
    let cost = Int64(Double(bytes) / bytesPerSecond * 1e9)
    let wait = due.withLock { due in
      // What was not used is not saved up.
      due = max(due, now) + cost
      return due - now
    }
    if wait > 0 { usleep(UInt32(clamping: min(wait, 1_000_000_000) / 1000)) }
  }
}
