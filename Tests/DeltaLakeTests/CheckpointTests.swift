import ParquetFiles
import SimulatedStorage
import Storage
import Testing

@testable import DeltaLake

@Suite struct CheckpointTests {
  /// A table with files, removed ones and marks.
  private func used() throws -> TestLake {
    let test = try TestLake(tables: ["usage"])
    for number in 0..<4 {
      let run = try RunTransaction.begin(test.lake, run: "run-\(number)", tables: ["usage"])
      if number == 3 {
        try run.remove(table: "usage", file: try #require(run.snapshot(of: "usage").files.first))
      }
      try run.add("usage", "file \(number)", date: "2026-01-0\(number + 1)")
      try run.claim(
        table: "usage", .init(appID: "mark-\(number)", previous: nil, next: Int64(number)))
      _ = try run.commit()
    }
    return test
  }

  @Test func saysWhatTheLogSays() throws {
    let test = try used()
    let table = test.lake.table("usage")
    let before = try table.snapshot()
    #expect(before.checkpointVersion == nil)
    let written = try test.lake.checkpoint("usage")
    #expect(written.version == before.version)
    let after = try table.snapshot()
    #expect(after.checkpointVersion == before.version)
    #expect(after.version == before.version)
    #expect(after.liveFiles == before.liveFiles)
    #expect(after.transactions == before.transactions)
    #expect(after.metadata == before.metadata)
    #expect(after.schema == before.schema)
    #expect(after.removedFiles.keys.sorted() == before.removedFiles.keys.sorted())
  }

  @Test func commitsGoOnBehindIt() throws {
    let test = try used()
    _ = try test.lake.checkpoint("usage")
    let run = try RunTransaction.begin(test.lake, run: "later", tables: ["usage"])
    try run.add("usage", "later")
    #expect(try run.commit()["usage"] == 5)
    let table = test.lake.table("usage")
    let replayed = try #require(try table.snapshotFromTheBeginning(upTo: 5))
    #expect(try table.snapshot().liveFiles == replayed.liveFiles)
  }

  @Test func aRunThatACheckpointHoldsIsNotCommittedTwice() throws {
    let test = try used()
    let table = test.lake.table("usage")
    _ = try test.lake.checkpoint("usage")
    let commit = PreparedCommit(
      table: table, shape: TableShape(try table.snapshot()), changes: TableChanges(),
      mark: RunManifest.mark("run-1"), info: CommitInfo(operation: "WRITE"))
    let done = try commit.written().commit()
    #expect(!done.isNew)
    #expect(try table.snapshot().version == 4)
  }

  @Test func aDamagedOneIsPassedOver() throws {
    let test = try used()
    let table = test.lake.table("usage")
    _ = try test.lake.checkpoint("usage")
    let path = "\(table.logPath)/00000000000000000004.checkpoint.parquet"
    var bytes = try test.lake.storage.read(path)
    let before = try table.snapshot()
    for place in stride(from: 0, to: bytes.count, by: 7) {
      bytes[place] ^= 0x10
      try test.lake.storage.remove(path)
      try test.lake.storage.create(path, bytes.span)
      #expect(try table.snapshot().liveFiles == before.liveFiles)
      bytes[place] ^= 0x10
    }
    // Without the beginning of the log there is nothing else to go by.
    try test.lake.storage.remove(path)
    try test.lake.storage.remove(table.logFilePath(0))
    #expect(throws: DeltaError.self) { _ = try table.snapshot() }
  }

  @Test func theLogMayBeCutBehindIt() throws {
    let test = try used()
    let table = test.lake.table("usage")
    let before = try table.snapshot()
    _ = try test.lake.checkpoint("usage")
    for version in Int64(0)..<4 { try test.lake.storage.remove(table.logFilePath(version)) }
    #expect(try table.exists())
    #expect(try table.snapshot().liveFiles == before.liveFiles)
    #expect(try table.history().map(\.version) == [4])
    try test.lake.storage.remove("\(table.logPath)/_last_checkpoint")
    #expect(try table.snapshot().liveFiles == before.liveFiles)
  }

  @Test func everySoManyCommitsWriteOne() throws {
    let storage = SimulatedStorage(SimulatedDisk(seed: 1))
    let lake = Lake(
      storage: storage, path: "lake/default", waitMilliseconds: 0, checkpointCommits: 5
    ) { 1_795_219_480_000 }
    try lake.table("usage").create(schema: TestLake.schema, partitionColumns: ["date"])
    for number in 0..<12 {
      let run = try RunTransaction.begin(lake, run: "run-\(number)", tables: ["usage"])
      try run.add("usage", "file \(number)")
      _ = try run.commit()
    }
    let names = try storage.list("lake/default/usage/_delta_log")
    #expect(
      names.filter { $0.hasSuffix(".checkpoint.parquet") } == [
        "00000000000000000005.checkpoint.parquet", "00000000000000000010.checkpoint.parquet",
      ])
    #expect(try lake.table("usage").snapshot().files.count == 12)
  }
}

@Suite struct VacuumTests {
  private static let day: Int64 = 86_400_000

  private func replaced() throws -> (TestLake, old: String, new: String) {
    let test = try TestLake()
    var run = try RunTransaction.begin(test.lake, run: "one", tables: ["usage"])
    let old = try run.add("usage", "old")
    _ = try run.commit()
    run = try RunTransaction.begin(test.lake, run: "two", tables: ["usage"])
    try run.remove(table: "usage", file: old)
    let new = try run.add("usage", "new")
    _ = try run.commit()
    return (test, old.path, new.path)
  }

  private func isThere(_ path: String, _ test: TestLake) throws -> Bool {
    try test.lake.storage.status("lake/default/usage/\(path)") != nil
  }

  @Test func removesWhatLeftTheTableLongAgo() throws {
    let (test, old, new) = try replaced()
    let young = Vacuum(test.lake, table: "usage", keepMilliseconds: Self.day)
    #expect(try young.plan().isEmpty)
    #expect(try young.run().isEmpty)
    let all = Vacuum(test.lake, table: "usage", keepMilliseconds: -1)
    #expect(try all.plan().map(\.path) == [old])
    #expect(try isThere(old, test))
    #expect(try all.run().map(\.path) == [old])
    #expect(try !isThere(old, test))
    #expect(try isThere(new, test))
  }

  @Test func removesWhatNoVersionKnowsWhenItIsOld() throws {
    let (test, _, _) = try replaced()
    // The simulated disk dates all files to 1970.
    try test.lake.storage.put("lake/default/usage/date=2026-01-01/lost.parquet", "x")
    try test.lake.storage.put("lake/default/usage/date=2026-01-01/.a.tmp", "x")
    try test.lake.storage.put("lake/default/usage/_other/kept.parquet", "x")
    let gone = try Vacuum(test.lake, table: "usage", keepMilliseconds: Self.day).run()
    #expect(
      gone.map(\.path) == ["date=2026-01-01/.a.tmp", "date=2026-01-01/lost.parquet"])
  }

  @Test func waitsForLivingRuns() throws {
    let (test, old, _) = try replaced()
    let run = try RunTransaction.begin(test.lake, run: "three", tables: ["usage"])
    let vacuum = Vacuum(test.lake, table: "usage", keepMilliseconds: -1)
    #expect(throws: DeltaError.self) { _ = try vacuum.run() }
    #expect(try !vacuum.erase([old]))
    #expect(try isThere(old, test))
    try run.abandon()
    #expect(try vacuum.erase([old]))
    #expect(try !isThere(old, test))
  }

  @Test func theLogForgetsTheRowsOfErasedFiles() throws {
    let (test, old, new) = try replaced()
    let vacuum = Vacuum(test.lake, table: "usage", keepMilliseconds: 0)
    let version = { (name: String) in
      try test.lake.storage.read("lake/default/usage/_delta_log/\(name)")
    }
    let names = ["1", "2"].map { String(repeating: "0", count: 19) + $0 + ".json" }
    let before = try names.map(version)
    // The old file is there, so that the older version can still be read.
    #expect(try vacuum.silence())
    #expect(try names.map(version) == before)
    #expect(try vacuum.erase([old]))
    let run = try RunTransaction.begin(test.lake, run: "three", tables: ["usage"])
    #expect(try !vacuum.silence())
    try run.abandon()
    #expect(try vacuum.silence())
    let first = String(decoding: try version(names[0]), as: UTF8.self)
    #expect(first.contains(old) && !first.contains("stats"))
    #expect(try version(names[1]) == before[1])
    let table = test.lake.table("usage")
    #expect(try table.snapshot().liveFiles.keys.sorted() == [new])
    #expect(try table.history().count == 3 && table.logProblems().isEmpty)
  }

  @Test func eraseKeepsWhatTheTableHasAgain() throws {
    let (test, old, new) = try replaced()
    #expect(try Vacuum(test.lake, table: "usage", keepMilliseconds: 0).erase([old, new]))
    #expect(try isThere(new, test))
    #expect(try !isThere(old, test))
  }
}
