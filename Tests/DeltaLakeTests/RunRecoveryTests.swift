import Glibc
import SimulatedStorage
import Storage
import Testing

@testable import DeltaLake

/// One run, with each of its steps going wrong in each way.
@Suite struct RunRecoveryTests {
  let disk = SimulatedDisk(seed: 1)
  static let tables = ["usage", "ingests"]

  static func lake(_ storage: any Storage) -> Lake {
    Lake(storage: storage, path: "lake/default", waitMilliseconds: 0) { 7 }
  }

  static func template() throws -> SimulatedDisk {
    let disk = SimulatedDisk(seed: 1)
    for table in tables {
      try lake(SimulatedStorage(disk)).table(table).create(
        schema: TestLake.schema,
        partitionColumns: ["date"]
      )
    }
    return disk
  }

  /// A run that abandons itself on errors; says whether it was told of success.
  static func work(_ storage: any Storage, run name: String = "run-1") -> Bool {
    do {
      let lake = lake(storage)
      try RunRecovery.recover(lake)
      let run = try RunTransaction.begin(lake, run: name, tables: tables)
      do {
        for table in tables { try run.add(table, "\(table) \(name)") }
        _ = try run.commit()
        return true
      } catch {
        try run.abandon()
        return false
      }
    } catch { return false }
  }

  /// Checks that all tables have the run or none; returns which.
  static func settle(_ disk: SimulatedDisk, mayLeaveFiles: Bool, _ what: String) throws -> Bool {
    let lake = lake(SimulatedStorage(disk))
    try RunRecovery.recover(lake)
    let counts = try tables.map { try lake.table($0).files().count }
    #expect(counts == [0, 0] || counts == [1, 1], "\(what)")
    let left = disk.filePaths.filter {
      $0.hasSuffix(".tmp") || $0.hasSuffix(".lock") || $0.contains("_runs/run")
        || ($0.hasSuffix(".parquet") && counts[0] == 0)
    }
    if !mayLeaveFiles { #expect(left == [], "\(what)") }
    return counts[0] == 1
  }

  static let stepsMax = 150

  enum Trouble: CaseIterable, Sendable { case kill, powerCut, eio, enospc, emfile }

  @Test(arguments: Trouble.allCases, [false, true])
  func everyStepMayGoWrong(trouble: Trouble, persistent: Bool) throws {
    let template = try Self.template()
    var reached = 0
    for step in 0..<Self.stepsMax {
      let disk = template.copy(seed: UInt64(step))
      var plan = SimulatedStorage.Plan()
      switch trouble {
      case .kill, .powerCut: plan.endStep = step
      case .eio, .enospc, .emfile:
        let code = trouble == .eio ? EIO : trouble == .enospc ? ENOSPC : EMFILE
        for step in step..<(persistent ? Self.stepsMax * 2 : step + 1) { plan.errors[step] = code }
      }
      let storage = SimulatedStorage(disk, plan: plan)
      let isTold = Self.work(storage)
      guard storage.stepCount > step else { break }
      reached = step
      storage.end()
      if trouble == .powerCut || (persistent && trouble == .kill) { disk.losePower() }
      let what = "\(trouble) at step \(step), persistent \(persistent)"
      let mayLeaveFiles = trouble == .powerCut || (persistent && trouble == .kill)
      let isThere = try Self.settle(disk, mayLeaveFiles: mayLeaveFiles, what)
      if isTold { #expect(isThere, "\(what)") }
      // The same work again converges, and a last power cut takes nothing away.
      if !isThere { #expect(Self.work(SimulatedStorage(disk), run: "run-2"), "\(what)") }
      disk.losePower()
      #expect(try Self.settle(disk, mayLeaveFiles: true, what), "\(what)")
    }
    // All steps of a run were tried.
    #expect(reached > 60 && reached < Self.stepsMax - 1)
  }

  /// A second end during the recovery from the first.
  @Test func recoveryMayEndToo() throws {
    let template = try Self.template()
    for step in stride(from: 20, to: 100, by: 4) {
      for second in stride(from: 0, to: 60, by: 3) {
        let disk = template.copy(seed: UInt64(step * 100 + second))
        var plan = SimulatedStorage.Plan()
        plan.endStep = step
        let isTold = Self.work(SimulatedStorage(disk, plan: plan))
        if step % 8 == 0 { disk.losePower() }
        plan.endStep = second
        let recovering = SimulatedStorage(disk, plan: plan)
        _ = try? RunRecovery.recover(Self.lake(recovering))
        recovering.end()
        if second % 2 == 0 { disk.losePower() }
        let what = "ends at \(step) and \(second)"
        let isThere = try Self.settle(disk, mayLeaveFiles: true, what)
        if isTold { #expect(isThere, "\(what)") }
      }
    }
  }

  /// A dead run with a manifest that is in its first table only.
  static func halfCommitted() throws -> SimulatedDisk {
    let template = try template()
    for step in 0..<stepsMax {
      let disk = template.copy(seed: 1)
      var plan = SimulatedStorage.Plan()
      plan.endStep = step
      _ = work(SimulatedStorage(disk, plan: plan))
      let lake = lake(SimulatedStorage(disk))
      let versions = try tables.map { try lake.table($0).snapshot().version }
      if versions == [1, 0] { return disk }
    }
    throw DeltaError.noTable(table: "half-committed")
  }

  @Test func theFirstTableDecides() throws {
    let disk = try Self.halfCommitted()
    let lake = Self.lake(SimulatedStorage(disk))
    #expect(try RunRecovery.recover(lake) == .init(rolledForward: ["run-1"]))
    #expect(try RunRecovery.recover(lake) == .init())
    #expect(try lake.table("ingests").snapshot().transactions == ["run-1": 1])
  }

  @Test func runsSeeTablesThatAgree() throws {
    // A run that took `usage` with the dead run and `ingests` without it would decide wrongly.
    let disk = try Self.halfCommitted()
    let lake = Self.lake(SimulatedStorage(disk))
    let run = try RunTransaction.begin(lake, run: "run-2", tables: Self.tables)
    for table in Self.tables { #expect(run.snapshot(of: table).files.count == 1) }
  }

  @Test func aLivingRunFinishesADeadOneFirst() throws {
    let disk = try Self.halfCommitted()
    let lake = Self.lake(SimulatedStorage(disk))
    let run = try RunTransaction.begin(lake, run: "run-2", tables: Self.tables)
    try run.add("ingests", "more")
    #expect(try run.commit() == ["ingests": 2])
    #expect(try lake.table("ingests").files().count == 2)
    #expect(try RunRecovery.recover(lake) == .init())
  }

  @Test func tornManifestsOfUncommittedRunsAreDropped() throws {
    let disk = try Self.template()
    let storage = SimulatedStorage(disk)
    for (number, text) in ["", "{", "{}", #"{"run":"x"}"#].enumerated() {
      try storage.put("lake/default/_runs/run-\(number).json", text)
    }
    let report = try RunRecovery.recover(Self.lake(storage))
    #expect(report.dropped == ["run-0", "run-1", "run-2", "run-3"])
    #expect(try storage.list("lake/default/_runs") == [".commit", ".living"])
  }

  @Test func tornManifestsOfCommittedRunsStopEverything() throws {
    let disk = try Self.halfCommitted()
    let storage = SimulatedStorage(disk)
    try storage.remove("lake/default/_runs/run-1.json")
    try storage.put("lake/default/_runs/run-1.json", "{")
    let error = DeltaError.malformedManifest(run: "run-1")
    #expect(throws: error) { try RunRecovery.recover(Self.lake(storage)) }
    #expect(error.description.contains("_runs/run-1.json"))
  }

  @Test func tablesThatOthersRewroteCannotFollow() throws {
    let template = try Self.template()
    let first = Self.lake(SimulatedStorage(template))
    let run = try RunTransaction.begin(first, run: "old", tables: Self.tables)
    let old = try run.add("ingests", "old")
    _ = try run.commit()
    var found = false
    for step in 0..<Self.stepsMax where !found {
      let disk = template.copy(seed: 1)
      var plan = SimulatedStorage.Plan()
      plan.endStep = step
      let lake = Self.lake(SimulatedStorage(disk, plan: plan))
      if let run = try? RunTransaction.begin(lake, run: "new", tables: Self.tables) {
        _ = try? run.add("usage", "new")
        _ = try? run.remove(table: "ingests", file: old)
        _ = try? run.commit()
      }
      let now = Self.lake(SimulatedStorage(disk))
      guard try now.table("usage").snapshot().version == 1,
        try now.table("ingests").snapshot().version == 1
      else { continue }
      found = true
      let line = LogAction.remove(
        RemovedFile(path: old.path, deletionTimestamp: 1, partitionValues: [:], byteCount: 1)
      ).line
      try now.storage.put("lake/default/ingests/_delta_log/" + LogFile.name(2), line)
      let error = DeltaError.cannotRollForward(
        run: "new",
        table: "lake/default/ingests",
        .fileGone(path: old.path)
      )
      #expect(throws: error) { try RunRecovery.recover(now) }
    }
    #expect(found)
  }

  @Test(arguments: [
    ("", 0), ("usage date=1/part-0123456789abcdef0123456789abcdef.zstd.parquet", 0),
    ("usage date=1/part-0123456789abcdef0123456789abcdef.zstd.parquet\n", 1),
    ("usage ../part-0123456789abcdef0123456789abcdef.zstd.parquet\n", 0),
    ("usage date=1/part-0123456789ABCDEF0123456789abcdef.zstd.parquet\n", 0),
    ("usage date=1/other.parquet\n", 0), ("../usage date=1/x\n", 0), ("a b c\n", 0),
    ("\0\0\n\n", 0),
  ])
  func journalsCountOnlyWholeLines(text: String, count: Int) {
    #expect(RunJournal.files(Array(text.utf8)).values.map(\.count).reduce(0, +) == count)
  }

  @Test func manifestsReadWhatTheyWrite() throws {
    let lake = Self.lake(SimulatedStorage(try Self.template()))
    var changes = TableChanges()
    changes.add(CommitTests.file("a"))
    changes.remove(CommitTests.file("b"))
    changes.claim(.init(appID: "x", previous: 3, next: 4))
    changes.claim(.init(appID: "y", previous: nil, next: 1))
    var info = CommitInfo(operation: "WRITE", parameters: ["a": "b"], metrics: ["c": "1"])
    info.userMetadata = "head"
    let commit = PreparedCommit(
      table: lake.table("usage"),
      shape: TableShape(schema: TestLake.schema, partitionColumns: ["date"]),
      changes: changes,
      mark: RunManifest.mark("run-1"),
      info: info
    )
    let manifest = RunManifest(run: "run-1", entries: [("usage", WrittenCommit(commit))])
    let read = try #require(RunManifest(manifest.bytes, run: "run-1", lake: lake))
    #expect(read.entries.map(\.table) == ["usage"])
    let prepared = try #require(read.entries.first?.commit.prepared)
    #expect(prepared.changes == commit.changes)
    #expect(prepared.shape == commit.shape)
    #expect(prepared.info == commit.info)
    #expect(prepared.table.path == "lake/default/usage")
    #expect(RunManifest(manifest.bytes, run: "run-2", lake: lake) == nil)
    for count in 0..<(manifest.bytes.count - 1) {
      #expect(RunManifest(Array(manifest.bytes.prefix(count)), run: "run-1", lake: lake) == nil)
    }
  }
}
