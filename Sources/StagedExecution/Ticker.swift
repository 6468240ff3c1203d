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
  /// A serial queue has a thread of its own, so that waiting for it never waits for workers.
  private let queue = DispatchQueue(label: "signals")
  private let ends = DispatchGroup()
  private var sources: [any DispatchSourceSignal] = []
  private var before: [(signal: Int32, handler: sighandler_t?)] = []

  /// Calls `action` on a thread of its own whenever one of `signals` arrives; what the signal did
  /// before is off as long as this lives.
  package init(_ signals: [Int32], action: @escaping @Sendable (Int32) -> Void) {
    for number in signals {
      before.append((number, signal(number, SIG_IGN)))
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler { action(number) }
      ends.enter()
      source.setCancelHandler { [ends] in ends.leave() }
      source.resume()
      sources.append(source)
    }
  }

  /// Dispatch gives a signal a handler of its own when it gets round to it, which may be after a
  /// watch that ends at once: what the signal did before is put back when that is over.
  deinit {
    for source in sources { source.cancel() }
    ends.wait()
    for (number, handler) in before { signal(number, handler) }
  }
}

/// What signals do where nobody watches for them.
package enum Signals {
  /// From here on a write to a pipe that nobody reads fails, and does not end the process.
  package static func passBrokenPipes() { signal(SIGPIPE, SIG_IGN) }

  /// From here on SIGTERM and SIGINT end the process with the exit code 75: what it did not commit
  /// is taken back by the next one. SIGUSR1, the question how far a run is, does nothing.
  package static func settle() {
    signal(SIGUSR1, SIG_IGN)
    for number in [SIGTERM, SIGINT] { signal(number) { _ in Signals.end() } }
  }

  /// Ends the process as one that was interrupted; may be called in a handler.
  package static func end() -> Never {
    let words: StaticString = """

      logveil: Interrupted. No file that was not whole is there; what was not committed to a table \
      is taken back at the next start.

      """
    // SAFETY: the words live as long as the program; both calls may be made in a handler.
    _ = unsafe write(STDERR_FILENO, words.utf8Start, words.utf8CodeUnitCount)
    _exit(EX_TEMPFAIL)
  }
}
