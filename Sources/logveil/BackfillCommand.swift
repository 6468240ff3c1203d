import ArgumentParser
import Glibc
import IngestPipeline
import Operations
import StagedExecution
import VeiledRecords

struct BackfillCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backfill",
    abstract: "Read archives of months and years, in steps that commit one by one.",
    discussion: """
      Looks into the beginning of every archive, takes those whose first event lies between --from \
      and --to, shows what it is going to do, asks, and reads them in steps. All events of these \
      archives come in, each in its own day. Interrupted by Ctrl-C, a signal or a crash, the same \
      command goes on where it stopped (exit code 75).

      Archives that the tables hold are skipped. With --reprocess they are read again and replace \
      what they had contributed; steps are cut so that batches stay whole, and so that each file \
      of the table is written anew once, where that is possible.
      """)

  @OptionGroup var homeOptions: HomeOptions

  @Argument(help: "Folders with archives, or archives.")
  var folders: [ArchiveArguments]

  @Option(help: "First day of first events (YYYY-MM-DD, UTC).")
  var from: String

  @Option(help: "Last day of first events (YYYY-MM-DD, UTC).")
  var to: String

  @OptionGroup var flags: IngestFlags

  @OptionGroup var intake: IntakeFlags

  @Option(help: "Stored bytes of one step.")
  var stepBytes = ByteCount(bytes: 4 << 30)

  @Option(help: "Stored bytes to read in a second, at most.")
  var limitRate: ByteCount?

  @Flag(help: "Let everything else on the machine go first.")
  var nice = false

  @Flag(help: "Do not ask.")
  var yes = false

  @Flag(help: "Only show the plan.")
  var dryRun = false

  @OptionGroup var watching: WatchFlags

  @Flag(help: "Print one JSON object at the end.")
  var json = false

  func run() throws {
    try watching.checkOutputs()
    do { try backfill() } catch let error as OperationError {
      // Who may not run leaves no trace in files that tell of runs.
      if error.exitCode != .notPermitted { try? writeMetrics(nil, error.exitCode) }
      throw error
    }
  }

  private func backfill() throws {
    let backfill = try Backfill(try request())
    for notice in backfill.notices { Terminal.say(notice) }
    let watch = SignalWatch([SIGINT, SIGTERM]) { _ in backfill.cancellation.cancel() }
    defer { withExtendedLifetime(watch) {} }
    let plan = try backfill.plan()
    let words = BackfillWords(plan)
    intake.say(growing: plan.growing, of: plan.growing + plan.found)
    words.say(isReprocessing: intake.reprocess)
    if dryRun {
      if json { Terminal.put(words.object([], exitCode: nil).line) }
      return
    }
    if !yes, !plan.steps.isEmpty {
      guard Terminal.canAsk else {
        throw ValidationError("There is nobody to ask: give --yes, or --dry-run to see the plan.")
      }
      guard Terminal.confirms("Go on?") else {
        Terminal.say("Nothing was read.")
        return
      }
    }
    let (steps, exitCode) = try run(plan, backfill, words)
    if json { Terminal.put(words.object(steps, exitCode: exitCode).line) }
    try writeMetrics(steps.last?.summary, exitCode)
    if exitCode != .done { Terminal.exit(exitCode) }
  }

  /// Runs the steps, each of which is a run of its own for whoever watches.
  private func run(
    _ plan: BackfillPlan, _ backfill: Backfill, _ words: BackfillWords
  ) throws -> (steps: [BackfillStep], exitCode: Operations.ExitCode) {
    let display = try watching.display(
      backfill.progress, totalBytes: plan.bytes, home: homeOptions)
    let question = SignalWatch([SIGUSR1]) { _ in display.tell() }
    defer {
      display.end()
      withExtendedLifetime(question) {}
    }
    var steps: [BackfillStep] = []
    var lineage: Lineage?
    let exitCode = try backfill.run(plan) { () throws(OperationError) in
      lineage = watching.lineage(of: "backfill.\(flags.source)")
      try lineage?.start()
    } tell: { number, step throws(OperationError) in
      steps.append(step)
      display.clear()
      words.say(step, number)
      // A step is committed, whatever becomes of what is told about it.
      if let summary = step.summary { try? lineage?.end(summary) }
      if let error = step.error { try? lineage?.fail(error) }
      let code = step.error?.exitCode ?? step.summary?.exitCode ?? .done
      try? writeMetrics(step.summary, code)
    }
    return (steps, exitCode)
  }

  private func writeMetrics(_ summary: RunSummary?, _ code: Operations.ExitCode) throws {
    try watching.writeMetrics(summary, code, home: homeOptions, source: flags.source)
  }

  private func request() throws -> BackfillRequest {
    guard !folders.paths.contains("-") else {
      throw ValidationError("Standard input is read by `run`.")
    }
    var run = try intake.request(flags, home: homeOptions, inputs: folders.paths)
    run.isDryRun = dryRun
    if let limitRate {
      guard limitRate.bytes > 0 else { throw ValidationError("--limit-rate is at least 1 byte.") }
      run.options.pace = Pace(bytesPerSecond: limitRate.bytes)
    }
    let first = try DayFlags.day(from, "--from")
    let last = try DayFlags.day(to, "--to")
    guard first <= last else { throw ValidationError("--from is later than --to.") }
    var request = BackfillRequest(
      run: run, days: Int32(clamping: first)...Int32(clamping: last))
    guard stepBytes.bytes > 0 else { throw ValidationError("--step-bytes is at least 1 byte.") }
    request.stepBytesMax = UInt64(stepBytes.bytes)
    request.isNice = nice
    request.ageSecondsMin = intake.minAge?.seconds
    return request
  }
}

/// A backfill in words for people, and as JSON.
struct BackfillWords {
  private let plan: BackfillPlan
  private static let namesMax = 20

  init(_ plan: BackfillPlan) { self.plan = plan }

  /// The plan, on standard error.
  func say(isReprocessing: Bool) {
    let archives = plan.archives
    let replaced = Set(archives.compactMap(\.batch))
    for (path, reason) in plan.unlisted {
      Terminal.say(reason.hasPrefix(path) ? reason : "\(path): \(reason)")
    }
    for (path, reason) in plan.undated.prefix(Self.namesMax) {
      Terminal.say("\(path): \(reason)")
    }
    if plan.undated.count > Self.namesMax {
      Terminal.say("… and \(plan.undated.count - Self.namesMax) more that are left out")
    }
    var table = TextTable(["step", "archives", "stored", "days"], rightAligned: [0, 1, 2])
    for (number, step) in plan.steps.enumerated() {
      table.add([
        String(number + 1), RunWords.number(step.count),
        RunWords.size(step.reduce(0) { $0 + $1.bytes }), Self.days(step),
      ])
    }
    if !plan.steps.isEmpty { Terminal.say(table.text) }
    Terminal.say(
      "\(RunWords.number(archives.count)) archives, \(RunWords.size(plan.bytes)), "
        + "\(plan.steps.count) steps; \(RunWords.number(plan.otherDays)) of other days")
    if plan.quiet > 0 { Terminal.say("\(RunWords.number(plan.quiet)) without any event") }
    if plan.known > 0 {
      Terminal.say("\(RunWords.number(plan.known)) without a day, which are in the tables")
    }
    if plan.doneBefore > 0 {
      Terminal.say("\(RunWords.number(plan.doneBefore)) were done before the interruption")
    }
    let held = archives.count(where: \.isHeld)
    if held > 0, !isReprocessing {
      Terminal.say(
        "\(RunWords.number(held)) of them are in the tables, by name and size, and are skipped if "
          + "their bytes are the same")
    }
    if isReprocessing {
      Terminal.say(
        "replaces \(RunWords.number(held)) archives in \(replaced.count) batches, with rows in "
          + "\(plan.touchedFiles) files of usage")
    }
  }

  /// How a step ended, on standard error.
  func say(_ step: BackfillStep, _ number: Int) {
    let name = "step \(number + 1) of \(plan.steps.count)"
    if let summary = step.summary {
      let words = RunWords(summary)
      words.sayProblems()
      let report = RunReport(summary)
      Terminal.say(
        "\(name): \(report.archives) archives committed, \(report.skipped) known, "
          + "\(report.failed) left out, \(RunWords.number(report.events)) events, "
          + "\(RunWords.decimal(report.wallSeconds, 1)) s")
    }
    if let error = step.error { Terminal.say("\(name): \(error.description)") }
  }

  /// Everything as one object.
  ///
  /// - Parameter exitCode: how it ended; `nil` when only the plan was asked for.
  func object(_ steps: [BackfillStep], exitCode: Operations.ExitCode?) -> JSONValue {
    let reports = steps.compactMap { $0.summary.map { RunReport($0) } }
    let members: [(String, JSONValue)] = [
      ("archives", .count(reports.reduce(0) { $0 + $1.archives })),
      ("skipped", .count(reports.reduce(0) { $0 + $1.skipped })),
      ("failed", .count(reports.reduce(0) { $0 + $1.failed })),
      ("events", .count(reports.reduce(0) { $0 + $1.events })),
      ("steps_done", .count(steps.count { $0.error == nil })), ("plan", planObject),
      ("exit_code", .optional(exitCode.map { Int64($0.rawValue) })),
    ]
    return .object(members)
  }

  private var planObject: JSONValue {
    let archives = plan.archives
    let members: [(String, JSONValue)] = [
      ("archives", .count(archives.count)), ("bytes", .integer(Int64(clamping: plan.bytes))),
      ("done_before", .count(plan.doneBefore)), ("other_days", .count(plan.otherDays)),
      ("growing", .count(plan.growing)), ("quiet", .count(plan.quiet)),
      ("known", .count(plan.known)),
      ("unlisted", .texts(plan.unlisted.map(\.path))),
      ("undated", .texts(plan.undated.map(\.path))),
      ("held_archives", .count(archives.count(where: \.isHeld))),
      ("replaced_archives", .count(archives.count { $0.batch != nil })),
      ("touched_files", .count(plan.touchedFiles)), ("steps", .array(plan.steps.map(step))),
    ]
    return .object(members)
  }

  private func step(_ archives: [PlannedArchive]) -> JSONValue {
    .object([
      ("archives", .count(archives.count)),
      ("bytes", .integer(Int64(clamping: archives.reduce(0) { $0 + $1.bytes }))),
      ("first_day", .optional(archives.map(\.day).min().map { CivilDay($0).description })),
      ("last_day", .optional(archives.map(\.day).max().map { CivilDay($0).description })),
    ])
  }

  private static func days(_ archives: [PlannedArchive]) -> String {
    let days = archives.map(\.day)
    guard let first = days.min(), let last = days.max() else { return "-" }
    return first == last ? "\(CivilDay(first))" : "\(CivilDay(first)) to \(CivilDay(last))"
  }
}
