internal import StagedExecution
internal import UsageAggregation

/// Encoded rows of a batch.
struct BatchActivities: Sendable {
  let encoded: EncodedActivities
  /// The one archive that they are of; `nil`: they know it.
  let archive: String?
}

/// Rows of archives that joined a batch, until there are enough to be encoded together.
struct PendingActivities {
  private(set) var chunks: [ActivityChunk] = []
  private(set) var archives: [String] = []
  private(set) var rowCount = 0

  mutating func add(_ new: [ActivityChunk], archive: String) {
    guard !new.isEmpty else { return }
    for var chunk in new {
      chunk.archive = UInt32(archives.count)
      rowCount += chunk.count
      chunks.append(chunk)
    }
    archives.append(archive)
  }

  mutating func take() -> PendingActivities {
    defer { self = PendingActivities() }
    return self
  }
}

extension Ledger {
  /// Takes over the activities of an archive that joined.
  func joinActivities(of flow: ArchiveFlow) {
    guard var kept = flow.activities else { return }
    let archive = flow.report.contentID
    pendingActivities.add(kept.rest(), archive: archive)
    activities += kept.encoded.map { BatchActivities(encoded: $0, archive: archive) }
  }
}

extension ActivityWriter {
  /// Encodes rows that wait, when there are `rowsMin` of them.
  func flush(
    _ ledger: Ledger, _ workers: [Worker], rowsMin: Int,
    parallel: ParallelFor = inTurn
  ) throws {
    guard ledger.pendingActivities.rowCount >= rowsMin else { return }
    let pending = ledger.pendingActivities.take()
    let encoded = try encode(
      pending.chunks, archives: pending.archives, names: shelf.all(workers),
      parallel: parallel)
    ledger.activities += encoded.map { BatchActivities(encoded: $0, archive: nil) }
  }
}

extension Steps {
  /// Encodes a segment of an archive, which may fail yet.
  func encode(_ flow: ArchiveFlow, _ segment: ArchiveActivities.Segment) {
    guard let activities else { return }
    let encoded = Result {
      try activities.encode(
        segment.chunks, archives: nil, names: activities.shelf.all(workers), parallel: inTurn)
    }
    board.update { state in
      switch encoded {
      case .success(let encoded): flow.activities?.end(segment, encoded)
      case .failure(let error):
        flow.activities?.end(segment, [])
        state.failure = error
      }
    }
  }
}
