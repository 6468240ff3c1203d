import ColumnTables
import SimulatedStorage
import Storage
import Testing

@testable import DeltaLake

@Suite struct CommitTests {
  let test: TestLake
  var table: DeltaTable { test.lake.table("usage") }

  init() throws { test = try TestLake(tables: ["usage"]) }

  static func file(_ name: String) -> AddedFile {
    AddedFile(
      path: name,
      partitionValues: ["date": "2026-01-01"],
      byteCount: 2,
      modificationTime: 5
    )
  }

  func prepared(
    _ mark: String,
    adds: [String] = [],
    removes: [String] = [],
    claims: [TableChanges.Claim] = []
  ) throws -> PreparedCommit {
    var changes = TableChanges()
    for name in adds { changes.add(Self.file(name)) }
    for name in removes { changes.remove(Self.file(name)) }
    for claim in claims { changes.claim(claim) }
    return PreparedCommit(
      table: table,
      shape: TableShape(try table.snapshot()),
      changes: changes,
      mark: Transaction(appID: mark, version: 1),
      info: CommitInfo(operation: "WRITE")
    )
  }

  func commit(_ prepared: PreparedCommit) throws -> CommittedVersion {
    try prepared.written().commit()
  }

  @Test func writesGoldenVersions() throws {
    let created = try String(
      decoding: table.storage.read("lake/default/usage/_delta_log/" + LogFile.name(0)),
      as: UTF8.self
    )
    let id = try table.snapshot().metadata.id
    #expect(
      created
        == #"{"commitInfo":{"timestamp":1795219480000,"operation":"CREATE TABLE","#
        + #""operationParameters":{},"engineInfo":"logveil"}}"# + "\n"
        + #"{"protocol":{"minReaderVersion":1,"minWriterVersion":2}}"# + "\n"
        + #"{"metaData":{"id":"\#(id)","format":{"provider":"parquet","options":{}},"#
        + #""schemaString":"{\"type\":\"struct\",\"fields\":[{\"name\":\"date\",\"type\":\"date\","#
        + #"\"nullable\":true,\"metadata\":{}},{\"name\":\"events\",\"type\":\"long\","#
        + #"\"nullable\":true,\"metadata\":{}}]}","partitionColumns":["date"],"configuration":{},"#
        + #""createdTime":1795219480000}}"# + "\n"
    )
    let claim = TableChanges.Claim(appID: "archive:1", previous: nil, next: 1)
    _ = try commit(prepared("r1", adds: ["b", "a"]))
    _ = try commit(prepared("r2", adds: ["c"], removes: ["a"], claims: [claim]))
    let text = try String(
      decoding: table.storage.read("lake/default/usage/_delta_log/" + LogFile.name(2)),
      as: UTF8.self
    )
    #expect(
      text
        == #"{"commitInfo":{"timestamp":1795219480000,"operation":"WRITE","#
        + #""operationParameters":{},"engineInfo":"logveil","isBlindAppend":false,"#
        + #""operationMetrics":{"numFiles":"1","numOutputBytes":"2","numRemovedFiles":"1"}}}"#
        + "\n" + #"{"txn":{"appId":"r2","version":1,"lastUpdated":1795219480000}}"#
        + "\n" + #"{"txn":{"appId":"archive:1","version":1,"lastUpdated":1795219480000}}"#
        + "\n" + #"{"remove":{"path":"a","deletionTimestamp":1795219480000,"dataChange":true,"#
        + #""extendedFileMetadata":true,"partitionValues":{"date":"2026-01-01"},"size":2}}"#
        + "\n" + #"{"add":{"path":"c","partitionValues":{"date":"2026-01-01"},"size":2,"#
        + #""modificationTime":5,"dataChange":true}}"# + "\n"
    )
    #expect(try table.storage.list("lake/default/usage/_delta_log").count == 3)
  }

  @Test func aMarkCommitsOnce() throws {
    let first = try commit(prepared("r1", adds: ["a"]))
    #expect(first == CommittedVersion(table: table.path, version: 1, isNew: true))
    let again = try commit(prepared("r1", adds: ["a"]))
    #expect(again == CommittedVersion(table: table.path, version: 1, isNew: false))
    #expect(try table.snapshot().version == 1)
  }

  @Test func whatIsThereIsNotAddedAgain() throws {
    _ = try commit(prepared("r1", adds: ["a"]))
    // "a" is added and removed: it stays. "b" is new.
    _ = try commit(prepared("r2", adds: ["a", "b"], removes: ["a"]))
    #expect(try table.files().map(\.path) == ["a", "b"])
    _ = try commit(prepared("r3", adds: ["b"]))
    #expect(try table.snapshot().removedFiles.isEmpty)
    #expect(try table.history().first?.metrics["numFiles"] == "0")
  }

  @Test func conflictsAreNamed() throws {
    _ = try commit(prepared("r1", adds: ["a"]))
    let one = try prepared("r2", removes: ["a"])
    let other = try prepared("r3", adds: ["b"], removes: ["a"])
    _ = try commit(one)
    let gone = DeltaError.conflict(table: table.path, .fileGone(path: "a"))
    #expect(throws: gone) { try commit(other) }
    #expect(gone.exitCode == 75)
    let claim = TableChanges.Claim(appID: "x", previous: nil, next: 1)
    _ = try commit(prepared("r4", claims: [claim]))
    #expect(throws: DeltaError.conflict(table: table.path, .transactionTaken(appID: "x"))) {
      try commit(prepared("r5", claims: [claim]))
    }
    _ = try commit(prepared("r6", claims: [.init(appID: "x", previous: 1, next: 2)]))
    #expect(try table.snapshot().transactions["x"] == 2)
  }

  @Test func otherColumnsAreAConflict() throws {
    let stale = try prepared("r1", adds: ["a"])
    let wider = Schema(TestLake.schema.fields + [Field("new", .string)])
    let metadata = TableMetadata(
      id: "1",
      schemaText: SchemaText.text(of: wider),
      partitionColumns: ["date"],
      configuration: ["delta.appendOnly": "true"]
    )
    try table.storage.put(
      "lake/default/usage/_delta_log/" + LogFile.name(1),
      LogAction.metadata(metadata).line
    )
    #expect(throws: DeltaError.conflict(table: table.path, .schemaChanged)) { try commit(stale) }
    _ = try commit(prepared("r2", adds: ["a"]))
    #expect(throws: DeltaError.conflict(table: table.path, .appendOnly)) {
      try commit(prepared("r3", removes: ["a"]))
    }
    #expect(throws: DeltaError.schemaDiffers(table: table.path)) {
      try table.create(schema: TestLake.schema, partitionColumns: ["date"])
    }
  }

  @Test func makersOfOneTableAgree() throws {
    let disk = SimulatedDisk(seed: 1)
    for step in 0..<40 {
      let path = "lake/t\(step)"
      var plan = SimulatedStorage.Plan()
      plan.interruption = (
        step,
        {
          let other = DeltaTable(storage: SimulatedStorage(disk), path: path) { 2 }
          _ = try? other.create(schema: TestLake.schema, partitionColumns: ["date"], id: "other")
        }
      )
      let mine = DeltaTable(storage: SimulatedStorage(disk, plan: plan), path: path) { 1 }
      let snapshot = try mine.create(
        schema: TestLake.schema,
        partitionColumns: ["date"],
        id: "mine"
      )
      #expect(snapshot.version == 0)
      #expect(["mine", "other"].contains(snapshot.metadata.id))
      let now = try DeltaTable(storage: SimulatedStorage(disk), path: path).snapshot()
      #expect(now.metadata.id == snapshot.metadata.id)
    }
  }

  /// Two writers die right after they named their versions; whatever a power cut leaves of them,
  /// no version is missing below another.
  @Test func noVersionOutlivesTheOneBefore() throws {
    for seed in 0..<60 as Range<UInt64> {
      let disk = SimulatedDisk(seed: seed)
      try DeltaTable(storage: SimulatedStorage(disk), path: "t") { 1 }
        .create(schema: TestLake.schema, partitionColumns: ["date"])
      for mark in ["a", "b"] {
        var plan = SimulatedStorage.Plan()
        plan.endAfterLink = (1, 0)
        let table = DeltaTable(storage: SimulatedStorage(disk, plan: plan), path: "t") { 1 }
        let commit = PreparedCommit(
          table: table, shape: TableShape(try table.snapshot()), changes: TableChanges(),
          mark: Transaction(appID: mark, version: 1), info: CommitInfo(operation: "WRITE"))
        #expect(throws: DeltaError.self) { try commit.written().commit() }
      }
      let table = DeltaTable(storage: SimulatedStorage(disk), path: "t") { 1 }
      #expect(try table.snapshot().version == 2)
      disk.losePower()
      #expect(try table.snapshot().version >= 1)
    }
  }

  @Test func randomIDsAreUUIDs() {
    let ids = Set((0..<100).map { _ in DeltaTable.randomID() })
    #expect(ids.count == 100)
    #expect(ids.allSatisfy { $0.utf8.count == 36 && Array($0.utf8)[14] == UInt8(ascii: "4") })
  }

  @Test func badMarksAreOurMistake() async {
    await #expect(processExitsWith: .failure) {
      let test = try TestLake(tables: ["usage"])
      let table = test.lake.table("usage")
      _ = PreparedCommit(
        table: table,
        shape: TableShape(try table.snapshot()),
        changes: TableChanges(),
        mark: Transaction(appID: "a/b", version: 1),
        info: CommitInfo(operation: "WRITE")
      )
    }
  }
}
