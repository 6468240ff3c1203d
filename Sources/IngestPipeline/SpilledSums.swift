internal import ByteBlocks
internal import StagedExecution
internal import UsageAggregation
internal import VeiledRecords

/// Sums of an archive, or of a batch, that are no longer in memory.
struct SpilledSums: Sendable {
  private(set) var runs: [SortedRun] = []
  /// The distinct users of each spill.
  private(set) var users: [NameRun] = []
  /// What the sums say about an archive as a whole.
  var summary = UsageSummary()

  var isEmpty: Bool { runs.isEmpty }

  mutating func add(_ run: SortedRun, users names: NameRun) {
    runs.append(run)
    users.append(names)
  }

  /// Takes over those of an archive that joins a batch.
  mutating func add(_ other: SpilledSums) {
    runs += other.runs
    users += other.users
  }
}

/// Writes sums where they need no memory, and lets names start anew.
///
/// All workers rest meanwhile. The sums of each archive that is under way, and those of the batch,
/// become sorted runs of their own: an archive that turns out to be damaged takes its runs along.
struct Spiller {
  let store: any SpillStore
  let writer: BatchWriter
  let workers: [Worker]
  let shelf: NameShelf

  func spill(_ flows: [ArchiveFlow], _ ledger: Ledger) throws {
    let pending = flows.flatMap { $0.activities?.waiting ?? [] } + ledger.pendingActivities.chunks
    ledger.gather(from: workers)
    let names = shelf.startAnew(workers, pending: pending)
    for flow in flows {
      if flow.failure == nil {
        for share in flow.shares.values { share.summarise(into: &flow.spilled.summary) }
        try spill(flow.shares.byWorker, names, to: &flow.spilled)
      }
      flow.shares = [:]
    }
    try spill(ledger.takeShares(), names, to: &ledger.spilled)
    HeapMemory.giveBack()
  }

  private func spill(
    _ shares: [Share], _ names: VeiledNames,
    to spilled: inout SpilledSums
  ) throws {
    let partials = shares.compactMap { $0.finish(names: names) }
    guard !partials.isEmpty else { return }
    let merged = try writer.merge(partials, withDomains: false)
    try writer.crew.phase("spill") {
      let run = try SortedRun(merged.rows, to: store, parallel: writer.parallel)
      spilled.add(run, users: try NameRun(sorted: merged.users, to: store))
    }
  }
}
