internal import ArchiveDecoding
internal import ByteBlocks
internal import LogFormats
internal import StagedExecution
internal import Synchronization
internal import VeiledRecords

/// One stretch of an archive on its way through a worker.
// SAFETY: `reader`, `header` and `block` belong to the worker that has set `isBusy`; all else is
// read and written under the board's lock.
final class StretchFlow: @unchecked Sendable {
  let stretch: TextStretch
  var reader: StretchReader?
  var header: HeaderReader
  var block: Block?
  var isBusy = false
  /// Who read the last block, and knows the groups of those before; `nil`: it was not begun.
  var worker: Int?
  /// What is left of it, once all lines were parsed.
  var end: StretchEnd?

  init(_ stretch: TextStretch, _ header: HeaderReader) {
    self.stretch = stretch
    self.header = header
  }

  /// Whether somebody may go on with it.
  var isIdle: Bool { !isBusy && end == nil }
}

/// The stretches of an archive, which workers read at the same time.
///
/// All but the first are parsed under the header that the first block of the archive leaves behind.
/// Where another one follows, the archive is read again, in order.
// SAFETY: as of `ArchiveFlow`.
final class Stretches: @unchecked Sendable {
  let all: [StretchFlow]
  /// What the first block says of those behind it.
  let header: HeaderReader
  /// The others wait for a worker.
  private var begun = 0
  /// The end of these is part of `text`.
  private var taken = 0
  /// Belongs to the worker that has set `isFolding`.
  private var text: StretchedText?
  private var isFolding = false
  /// Another header came than was foreseen.
  var isMisled = false
  /// What was counted as progress.
  var storedBytes: UInt64 = 0, textBytes: UInt64 = 0

  init(
    _ stretches: [TextStretch], first: HeaderReader, others: HeaderReader, textBytes: UInt64
  ) throws(ArchiveError) {
    all = stretches.enumerated().map { StretchFlow($1, $0 == 0 ? first : others) }
    header = others
    text = try StretchedText(textBytes)
  }

  var isBusy: Bool { all[taken..<begun].contains(where: \.isBusy) }

  /// The stretch that a worker goes on with: its own, a new one, or one that its owner left.
  func next(for worker: Int) -> StretchFlow? {
    if isMisled { return nil }
    let idle = all[taken..<begun].filter(\.isIdle)
    if let own = idle.first(where: { $0.worker == worker }) { return own }
    guard begun < all.count else { return idle.first }
    begun += 1
    return all[begun - 1]
  }

  /// Ends that come next in the text, for somebody who calls `fold` with them; called under the
  /// board's lock, and none when somebody else is at it.
  func takeEnds() -> [StretchEnd] {
    var ends: [StretchEnd] = []
    while !isFolding, taken < begun, let end = all[taken].end {
      ends.append(end)
      all[taken].end = nil
      taken += 1
    }
    isFolding = isFolding || !ends.isEmpty
    return ends
  }

  /// Adds ends to the text, outside of the lock: hashing takes its time.
  func fold(_ ends: [StretchEnd]) { for end in ends { text?.take(end) } }

  /// Ends what `takeEnds` began; gives the text when there is no more of it. Called under the
  /// board's lock.
  func endFolding() -> AssembledText? {
    isFolding = false
    return taken == all.count ? text.take()?.finish() : nil
  }
}

extension Steps {
  /// The stretches of an archive that several workers can read at once; `nil` where they cannot.
  func stretches(of flow: ArchiveFlow) throws(ArchiveError) -> Stretches? {
    guard let source = flow.source, flow.codec == .plain, source.filter == nil,
      let textBytes = source.byteCount, textBytes >= options.stretches.textBytesMin,
      workers.count > 1, !options.keepsActivities, StretchReader.isSupported
    else { return nil }
    var reader = try ArchiveReader(
      source, limits: options.limits, decoders: decoders,
      blocks: BlockPool(blocksMax: 1, textBytesMax: IngestRun.blockTextBytes))
    // What is wrong with its beginning is told by whoever reads it in order.
    let next = try? reader.next { FormatProfile.unfinishedBytes($0, of: nil) }
    guard let first = consume next, let found = try? profile(of: flow, first.block),
      !found.hasObjects
    else {
      flow.profile = nil
      flow.report.confidence = nil
      return nil
    }
    flow.profile = found
    var header = HeaderReader(found)
    _ = header.read(first.block)
    return try Stretches(
      TextStretch.cut(textBytes, options.stretches), first: HeaderReader(found), others: header,
      textBytes: textBytes)
  }

  /// Reads a block of a stretch, and parses it while it is in the cache.
  func read(
    _ flow: ArchiveFlow, _ stretches: Stretches, _ stretch: StretchFlow, _ number: Int,
    since start: Int64
  ) {
    do {
      let assembled = try nextBlock(of: stretch, flow, stretches)
      guard let assembled = consume assembled, let profile = flow.profile else {
        clock.addBusy("decode", since: start)
        board.update { _ in settle(flow, stretches, stretch) }
        return fold(flow, stretches)
      }
      let header = stretch.header.read(assembled.block)
      let isMisled = !stretch.header.agrees(with: stretches.header)
      let parseStart = clock.addBusy("decode", since: start)
      let bytes = UInt64(assembled.block.count)
      let share = board.state.withLock { _ in
        stretches.textBytes += bytes
        stretches.isMisled = stretches.isMisled || isMisled
        return begin(assembled, flow, number)
      }
      parse(
        assembled, header, profile, flow, number, into: share, since: parseStart
      ) {
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

  private func nextBlock(
    of stretch: StretchFlow, _ flow: ArchiveFlow, _ stretches: Stretches
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
    board.state.withLock { _ in stretches.storedBytes += stored }
    stretch.reader = consume reader
    return assembled
  }

  /// Lets others go on where a worker stopped; called under the board's lock.
  private func settle(_ flow: ArchiveFlow, _ stretches: Stretches, _ stretch: StretchFlow) {
    stretch.isBusy = false
    if stretch.reader?.hasEnded == true { stretch.end = stretch.reader.take()?.finish() }
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
      storedBytes: stretches.storedBytes, textBytes: stretches.textBytes,
      lines: flow.report.counts.lines)
    flow.forgetEvents()
    do throws(ArchiveError) {
      try flow.readInOrder()
    } catch { flow.fail(.decoding(error)) }
  }
}
