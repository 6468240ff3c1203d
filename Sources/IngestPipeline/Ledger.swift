internal import ArchiveDecoding
internal import UsageAggregation

/// Joins archives, one after the other in the order they were given, into batches.
// SAFETY: used by the one worker that joins, and by the run between two rounds of the crew.
final class Ledger: @unchecked Sendable {
  /// What became of an archive.
  struct Entry {
    var outcome: ArchiveOutcome
    var isBatchFull = false
    var failure: (any Error)?
  }

  private let known: KnownArchives
  private let options: IngestOptions
  private var contentIDs: Set<String> = []
  /// Text of the archives of the batch.
  private(set) var batchTextBytes: UInt64 = 0
  private(set) var batchNumber = 0
  /// The archives of the batch, in order.
  private(set) var batchArchives: [String] = []
  /// The sums of the batch: of archives that joined one share a worker, and what workers have added
  /// by themselves.
  private var joined: [Int: Share] = [:]
  private var gathered: [Share] = []
  /// What of the batch's sums was spilled.
  var spilled = SpilledSums()

  /// Activities of the batch: whole files, and rows of small archives or of the ends of large ones.
  var activities: [BatchActivities] = []
  var pendingActivities = PendingActivities()
  /// Refused lines of archives that joined, until there are enough to be written.
  var rejects = PendingRejects()

  init(known: KnownArchives, options: IngestOptions) {
    self.known = known
    self.options = options
  }

  /// Lets an archive join, if it is whole and new.
  ///
  /// - Parameter claim: whether its events are not in the batch already; asked once, where they are
  ///   to be added.
  func settle(_ flow: ArchiveFlow, claim: () -> Bool) -> Entry {
    if let failure = flow.failure { return Entry(outcome: .failed(failure)) }
    if flow.isKnown { return Entry(outcome: .known) }
    let id = flow.report.contentID
    if let entry = known.entry(archive: id) {
      let isSame = entry.options == options.description
      return Entry(outcome: isSame ? .known : .failed(.otherOptions(archive: id)))
    }
    guard contentIDs.insert(id).inserted else { return Entry(outcome: .known) }
    do {
      try join(flow, claim: claim)
    } catch {
      return Entry(outcome: .failed(.sumOverflow), failure: UsageMergeError.sumOverflow)
    }
    return Entry(
      outcome: .joined(batch: batchNumber), isBatchFull: batchTextBytes >= options.batchBytesMax)
  }

  private func join(_ flow: ArchiveFlow, claim: () -> Bool) throws {
    var summary = flow.summary ?? flow.spilled.summary
    for share in flow.shares.values { share.summarise(into: &summary) }
    flow.report.take(summary)
    if flow.summary == nil, claim() {
      for (worker, share) in flow.shares {
        if let sum = joined[worker] { try sum.add(share) } else { joined[worker] = share }
      }
      spilled.add(flow.spilled)
    }
    joinActivities(of: flow)
    rejects.take(from: flow.report)
    batchArchives.append(flow.report.contentID)
    batchTextBytes += flow.report.textBytes
  }

  /// Takes the sums of archives that workers have added to the batch by themselves; called while
  /// all rest.
  func gather(from workers: [Worker]) {
    gathered += workers.compactMap { $0.takeShareOfBatch() }
  }

  /// Hands over the sums of the batch; those that follow start with nothing.
  func takeShares() -> [Share] {
    defer { (joined, gathered) = ([:], []) }
    return joined.byWorker + gathered
  }

  /// Name of the batch: a hash of its archives.
  var batchID: String {
    ContentID(of: Array(batchArchives.joined(separator: "\n").utf8).span).hex
  }

  /// Starts the next batch; returns the sums of this one.
  func nextBatch() -> (shares: [Share], spilled: SpilledSums) {
    defer {
      spilled = SpilledSums()
      activities = []
      batchArchives = []
      batchTextBytes = 0
      batchNumber += 1
    }
    return (takeShares(), spilled)
  }
}
