package import AppMatching
package import ArchiveDecoding
internal import ByteBlocks
internal import ColumnTables
package import Pseudonymisation
package import StagedExecution
internal import Synchronization
package import UsageAggregation
internal import VeiledRecords

/// What a run came to, before anything of it is committed.
package struct IngestResult: Sendable {
  package var reports: [ArchiveReport] = []
  /// Ids of the batches, by number.
  package var batches: [String] = []
  /// Rows of `usage`.
  package var rows = 0
  /// Distinct pseudonyms of users.
  package var users = 0
  /// Distinct apps of the catalog.
  package var apps = 0
  /// Spellings of users' names that the directory knew, and that it did not know, each once; once
  /// more where names were forgotten in between, for want of memory.
  package var mappedNames = 0, unmappedNames = 0
}

/// Why a run stopped as a whole; nothing of it was committed.
package enum IngestError: Error, CustomStringConvertible {
  case cancelled
  case memoryExceeded(usedBytes: Int, maxBytes: Int)

  package var description: String {
    switch self {
    case .cancelled: "The run was interrupted. Nothing of it was committed; start it again."
    case .memoryExceeded(let used, let max):
      "Names and sums need more than --memory allows, \(used) of \(max) bytes, and a dry run "
        + "without a home has no disk to put them on. Raise --memory, or make a home by "
        + "`logveil init`."
    }
  }
}

/// One run of the pipeline over a list of archives.
///
/// It decodes, parses, veils and aggregates, and hands finished files to a sink. It commits
/// nothing: that is up to whoever owns the tables.
package struct IngestRun: Sendable {
  /// Text of a block: it, its index and its columns stay within the second-level cache.
  package static let blockTextBytes = 256 << 10

  /// Of what may be held, which part the names that were counted may take.
  private static let distinctShare = 8

  private let options: IngestOptions
  private let crew: TimedCrew
  private let writer: BatchWriter
  private let steps: Steps
  private let board: Board
  private let ledger: Ledger
  private let cancellation: Cancellation
  private let activities: ActivityWriter?
  private let spiller: Spiller?
  private let day: Int32

  /// Version of the catalog that hosts are looked up in.
  package var catalogVersion: String { writer.catalog.version }

  /// Everything that a run needs from outside.
  package struct Tools: Sendable {
    package var executor: any Executor
    package var keyring: Keyring
    package var rules: Veiler.Rules
    package var catalog: AppCatalog
    package var sink: any FileSink
    package var createdBy: String
    /// The day of ingest, in days since 1970.
    package var day: Int32
    package var clock = StageClock()
    package var progress = Progress()
    package var cancellation = Cancellation()
    /// Takes sums and encoded activities that are too many for memory; `nil`: activities stay
    /// there, and with too many names and sums the run fails.
    package var spill: (any SpillStore)?

    package init(
      executor: any Executor, keyring: Keyring, rules: Veiler.Rules, catalog: AppCatalog,
      sink: any FileSink, createdBy: String, day: Int32
    ) {
      self.executor = executor
      self.keyring = keyring
      self.rules = rules
      self.catalog = catalog
      self.sink = sink
      self.createdBy = createdBy
      self.day = day
    }
  }

  /// A run over `archives`, in this order, each container replaced by the files in it.
  package init(
    _ archives: [ArchiveReference], options: IngestOptions, known: KnownArchives, tools: Tools
  ) {
    self.options = options
    crew = TimedCrew(tools.executor, clock: tools.clock)
    cancellation = tools.cancellation
    day = tools.day
    writer = BatchWriter(
      crew: crew, catalog: tools.catalog, sink: tools.sink, createdBy: tools.createdBy)
    activities =
      options.keepsActivities
      ? ActivityWriter(
        catalog: tools.catalog, keyring: tools.keyring, source: options.source,
        createdBy: tools.createdBy, workers: tools.executor.workers, spill: tools.spill) : nil
    board = Board(
      archives, keepsActivities: options.keepsActivities, workers: tools.executor.workers,
      blockTextBytes: Self.blockTextBytes, cancellation: tools.cancellation)
    ledger = Ledger(known: known, options: options)
    let use = MemoryUse(
      bytesMax: options.memoryBytesMax, workers: tools.executor.workers,
      keepsActivities: options.keepsActivities)
    let names = SharedNames(veilers: tools.executor.workers)
    let workers = (0..<tools.executor.workers).map { number in
      let veiler = Veiler(tools.keyring, rules: tools.rules, shared: names)
      return Worker(number, veiler, options: options, use: use)
    }
    let shelf = activities?.shelf ?? NameShelf(workers: workers.count)
    spiller =
      if let store = tools.spill {
        Spiller(store: store, writer: writer, workers: workers, shelf: shelf)
      } else { nil }
    steps = Steps(
      board: board, workers: workers, decoders: DecoderPool(), options: options, known: known,
      clock: tools.clock, ledger: ledger, activities: activities, progress: tools.progress,
      use: use, canSpill: tools.spill != nil)
  }

  /// Runs to the end, batch by batch.
  package func run() throws -> IngestResult {
    HeapMemory.keep()
    var result = IngestResult()
    var users = DistinctNames(
      spiller?.store, heldBytesMax: steps.use.heldBytesMax / Self.distinctShare)
    var apps: Set<Int32> = []
    repeat {
      crew.run(bell: board.bell, awaited: { board.awaited }) { steps.step($0) }
      if let failure = board.state.withLock({ $0.failure }) { throw failure }
      if cancellation.isCancelled { throw IngestError.cancelled }
      if board.state.withLock({ $0.isPaused }) {
        try makeRoom()
        guard board.isOver || board.state.withLock({ $0.isResting }) else { continue }
      }
      board.update {
        $0.isResting = false
        $0.batchTextBytes = 0
      }
      result.batches.append(ledger.batchID)
      let written = try writeBatch(result.batches[result.batches.count - 1], &users)
      result.rows += written.rows
      apps.formUnion(written.appIDs)
    } while !board.isOver
    result.reports = board.state.withLock { $0.reports }
    result.users = try users.count()
    result.apps = apps.count
    (result.mappedNames, result.unmappedNames) = steps.workers[0].directoryNames
    return result
  }

  private func spill() throws {
    try spiller?.spill(board.state.withLock { $0.active }, ledger)
  }

  /// Puts what is too much for memory where it needs none.
  private func makeRoom() throws {
    if ledger.rejects.isFull { try writeRejects() }
    if steps.use.heldBytes > steps.use.heldBytesMax { try spill() }
    board.update { $0.isPaused = false }
  }

  private func writeBatch(
    _ id: String, _ users: inout DistinctNames
  ) throws -> BatchWriter.Result {
    try writeActivities(id)
    // The rest as well, so that merging has the memory that names and sums had.
    if !ledger.spilled.isEmpty { try spill() }
    ledger.gather(from: steps.workers)
    let (shares, spilled) = ledger.nextBatch()
    if let store = spiller?.store, !spilled.isEmpty {
      users.add(spilled.users)
      return try writer.write(spilled.runs, in: store, batch: id, source: options.source)
    }
    let names = steps.workers[0].names
    let ended = try crew.map(shares.count) { shares[$0].finish(names: names) }
    let partials = ended.compactMap { $0 }
    guard !partials.isEmpty else { return BatchWriter.Result() }
    let written = try writer.write(partials, batch: id, source: options.source)
    try users.add(written.users)
    return written
  }

  private func writeActivities(_ batch: String) throws {
    guard let activities else { return }
    try crew.phase("activities") {
      try activities.flush(ledger, steps.workers, rowsMin: 1, parallel: writer.parallel)
    }
    let parts = ledger.activities
    try crew.phase("write") {
      // Several at once: most of the time of each is waiting for the disk.
      _ = try crew.map(parts.count) { number in
        let part = parts[number]
        try activities.write(part.encoded, archive: part.archive, batch: batch, to: writer.sink)
      }
    }
  }

  /// Writes the table `ingests` of a run, and what is not written yet of `rejects`.
  package func writeRecords(_ result: IngestResult, _ context: IngestTables.Context) throws {
    let ingests = try IngestTables.ingests(
      result.reports, batches: result.batches, context, by: crew)
    try writer.write(ingests, to: "ingests", day: day, sortedBy: [])
    try writeRejects()
  }

  private func writeRejects() throws {
    let rejects = ledger.rejects.take()
    guard rejects.rowCount > 0 else { return }
    try writer.write(IngestTables.rejects(rejects), to: "rejects", day: day, sortedBy: [])
  }
}
