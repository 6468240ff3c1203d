import Dispatch
import SimulatedStorage
import Storage
import Testing

@testable import DeltaLake

@Suite struct RunTransactionTests {
  let test: TestLake
  var lake: Lake { test.lake }

  static let tables = ["usage", "ingests", "rejects"]

  init() throws { test = try TestLake(tables: Self.tables) }

  func rows(_ table: String) throws -> [String] { try lake.table(table).files().map(\.path) }

  @Test func commitsToAllTables() throws {
    let run = try RunTransaction.begin(lake, run: "run-1", tables: Self.tables)
    let file = try run.add("usage", "one")
    try run.add("usage", "two", date: "2026-01-02")
    try run.add("ingests", "one")
    // The hash is what `xxhsum -H2` says of the bytes.
    #expect(file.path == "date=2026-01-01/part-0a1c6d4cf41eb499911faba7321fe1a0.zstd.parquet")
    var info = CommitInfo(operation: "WRITE", parameters: ["mode": "Append"])
    info.userMetadata = "head=1"
    let versions = try run.commit(info: ["usage": info]
    )
    #expect(versions == ["usage": 1, "ingests": 1])
    #expect(try rows("usage").count == 2)
    #expect(try rows("ingests").count == 1)
    #expect(try lake.table("usage").history().first?.userMetadata == "head=1")
    #expect(try lake.table("usage").history().first?.metrics["numFiles"] == "2")
    #expect(try lake.table("usage").snapshot().transactions == ["run-1": 1])
    #expect(try lake.storage.list("lake/default/_runs") == [".commit", ".living"])
    #expect(
      try lake.storage.read("lake/default/usage/" + file.path) == Array("one".utf8)
    )
    #expect(throws: DeltaError.runIsOver(run: "run-1")) { try run.add("usage", "x") }
    try run.abandon()
    #expect(try rows("usage").count == 2)
  }

  @Test func sameRunsMakeTheSameLogs() throws {
    let logs = try (0..<2).map { round in
      let test = try TestLake(tables: [])
      for table in ["usage", "ingests"] {
        try test.lake.table(table).create(
          schema: TestLake.schema,
          partitionColumns: ["date"],
          id: "id"
        )
      }
      let run = try RunTransaction.begin(test.lake, run: "run-1", tables: ["usage", "ingests"])
      // Whatever the order in which threads bring their files.
      for text in round == 0 ? ["a", "b", "c"] : ["c", "a", "b"] { try run.add("usage", text) }
      try run.add("ingests", "i")
      _ = try run.commit()
      return try ["usage", "ingests"].map {
        try test.lake.storage.read("lake/default/\($0)/_delta_log/" + LogFile.name(1))
      }
    }
    #expect(logs[0] == logs[1])
  }

  @Test func sameBytesCountOnce() throws {
    let first = try RunTransaction.begin(lake, run: "run-1", tables: Self.tables)
    try first.add("usage", "one")
    try first.add("usage", "one")
    #expect(try first.commit() == ["usage": 1])
    let second = try RunTransaction.begin(lake, run: "run-2", tables: Self.tables)
    try second.add("usage", "one")
    #expect(try second.commit() == ["usage": 2])
    #expect(try rows("usage").count == 1)
  }

  @Test func damagedFilesAreNotTakenForGood() throws {
    let first = try RunTransaction.begin(lake, run: "run-1", tables: Self.tables)
    let file = try first.add("usage", "one")
    _ = try first.commit()
    let path = "lake/default/usage/" + file.path
    for damage in ["onf", "on", ""] {
      _ = try lake.storage.remove(path)
      try lake.storage.put(path, damage)
      let run = try RunTransaction.begin(lake, run: "run-2", tables: Self.tables)
      #expect(throws: DeltaError.storedFileDiffers(path: path)) { try run.add("usage", "one") }
      try run.abandon()
      #expect(try lake.storage.read(path) == Array(damage.utf8))
    }
  }

  @Test(
    arguments: [
      [:], ["date": ""], ["date": "a/b"], ["date": "a b"], ["date": "ü"],
      ["date": "2026-01-01", "x": "1"], ["x": "1"],
    ] as [[String: String?]]
  )
  func badPartitionsAreRefused(values: [String: String?]) throws {
    let run = try RunTransaction.begin(lake, run: "run-1", tables: Self.tables)
    #expect(throws: DeltaError.self) {
      try run.add(table: "usage", bytes: [UInt8]().span, partition: values, statistics: nil)
    }
    try run.abandon()
  }

  @Test func nullPartitionsHaveAFolder() throws {
    let run = try RunTransaction.begin(lake, run: "run-1", tables: Self.tables)
    let bytes = [UInt8](1...9)
    let file = try run.add(
      table: "usage",
      bytes: bytes.span,
      partition: ["date": nil],
      statistics: nil
    )
    #expect(file.path.hasPrefix("date=__HIVE_DEFAULT_PARTITION__/part-"))
    _ = try run.commit()
    #expect(try lake.table("usage").files() == [file])
  }

  @Test func abandonedRunsLeaveNothing() throws {
    let run = try RunTransaction.begin(lake, run: "run-1", tables: Self.tables)
    let file = try run.add("usage", "one")
    #expect(try lake.storage.status("lake/default/usage/" + file.path) != nil)
    try run.abandon()
    #expect(try lake.storage.status("lake/default/usage/" + file.path) == nil)
    #expect(try lake.storage.list("lake/default/_runs") == [".commit", ".living"])
    #expect(throws: DeltaError.runIsOver(run: "run-1")) { try run.commit() }
  }

  @Test func namesAreUsedOnce() throws {
    let run = try RunTransaction.begin(lake, run: "run-1", tables: Self.tables)
    #expect(throws: DeltaError.runExists(run: "run-1")) {
      try RunTransaction.begin(lake, run: "run-1", tables: Self.tables)
    }
    try run.add("usage", "one")
    _ = try run.commit()
    // The name is free again, but the table knows it.
    let again = try RunTransaction.begin(lake, run: "run-1", tables: Self.tables)
    try again.add("usage", "two")
    #expect(throws: DeltaError.runExists(run: "run-1")) { try again.commit() }
    try again.abandon()
    #expect(try rows("usage").count == 1)
  }

  @Test func livingRunsAreNotTouched() throws {
    let living = try RunTransaction.begin(lake, run: "run-1", tables: Self.tables)
    let file = try living.add("usage", "one")
    #expect(try RunRecovery.recover(lake) == .init())
    // Another run makes the same file and gives up: the first one still needs it.
    let other = try RunTransaction.begin(lake, run: "run-2", tables: Self.tables)
    try other.add("usage", "one")
    let own = try other.add("usage", "two")
    try other.abandon()
    #expect(try RunRecovery.recover(lake) == .init(postponed: ["run-2"]))
    #expect(try lake.storage.status("lake/default/usage/" + own.path) != nil)
    #expect(try living.commit() == ["usage": 1])
    #expect(try RunRecovery.recover(lake) == .init(dropped: ["run-2"]))
    #expect(try lake.storage.status("lake/default/usage/" + own.path) == nil)
    #expect(try lake.storage.status("lake/default/usage/" + file.path) != nil)
  }

  @Test func removedFilesStayForTheirReaders() throws {
    let first = try RunTransaction.begin(lake, run: "run-1", tables: Self.tables)
    let file = try first.add("usage", "one")
    _ = try first.commit()
    let second = try RunTransaction.begin(lake, run: "run-2", tables: Self.tables)
    try second.remove(table: "usage", file: file)
    try second.add("usage", "two")
    _ = try second.commit()
    // A run that would bring it back gives up: older versions still list the file.
    let third = try RunTransaction.begin(lake, run: "run-3", tables: Self.tables)
    try third.add("usage", "one")
    try third.abandon()
    #expect(try lake.storage.status("lake/default/usage/" + file.path) != nil)
    #expect(try rows("usage").count == 1)
  }

  @Test func twoRunsDoNotTakeTheSame() throws {
    let claim = TableChanges.Claim(appID: "archive:1", previous: nil, next: 1)
    let first = try RunTransaction.begin(lake, run: "run-1", tables: Self.tables)
    let second = try RunTransaction.begin(lake, run: "run-2", tables: Self.tables)
    for run in [first, second] {
      try run.add("usage", run.run)
      try run.claim(table: "usage", claim)
    }
    _ = try first.commit()
    let error = DeltaError.conflict(
      table: "lake/default/usage",
      .transactionTaken(appID: "archive:1")
    )
    #expect(throws: error) { try second.commit() }
    try second.abandon()
    #expect(try rows("usage").count == 1)
  }

  @Test func aCheckStopsTheWholeRun() throws {
    let run = try RunTransaction.begin(lake, run: "run-1", tables: Self.tables)
    try run.add("usage", "one")
    try run.add("ingests", "one")
    let error = DeltaError.conflict(table: "x", .schemaChanged)
    #expect(throws: error) {
      try run.commit() { (snapshots) throws(DeltaError) in
        #expect(snapshots.keys.sorted() == ["ingests", "usage"])
        throw error
      }
    }
    try run.abandon()
    #expect(try rows("usage") == [])
    #expect(try lake.table("usage").snapshot().version == 0)
  }

  @Test func busyLakesSaySo() throws {
    let run = try RunTransaction.begin(lake, run: "run-1", tables: Self.tables)
    try run.add("usage", "one")
    let lock = try #require(try lake.storage.lock("lake/default/_runs/.commit", .exclusive))
    let error = DeltaError.busy(path: "lake/default/_runs/.commit")
    #expect(throws: error) { try run.commit() }
    #expect(error.exitCode == 75)
    lock.release()
    try run.abandon()
  }

  @Test func emptyRunsCommitNothing() throws {
    let run = try RunTransaction.begin(lake, run: "run-1", tables: Self.tables)
    #expect(try run.commit() == [:])
    #expect(try lake.table("usage").snapshot().version == 0)
    #expect(try lake.storage.list("lake/default/_runs") == [".commit", ".living"])
  }

  @Test func threadsAddTogether() throws {
    let test = try TestLake(onDisk: true)
    let run = try RunTransaction.begin(test.lake, run: "run-1", tables: ["usage", "ingests"])
    DispatchQueue.concurrentPerform(iterations: 8) { thread in
      for file in 0..<10 {
        // Each file is made by two threads at once.
        _ = try? run.add("usage", "\(thread / 2) \(file)", date: "2026-01-0\(1 + file % 3)")
      }
    }
    #expect(try run.commit() == ["usage": 1])
    #expect(try test.lake.table("usage").files().count == 40)
  }

  @Test func runsAtOnceOnADiskAgree() throws {
    let test = try TestLake(onDisk: true)
    DispatchQueue.concurrentPerform(iterations: 6) { thread in
      for round in 0..<5 {
        do {
          try RunRecovery.recover(test.lake)
          let run = try RunTransaction.begin(
            test.lake,
            run: "run-\(thread)-\(round)",
            tables: ["usage", "ingests"]
          )
          try run.add("usage", "\(thread) \(round)")
          try run.add("ingests", "\(thread) \(round)")
          if round == 3 {
            try run.abandon()
          } else {
            _ = try run.commit()
          }
        } catch { Issue.record("\(error)") }
      }
    }
    try RunRecovery.recover(test.lake)
    for table in ["usage", "ingests"] {
      let snapshot = try test.lake.table(table).snapshot()
      #expect(snapshot.version == 24)
      #expect(snapshot.files.count == 24)
    }
    let folder = "lake/default/usage/date=2026-01-01"
    #expect(try test.lake.storage.list(folder).count == 24)
    #expect(try test.lake.storage.list("lake/default/_runs") == [".commit", ".living"])
  }

  @Test(arguments: ["", "a.b", "a/b", "a=b", "ä", String(repeating: "a", count: 65)])
  func badRunNames(name: String) { #expect(!Lake.isValidRunID(name)) }

  @Test func forgottenTablesAreOurMistake() async {
    await #expect(processExitsWith: .failure) {
      let test = try TestLake()
      let run = try RunTransaction.begin(test.lake, run: "run-1", tables: ["ingests"])
      try run.add("usage", "one")
    }
  }
}
