import Dispatch
import StagedExecution
import Synchronization
import TestSupport
import Testing

/// Work that any worker may do: tasks in a queue, some of which bring new ones.
final class Board: Sendable {
  struct State {
    var waiting: [Int]
    var underWay = 0
    var done: [Int] = []
    var workers: [Int] = []
    var isWorking: Set<Int> = []
    var overlaps = 0
  }
  let state: Mutex<State>
  let bell = Bell()

  init(tasks: Int) { state = Mutex(State(waiting: Array(0..<tasks))) }

  /// One step: tasks below 1000 bring another one.
  func step(_ worker: Int) -> StepResult {
    let task: Int? = state.withLock { state in
      if !state.isWorking.insert(worker).inserted { state.overlaps += 1 }
      guard let task = state.waiting.popLast() else { return nil }
      state.underWay += 1
      return task
    }
    defer { _ = state.withLock { $0.isWorking.remove(worker) } }
    guard let task else {
      let isOver = state.withLock { $0.underWay == 0 && $0.waiting.isEmpty }
      return isOver ? .finished : .idle
    }
    state.withLock { state in
      state.done.append(task)
      state.workers.append(worker)
      if task < 1000 { state.waiting.append(task + 1000) }
      state.underWay -= 1
    }
    bell.ring()
    return .worked
  }
}

@Suite struct CrewTests {
  static let crews: [any Executor] = [
    ThreadCrew(workers: 1), ThreadCrew(workers: 2), ThreadCrew(workers: 7),
    SeededCrew(workers: 1, seed: 1), SeededCrew(workers: 2, seed: 2),
    SeededCrew(workers: 9, seed: 3),
  ]

  @Test(arguments: crews.indices) func allWorkIsDoneOnce(crew: Int) {
    for tasks in [0, 1, 2, 300] {
      let board = Board(tasks: tasks)
      Self.crews[crew].run(bell: board.bell) { board.step($0) }
      let state = board.state.withLock { $0 }
      #expect(state.done.sorted() == Array(0..<tasks) + (0..<tasks).map { $0 + 1000 })
      #expect(state.overlaps == 0)
      #expect(state.workers.allSatisfy { $0 < Self.crews[crew].workers })
    }
  }

  @Test(arguments: crews.indices) func forEachCallsEachIndexOnce(crew: Int) {
    for count in [0, 1, 2, 3, 1000] {
      let calls = Mutex([Int](repeating: 0, count: count))
      Self.crews[crew].forEach(count) { index in calls.withLock { $0[index] += 1 } }
      #expect(calls.withLock { $0 } == [Int](repeating: 1, count: count))
    }
  }

  static func schedule(seed: UInt64, workers: Int = 4) -> [Int] {
    let board = Board(tasks: 50)
    SeededCrew(workers: workers, seed: seed).run(bell: board.bell) { board.step($0) }
    return board.state.withLock { $0.workers }
  }

  @Test func aSeedDecidesTheSchedule() {
    let schedules = (0..<20).map { Self.schedule(seed: $0) }
    #expect(schedules == (0..<20).map { Self.schedule(seed: $0) })
    #expect(Set(schedules).count == 20)
    for schedule in schedules { #expect(Set(schedule) == [0, 1, 2, 3]) }
    let order = Mutex<[Int]>([])
    SeededCrew(workers: 2, seed: 5).forEach(20) { index in order.withLock { $0.append(index) } }
    let again = Mutex<[Int]>([])
    SeededCrew(workers: 2, seed: 5).forEach(20) { index in again.withLock { $0.append(index) } }
    #expect(order.withLock { $0 } == again.withLock { $0 })
    #expect(order.withLock { $0 } != Array(0..<20))
  }

  /// Idle workers sleep until the bell rings, and those who end leave the others at work.
  @Test func idleWorkersWakeUp() {
    for seed in 0..<20 {
      let turns = Mutex(0)
      let bell = Bell()
      SeededCrew(workers: 3, seed: UInt64(seed)).run(bell: bell) { worker in
        if worker > 0 { return turns.withLock { $0 } == 10 ? .finished : .idle }
        return turns.withLock { turns in
          if turns == 10 { return .finished }
          turns += 1
          bell.ring()
          return .worked
        }
      }
      #expect(turns.withLock { $0 } == 10)
    }
  }

  @Test func deadlockTraps() async {
    await #expect(processExitsWith: .failure) {
      SeededCrew(workers: 2, seed: 1).run(bell: Bell()) { _ in .idle }
    }
    await #expect(processExitsWith: .failure) {
      SeededCrew(workers: 2, seed: 1).run(bell: Bell()) { $0 == 0 ? .finished : .idle }
    }
  }

  @Test func crewWithoutWorkersTraps() async {
    await #expect(processExitsWith: .failure) { _ = ThreadCrew(workers: 0) }
  }
}

@Suite struct BellTests {
  @Test func aRingSinceThenIsNotWaitedFor() {
    let bell = Bell()
    let rings = bell.rings
    bell.ring()
    bell.wait(since: rings)
    #expect(bell.rings == rings + 1)
  }

  /// Producer and consumer take turns by bells: one lost wake-up and they stand still.
  @Test(.timeLimit(.minutes(5))) func noWakeUpIsLost() async {
    let rounds = 20_000
    let bell = Bell()
    let turn = Mutex(0)
    let players: @Sendable (Int) -> Void = { player in
      while true {
        let rings = bell.rings
        let isOver = turn.withLock { turn -> Bool? in
          if turn >= rounds { return true }
          guard turn % 3 == player else { return nil }
          turn += 1
          return false
        }
        switch isOver {
        case true?: return bell.ring()
        case false?: bell.ring()
        case nil: bell.wait(since: rings)
        }
      }
    }
    await withTaskGroup { group in
      for player in 0..<3 {
        group.addTask {
          await withCheckedContinuation { done in
            DispatchQueue(label: "player").async {
              players(player)
              done.resume()
            }
          }
        }
      }
    }
    #expect(turn.withLock { $0 } == rounds)
  }
}
