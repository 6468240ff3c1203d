import ColumnTables
import DeltaLake
import Foundation
import Storage

/// Makes and shows Delta tables for the tests in Python: one command a call.
///
/// ```
/// delta-probe create  ROOT TABLE
/// delta-probe append  ROOT TABLE RUN DATE FILE ROWS MIN MAX   adds FILE; MIN, MAX of `events`
/// delta-probe replace ROOT TABLE RUN DATE FILE ROWS MIN MAX   … in place of all files of DATE
/// delta-probe race    ROOT TABLE RUN DATE FILE COUNT          COUNT runs, each with its own bytes
/// delta-probe show    ROOT TABLE
/// ```
@main struct Probe {
  static let schema = Schema([
    Field("date", .date), Field("host", .string), Field("events", .int64),
    Field("app_id", .int32), Field("first_seen", .timestamp), Field("private", .boolean),
  ])

  static func main() throws {
    let words = Array(CommandLine.arguments.dropFirst())
    guard words.count >= 3 else { throw ProbeError.usage }
    let lake = Lake(storage: try DiskStorage(root: words[1]), path: "lake", engine: "logveil/0")
    let table = lake.table(words[2])
    let rest = Array(words[3...])
    switch (words[0], rest.count) {
    case ("create", 0):
      try table.create(
        schema: schema,
        partitionColumns: ["date"],
        configuration: ["delta.deletedFileRetentionDuration": "interval 7 days"]
      )
    case ("append", 6): try add(lake, words[2], rest, replacing: false)
    case ("replace", 6): try add(lake, words[2], rest, replacing: true)
    case ("race", 4): try race(lake, words[2], rest)
    case ("show", 0): try show(table)
    default: throw ProbeError.usage
    }
  }

  enum ProbeError: Error { case usage }

  static func add(_ lake: Lake, _ table: String, _ words: [String], replacing: Bool) throws {
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: words[2])))
    let numbers = words[3...].compactMap { Int64($0) }
    guard numbers.count == 3 else { throw ProbeError.usage }
    try RunRecovery.recover(lake)
    let run = try RunTransaction.begin(lake, run: words[0], tables: [table])
    if replacing {
      for file in run.snapshot(of: table).files
      where file.partitionValues["date"] == words[1] {
        try run.remove(table: table, file: file)
      }
    }
    try run.add(
      table: table,
      bytes: bytes.span,
      partition: ["date": words[1]],
      statistics: TableStatistics(
        rowCount: Int(numbers[0]),
        columns: [
          .init(
            name: "events",
            type: .int64,
            nullCount: 0,
            minimum: .integer(numbers[1]),
            maximum: .integer(numbers[2])
          )
        ]
      )
    )
    var info = CommitInfo(
      operation: "WRITE",
      parameters: ["mode": replacing ? "Overwrite" : "Append"]
    )
    info.userMetadata = "probe"
    print(try run.commit(info: [table: info])[table] ?? -1)
  }

  static func race(_ lake: Lake, _ table: String, _ words: [String]) throws {
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: words[2])))
    for number in 0..<(Int(words[3]) ?? 0) {
      let run = try RunTransaction.begin(lake, run: "\(words[0])-\(number)", tables: [table])
      // A Parquet file may have anything behind its first magic; its own bytes, its own name.
      let own = bytes + Array("\(words[0]) \(number)".utf8)
      try run.add(
        table: table,
        bytes: own.span,
        partition: ["date": words[1]],
        statistics: nil
      )
      _ = try run.commit()
    }
  }

  static func show(_ table: DeltaTable) throws {
    let snapshot = try table.snapshot()
    let shown: [String: Any] = [
      "version": snapshot.version,
      "transactions": snapshot.transactions,
      "columns": snapshot.schema.fields.map(\.name),
      "files": snapshot.files.map { file in
        let statistics = file.statisticsText.flatMap {
          FileStatistics.statistics(of: $0, schema: snapshot.schema)
        }
        return ["path": file.path, "rows": statistics?.rowCount ?? -1] as [String: Any]
      },
      "operations": try table.history().map(\.operation),
    ]
    let data = try JSONSerialization.data(withJSONObject: shown, options: [.sortedKeys])
    print(String(decoding: data, as: UTF8.self))
  }
}
