internal import ColumnTables
internal import DeltaLake
internal import IngestPipeline
internal import VeiledRecords

/// Adds files to a run's transaction.
struct RunSink: FileSink {
  let run: RunTransaction

  func begin(table: String, day: Int32) throws -> any SinkFile {
    let draft = try run.begin(table: table, partition: ["date": CivilDay(day).description])
    return File(run: run, table: table, draft: draft)
  }

  private struct File: SinkFile {
    let run: RunTransaction
    let table: String
    let draft: DraftFile

    func append(_ bytes: [UInt8]) throws { try draft.append(bytes.span) }

    func finish(statistics: TableStatistics?, silent: Set<String>) throws {
      try run.add(draft, to: table, statistics: statistics, leavingOut: silent)
    }
  }
}

/// Takes files and keeps nothing: for dry runs.
struct NoSink: FileSink {
  func begin(table: String, day: Int32) throws -> any SinkFile { File() }

  private struct File: SinkFile {
    func append(_ bytes: [UInt8]) throws {}
    func finish(statistics: TableStatistics?, silent: Set<String>) throws {}
  }
}
