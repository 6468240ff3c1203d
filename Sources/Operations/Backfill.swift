internal import ArchiveDecoding
internal import ByteBlocks
internal import ColumnTables
internal import DeltaLake
internal import Glibc
package import IngestPipeline
internal import LogFormats
package import StagedExecution
internal import VeiledRecords

/// What a person asked `logveil backfill` to do.
package struct BackfillRequest: Sendable {
  /// What each step does; its inputs are the folders.
  package var run: RunRequest
  /// Days of the first events of archives, in days since 1970.
  package var days: ClosedRange<Int32>
  /// Stored bytes of one step.
  package var stepBytesMax: UInt64 = 4 << 30
  /// Lets everything else on the machine go first.
  package var isNice = false
  /// Archives that were changed less than so long ago are passed over; `nil`: none.
  package var ageSecondsMin: Int64?

  package init(run: RunRequest, days: ClosedRange<Int32>) {
    self.run = run
    self.days = days
  }
}

/// What became of one step.
package struct BackfillStep: Sendable {
  /// `nil` when the step failed as a whole.
  package let summary: RunSummary?
  package let error: OperationError?
}

/// Reads archives of years in steps that commit one by one, and goes on where it was interrupted.
///
/// Archives that the tables hold are skipped, so that going on needs no memory of its own. With
/// `--reprocess` they are read again: then the first step leaves a mark in the log of `usage`, the
/// moment at which the backfill began, and its end takes it away. Until then, archives that came in
/// since that moment are done.
package final class Backfill: Sendable {
  private let request: BackfillRequest
  /// `nil` where there is no home yet, and none is wanted for looking.
  private let lake: Lake?
  /// What was made on the way, and must be said once.
  package let notices: [String]
  package let cancellation = Cancellation()
  /// How far all steps together are.
  package let progress = Progress()

  /// Asks whether this may be done; a dry run makes no home.
  package init(_ request: BackfillRequest) throws(OperationError) {
    var settled = request
    if request.run.isDryRun, !Home.exists(at: request.run.home) {
      try settled.run.settle(nil)
      (lake, notices) = (nil, [])
    } else {
      let ready = try RunOperation(request.run).prepareLake()
      settled.run = ready.operation.request
      (lake, notices) = (ready.lake, ready.home.notices)
    }
    self.request = settled
  }

  // MARK: Planning

  /// Looks at all archives and at the tables.
  package func plan() throws(OperationError) -> BackfillPlan {
    do {
      guard let lake else { return try plan(HeldArchives(options: request.run.options), nil) }
      try RunRecovery.recover(lake)
      try LakeTables.make(
        in: lake, withActivities: request.run.options.keepsActivities)
      let snapshots = try lake.snapshots(of: ["usage", "ingests"])
      guard let usage = snapshots["usage"], let ingests = snapshots["ingests"] else {
        preconditionFailure("A lake gives the snapshots that it was asked for.")
      }
      let held = HeldArchives(
        try IngestRecords(of: lake, ingests), options: request.run.options,
        since: request.run.isReprocessing ? usage.transactions[markName] : nil)
      return try plan(held) { batches in try self.sharedFiles(of: batches, lake, usage) }
    } catch { throw OperationError(error) }
  }

  /// - Parameter shared: for each file of `usage` that holds rows of some batches, which of them.
  private func plan(
    _ held: HeldArchives, _ shared: ((Set<String>) throws -> [Set<String>])?
  ) throws -> BackfillPlan {
    let list = try archives()
    var plan = BackfillPlan()
    var dated: [(archive: ArchiveReference, day: Int32)] = []
    var undated: [(archive: ArchiveReference, reason: String?)] = []
    let parsers = TrialParsers()
    for archive in list.found where !archive.isStandardInput {
      if cancellation.isCancelled { throw IngestError.cancelled }
      let (beginning, reason) = beginning(of: archive, with: parsers)
      guard case .day(let day) = beginning else {
        undated.append((archive, beginning == .quiet ? nil : reason))
        continue
      }
      guard request.days.contains(day) else {
        plan.otherDays += 1
        continue
      }
      if try held.isDone(archive) {
        plan.doneBefore += 1
      } else {
        dated.append((archive, day))
      }
    }
    (plan.growing, plan.unlisted) = (list.growing, list.unlisted)
    let records = try held.records(
      of: dated, isExact: request.run.isReprocessing, cancellation: cancellation)
    var planned = zip(dated, records).map { found, record in
      PlannedArchive(
        reference: found.archive, day: found.day, isHeld: record != nil,
        batch: request.run.isReprocessing ? record?.batch : nil)
    }
    for (archive, reason) in undated {
      // A batch goes as a whole: with it those of its archives that have no day.
      let record = held.sameRecord(of: archive, isShort: reason == nil)
      // Where there were events once, that there are none now has its reason in the options.
      let hadEvents = request.run.isReprocessing && record?.events ?? 0 > 0
      let reason = reason ?? (hadEvents ? Self.noEvent : nil)
      if let batch = record?.batch, request.run.isReprocessing, try !held.isDone(archive),
        let day = planned.first(where: { $0.batch == batch })?.day
      {
        planned.append(
          PlannedArchive(reference: archive, day: day, isHeld: true, batch: batch))
      } else if let reason, record == nil || request.run.isReprocessing {
        plan.undated.append((archive.label, reason))
      } else if reason != nil {
        plan.known += 1
      } else {
        plan.quiet += 1
      }
    }
    plan.cut(
      planned, stepBytesMax: request.stepBytesMax,
      shared: try shared?(Set(planned.compactMap(\.batch))) ?? [])
    return plan
  }

  private static let noEvent = "no event can be read at its beginning"

  /// What an archive begins with, and why nothing can be told of it.
  private func beginning(
    of archive: ArchiveReference, with parsers: TrialParsers
  ) -> (ArchivePeek.Beginning, reason: String) {
    do {
      let beginning = try ArchivePeek.beginning(
        of: archive, options: request.run.options, with: parsers)
      return (beginning, Self.noEvent)
    } catch { return (.unreadable, error.description) }
  }

  private struct Archives {
    /// Those in containers one by one.
    var found: [ArchiveReference]
    /// Files that may still be growing.
    var growing = 0
    var unlisted: [(path: String, reason: String)]
  }

  private func archives() throws(OperationError) -> Archives {
    let (found, unlisted) = try RunOperation(request.run).list()
    var archives = Archives(found: found, unlisted: unlisted)
    if let age = request.ageSecondsMin {
      (archives.found, archives.growing) = RunOperation.settled(found, ageSecondsMin: age)
    }
    archives.found = ContainerList.expanded(archives.found)
    return archives
  }

  /// For each file of `usage` that holds rows of `batches`, which of them.
  private func sharedFiles(
    of batches: Set<String>, _ lake: Lake, _ usage: Snapshot
  ) throws -> [Set<String>] {
    guard !batches.isEmpty else { return [] }
    var shared: [Set<String>] = []
    for file in usage.files {
      let held = try batchesHeld(by: file, lake, usage).intersection(batches)
      if !held.isEmpty { shared.append(held) }
    }
    return shared
  }

  /// The log's bounds tell of a file with one batch; only of others the column is read.
  private func batchesHeld(
    by file: AddedFile, _ lake: Lake, _ usage: Snapshot
  ) throws -> Set<String> {
    let statistics = file.statisticsText.flatMap {
      FileStatistics.statistics(of: $0, schema: usage.schema)
    }
    let bounds = statistics?.columns.first { $0.name == "batch" }
    if case .string(let only)? = bounds?.minimum, bounds?.maximum == .string(only) {
      return [only]
    }
    var held: Set<String> = []
    try LakeTables.readFile(file, of: lake.table("usage"), columns: ["batch"]) { rows in
      guard let column = rows.column("batch") else { return }
      if case .codes(_, let dictionary) = column.values {
        for code in 0..<dictionary.count { held.insert(dictionary.string(code)) }
      } else {
        for row in 0..<rows.rowCount { if let text = column.text(row) { held.insert(text) } }
      }
    }
    return held
  }

  /// The mark of this very command: the same words go on with what they began.
  private var markName: String {
    let words =
      [request.run.options.source, request.run.options.description]
      + [request.days.lowerBound, request.days.upperBound].map { String($0) }
      + request.run.inputs.sorted()
    return "logveil:backfill:"
      + ContentID(of: Array(words.joined(separator: "\n").utf8).span).hex
  }

  // MARK: Running

  /// Runs the steps; `begin` hears of each one before, `tell` of how it ended.
  ///
  /// - Returns: the exit code of all together.
  package func run(
    _ plan: BackfillPlan, begin: () throws(OperationError) -> Void,
    tell: (Int, BackfillStep) throws(OperationError) -> Void
  ) throws(OperationError) -> ExitCode {
    if request.isNice { setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 19) }
    let began = try beginning()
    var (committed, isIncomplete) = (false, plan.hasLeftOut)
    for (number, archives) in plan.steps.enumerated() {
      try begin()
      let isLast = number == plan.steps.count - 1
      let step = step(archives, mark: began.map { (markName, isLast ? 0 : $0) })
      try tell(number, step)
      if let error = step.error {
        guard error.exitCode == .badData || error.exitCode == .noInput else { throw error }
        isIncomplete = true
      }
      if let summary = step.summary {
        committed = committed || summary.version != nil || summary.exitCode == .done
        isIncomplete = isIncomplete || summary.exitCode != .done
      }
    }
    try forgetBeginning()
    if !isIncomplete { return .done }
    return committed || (plan.steps.isEmpty && plan.hasOthers) ? .incomplete : .badData
  }

  /// Takes the mark away where the last step did not: it committed nothing, or was done before.
  private func forgetBeginning() throws(OperationError) {
    guard request.run.isReprocessing, let lake else { return }
    do {
      try lake.trying { () throws in
        let run = try LakeTables.begin("backfill", in: lake, withActivities: false)
        try run.abandoningOnError {
          guard let began = run.snapshot(of: "usage").transactions[markName], began > 0 else {
            return try run.abandon()
          }
          try run.claim(table: "usage", .init(appID: markName, previous: began, next: 0))
          _ = try run.commit(info: ["usage": CommitInfo(operation: "WRITE")])
        }
      }
    } catch { throw OperationError(error) }
  }

  /// The moment at which this backfill, or the interrupted one before, began; `nil` where what is
  /// known is skipped anyway.
  private func beginning() throws(OperationError) -> Int64? {
    guard request.run.isReprocessing else { return nil }
    guard let lake else { preconditionFailure("A dry run has no steps.") }
    let usage: Snapshot
    do { usage = try lake.table("usage").snapshot() } catch { throw OperationError(error) }
    if let began = usage.transactions[markName], began > 0 { return began }
    return lake.clock() * 1000
  }

  private func step(
    _ archives: [PlannedArchive], mark: (name: String, value: Int64)?
  ) -> BackfillStep {
    var request = request.run
    request.mark = mark
    let operation = RunOperation(request, cancellation: cancellation, progress: progress)
    do throws(OperationError) {
      let summary = try operation.run(archives.map(\.reference), unlisted: [])
      return BackfillStep(summary: summary, error: nil)
    } catch { return BackfillStep(summary: nil, error: error) }
  }
}
