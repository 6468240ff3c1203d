import ArchiveDecoding
import ArgumentParser
import Foundation
import Operations
import StagedExecution

/// A plan, as `logveil plan` prints it.
struct TaskPlan: Codable {
  struct Task: Codable {
    let task: Int
    let bytes: UInt64
    let archives: [String]
  }

  /// A hash of all the rest: the same archives and options make the same plan.
  var plan = ""
  let tenant: String
  /// Options of the run, as on the command line.
  let options: [String]
  let since: String?
  let until: String?
  let reprocess: Bool
  let tasks: [Task]

  static func read(_ path: String) throws -> TaskPlan {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw OperationError(.noInput, "\(path): the plan cannot be read.")
    }
    do { return try JSONDecoder().decode(TaskPlan.self, from: data) } catch {
      throw OperationError(.configuration, "\(path): this is no plan of `logveil plan`.")
    }
  }

  /// The run that the plan is a part of.
  func request(home: HomeOptions, inputs: [String]) throws -> RunRequest {
    let flags: IngestFlags
    do { flags = try IngestFlags.parse(options) } catch {
      throw OperationError(.configuration, "The options of the plan are not for this version.")
    }
    var home = home
    home.namedTenant = tenant
    return try flags.request(
      home: home, inputs: inputs, since: since, until: until, isReprocessing: reprocess)
  }
}

struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "Cut a run into tasks for an engine that spreads them.",
    discussion: """
      Prints one JSON object: a list of tasks, each with its archives. `run-task` does one of \
      them, anywhere the home can be reached and as often as need be; `commit` puts the results \
      of all tasks into the tables in one commit. `run` is these three in one process.
      """)

  @OptionGroup var homeOptions: HomeOptions

  @Argument(help: "Archives: files, or folders with all in them.")
  var archives: [ArchiveArguments]

  @OptionGroup var flags: IngestFlags

  @Option(help: "Leave out events before this day (YYYY-MM-DD, UTC).")
  var since: String?

  @Option(help: "Leave out events after this day (YYYY-MM-DD, UTC).")
  var until: String?

  @Flag(help: "Replace what archives that are in the tables contributed; needs whole batches.")
  var reprocess = false

  @Option(help: "Stored bytes of one task.")
  var taskBytes = ByteCount(bytes: 1 << 30)

  func run() throws {
    guard !archives.paths.contains("-") else {
      throw ValidationError("Standard input cannot be cut into tasks.")
    }
    guard taskBytes.bytes > 0 else { throw ValidationError("--task-bytes is at least 1 byte.") }
    _ = try DayFlags.days(since, until)
    let operation = RunOperation(RunRequest(home: try homeOptions.path(), inputs: archives.paths))
    let (found, unlisted) = try operation.list()
    for (path, reason) in unlisted {
      Terminal.say(reason.hasPrefix(path) ? reason : "\(path): \(reason)")
    }
    let tasks = RunOperation.tasks(of: found, taskBytesMax: UInt64(taskBytes.bytes))
    var plan = TaskPlan(
      tenant: homeOptions.tenant, options: flags.words, since: since, until: until,
      reprocess: reprocess,
      tasks: tasks.enumerated().map { number, archives in
        TaskPlan.Task(
          task: number, bytes: archives.reduce(0) { $0 + ($1.byteCount ?? 0) },
          archives: archives.map { Self.absolute($0.path) })
      })
    plan.plan = ContentID(of: Array(JSON.line(plan).utf8).span).hex
    Terminal.put(JSON.line(plan))
    if !unlisted.isEmpty { Terminal.exit(.incomplete) }
  }

  /// Tasks may run anywhere.
  private static func absolute(_ path: String) -> String {
    path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
  }
}

struct RunTaskCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run-task", abstract: "Do one task of a plan; nothing is committed.",
    discussion: """
      Reads the archives of the task and writes Parquet files that no version of a table lists. \
      Prints one JSON object, which `commit` wants to see. Done twice it does no harm.
      """)

  @OptionGroup var homeOptions: HomeOptions

  @Argument(help: "Number of the task.")
  var task: Int

  @Option(help: "The file that `logveil plan` printed.")
  var plan: String

  func run() throws {
    let plan = try TaskPlan.read(plan)
    guard let task = plan.tasks.first(where: { $0.task == task }) else {
      throw ValidationError("The plan has no task \(self.task); they count from 0.")
    }
    let operation = RunOperation(
      try plan.request(home: homeOptions, inputs: task.archives))
    let (archives, unlisted) = try operation.list()
    let watch = SignalWatch([SIGINT, SIGTERM]) { _ in operation.cancellation.cancel() }
    let done = try operation.runTask(task.task, of: plan.plan, archives)
    withExtendedLifetime(watch) {}
    var summary = done.summary
    summary.unlisted = unlisted
    RunWords(summary).sayProblems()
    let report = RunReport(summary)
    Terminal.put(
      JSONValue.object([
        ("plan", .text(plan.plan)), ("task", .count(task.task)), ("result", .text(done.result)),
        ("archives", .count(report.archives)), ("skipped", .count(report.skipped)),
        ("failed", .count(report.failed)), ("lines", .count(report.lines)),
        ("events", .count(report.events)), ("rejected", .count(report.rejected)),
        ("files", .count(done.files)), ("bytes", .integer(done.bytes)),
        ("peak_memory_bytes", .count(report.peakMemoryBytes)),
      ]).line)
    if !unlisted.isEmpty { Terminal.exit(.incomplete) }
    if summary.exitCode != .done { Terminal.exit(summary.exitCode) }
  }
}

struct CommitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "commit", abstract: "Put the results of all tasks of a plan into the tables.",
    discussion: """
      One commit of all results. What was run twice counts once, in whatever order it comes; a \
      result that was committed before is passed over. A task of which some archives came into the \
      tables another way is left out (exit code 75): run again, it reads the others. A result from \
      before it changed whose activities are private, or under which keys, is refused (exit code \
      75): run its task again.
      """)

  @OptionGroup var homeOptions: HomeOptions

  @Option(help: "The file that `logveil plan` printed.")
  var plan: String

  @Argument(help: "Files with what `run-task` printed, one object a line; - is standard input.")
  var results: [String] = ["-"]

  private struct Line: Decodable {
    let plan: String
    let task: Int
    let result: String
  }

  func run() throws {
    let plan = try TaskPlan.read(plan)
    let named = try results.flatMap { try lines($0) }.map { line in
      guard line.plan == plan.plan else {
        throw OperationError(.badData, "A result is of another plan, \(line.plan).")
      }
      return NamedTask(task: line.task, result: line.result)
    }
    let request = try plan.request(home: homeOptions, inputs: [])
    let done = try TaskCommit(request, plan: plan.plan).run(named, taskCount: plan.tasks.count)
    Terminal.put(
      JSONValue.object([
        ("plan", .text(plan.plan)), ("tasks", .count(done.tasks)),
        ("skipped_tasks", .count(done.skippedTasks)),
        ("postponed_tasks", .array(done.postponedTasks.map { .count($0) })),
        ("archives", .count(done.archives)),
        ("failed", .count(done.failed)), ("replaced", .count(done.replacedArchives)),
        ("lines", .integer(done.lines)), ("events", .integer(done.events)),
        ("rejected", .integer(done.rejected)), ("version", .optional(done.version)),
      ]).line)
    if !done.postponedTasks.isEmpty {
      Terminal.say(
        "Some archives of these tasks came into the tables another way: "
          + done.postponedTasks.map { String($0) }.joined(separator: ", ")
          + ". All others are committed; run these again, then commit.")
    }
    if done.exitCode != .done { Terminal.exit(done.exitCode) }
  }

  private func lines(_ path: String) throws -> [Line] {
    let data =
      path == "-"
      ? FileHandle.standardInput.readDataToEndOfFile() : FileManager.default.contents(atPath: path)
    guard let data else { throw OperationError(.noInput, "\(path): it cannot be read.") }
    return try data.split(separator: UInt8(ascii: "\n")).map { line in
      do { return try JSONDecoder().decode(Line.self, from: Data(line)) } catch {
        throw OperationError(.badData, "\(path): a line is no result of `logveil run-task`.")
      }
    }
  }
}
