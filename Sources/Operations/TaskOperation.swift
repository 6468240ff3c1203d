internal import AppMatching
package import ArchiveDecoding
internal import ColumnTables
internal import DeltaLake
internal import Governance
internal import IngestPipeline
internal import Synchronization
internal import VeiledRecords

/// What a task of a plan made: files that nobody sees until `commit` puts them into the tables.
package struct TaskResult: Sendable {
  package let summary: RunSummary
  /// Name of the stored list of files, for `commit`.
  package let result: String
  package let files: Int
  package let bytes: Int64
}

/// `run` in three steps, for an engine that spreads the middle one over processes: `plan` cuts
/// archives into tasks, a task reads its archives and writes files, `commit` adds the files of all
/// tasks in one commit.
extension RunOperation {
  /// Archives in tasks of about `taskBytesMax` stored bytes, in their order.
  package static func tasks(
    of archives: [ArchiveReference], taskBytesMax: UInt64
  ) -> [[ArchiveReference]] {
    var tasks: [[ArchiveReference]] = []
    var bytes: UInt64 = 0
    for archive in archives {
      let more = archive.byteCount ?? 0
      if tasks.isEmpty || bytes + more > taskBytesMax {
        tasks.append([])
        bytes = 0
      }
      tasks[tasks.count - 1].append(archive)
      bytes += more
    }
    return tasks
  }

  /// Reads the archives of one task and stores files. May be done again, by several processes at
  /// once: the same archives give the same files, and those that are not committed do no harm.
  package func runTask(
    _ number: Int, of plan: String, _ archives: [ArchiveReference]
  ) throws(OperationError) -> TaskResult {
    do { return try taskInHome(number, of: plan, archives) } catch { throw OperationError(error) }
  }

  private func taskInHome(
    _ number: Int, of plan: String, _ archives: [ArchiveReference]
  ) throws -> TaskResult {
    let ready = try prepareLake()
    return try ready.operation.task(number, of: plan, archives, ready.home, ready.lake)
  }

  private func task(
    _ number: Int, of plan: String, _ archives: [ArchiveReference], _ prepared: PreparedHome,
    _ lake: Lake
  ) throws -> TaskResult {
    try RunRecovery.recover(lake)
    try LakeTables.make(in: lake, withActivities: request.options.keepsActivities)
    let records = try IngestRecords(of: lake, try lake.table("ingests").snapshot())
    let known =
      request.isReprocessing ? KnownArchives() : records.known(source: request.options.source)
    let sink = LooseSink(lake: lake)
    let spill = SealedSpill(in: prepared.home.path)
    let job = try job(archives, prepared.keyring, known: known, sink: sink, spill: spill)
    let result = try job.run()
    if result.reports.contains(where: { $0.isJoined || $0.isFailed }) {
      try job.writeRecords(result, context(job))
    }
    let files = sink.files
    let name = try lake.storeTask(
      plan: plan, task: number, TaskFiles(files: files, rules: request.privacyCode))
    var summary = summary(result, version: nil)
    summary.notices = prepared.notices
    summary.exitCode = exitCode(of: summary)
    return TaskResult(
      summary: summary, result: name, files: files.count,
      bytes: files.reduce(0) { $0 + $1.file.byteCount })
  }
}

/// Stores files and remembers them.
private final class LooseSink: FileSink {
  private let lake: Lake
  private let mark = String.newRunID("task")
  private let begun = Atomic(0)
  private let stored = Mutex<[LooseFile]>([])

  init(lake: Lake) { self.lake = lake }

  /// In a fixed order, whatever the threads did.
  var files: [LooseFile] {
    stored.withLock { $0 }.sorted { ($0.table, $0.file.path) < ($1.table, $1.file.path) }
  }

  func begin(table: String, day: Int32) throws -> any SinkFile {
    let number = begun.wrappingAdd(1, ordering: .relaxed).newValue
    let draft = try lake.beginLoose(
      table: table, partition: ["date": CivilDay(day).description], mark: "\(mark).\(number)")
    return File(sink: self, table: table, draft: draft)
  }

  private struct File: SinkFile {
    let sink: LooseSink
    let table: String
    let draft: DraftFile

    func append(_ bytes: [UInt8]) throws { try draft.append(bytes.span) }

    func finish(statistics: TableStatistics?, silent: Set<String>) throws {
      let file = try sink.lake.store(
        draft, of: table, statistics: statistics, leavingOut: silent)
      sink.stored.withLock { $0.append(file) }
    }
  }
}
