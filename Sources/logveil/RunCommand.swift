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
  var archives: [ArchiveArguments]

  @OptionGroup var flags: IngestFlags

  @OptionGroup var intake: IntakeFlags

  @Flag(help: "Read and count everything, write nothing.")
  var dryRun = false

  @OptionGroup var watching: WatchFlags

  @Flag(help: "Print one JSON object at the end.")
  var json = false

  func run() throws {
    let request = try request()
    try watching.checkOutputs()
    let lineage = watching.lineage(of: "run.\(flags.source)")
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
    // The run is committed, whatever becomes of what is told about it elsewhere.
    tell(summary)
    let lineageEnd = Result { try lineage?.end(summary) }
    try writeMetrics(summary, summary.exitCode)
    try lineageEnd.get()
    // At once: to give reports of many archives back one by one takes longer than to end.
    withExtendedLifetime(summary) { Terminal.exit(summary.exitCode) }
  }

  private func summary(
    of request: RunRequest, begin: () throws(OperationError) -> Void
  ) throws -> RunSummary {
    let operation = RunOperation(request)
    var (archives, unlisted) = try operation.list()
    if let minAge = intake.minAge {
      let (settled, growing) = RunOperation.settled(archives, ageSecondsMin: minAge.seconds)
      intake.say(growing: growing, of: archives.count)
      archives = settled
    }
    let watch = SignalWatch([SIGINT, SIGTERM]) { _ in operation.cancellation.cancel() }
    let display = try watching.display(
      operation.progress, totalBytes: RunOperation.storedBytes(of: archives), home: homeOptions)
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
      Terminal.put(JSON.line(words.report))
    } else {
      Terminal.put(words.table)
    }
  }

  private func writeMetrics(_ summary: RunSummary?, _ code: Operations.ExitCode) throws {
    try watching.writeMetrics(summary, code, home: homeOptions, source: flags.source)
  }

  private func request() throws -> RunRequest {
    var request = try intake.request(flags, home: homeOptions, inputs: archives.paths)
    request.isDryRun = dryRun
    return request
  }
}
