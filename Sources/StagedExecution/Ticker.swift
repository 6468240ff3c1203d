internal import Dispatch
internal import Glibc
internal import Synchronization

/// Calls something again and again, on a thread of its own, until it is stopped.
package final class Ticker: Sendable {
  private let isStopped = Mutex(false)
  private let hasEnded = DispatchSemaphore(value: 0)
  private let wake = DispatchSemaphore(value: 0)

  /// Calls `tick` every `milliseconds`.
  package init(milliseconds: Int, tick: @escaping @Sendable () -> Void) {
    DispatchQueue.global(qos: .utility).async { [self] in
      while wake.wait(timeout: .now() + .milliseconds(milliseconds)) == .timedOut {
        if isStopped.withLock({ $0 }) { break }
        tick()
      }
      hasEnded.signal()
    }
  }

  /// Ends the calls; returns when none is under way any more. Once more does no harm.
  package func stop() {
    isStopped.withLock { $0 = true }
    wake.signal()
    hasEnded.wait()
    hasEnded.signal()
  }
}

/// Whether the run was asked to end.
package final class Cancellation: Sendable {
  private let flag = Atomic(false)

  package init() {}

  /// Asks the run to end at the next safe place.
  package func cancel() { flag.store(true, ordering: .relaxed) }

  package var isCancelled: Bool { flag.load(ordering: .relaxed) }
}

/// Signals of the terminal and of service managers, turned into calls.
package final class SignalWatch {
  private var sources: [any DispatchSourceSignal] = []
  private let signals: [Int32]

  /// Calls `action` on a thread of its own whenever one of `signals` arrives; the default action of
  /// the signal is off as long as this lives.
  package init(_ signals: [Int32], action: @escaping @Sendable (Int32) -> Void) {
    self.signals = signals
    for number in signals {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { action(number) }
      source.resume()
      sources.append(source)
    }
  }

  deinit {
    for source in sources { source.cancel() }
    for number in signals { signal(number, SIG_DFL) }
  }
}
