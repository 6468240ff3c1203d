internal import ArchiveDecoding
internal import ByteBlocks
internal import LogFormats
internal import StagedExecution
internal import Synchronization
internal import VeiledRecords

extension Steps {
  /// The stretches of an archive that several workers can read at once; `nil` where they cannot.
  func stretches(of flow: ArchiveFlow, _ number: Int) throws(ArchiveError) -> Stretches? {
    guard let source = flow.source, flow.codec == .plain, source.filter == nil,
      let textBytes = source.byteCount, textBytes >= options.stretches.textBytesMin,
      workers.count > 1, StretchReader.isSupported
    else { return nil }
    var reader = try ArchiveReader(
      source, limits: options.limits, decoders: decoders,
      blocks: BlockPool(blocksMax: 1, textBytesMax: IngestRun.blockTextBytes))
    // What is wrong with its beginning is told by whoever reads it in order.
    let next = try? reader.next { FormatProfile.unfinishedBytes($0, of: nil) }
    if reader.hasJoinedFrames { return nil }
    guard let first = consume next, let found = try? profile(of: flow, first.block, number) else {
      return nil
    }
    flow.profile = found
    var header = HeaderReader(found)
    _ = header.read(first.block)
    return try Stretches(
      TextStretch.cut(textBytes, options.stretches), first: HeaderReader(found), others: header,
      textBytes: textBytes, workers: workers.count)
  }

  /// Reads a block of a stretch, and parses it while it is in the cache.
  func read(
    _ flow: ArchiveFlow, _ stretches: Stretches, _ stretch: StretchFlow, _ number: Int,
    since start: Int64
  ) {
    do {
      let assembled = try nextBlock(of: stretch, flow)
      guard let assembled = consume assembled, let profile = flow.profile else {
        clock.addBusy("decode", since: start)
        board.update { _ in
          settle(flow, stretches, stretch)
          flow.handOutActivities()
        }
        return fold(flow, stretches)
      }
      let header = stretch.header.read(assembled.block)
      let isMisled =
        !stretch.header.agrees(with: stretches.header)
        || goesOn(behind: assembled.block, profile, stretch)
      let parseStart = clock.addBusy("decode", since: start)
      stretch.textBytes += UInt64(assembled.block.count)
      board.state.withLock { _ in
        stretches.isMisled = stretches.isMisled || isMisled
        begin(assembled, flow)
      }
      parse(assembled, header, profile, flow, number, since: parseStart) {
        settle(flow, stretches, stretch)
      }
      fold(flow, stretches)
    } catch {
      board.update { state in
        stretch.isBusy = false
        fail(flow, error, &state)
      }
    }
  }

  /// Whether a record goes on behind the block: the lines that follow are no records of their own.
  private func goesOn(
    behind block: borrowing Block, _ profile: FormatProfile, _ stretch: StretchFlow
  ) -> Bool {
    let isLast =
      stretch.reader?.hasEnded == true && stretch.stretch.end == stretch.stretch.textBytes
    return !isLast && FormatProfile.unfinishedBytes(block.text, of: profile) > 0
  }

  private func nextBlock(
    of stretch: StretchFlow, _ flow: ArchiveFlow
  ) throws(ArchiveError) -> AssembledBlock? {
    guard let source = flow.source, let block = stretch.block.take() else { throw .outOfMemory }
    var reader: StretchReader
    if let known = stretch.reader.take() {
      reader = consume known
    } else {
      reader = try StretchReader(source, stretch.stretch)
    }
    let before = reader.position
    let assembled = try reader.next(block)
    let stored = reader.position - before
    progress.add(storedBytes: stored)
    options.pace?.take(Int(clamping: stored))
    stretch.storedBytes += stored
    stretch.reader = consume reader
    return assembled
  }

  /// Lets others go on where a worker stopped; called under the board's lock.
  private func settle(_ flow: ArchiveFlow, _ stretches: Stretches, _ stretch: StretchFlow) {
    stretch.isBusy = false
    if stretch.reader?.hasEnded == true, let end = stretch.reader.take()?.finish() {
      note(end.overlongLines, in: flow)
      stretch.end = end
    }
    if flow.failure == nil, stretches.isMisled, !stretches.isBusy { readInOrder(flow, stretches) }
  }

  /// Hashes the stretches that have ended, as far as all before them have.
  private func fold(_ flow: ArchiveFlow, _ stretches: Stretches) {
    while true {
      let ends = board.state.withLock { _ in stretches.isMisled ? [] : stretches.takeEnds() }
      if ends.isEmpty { return }
      stretches.fold(ends)
      board.update { _ in
        let text = stretches.endFolding()
        if flow.stretches === stretches { flow.text = text }
      }
    }
  }

  /// Begins the archive again, for one worker at a time to put its blocks in order.
  private func readInOrder(_ flow: ArchiveFlow, _ stretches: Stretches) {
    progress.takeBack(
      storedBytes: stretches.all.reduce(0) { $0 + $1.storedBytes },
      textBytes: stretches.all.reduce(0) { $0 + $1.textBytes },
      lines: flow.report.counts.lines)
    flow.forgetEvents()
    do throws(ArchiveError) {
      try flow.readInOrder()
    } catch { flow.fail(.decoding(error)) }
  }
}
