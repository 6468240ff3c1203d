package import AppMatching
package import ArchiveDecoding
internal import ByteBlocks
internal import ByteDictionaries
internal import ColumnTables
package import Pseudonymisation
package import StagedExecution
internal import Synchronization
internal import UsageAggregation
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
  /// Spellings of users' names that the directory knew, and that it did not know; of several
  /// threads each counts its own.
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
      "Names and sums need more than --memory allows: \(used) of \(max) bytes. "
        + "Nothing was committed; raise --memory, or run fewer archives at once."
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

  private let options: IngestOptions
  private let executor: any Executor
  private let writer: BatchWriter
  private let steps: Steps
  private let board: Board
  private let flows: [ArchiveFlow]
  private let ledger: Ledger
  private let cancellation: Cancellation
  private let clock: StageClock
  private let activities: ActivityWriter?

  /// Everything that a run needs from outside.
  package struct Tools: Sendable {
    package var executor: any Executor
    package var keyring: Keyring
    package var rules: Veiler.Rules
    package var catalog: AppCatalog
    package var sink: any FileSink
    package var createdBy: String
    package var clock = StageClock()
    package var progress = Progress()
    package var cancellation = Cancellation()
    /// Takes encoded activities of large runs; `nil`: they stay in memory.
    package var spill: (any SpillStore)?

    package init(
      executor: any Executor, keyring: Keyring, rules: Veiler.Rules, catalog: AppCatalog,
      sink: any FileSink, createdBy: String
    ) {
      self.executor = executor
      self.keyring = keyring
      self.rules = rules
      self.catalog = catalog
      self.sink = sink
      self.createdBy = createdBy
    }
  }

  /// A run over `archives`, in this order.
  package init(
    _ archives: [ArchiveReference], options: IngestOptions, known: KnownArchives, tools: Tools
  ) {
    self.options = options
    executor = tools.executor
    cancellation = tools.cancellation
    clock = tools.clock
    writer = BatchWriter(
      executor: tools.executor, catalog: tools.catalog, sink: tools.sink,
      createdBy: tools.createdBy, clock: tools.clock)
    flows = archives.enumerated().map {
      ArchiveFlow(place: $0, $1, keepsActivities: options.keepsActivities)
    }
    activities =
      options.keepsActivities
      ? ActivityWriter(
        catalog: tools.catalog, keyring: tools.keyring, source: options.source,
        createdBy: tools.createdBy, workers: tools.executor.workers, spill: tools.spill,
        clock: tools.clock) : nil
    board = Board(
      flows, workers: tools.executor.workers, blockTextBytes: Self.blockTextBytes,
      cancellation: tools.cancellation)
    ledger = Ledger(known: known, options: options)
    let workers = (0..<tools.executor.workers).map { number in
      Worker(number, Veiler(tools.keyring, rules: tools.rules), options: options)
    }
    steps = Steps(
      board: board, workers: workers, decoders: DecoderPool(), options: options, known: known,
      clock: tools.clock, ledger: ledger, activities: activities, progress: tools.progress)
  }

  /// Runs to the end, batch by batch.
  package func run() throws -> IngestResult {
    var result = IngestResult()
    var users = DistinctNames()
    var apps: Set<Int32> = []
    repeat {
      executor.run(bell: board.bell) { steps.step($0) }
      if let failure = board.state.withLock({ $0.failure }) { throw failure }
      if cancellation.isCancelled { throw IngestError.cancelled }
      board.update { $0.isResting = false }
      result.batches.append(ledger.batchID)
      let written = try writeBatch(result.batches[result.batches.count - 1])
      result.rows += written.rows
      apps.formUnion(written.appIDs)
      users.add(written.users)
    } while !board.isOver
    result.reports = flows.map(\.report)
    result.users = users.count
    result.apps = apps.count
    for worker in steps.workers {
      result.mappedNames += worker.directoryNames.mapped
      result.unmappedNames += worker.directoryNames.unmapped
    }
    return result
  }

  private func writeBatch(_ id: String) throws -> BatchWriter.Result {
    try writeActivities(id)
    let shares = ledger.nextBatch()
    let partials = shares.sorted { $0.key < $1.key }.compactMap { worker, share in
      share.finish(names: steps.workers[worker].names)
    }
    guard !partials.isEmpty else { return BatchWriter.Result() }
    return try writer.write(partials, batch: id, source: options.source)
  }

  private func writeActivities(_ batch: String) throws {
    guard let activities else { return }
    let executor = executor
    try activities.flush(ledger, steps.workers, rowsMin: 1) { count, body in
      executor.forEach(count, body)
    }
    for part in ledger.activities {
      try activities.write(
        part.encoded, archive: part.archive, batch: batch, to: writer.sink)
    }
  }

  /// Writes the tables `ingests` and `rejects` of a run.
  ///
  /// - Parameter day: the day of ingest, in days since 1970.
  package func writeRecords(
    _ result: IngestResult, _ context: IngestTables.Context, day: Int32
  ) throws {
    let ingests = IngestTables.ingests(result.reports, batches: result.batches, context)
    try writer.write(ingests, to: "ingests", day: day, sortedBy: [])
    let rejects = IngestTables.rejects(result.reports)
    guard rejects.rowCount > 0 else { return }
    try writer.write(rejects, to: "rejects", day: day, sortedBy: [])
  }
}

/// Counts the distinct names of batches, each of which has its own only once.
private struct DistinctNames: ~Copyable {
  private var first: ByteStrings?
  private var known = Interner()

  /// Distinct names so far.
  var count: Int { first.map { max(1, $0.count) - 1 } ?? known.count }

  /// Adds the names of a batch; the one at place 0 is none.
  mutating func add(_ names: ByteStrings) {
    if first == nil, known.count == 0 {
      first = names
      return
    }
    if let first = first.take() { intern(first) }
    intern(names)
  }

  private mutating func intern(_ names: ByteStrings) {
    for place in 1..<max(1, names.count) { _ = known.number(of: names.span(place)) }
  }
}
