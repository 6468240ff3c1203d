import Dispatch
import Glibc
import StagedExecution
import Synchronization
import Testing

@Suite struct ClockTests {
  @Test func stagesAddUp() {
    let clock = StageClock()
    #expect(clock.stages.isEmpty)
    let start = StageClock.now() - 2_000_000_000
    let next = clock.addBusy("parse", since: start)
    #expect(next >= start + 2_000_000_000)
    clock.addBusy("parse", since: next - 1_000_000_000)
    clock.addWaiting("parse", since: next - 5_000_000_000)
    clock.addWaiting("decode", since: next)
    let stages = clock.stages
    #expect(Set(stages.keys) == ["parse", "decode"])
    #expect((3.0..<60).contains(stages["parse"]?.busySeconds ?? 0))
    #expect((5.0..<60).contains(stages["parse"]?.waitingSeconds ?? 0))
    #expect(stages["decode"]?.busySeconds == 0)
  }

  @Test func nowNeverGoesBack() {
    var last = StageClock.now()
    for _ in 0..<1000 {
      let now = StageClock.now()
      #expect(now >= last)
      last = now
    }
  }
}

/// A number that closures on other threads share.
final class Shared: Sendable {
  private let atomic = Atomic(0)
  var value: Int { atomic.load(ordering: .sequentiallyConsistent) }
  func set(_ value: Int) { atomic.store(value, ordering: .sequentiallyConsistent) }
  func add() { atomic.wrappingAdd(1, ordering: .sequentiallyConsistent) }
}

@Suite struct TickerTests {
  /// Sleeps until `condition` holds, at most ten seconds.
  static func wait(until condition: () -> Bool) -> Bool {
    for _ in 0..<1000 {
      if condition() { return true }
      usleep(10_000)
    }
    return condition()
  }

  @Test func ticksUntilStopped() {
    let ticks = Shared()
    let ticker = Ticker(milliseconds: 1) { ticks.add() }
    #expect(Self.wait { ticks.value >= 3 })
    ticker.stop()
    let count = ticks.value
    usleep(30_000)
    #expect(ticks.value == count)
  }

  @Test func stopWaitsForTheTickUnderWay() {
    let (started, ended) = (Shared(), Shared())
    let ticker = Ticker(milliseconds: 1) {
      started.add()
      usleep(50_000)
      ended.add()
    }
    #expect(Self.wait { started.value > 0 })
    ticker.stop()
    #expect(started.value == ended.value)
  }

  @Test(.timeLimit(.minutes(5))) func stopsBeforeTheFirstTickAndTwice() {
    let ticks = Shared()
    let ticker = Ticker(milliseconds: 1_000_000) { ticks.add() }
    ticker.stop()
    ticker.stop()
    #expect(ticks.value == 0)
  }

  @Test func cancellationStays() {
    let cancellation = Cancellation()
    #expect(!cancellation.isCancelled)
    cancellation.cancel()
    cancellation.cancel()
    #expect(cancellation.isCancelled)
  }

  /// In a process of its own: its signals would be the end of this one.
  @Test func signalsBecomeCalls() async {
    await #expect(processExitsWith: .exitCode(7)) {
      let seen = Shared()
      let watch = SignalWatch([SIGUSR1, SIGUSR2]) { seen.set(Int($0)) }
      // Sent again and again: the watch may take a moment to open its eyes.
      for signal in [SIGUSR2, SIGUSR1] {
        let isSeen = TickerTests.wait {
          kill(getpid(), signal)
          return seen.value == Int(signal)
        }
        if !isSeen { exit(1) }
      }
      withExtendedLifetime(watch) { exit(7) }
    }
  }

  @Test func signalsActAsBeforeOnceTheWatchIsGone() async {
    await #expect(processExitsWith: .signal(SIGUSR1)) {
      // The process that began this one may ignore it, which is handed down.
      signal(SIGUSR1, SIG_DFL)
      do {
        let watch = SignalWatch([SIGUSR1]) { _ in }
        kill(getpid(), SIGUSR1)
        withExtendedLifetime(watch) {}
      }
      // Threads of Dispatch block signals; one that does not is needed to take it.
      var mask = sigset_t()
      unsafe sigemptyset(&mask)
      unsafe sigaddset(&mask, SIGUSR1)
      unsafe pthread_sigmask(SIG_UNBLOCK, &mask, nil)
      _ = TickerTests.wait {
        kill(getpid(), SIGUSR1)
        return false
      }
    }
  }
}
