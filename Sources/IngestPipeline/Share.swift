internal import ByteBlocks
internal import ByteKernels
internal import UsageAggregation
internal import VeiledRecords

/// One worker's sums of one archive, or of one batch.
// SAFETY: belongs to one worker, and to whoever joins archives once they are quiet.
final class Share: @unchecked Sendable {
  /// Archives whose lines are in one block are added to it when they are known to be whole.
  let isOfBatch: Bool
  private var partial: UsagePartial? = UsagePartial()
  private var counted: CountedBytes

  init(_ use: MemoryUse, isOfBatch: Bool = false) {
    self.isOfBatch = isOfBatch
    counted = CountedBytes(use, factor: MemoryUse.sumFactor)
  }

  deinit { counted.set(0) }

  /// Notes how much memory it takes by now.
  func count() { counted.set(partial?.byteCount ?? 0) }

  /// Which events belong to groups that are here already; `nil` when the share has ended.
  func places(
    of prints: borrowing Buffer<EventPrint>, status: borrowing Buffer<UInt8>
  ) -> GroupPlaces? {
    partial?.places(of: prints, status: status)
  }

  /// Adds events whose prints were looked up here.
  func add(
    _ batch: borrowing VeiledBatch, _ prints: borrowing Buffer<EventPrint>,
    at places: borrowing GroupPlaces
  ) throws(SumOverflow) {
    try partial?.add(batch, prints, at: places)
  }

  /// Gives events whose prints were known the numbers of their names.
  func fillNumbers(of batch: inout VeiledBatch, at places: borrowing GroupPlaces) {
    partial?.fillNumbers(of: &batch, at: places)
  }

  /// Adds events by the numbers of their names.
  func add(_ batch: borrowing VeiledBatch) throws(SumOverflow) { try partial?.add(batch) }

  func add(_ other: Share) throws(SumOverflow) {
    guard let taken = other.partial.take() else { return }
    other.count()
    try partial?.add(taken)
    count()
  }

  /// Ends the share.
  func finish(names: VeiledNames) -> FinishedPartial? {
    guard let taken = partial.take() else { return nil }
    count()
    return FinishedPartial(taken, names: names)
  }

  /// Adds what the groups say about the archive as a whole.
  func summarise(into summary: inout UsageSummary) { partial?.summarise(into: &summary) }
}

extension [Int: Share] {
  /// Those of all workers, in an order that is always the same.
  var byWorker: [Share] { sorted { $0.key < $1.key }.map(\.value) }
}

extension UsagePartial {
  fileprivate borrowing func summarise(into summary: inout UsageSummary) { summary.add(self) }
}

extension ArchiveReport {
  /// Takes over what all sums of the archive say.
  func take(_ summary: UsageSummary) {
    days = summary.days.sorted()
    (uploadedBytes, downloadedBytes) = (summary.uploaded, summary.downloaded)
    (firstSeen, lastSeen) = (summary.firstSeen, summary.lastSeen)
  }
}
