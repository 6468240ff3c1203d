import ArgumentParser
import Foundation
import IngestPipeline
import Operations
import StagedExecution

enum ProgressMode: String, ExpressibleByArgument, CaseIterable {
  case auto, on, off
}

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "The main job: archives in, pseudonymised tables out.",
    discussion: """
      Archives that the tables hold already are skipped, by the content of their text. A damaged \
      archive is left out as a whole, and the others go on (exit code 3).
      """)

  @OptionGroup var homeOptions: HomeOptions

  @Argument(help: "Archives: files, folders (with all in them), or - for standard input.")
  var archives: [String]

  @OptionGroup var flags: IngestFlags

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

  @Flag(help: "Read and count everything, write nothing.")
  var dryRun = false

  @Option(help: "Show progress: auto (on a terminal), on, off.")
  var progress: ProgressMode?

  @Option(help: "Write metrics to this file, for Prometheus' textfile collector.")
  var metrics: String?

  @Option(help: "Append OpenLineage events to this file, one a line.")
  var lineage: String?

  @Flag(help: "Print one JSON object at the end.")
  var json = false

  func validate() throws {
    guard let maxAge else { return }
    if since != nil { throw ValidationError("--max-age and --since say the same; give one.") }
    guard (0...40_000).contains(maxAge) else {
      throw ValidationError("--max-age is a number of days: 0 to 40000.")
    }
  }

  func run() throws {
    let request = try request()
    for path in [lineage, metrics] { try path.map(HomeWall.checkOutput) }
    let lineage = lineage.map { Lineage(path: $0, job: "run.\(flags.source)") }
    var hasBegun = false
    let summary: RunSummary
    do {
      summary = try self.summary(of: request) { () throws(OperationError) in
        hasBegun = true
        try lineage?.start()
      }
    } catch let error as OperationError {
      // Who may not run leaves no trace in files that tell of runs.
      if error.exitCode != .notPermitted {
        if !hasBegun { try? lineage?.start() }
        try? lineage?.fail(error)
        try? writeMetrics(nil, error.exitCode)
      }
      throw error
    }
    // The run is committed, whatever becomes of what is told about it.
    if summary.exitCode == .badData {
      try lineage?.fail(OperationError(.badData, "Nothing was committed: no archive can be read."))
    } else {
      try lineage?.complete(summary)
    }
    try writeMetrics(summary, summary.exitCode)
    tell(summary)
  }

  private func summary(
    of request: RunRequest, begin: () throws(OperationError) -> Void
  ) throws -> RunSummary {
    let operation = RunOperation(request)
    var (archives, unlisted) = try operation.list()
    if let minAge {
      let (settled, growing) = RunOperation.settled(archives, ageSecondsMin: minAge.seconds)
      if growing > 0 {
        Terminal.say(
          "Changed less than \(minAge.text) ago, and passed over: \(growing) of "
            + "\(archives.count) archives.")
      }
      archives = settled
    }
    let watch = SignalWatch([SIGINT, SIGTERM]) { _ in operation.cancellation.cancel() }
    let display = ProgressDisplay(
      operation.progress, totalBytes: RunOperation.storedBytes(of: archives),
      mode: try progress ?? homeOptions.defaults().progress ?? .auto)
    let question = SignalWatch([SIGUSR1]) { _ in display.tell() }
    defer {
      display.end()
      withExtendedLifetime((watch, question)) {}
    }
    return try operation.run(archives, unlisted: unlisted, begin: begin)
  }

  private func tell(_ summary: RunSummary) {
    let words = RunWords(summary)
    words.sayProblems()
    if json {
      Terminal.put(JSON.line(RunReport(summary)))
    } else {
      Terminal.put(words.table)
    }
    if summary.exitCode != .done { Terminal.exit(summary.exitCode) }
  }

  private func writeMetrics(
    _ summary: RunSummary?, _ exitCode: Operations.ExitCode
  ) throws {
    guard let metrics else { return }
    try RunMetrics.write(
      summary, exitCode: exitCode, tenant: homeOptions.tenant, source: flags.source, to: metrics)
  }

  private func request() throws -> RunRequest {
    var request = try flags.request(
      home: homeOptions, inputs: archives, since: since, until: until, isReprocessing: reprocess)
    if let maxAge {
      // The same words every night, although the days are others: what was read stays known.
      request.options.limit(toAge: maxAge, firstDay: RunOperation.firstDay(ofAge: maxAge))
    }
    request.isDryRun = dryRun
    request.snapshot = snapshot
    return request
  }
}
