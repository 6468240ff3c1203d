internal import ArchiveDecoding
internal import Synchronization
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
  private var batchTextBytes: UInt64 = 0
  private(set) var batchNumber = 0
  /// The archives of the batch, in order.
  private(set) var batchArchives: [String] = []
  /// The sums of the batch, one share a worker.
  private(set) var shares: [Int: Share] = [:]

  /// Activities of the batch: whole files, and rows of small archives or of the ends of large ones.
  var activities: [BatchActivities] = []
  var pendingActivities = PendingActivities()

  private let used = Atomic(0)

  /// Bytes that the sums of the batch take, with what merging them takes; readable by others.
  var usedBytes: Int { used.load(ordering: .relaxed) }

  init(known: KnownArchives, options: IngestOptions) {
    self.known = known
    self.options = options
  }

  /// Lets an archive join, if it is whole and new.
  func settle(_ flow: ArchiveFlow) -> Entry {
    if let failure = flow.failure { return Entry(outcome: .failed(failure)) }
    if flow.isKnown { return Entry(outcome: .known) }
    let id = flow.report.contentID
    if let entry = known.entry(archive: id) {
      let isSame = entry.options == options.description
      return Entry(outcome: isSame ? .known : .failed(.otherOptions(archive: id)))
    }
    guard contentIDs.insert(id).inserted else { return Entry(outcome: .known) }
    do {
      try join(flow)
    } catch {
      return Entry(outcome: .failed(.sumOverflow), failure: UsageMergeError.sumOverflow)
    }
    return Entry(
      outcome: .joined(batch: batchNumber), isBatchFull: batchTextBytes >= options.batchBytesMax)
  }

  private func join(_ flow: ArchiveFlow) throws {
    for (worker, share) in flow.shares.sorted(by: { $0.key < $1.key }) {
      share.summarise(into: &flow.report)
      if let sum = shares[worker] {
        try sum.add(share)
      } else {
        shares[worker] = share
      }
    }
    joinActivities(of: flow)
    let bytes = shares.values.reduce(0) { $0 + $1.byteCount }
    used.store(Worker.mergeFactor * bytes, ordering: .relaxed)
    batchArchives.append(flow.report.contentID)
    batchTextBytes += flow.report.textBytes
  }

  /// Name of the batch: a hash of its archives.
  var batchID: String {
    ContentID(of: Array(batchArchives.joined(separator: "\n").utf8).span).hex
  }

  /// Starts the next batch; returns the sums of this one.
  func nextBatch() -> [Int: Share] {
    defer {
      used.store(0, ordering: .relaxed)
      shares = [:]
      activities = []
      batchArchives = []
      batchTextBytes = 0
      batchNumber += 1
    }
    return shares
  }
}
