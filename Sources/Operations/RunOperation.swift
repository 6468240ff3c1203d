internal import AppMatching
package import ArchiveDecoding
internal import ColumnTables
internal import DeltaLake
internal import Glibc
internal import Governance
internal import IdentityRules
package import IngestPipeline
internal import Pseudonymisation
package import StagedExecution
internal import UsageAggregation
internal import VeiledRecords

/// What a person asked `logveil run` to do.
package struct RunRequest: Sendable {
  package var home: String
  package var tenant = "default"
  /// The snapshot report that the rows go to; `nil`: the continuous tables.
  package var snapshot: String?
  package var inputs: [String]
  package var options = IngestOptions()
  package var choices = RunChoices()
  /// Apps of the tenant's own, which stand beside the catalog.
  var ownApps: [CatalogApp] = []
  /// Realms that are the same, by the source's rules.
  var realms: [String: String] = [:]
  /// People whose activities are private, as of the start.
  var privateUsers: GroupMembers?
  /// What decides whose activities are private, as of the start; see `PreparedHome.privacyCode`.
  var privacyCode = ""
  /// Who is who, as of the start.
  var directory: LoadedDirectory?
  /// What is left out, as of the start.
  var scope: LoadedScope?
  /// What networks are called, as of the start.
  var addressTags: AddressTags?
  /// Whether the source and the tenant were asked for what was not chosen.
  var isSettled = false
  package var threads = 1
  package var isDryRun = false
  /// Archives that the tables hold already take the place of what they had contributed.
  package var isReprocessing = false
  /// A mark that the commit sets in `usage`, by its name; see `Backfill`.
  var mark: (name: String, value: Int64)?
  package var rejectRatioMax = 0.05

  package init(home: String, inputs: [String]) {
    self.home = home
    self.inputs = inputs
  }

  /// Whether no more lines were refused than may be.
  func allows(rejected: Int64, of lines: Int64) -> Bool {
    Double(rejected) <= rejectRatioMax * Double(lines)
  }
}

/// What a run did.
package struct RunSummary: Sendable {
  package var result: IngestResult
  package var wallSeconds: Double
  package var cpuSeconds: Double
  package var peakMemoryBytes: Int
  package var threads: Int
  /// The committed version of `usage`; `nil` when nothing was committed.
  package var version: Int64?
  /// Archives whose older rows were taken out, by `--reprocess`.
  package var replacedArchives = 0
  /// Columns that hold pseudonyms in place of clear names.
  package var maskedColumns: [String] = []
  package var stages: [String: StageTimes]
  /// Where the tables are.
  package var tablesPath: String
  /// Said once, when the run made a home or keys.
  package var notices: [String]
  package var exitCode: ExitCode
  /// Archives that could not even be listed, with the reason.
  package var unlisted: [(path: String, reason: String)]
}

/// A run that may be done, and where.
struct PreparedRun {
  /// The run with all that its home says of it.
  let operation: RunOperation
  let home: PreparedHome
  let lake: Lake
}

/// The main job: archives in, pseudonymised tables out.
package struct RunOperation: Sendable {
  private(set) var request: RunRequest
  /// How far the run is.
  package let progress: Progress
  /// Ends the run at the next safe place.
  package let cancellation: Cancellation
  let clock = StageClock()

  package init(
    _ request: RunRequest, cancellation: Cancellation = Cancellation(),
    progress: Progress = Progress()
  ) {
    self.request = request
    self.progress = progress
    self.cancellation = cancellation
  }

  /// Bytes of all archives, where files tell them; for progress.
  package static func storedBytes(of archives: [ArchiveReference]) -> UInt64 {
    archives.reduce(0) { $0 + ($1.byteCount ?? 0) }
  }

  /// The archives and containers that the inputs name, and what could not be found.
  package func list() throws(OperationError) -> (
    archives: [ArchiveReference], unlisted: [(path: String, reason: String)]
  ) {
    let crew = ThreadCrew(workers: request.threads)
    let list = ArchiveList(leavingOut: request.inputs) { crew.forEach($0, $1) }
    guard !list.archives.isEmpty else {
      let reason =
        list.unreadable.first?.reason ?? "There is no archive to read: the folders are empty."
      throw OperationError(.noInput, reason)
    }
    return (list.archives, list.unreadable)
  }

  /// Archives that nobody has changed for a while, and how many others there are: those may still
  /// be growing. Streams have no age.
  package static func settled(
    _ archives: [ArchiveReference], ageSecondsMin: Int64
  ) -> (archives: [ArchiveReference], growing: Int) {
    let latest = Int64(Glibc.time(nil)) - ageSecondsMin
    let settled = archives.filter { ($0.modifiedSeconds ?? .min) <= latest }
    return (settled, archives.count - settled.count)
  }

  /// The first day of events that are at most so many days old today, in days since 1970.
  package static func firstDay(ofAge days: Int) -> Int64 { Int64(today()) - Int64(days) }

  /// Does it.
  ///
  /// - Parameter begin: is called once it is clear that this may be done.
  package func run(
    _ archives: [ArchiveReference], unlisted: [(path: String, reason: String)],
    begin: () throws(OperationError) -> Void = {}
  ) throws(OperationError) -> RunSummary {
    do {
      let start = StageClock.now()
      var summary = try runInHome(archives, begin: begin)
      summary.unlisted = unlisted
      summary.wallSeconds = Double(StageClock.now() - start) / 1e9
      summary.exitCode = exitCode(of: summary)
      return summary
    } catch { throw OperationError(error) }
  }

  private func runInHome(
    _ archives: [ArchiveReference], begin: () throws(OperationError) -> Void
  ) throws -> RunSummary {
    if request.isDryRun, !Home.exists(at: request.home) {
      try begin()
      // A dry run leaves nothing behind, so its keys live as long as it does.
      let keyring = try Keyring.fresh(tenant: request.tenant)
      var settled = self
      try settled.request.settle(nil)
      let job = try settled.job(
        archives, keyring, known: KnownArchives(), sink: NoSink(),
        spill: SealedSpill(in: SealedSpill.temporaryFolder))
      return summary(try job.run(), version: nil)
    }
    let ready = try prepareLake()
    try begin()
    return try ready.operation.run(archives, ready.home, ready.lake)
  }

  private func run(
    _ archives: [ArchiveReference], _ prepared: PreparedHome, _ lake: Lake
  ) throws -> RunSummary {
    // Standard input can be read only once.
    let attempts = request.inputs.contains("-") ? 1 : Lake.attemptsMax
    var summary = try lake.trying(attempts: attempts) { () throws in
      let run = try LakeTables.begin(
        "run", in: lake, withActivities: request.options.keepsActivities)
      return try run.abandoningOnError { try ingest(archives, prepared, lake, run) }
    }
    summary.notices = prepared.notices
    summary.tablesPath = prepared.home.path + "/" + lake.path
    return summary
  }

  /// The home, and the lake in it, once it is clear that this may be done.
  func prepareLake() throws(OperationError) -> PreparedRun {
    if let snapshot = request.snapshot { try Home.checkSnapshotName(snapshot) }
    let prepared = try Home.prepare(at: request.home, tenant: request.tenant)
    var settled = self
    try settled.request.settle(prepared.gate)
    let isClear = !settled.request.options.anonymisesUsers
    try prepared.gate.require(isClear ? .ingestClear : .ingest, for: settled.action)
    try settled.request.loadPeople(prepared)
    return PreparedRun(
      operation: settled, home: prepared,
      lake: prepared.home.lake(
        tenant: request.tenant, isClear: isClear, snapshot: request.snapshot))
  }

  var action: GovernanceAction {
    request.options.anonymisesUsers ? .parse : .parseClear
  }

  private func ingest(
    _ archives: [ArchiveReference], _ prepared: PreparedHome, _ lake: Lake, _ run: RunTransaction
  ) throws -> RunSummary {
    let records = try IngestRecords(of: lake, run.snapshot(of: "ingests"))
    let known =
      request.isReprocessing
      ? KnownArchives() : records.known(source: request.options.source)
    let sink: any FileSink = request.isDryRun ? NoSink() : RunSink(run: run)
    let spill = SealedSpill(in: prepared.home.path)
    let job = try job(archives, prepared.keyring, known: known, sink: sink, spill: spill)
    let result = try job.run()
    let archives = Set(result.reports.filter(\.isJoined).map(\.contentID))
    let replacement = try Replacement(
      archives, source: request.options.source, records: records,
      failures: result.reports.compactMap { report in
        guard case .failed(let problem) = report.outcome else { return nil }
        return (report.reference.name, problem.description)
      })
    guard !archives.isEmpty, !request.isDryRun else {
      try run.abandon()
      return summary(result, version: nil)
    }
    let (version, replaced) = try conclude(
      result, job, archives, replacement, prepared, run, records)
    var summary = summary(result, version: version)
    summary.replacedArchives = replaced
    return summary
  }

  /// Commits what a run wrote, in place of what its archives had contributed before.
  private func conclude(
    _ result: IngestResult, _ job: IngestRun, _ joined: Set<String>, _ replacement: Replacement,
    _ prepared: PreparedHome, _ run: RunTransaction, _ records: IngestRecords
  ) throws -> (version: Int64?, replacedArchives: Int) {
    let crew = TimedCrew(ThreadCrew(workers: request.threads), clock: clock)
    let removed = try crew.phase("commit") {
      try replace(replacement, prepared, run, records)
    }
    try tell(result, job, prepared.gate)
    return try crew.phase("commit") {
      do {
        let version = try commit(
          run, prepared, records, archives: joined, count: joined.count)
        return (version, removed.archives)
      } catch {
        try recordConflict(error, joined.sorted(), prepared.gate)
        throw error
      }
    }
  }

  private func replace(
    _ replacement: Replacement, _ prepared: PreparedHome, _ run: RunTransaction,
    _ records: IngestRecords
  ) throws -> ArchiveRemoval.Summary {
    if let mark = request.mark {
      let previous = run.snapshot(of: "usage").transactions[mark.name]
      try run.claim(
        table: "usage", .init(appID: mark.name, previous: previous, next: mark.value))
    }
    return try ArchiveRemoval(
      run: run, records: records, keyring: prepared.keyring
    ).remove(replacement.batches)
  }

  /// What `ingests` says of all archives of a run.
  func context(_ job: IngestRun) -> IngestTables.Context {
    var context = IngestTables.Context(
      options: request.options, catalogVersion: job.catalogVersion,
      canonVersion: Int32(CanonicalNames.version), toolVersion: ToolVersion.number)
    context.ruleIDs = request.scope?.ids ?? []
    return context
  }

  func job(
    _ archives: [ArchiveReference], _ keyring: Keyring, known: KnownArchives, sink: any FileSink,
    spill: (any SpillStore)? = nil
  ) throws -> IngestRun {
    var rules = Veiler.Rules(
      users: request.options.anonymisesUsers, machines: request.options.anonymisesMachines,
      canonical: try request.canonicalNames())
    rules.privateUsers = request.privateUsers
    rules.scope = request.scope?.rules
    rules.tags = request.addressTags
    rules.people = request.directory?.people
    rules.addresses = request.directory?.addresses
    var tools = IngestRun.Tools(
      executor: ThreadCrew(workers: request.threads), keyring: keyring, rules: rules,
      catalog: try request.catalog(), sink: sink, createdBy: ToolVersion.createdBy,
      day: Self.today())
    tools.clock = clock
    tools.progress = progress
    tools.cancellation = cancellation
    tools.spill = spill
    return IngestRun(archives, options: request.options, known: known, tools: tools)
  }

  func summary(_ result: IngestResult, version: Int64?) -> RunSummary {
    var usage = rusage()
    unsafe getrusage(RUSAGE_SELF.rawValue, &usage)
    let seconds = { (time: timeval) in Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    var summary = RunSummary(
      result: result, wallSeconds: 0, cpuSeconds: seconds(usage.ru_utime) + seconds(usage.ru_stime),
      peakMemoryBytes: PeakMemory.bytes ?? usage.ru_maxrss * 1024, threads: request.threads,
      version: version,
      stages: clock.stages, tablesPath: "", notices: [], exitCode: .done, unlisted: [])
    if request.options.anonymisesUsers { summary.maskedColumns.append("user") }
    if request.options.anonymisesMachines { summary.maskedColumns += ["src_ip", "device"] }
    return summary
  }

  func exitCode(of summary: RunSummary) -> ExitCode {
    var leftOut = !summary.unlisted.isEmpty
    var isAnyJoined = false
    var counts = LineCounts()
    for report in summary.result.reports {
      switch report.outcome {
      case .known: break
      case .failed: leftOut = true
      case .joined:
        isAnyJoined = true
        counts += report.counts
      }
    }
    guard isAnyJoined else { return leftOut ? .badData : .done }
    let isFine = request.allows(rejected: Int64(counts.rejected), of: Int64(counts.lines))
    return leftOut || !isFine ? .incomplete : .done
  }

  static func today() -> Int32 { Int32(clamping: Glibc.time(nil) / 86_400) }
}
