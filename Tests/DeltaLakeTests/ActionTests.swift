import ColumnTables
import Testing

@testable import DeltaLake

@Suite struct ActionTests {
  static let lines: [(LogAction, String)] = {
    var info = CommitInfo(
      operation: "WRITE",
      parameters: ["partitionBy": #"["date"]"#, "mode": "Append"],
      metrics: ["numOutputRows": "80", "numFiles": "1"],
      userMetadata: "head=abc"
    )
    info.timestamp = 1_795_219_480_865
    info.engine = "logveil/0.1"
    info.isBlindAppend = false
    let metadata = TableMetadata(
      id: "4f1c",
      schemaText: SchemaText.text(of: Schema([Field("ts", .timestamp)])),
      partitionColumns: ["day"],
      configuration: ["delta.deletedFileRetentionDuration": "interval 7 days"],
      createdTime: 1_795_219_480_000
    )
    return [
      (
        .commitInfo(info),
        #"{"commitInfo":{"timestamp":1795219480865,"operation":"WRITE","operationParameters":"#
          + #"{"mode":"Append","partitionBy":"[\"date\"]"},"engineInfo":"logveil/0.1","#
          + #""isBlindAppend":false,"operationMetrics":{"numFiles":"1","numOutputRows":"80"},"#
          + #""userMetadata":"head=abc"}}"#
      ),
      (.tableProtocol(.ours), #"{"protocol":{"minReaderVersion":1,"minWriterVersion":2}}"#),
      (
        .metadata(metadata),
        #"{"metaData":{"id":"4f1c","format":{"provider":"parquet","options":{}},"schemaString":"#
          + #""{\"type\":\"struct\",\"fields\":[{\"name\":\"ts\",\"type\":\"timestamp\","#
          + #"\"nullable\":true,\"metadata\":{}}]}","partitionColumns":["day"],"configuration":"#
          + #"{"delta.deletedFileRetentionDuration":"interval 7 days"},"#
          + #""createdTime":1795219480000}}"#
      ),
      (
        .transaction(Transaction(appID: "run-1", version: 1, lastUpdated: 1_795_219_480_000)),
        #"{"txn":{"appId":"run-1","version":1,"lastUpdated":1795219480000}}"#
      ),
      (
        .remove(
          RemovedFile(
            path: "day=2026-01-01/part-A.zstd.parquet",
            deletionTimestamp: 1_795_219_480_863,
            partitionValues: ["day": "2026-01-01"],
            byteCount: 1691
          )
        ),
        #"{"remove":{"path":"day=2026-01-01/part-A.zstd.parquet","#
          + #""deletionTimestamp":1795219480863,"dataChange":true,"extendedFileMetadata":true,"#
          + #""partitionValues":{"day":"2026-01-01"},"size":1691}}"#
      ),
      (
        .add(
          AddedFile(
            path: "day=2026-01-01/part-B.zstd.parquet",
            partitionValues: ["day": "2026-01-01"],
            byteCount: 1893,
            modificationTime: 1_795_219_480_865,
            statisticsText: #"{"numRecords":80}"#
          )
        ),
        #"{"add":{"path":"day=2026-01-01/part-B.zstd.parquet","partitionValues":"#
          + #"{"day":"2026-01-01"},"size":1893,"modificationTime":1795219480865,"#
          + #""dataChange":true,"stats":"{\"numRecords\":80}"}}"#
      ),
      (
        .add(
          AddedFile(
            path: "a b%/é",
            partitionValues: ["day": nil],
            byteCount: 1,
            modificationTime: 0
          )
        ),
        #"{"add":{"path":"a%20b%25/%C3%A9","partitionValues":{"day":null},"size":1,"#
          + #""modificationTime":0,"dataChange":true}}"#
      ),
    ]
  }()

  @Test func writesGoldenLinesAndReadsThem() throws {
    for (action, line) in Self.lines {
      #expect(String(decoding: action.line, as: UTF8.self) == line + "\n")
      #expect(try LogAction(JSONReader.value(of: line)) == action)
    }
  }

  @Test(arguments: [
    #"{"domainMetadata":{"domain":"a"}}"#, #"{"cdc":{"path":"a"}}"#, "{}", #"{"add":null}"#, "[]",
    #"{"futureAction":1}"#,
  ])
  func passesOverOthers(line: String) throws {
    #expect(try LogAction(JSONReader.value(of: line)) == nil)
  }

  @Test(arguments: [
    (#"{"add":{"partitionValues":{},"size":1}}"#, ActionProblem.member("add.path")),
    (#"{"add":{"path":"a","partitionValues":{},"size":"1"}}"#, .member("add.size")),
    (#"{"add":{"path":"a","partitionValues":{},"size":1.5}}"#, .member("add.size")),
    (#"{"add":{"path":"a","size":1}}"#, .member("add.partitionValues")),
    (
      #"{"add":{"path":"a","partitionValues":{},"size":1,"deletionVector":{}}}"#,
      .member("add.deletionVector")
    ),
    (#"{"add":{"path":"../a","partitionValues":{},"size":1}}"#, .path),
    (#"{"add":{"path":"b/%2e%2e/a","partitionValues":{},"size":1}}"#, .path),
    (#"{"add":{"path":"/a","partitionValues":{},"size":1}}"#, .path),
    (#"{"add":{"path":"s3://b/a","partitionValues":{},"size":1}}"#, .path),
    (#"{"add":{"path":"a%2","partitionValues":{},"size":1}}"#, .path),
    (#"{"add":{"path":"a%+1","partitionValues":{},"size":1}}"#, .path),
    (#"{"add":{"path":"%ff","partitionValues":{},"size":1}}"#, .path),
    (#"{"remove":{}}"#, .member("remove.path")),
    (#"{"txn":{"appId":"a"}}"#, .member("txn.version")),
    (#"{"metaData":{"id":"a","schemaString":"{}"}}"#, .member("metaData.partitionColumns")),
    (
      #"{"metaData":{"id":"a","schemaString":"{}","partitionColumns":[1]}}"#,
      .member("metaData.partitionColumns")
    ),
    (#"{"protocol":{"minReaderVersion":1}}"#, .member("protocol.minWriterVersion")),
  ])
  func refusesBadActions(line: String, problem: ActionProblem) {
    #expect(throws: problem) { try LogAction(JSONReader.value(of: line)) }
  }

  @Test func readsSchemas() throws {
    let schema = Schema([
      Field("a", .boolean), Field("b", .int32), Field("c", .int64), Field("d", .date),
      Field("e", .timestamp), Field("f", .string, isNullable: false),
    ])
    #expect(try SchemaText.schema(of: SchemaText.text(of: schema)) == schema)
    let start = #"{"type":"struct","fields":["#
    let rows: [(String, SchemaText.Problem)] = [
      ("", .malformed), ("{}", .malformed), (start + "1]}", .malformed),
      (start + #"{"name":"a","type":"double"}]}"#, .column(name: "a", type: "double")),
      (start + #"{"name":"a","type":{"type":"array"}}]}"#, .column(name: "a", type: "nested")),
      (
        start + #"{"name":"a","type":"long","metadata":{"delta.invariants":"x"}}]}"#,
        .invariant(column: "a")
      ),
      (start + #"{"name":"a","type":"long"},{"name":"A","type":"long"}]}"#, .malformed),
    ]
    for (text, problem) in rows {
      #expect(throws: problem) { try SchemaText.schema(of: text) }
    }
  }
}
