import Glibc
import StagedExecution
import Synchronization
import Testing

@Suite struct TimedCrewTests {
  /// Works on until so many milliseconds are over; a sleep would do as well.
  static func work(milliseconds: Int64) {
    let end = StageClock.now() + milliseconds * 1_000_000
    while StageClock.now() < end { usleep(1000) }
  }

  /// A phase of one worker keeps the others waiting for as long.
  @Test func othersWaitForASerialPhase() throws {
    let clock = StageClock()
    let crew = TimedCrew(SeededCrew(workers: 4, seed: 1), clock: clock)
    let value = crew.phase("write") {
      Self.work(milliseconds: 20)
      return 7
    }
    #expect(value == 7)
    let times = try #require(clock.stages["write"])
    #expect(times.busySeconds >= 0.02)
    #expect(abs(times.waitingSeconds - 3 * times.busySeconds) < 1e-6)
  }

  /// Of workers who take turns on one thread, all but one wait.
  @Test func sharedWorkIsBusyOnceForEachWorker() throws {
    let clock = StageClock()
    let crew = TimedCrew(SeededCrew(workers: 2, seed: 1), clock: clock)
    let turns = Atomic(0)
    crew.phase("encode") {
      crew.forEach(5) { _ in
        turns.wrappingAdd(1, ordering: .relaxed)
        Self.work(milliseconds: 4)
      }
    }
    #expect(turns.load(ordering: .relaxed) == 5)
    let times = try #require(clock.stages["encode"])
    #expect(times.busySeconds >= 0.02)
    #expect(times.waitingSeconds >= 0.02)
    #expect(Set(clock.stages.keys) == ["encode"])
  }

  /// Threads that share the work have little to wait for, whatever the phase takes.
  @Test func busyAndWaitingAreTheWorkersTime() throws {
    let clock = StageClock()
    let crew = TimedCrew(ThreadCrew(workers: 3), clock: clock)
    let start = StageClock.now()
    crew.phase("merge") { crew.forEach(3) { Self.work(milliseconds: 10 * Int64($0 + 1)) } }
    let wall = Double(StageClock.now() - start) / 1e9
    let times = try #require(clock.stages["merge"])
    #expect(times.busySeconds >= 0.06)
    #expect(times.busySeconds + times.waitingSeconds <= 3 * wall + 1e-6)
  }

  /// What fails is counted as well.
  @Test func errorsPassThrough() {
    struct Broken: Error {}
    let clock = StageClock()
    let crew = TimedCrew(SeededCrew(workers: 1, seed: 1), clock: clock)
    #expect(throws: Broken.self) { try crew.phase("commit") { throw Broken() } }
    #expect(clock.stages["commit"] != nil)
    #expect(clock.stages["commit"]?.waitingSeconds == 0)
  }

  /// A worker without work waits for what is awaited then, and after its end for the others.
  @Test func idleWorkersWait() throws {
    let clock = StageClock()
    let crew = TimedCrew(SeededCrew(workers: 2, seed: 3), clock: clock)
    let bell = Bell()
    let steps = Atomic(0)
    crew.run(bell: bell, awaited: { "decode" }) { worker in
      if worker == 0 {
        guard steps.wrappingAdd(1, ordering: .relaxed).newValue <= 3 else { return .finished }
        Self.work(milliseconds: 5)
        bell.ring()
        return .worked
      }
      return steps.load(ordering: .relaxed) > 3 ? .finished : .idle
    }
    let times = try #require(clock.stages["decode"])
    #expect(times.waitingSeconds > 0)
    #expect(times.busySeconds == 0)
  }
}
