internal import ArchiveDecoding
internal import ByteBlocks
internal import ByteKernels
internal import LogFormats
internal import StagedExecution
internal import Synchronization
internal import VeiledRecords

extension Steps {
  /// Notes that a worker begins to parse a block; called under the board's lock.
  ///
  /// - Returns: where its events go.
  func begin(
    _ assembled: borrowing AssembledBlock, _ flow: ArchiveFlow, _ number: Int
  ) -> Share {
    let share = flow.shares[number] ?? Share(use)
    flow.shares[number] = share
    let textOffset = Int(assembled.textOffset)
    flow.begin(textOffset..<textOffset + assembled.block.count)
    note(assembled.overlongLines, in: flow)
    return share
  }

  /// Parses a block.
  ///
  /// - Parameter ending: called at the end under the board's lock.
  func parse(
    _ assembled: consuming AssembledBlock, _ header: BlockHeader, _ profile: FormatProfile,
    _ flow: ArchiveFlow, _ number: Int, into share: Share, since start: Int64,
    ending: () -> Void = {}
  ) {
    let textOffset = Int(assembled.textOffset)
    let byteCount = assembled.block.count
    do {
      let result = try workers[number].work(
        assembled.takeBlock(), header: header, textOffset: textOffset, profile: profile,
        into: share)
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
        self.fail(flow, error, &state)
        ending()
      }
    }
    clock.addBusy("parse", since: start)
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
