internal import DeltaLake
internal import Governance
internal import IngestPipeline
internal import Pseudonymisation

/// What `commit` did with the results of tasks.
package struct TaskCommitSummary: Sendable {
  package var tasks = 0
  /// Results of tasks that were there twice, or whose archives the tables hold already.
  package var skippedTasks = 0
  package var archives = 0
  package var failed = 0
  package var lines: Int64 = 0
  package var events: Int64 = 0
  package var rejected: Int64 = 0
  package var replacedArchives = 0
  /// Tasks with archives that came in another way meanwhile: they were left out.
  package var postponedTasks: [Int] = []
  /// The committed version of `usage`; `nil` when there was nothing to commit.
  package var version: Int64?
  package var exitCode: ExitCode = .done
}

/// The result of a task, as it was printed.
package struct NamedTask: Sendable {
  package let task: Int
  package let result: String

  package init(task: Int, result: String) {
    self.task = task
    self.result = result
  }
}

/// Commits the results of tasks: all of them, once, whatever was run twice.
package struct TaskCommit: Sendable {
  let request: RunRequest
  let plan: String

  package init(_ request: RunRequest, plan: String) {
    self.request = request
    self.plan = plan
  }

  /// - Parameter taskCount: how many tasks the plan has; each needs a result.
  package func run(
    _ results: [NamedTask], taskCount: Int
  ) throws(OperationError) -> TaskCommitSummary {
    if let missing = (0..<taskCount).first(where: { task in
      !results.contains { $0.task == task }
    }) {
      throw OperationError(
        .usage,
        "There is no result of task \(missing). Nothing was committed; run it, and commit "
          + "again.")
    }
    do {
      let ready = try RunOperation(request).prepareLake()
      let lake = ready.lake
      let settled = TaskCommit(ready.operation.request, plan: plan)
      let summary = try lake.trying { () throws in
        let run = try LakeTables.begin(
          "commit", in: lake, withActivities: settled.request.options.keepsActivities)
        return try run.abandoningOnError { try settled.commit(results, run, ready.home) }
      }
      if summary.postponedTasks.isEmpty { lake.forgetTasks(plan: plan) }
      return summary
    } catch { throw OperationError(error) }
  }

  /// The results that are to be committed, and what became of the others.
  private struct Chosen {
    var files: [Int: [LooseFile]] = [:]
    var taken: [IngestRecord] = []
    var failures: [IngestFailure] = []
    var skipped = 0
    /// Tasks without a result that can be used, by the reason; some may have another one.
    var missing: Set<Int> = [], outdated: Set<Int> = [], postponed: Set<Int> = []
    /// Tasks with a file that is gone.
    var gone: [Int: LooseFile] = [:]
    /// Tasks of which nothing is left to do.
    var done: Set<Int> = []

    func without(_ tasks: Set<Int>) -> [Int] { tasks.subtracting(done).sorted() }
  }

  private func choose(
    _ results: [NamedTask], _ lake: Lake, _ records: IngestRecords
  ) throws -> Chosen {
    var chosen = Chosen()
    for named in results {
      let stored: TaskFiles
      switch try lake.taskResult(plan: plan, result: named.result) {
      // Of a task that ran twice the first result counts.
      case .files(let files) where chosen.files[named.task] == nil: stored = files
      case .missing:
        chosen.missing.insert(named.task)
        continue
      default:
        chosen.skipped += 1
        chosen.done.insert(named.task)
        continue
      }
      try choose(stored, of: named.task, lake, records, &chosen)
    }
    return chosen
  }

  private func choose(
    _ stored: TaskFiles, of number: Int, _ lake: Lake, _ records: IngestRecords,
    _ chosen: inout Chosen
  ) throws {
    let gone = try stored.files.first { try !lake.holds($0) }
    // What became of its archives, only the list of them tells; of a result that was committed
    // other files may have left the tables since.
    if let gone, gone.table == "ingests" {
      chosen.gone[number] = gone
      return
    }
    let task = try IngestRecords(of: lake, stored.files)
    switch share(of: task.committed, in: records, or: chosen.taken) {
    case .all:
      chosen.skipped += 1
      chosen.done.insert(number)
    case .some: chosen.postponed.insert(number)
    case .none where stored.rules != request.privacyCode:
      chosen.skipped += 1
      chosen.outdated.insert(number)
    case .none where gone != nil: chosen.gone[number] = gone
    case .none:
      chosen.files[number] = stored.files
      chosen.done.insert(number)
      chosen.taken += task.committed
      chosen.failures += task.failed
    }
  }

  private func commit(
    _ results: [NamedTask], _ run: RunTransaction, _ prepared: PreparedHome
  ) throws -> TaskCommitSummary {
    let records = try IngestRecords(of: run.lake, run.snapshot(of: "ingests"))
    let chosen = try choose(results, run.lake, records)
    if let task = chosen.without(chosen.missing).first { throw Self.missing(task) }
    for task in chosen.without(Set(chosen.gone.keys)) {
      if let file = chosen.gone[task] { throw Self.gone(file, task: task) }
    }
    try refuse(chosen.without(chosen.outdated))
    let taken = chosen.taken
    var summary = TaskCommitSummary()
    summary.skippedTasks = chosen.skipped
    summary.postponedTasks = chosen.without(chosen.postponed)
    summary.tasks = chosen.files.count
    summary.archives = taken.count
    summary.failed = chosen.failures.count
    summary.lines = taken.reduce(0) { $0 + $1.lines }
    summary.events = taken.reduce(0) { $0 + $1.events }
    summary.rejected = taken.reduce(0) { $0 + $1.rejected }
    summary.exitCode = exitCode(of: summary)
    guard !taken.isEmpty else {
      try run.abandon()
      return summary
    }
    try adopt(chosen.files, run)
    summary.replacedArchives = try replace(taken, records, run, prepared.keyring)
    try tell(prepared.gate, taken, chosen.failures)
    summary.version = try commit(run, records, taken, prepared)
    return summary
  }

  /// Refuses results that were made when others' activities were private.
  private func refuse(_ outdated: [Int]) throws(OperationError) {
    if outdated.isEmpty { return }
    let numbers = outdated.map(String.init).joined(separator: ", ")
    throw OperationError(
      .tryAgain,
      "It has changed whose activities are private, or under which keys, since these tasks were "
        + "run: \(numbers). Nothing was committed; run them again, then commit.")
  }

  private func exitCode(of summary: TaskCommitSummary) -> ExitCode {
    if !summary.postponedTasks.isEmpty { return .tryAgain }
    if summary.failed > 0 { return summary.archives > 0 ? .incomplete : .badData }
    return request.allows(rejected: summary.rejected, of: summary.lines) ? .done : .incomplete
  }

  private static func missing(_ task: Int) -> OperationError {
    OperationError(
      .tryAgain,
      "The result of task \(task) is not in this home. Nothing was committed; run the task "
        + "again, for this home, then commit.")
  }

  private enum Share { case none, some, all }

  /// How many of a task's archives are in the tables, or in tasks before it.
  private func share(
    of archives: [IngestRecord], in records: IngestRecords, or taken: [IngestRecord]
  ) -> Share {
    let ids = Set(archives.map(\.archive))
    let earlier = Set(taken.map(\.archive)).intersection(ids)
    let held = request.isReprocessing ? [] : records.held(ids, source: request.options.source)
    let there = earlier.union(held)
    return there.isEmpty ? .none : there == ids ? .all : .some
  }

  private func adopt(_ chosen: [Int: [LooseFile]], _ run: RunTransaction) throws {
    for (task, files) in chosen.sorted(by: { $0.key < $1.key }) {
      for file in files where try !run.adopt(file) { throw Self.gone(file, task: task) }
    }
  }

  private static func gone(_ file: LooseFile, task: Int) -> OperationError {
    OperationError(
      .tryAgain,
      "A file of task \(task) is gone, \(file.table)/\(file.file.path). Nothing was committed; "
        + "run the task again, then commit.")
  }

  private func replace(
    _ taken: [IngestRecord], _ records: IngestRecords, _ run: RunTransaction,
    _ keyring: Keyring
  ) throws -> Int {
    guard request.isReprocessing else { return 0 }
    let replacement = try Replacement(
      Set(taken.map(\.archive)), source: request.options.source, records: records)
    return try ArchiveRemoval(run: run, records: records, keyring: keyring).remove(
      replacement.batches
    ).archives
  }

  private func tell(
    _ gate: Gate, _ taken: [IngestRecord], _ failures: [IngestFailure]
  ) throws(OperationError) {
    let action: GovernanceAction = request.options.anonymisesUsers ? .parse : .parseClear
    try gate.record(action, .successful, targets: taken.map(\.archive))
    guard !failures.isEmpty else { return }
    try gate.record(action, .failed, targets: failures.map(\.name), errors: failures.map(\.error))
  }

  private func commit(
    _ run: RunTransaction, _ seen: IngestRecords, _ taken: [IngestRecord],
    _ prepared: PreparedHome
  ) throws -> Int64? {
    let operation = RunOperation(request)
    return try operation.commit(
      run, prepared, seen, archives: Set(taken.map(\.archive)), count: taken.count)
  }
}
