internal import ArchiveDecoding
internal import ByteBlocks
internal import ByteKernels
internal import LogFormats
internal import StagedExecution
internal import Synchronization
internal import UsageAggregation
internal import VeiledRecords

extension Steps {
  /// Notes that a block is parsed from now on; called under the board's lock.
  func begin(_ assembled: borrowing AssembledBlock, _ flow: ArchiveFlow) {
    let textOffset = Int(assembled.textOffset)
    flow.begin(textOffset..<textOffset + assembled.block.count)
    note(assembled.overlongLines, in: flow)
  }

  /// Parses a block.
  ///
  /// - Parameters:
  ///   - isWhole: nothing else of the archive has lines.
  ///   - ending: called at the end under the board's lock.
  func parse(
    _ assembled: consuming AssembledBlock, _ header: BlockHeader, _ profile: FormatProfile,
    _ flow: ArchiveFlow, _ number: Int, isWhole: Bool = false, since start: Int64,
    ending: () -> Void = {}
  ) {
    let textOffset = Int(assembled.textOffset)
    let byteCount = assembled.block.count
    var isOfBatch = false
    do {
      let result = try workers[number].work(
        assembled.takeBlock(), header: header, textOffset: textOffset, profile: profile
      ) { isModest in
        let share = share(of: flow, number, isWhole: isWhole, isModest)
        isOfBatch = share.isOfBatch
        return share
      }
      progress.add(textBytes: UInt64(byteCount), lines: result.counts.lines)
      let held = use.heldBytes
      board.update { state in
        flow.end(textOffset)
        take(result, into: flow)
        flow.activities?.add(result.activities)
        ending()
        flow.handOutActivities()
        if held <= use.heldBytesMax { return }
        if canSpill {
          state.isPaused = true
        } else {
          state.failure = IngestError.memoryExceeded(
            usedBytes: held, maxBytes: use.heldBytesMax)
        }
      }
    } catch {
      board.update { state in
        flow.end(textOffset)
        // The sums of the batch are void.
        if isOfBatch, error is SumOverflow { state.failure = UsageMergeError.sumOverflow }
        self.fail(flow, error, &state)
        ending()
      }
    }
    clock.addBusy("parse", since: start)
  }

  /// Where the events of a block go.
  private func share(
    of flow: ArchiveFlow, _ number: Int, isWhole: Bool, _ isModest: () -> Bool
  ) -> Share {
    let isModest = isWhole && isModest()
    return board.state.withLock { state in
      if isModest, goesIntoBatch(flow, &state) { return workers[number].shareOfBatch(use) }
      let share = flow.shares[number] ?? Share(use)
      flow.shares[number] = share
      return share
    }
  }

  /// Whether the events of an archive that is one block, which is parsed, go straight into the
  /// batch: nothing of it can fail any more, and it is new, and sure to be of this batch.
  ///
  /// So thousands of small archives share their groups, and none has sums of its own to be joined.
  /// Of archives with the same lines it is one, whichever comes first; who joins is another matter.
  private func goesIntoBatch(_ flow: ArchiveFlow, _ state: inout Board.State) -> Bool {
    guard !options.keepsActivities, flow.failure == nil, flow.hasher == nil, !flow.isHashing,
      let id = flow.text?.contentID, known.isEmpty || known.entry(archive: id.hex) == nil
    else { return false }
    var textBytes = state.batchTextBytes
    for other in state.active.prefix(while: { $0 !== flow }) {
      guard let most = other.textBytesMax else { return false }
      textBytes = textBytes.addingSaturated(most)
    }
    guard textBytes < options.batchBytesMax, state.added.insert(id).inserted else { return false }
    state.add(flow)
    return true
  }

  /// The format of an archive whose first block this is, or is known.
  func profile(
    of flow: ArchiveFlow, _ block: borrowing Block, _ number: Int
  ) throws(ArchiveProblem) -> FormatProfile {
    if let profile = flow.profile { return profile }
    let parsers = workers[number].trialParsers
    if let named = options.profile { return named.chosen(for: block, with: parsers) }
    do throws(FormatDetection.Refusal) {
      let match = try FormatDetection.detect(block, own: options.ownProfiles, with: parsers)
      flow.profile = match.profile
      flow.report.confidence = match.confidence
      return match.profile
    } catch { throw .format(error) }
  }

  private func take(_ result: BlockResult, into flow: ArchiveFlow) {
    flow.pieces.append((result.textOffset, result.counts.lines))
    if let summary = result.summary { flow.summary = summary }
    flow.activities?.note(textOffset: result.textOffset, lines: result.counts.lines)
    flow.report.counts += result.counts
    for (rule, count) in result.leftOut { flow.report.leftOut[rule, default: 0] += count }
    flow.rejects.append(contentsOf: result.rejects)
    for reject in result.rejects {
      if let reason = reject.status.reason { flow.report.rejectsByReason[reason, default: 0] += 1 }
    }
    if flow.rejects.count > 2 * ArchiveReport.rejectRowsMax { flow.pruneRejects() }
  }

  func note(_ overlong: [OverlongLine], in flow: ArchiveFlow) {
    for line in overlong {
      var counts = LineCounts()
      counts.lines = 1
      counts.rejected = 1
      let status = RecordStatus(.lineTooLong)
      let offset = Int(line.textOffset)
      take(
        BlockResult(
          textOffset: offset, counts: counts,
          rejects: [RejectedLine(line: 0, offset: offset, status: status)]), into: flow)
    }
  }

  /// Ends an archive for what it holds, or the run for all else.
  func fail(_ flow: ArchiveFlow, _ error: any Error, _ state: inout Board.State) {
    switch error {
    case let error as ArchiveError: flow.fail(.decoding(error))
    case let problem as ArchiveProblem: flow.fail(problem)
    case is SumOverflow: flow.fail(.sumOverflow)
    default: state.failure = error
    }
  }
}
