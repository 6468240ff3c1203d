import ArchiveDecoding
import ArgumentParser
import IngestPipeline
import Operations
import StagedExecution

/// What of the archives comes in, and where; shared by `run` and `backfill`.
struct IntakeFlags: ParsableArguments {
  @Option(help: "Put the rows into the tables of this snapshot report, not the continuous ones.")
  var snapshot: String?

  @Option(help: "Leave out events before this day (YYYY-MM-DD, UTC).")
  var since: String?

  @Option(help: "Leave out events after this day (YYYY-MM-DD, UTC).")
  var until: String?

  @Option(help: "Leave out events that are older than so many days (UTC).")
  var maxAge: Int?

  @Option(
    help: """
      Pass over archives that were changed less than this ago, as 10min: they may still be growing.
      """)
  var minAge: Age?

  @Flag(help: "Replace what archives that are in the tables contributed; needs whole batches.")
  var reprocess = false

  func validate() throws {
    guard let maxAge else { return }
    if since != nil { throw ValidationError("--max-age and --since say the same; give one.") }
    guard (0...40_000).contains(maxAge) else {
      throw ValidationError("--max-age is a number of days: 0 to 40000.")
    }
  }

  /// The run that these flags and `flags` ask for.
  func request(_ flags: IngestFlags, home: HomeOptions, inputs: [String]) throws -> RunRequest {
    var request = try flags.request(
      home: home, inputs: inputs, since: since, until: until, isReprocessing: reprocess)
    if let maxAge {
      // The same words every night, although the days are others: what was read stays known.
      request.options.limit(toAge: maxAge, firstDay: RunOperation.firstDay(ofAge: maxAge))
    }
    request.snapshot = snapshot
    return request
  }

  /// Says how many archives were passed over for their age.
  func say(growing: Int, of count: Int) {
    guard let minAge, growing > 0 else { return }
    Terminal.say(
      "Changed less than \(minAge.text) ago, and passed over: \(growing) of \(count) archives.")
  }
}

/// How a run is watched: at the terminal, and by what it leaves for others.
struct WatchFlags: ParsableArguments {
  @Option(help: "Show progress: auto (on a terminal), on, off.")
  var progress: ProgressMode?

  @Option(help: "Write metrics to this file, for Prometheus' textfile collector.")
  var metrics: String?

  @Option(help: "Append OpenLineage events to this file, one a line.")
  var lineage: String?

  /// Refuses files that lie in a home, before anything is read.
  func checkOutputs() throws {
    for path in [lineage, metrics] { try path.map(HomeWall.checkOutput) }
  }

  /// A bar or lines on standard error, until its end.
  func display(
    _ progress: Progress, totalBytes: UInt64, home: HomeOptions
  ) throws -> ProgressDisplay {
    ProgressDisplay(
      progress, totalBytes: totalBytes,
      mode: try self.progress ?? home.defaults().progress ?? .auto)
  }

  /// The lineage of one run of a job, as `run.default`.
  func lineage(of job: String) -> Lineage? { lineage.map { Lineage(path: $0, job: job) } }

  /// Tells of a run that ended; `summary` is `nil` when it failed as a whole.
  func writeMetrics(
    _ summary: RunSummary?, _ exitCode: Operations.ExitCode, home: HomeOptions, source: String
  ) throws {
    guard let metrics else { return }
    try RunMetrics.write(
      summary, exitCode: exitCode, tenant: home.tenant, source: source, to: metrics)
  }
}

extension Lineage {
  /// A run that came to its end, with or without archives.
  func end(_ summary: RunSummary) throws {
    if summary.exitCode == .badData {
      try fail(OperationError(.badData, "Nothing was committed: no archive can be read."))
    } else {
      try complete(summary)
    }
  }
}
