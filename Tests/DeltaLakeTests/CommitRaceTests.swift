import Dispatch
import LakeSimulation
import SimulatedStorage
import Storage
import Synchronization
import Testing

@testable import DeltaLake

/// Several writers of one table without any lock: the log alone must keep them apart.
@Suite struct CommitRaceTests {
  /// What is lost when another commit comes at step `step` of ours.
  static func loss(
    step: Int,
    wrapping: @escaping @Sendable (any Storage) -> any Storage
  ) throws -> [String] {
    let disk = SimulatedDisk(seed: 1)
    let create = DeltaTable(storage: SimulatedStorage(disk), path: "t") { 1 }
    try create.create(schema: TestLake.schema, partitionColumns: ["date"])
    @Sendable func commit(_ storage: any Storage, _ mark: String) throws {
      let table = DeltaTable(storage: storage, path: "t") { 1 }
      var changes = TableChanges()
      changes.add(CommitTests.file(mark))
      let prepared = PreparedCommit(
        table: table,
        shape: TableShape(try table.snapshot()),
        changes: changes,
        mark: Transaction(appID: mark, version: 1),
        info: CommitInfo(operation: "WRITE")
      )
      _ = try prepared.written().commit()
    }
    var plan = SimulatedStorage.Plan()
    plan.interruption = (step, { try? commit(wrapping(SimulatedStorage(disk)), "other") })
    let mine = SimulatedStorage(disk, plan: plan)
    try commit(wrapping(mine), "mine")
    guard mine.stepCount > step else { return [] }
    let paths = try create.files().map(\.path)
    return ["mine", "other"].filter { !paths.contains($0) }
  }

  @Test(arguments: 0..<30) func nothingIsLostAtAnyStep(step: Int) throws {
    #expect(try Self.loss(step: step) { $0 } == [])
  }

  @Test func plantedBugIsFound() throws {
    let losses = try (0..<30).flatMap { step in
      try Self.loss(step: step) { SabotagedStorage($0, .linkOverwrites) }
    }
    #expect(!losses.isEmpty)
  }

  @Test func threadsOnADiskLoseNothing() throws {
    let test = try TestLake(onDisk: true, tables: ["usage"])
    let table = test.lake.table("usage")
    let shape = TableShape(try table.snapshot())
    let versions = Mutex<[Int64]>([])
    DispatchQueue.concurrentPerform(iterations: 8) { thread in
      for round in 0..<12 {
        var changes = TableChanges()
        changes.add(CommitTests.file("\(thread)-\(round)"))
        let prepared = PreparedCommit(
          table: table,
          shape: shape,
          changes: changes,
          mark: Transaction(appID: "\(thread)-\(round)", version: 1),
          info: CommitInfo(operation: "WRITE")
        )
        if let done = try? prepared.written().commit() {
          versions.withLock { $0.append(done.version) }
        }
      }
    }
    #expect(versions.withLock { $0.sorted() } == Array(1...96))
    #expect(try table.files().count == 96)
    #expect(try table.snapshot().transactions.count == 96)
  }

  @Test func attemptsAreLimited() throws {
    let disk = SimulatedDisk(seed: 1)
    let stuck = SabotagedStorage(SimulatedStorage(disk), .linkAlwaysTaken)
    let table = DeltaTable(storage: stuck, path: "t") { 1 }
    let real = DeltaTable(storage: SimulatedStorage(disk), path: "t") { 1 }
    try real.create(schema: TestLake.schema, partitionColumns: ["date"])
    let prepared = PreparedCommit(
      table: table,
      shape: TableShape(try table.snapshot()),
      changes: TableChanges(),
      mark: Transaction(appID: "a", version: 1),
      info: CommitInfo(operation: "WRITE")
    )
    #expect(throws: DeltaError.tooManyAttempts(table: "t", attempts: 5)) {
      try prepared.written().commit(attemptsMax: 5)
    }
  }
}
