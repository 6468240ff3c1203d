import ColumnTables
import SimulatedStorage
import Storage
import Testing

@testable import DeltaLake

@Suite struct SnapshotTests {
  let storage = SimulatedStorage(SimulatedDisk(seed: 1))
  var table: DeltaTable { DeltaTable(storage: storage, path: "t") { 7 } }

  static let start = [
    #"{"protocol":{"minReaderVersion":1,"minWriterVersion":2}}"#,
    #"{"metaData":{"id":"a","format":{"provider":"parquet","options":{}},"schemaString":"#
      + #""{\"type\":\"struct\",\"fields\":[{\"name\":\"x\",\"type\":\"long\",\"nullable\":true,"#
      + #"\"metadata\":{}}]}","partitionColumns":[],"configuration":{}}}"#,
  ]

  static func add(_ path: String) -> String {
    #"{"add":{"path":"\#(path)","partitionValues":{},"size":1,"modificationTime":0}}"#
  }

  static func remove(_ path: String) -> String {
    #"{"remove":{"path":"\#(path)","deletionTimestamp":5,"dataChange":true}}"#
  }

  func put(_ version: Int64, _ lines: [String]) throws {
    try storage.put("t/_delta_log/" + LogFile.name(version), lines.joined(separator: "\n"))
  }

  @Test func readsAHandMadeLog() throws {
    try put(0, Self.start + [Self.add("a"), Self.add("b")])
    try put(1, [Self.remove("a"), Self.add("c"), #"{"txn":{"appId":"r","version":4}}"#])
    let first = try table.snapshot()
    #expect(first.version == 1)
    #expect(first.files.map(\.path) == ["b", "c"])
    #expect(first.transactions == ["r": 4])
    #expect(first.removedFiles.keys.sorted() == ["a"])
    #expect(first.schema == Schema([Field("x", .int64)]))
    #expect(try table.snapshot(after: first).version == 1)
    // The same path back, and removed and added in one commit.
    try put(
      2,
      [Self.add("a"), #"{"add":null,"futureAction":{}}"#, "", Self.remove("b"), Self.add("b")]
    )
    let second = try table.snapshot(after: first)
    #expect(second.version == 2)
    #expect(second.files == (try table.files()))
    #expect(second.files.map(\.path) == ["a", "b", "c"])
    #expect(second.removedFiles.isEmpty)
    #expect(try table.history().map(\.version) == [2, 1, 0])
    #expect(try table.history().map(\.operation) == ["UNKNOWN", "UNKNOWN", "UNKNOWN"])
  }

  @Test func passesOverOtherFilesOfTheLog() throws {
    try put(0, Self.start)
    for name in [
      ".tmp-1", "_last_checkpoint", "00000000000000000000.checkpoint.parquet", "1.json",
      "00000000000000000003.crc", ".00000000000000000001.json.tmp", "0000000000000000000x.json",
    ] { try storage.put("t/_delta_log/" + name, "?") }
    #expect(try table.snapshot().version == 0)
  }

  @Test func readsALogOfDeltalake() throws {
    for version in 0..<3 {
      try storage.put(
        "t/_delta_log/" + LogFile.name(Int64(version)),
        try TestLake.golden("deltalake-\(version).json")
      )
    }
    let snapshot = try table.snapshot()
    #expect(snapshot.version == 2)
    #expect(snapshot.partitionColumns == ["date"])
    #expect(
      snapshot.schema
        == Schema([
          Field("date", .date), Field("host", .string), Field("events", .int64),
          Field("app_id", .int32), Field("first_seen", .timestamp), Field("private", .boolean),
        ])
    )
    #expect(snapshot.transactions == ["app": 3])
    #expect(
      snapshot.metadata.configuration == ["delta.deletedFileRetentionDuration": "interval 7 days"]
    )
    #expect(
      snapshot.files.map { $0.partitionValues["date"] } == [
        "2026-01-01", "2026-01-02", "2026-01-02",
      ]
    )
    #expect(snapshot.removedFiles.count == 2)
    let text = try #require(snapshot.files.last?.statisticsText)
    let statistics = try #require(FileStatistics.statistics(of: text, schema: snapshot.schema))
    #expect(statistics.rowCount == 1)
    #expect(
      statistics.columns.map(\.name) == ["host", "events", "app_id", "first_seen", "private"]
    )
    #expect(statistics.columns.first { $0.name == "app_id" }?.nullCount == 1)
    let history = try table.history()
    #expect(history.map(\.version) == [2, 1, 0])
    #expect(history.first?.operation == "WRITE")
    #expect(history.first?.metrics["num_removed_files"] == "2")
    #expect(history.first?.parameters["mode"] == "Overwrite")
  }

  @Test func refusesFeatures() throws {
    try storage.put(
      "t/_delta_log/" + LogFile.name(0),
      try TestLake.golden("deltalake-feature.json")
    )
    let error = DeltaError.unsupportedProtocol(
      table: "t",
      reader: 3,
      writer: 7,
      features: ["timestampNtz"]
    )
    #expect(throws: error) { try table.snapshot() }
    #expect(error.description.contains("timestampNtz"))
  }

  @Test func refusesAFeatureThatComesLater() throws {
    try put(0, Self.start)
    try put(1, [#"{"protocol":{"minReaderVersion":1,"minWriterVersion":4}}"#])
    #expect(throws: DeltaError.unsupportedProtocol(table: "t", reader: 1, writer: 4, features: []))
    {
      try table.snapshot()
    }
  }

  @Test func namesWhatIsMissing() throws {
    #expect(throws: DeltaError.noTable(table: "t")) { try table.snapshot() }
    #expect(throws: DeltaError.noTable(table: "t")) { try table.history() }
    try put(5, Self.start)
    #expect(throws: DeltaError.logBeginningMissing(table: "t", first: 5)) { try table.snapshot() }
    try put(0, Self.start)
    #expect(throws: DeltaError.logGap(table: "t", version: 1)) { try table.snapshot() }
    #expect(throws: DeltaError.logGap(table: "t", version: 1)) { try table.history() }
  }

  @Test(arguments: [
    ([""], DeltaError.malformedLog(table: "t", version: 0, line: 1, offset: 0)),
    (["{}", "{"], .malformedLog(table: "t", version: 0, line: 2, offset: 4)),
    (
      ["{}", "", #"{"txn":{}}"#],
      .malformedAction(table: "t", version: 0, line: 3, problem: .member("txn.appId"))
    ),
    (["{}"], .incompleteLog(table: "t")),
    ([start[0]], .incompleteLog(table: "t")),
    ([start[1]], .incompleteLog(table: "t")),
  ])
  func namesDamage(lines: [String], error: DeltaError) throws {
    try put(0, lines)
    #expect(throws: error) { try table.snapshot() }
    #expect(error.exitCode == 1)
    #expect(!error.description.isEmpty)
  }

  /// No cut and no changed bit of a log makes more of it than an error or another good log.
  @Test func survivesDamage() throws {
    let bytes = try TestLake.golden("deltalake-2.json")
    var random = SeededRandom(seed: 5)
    for _ in 0..<1_500 {
      var damaged = bytes
      if random.isTrue(percent: 30) { damaged.removeLast(1 + random.below(bytes.count - 1)) }
      for _ in 0..<(1 + random.below(3)) {
        damaged[random.below(damaged.count)] ^= 1 << UInt8(random.below(8))
      }
      do { _ = try LogFile.commit(damaged, table: "t", version: 2) } catch {
        #expect(!error.description.isEmpty)
      }
    }
  }
}
