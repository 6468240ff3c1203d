internal import ArchiveDecoding
internal import ByteBlocks
internal import Glibc
internal import LogFormats
internal import StagedExecution
internal import Synchronization
internal import VeiledRecords

/// The steps that workers do, each a piece of work on one archive.
struct Steps: Sendable {
  let board: Board
  let workers: [Worker]
  let decoders: DecoderPool
  let options: IngestOptions
  let known: KnownArchives
  let clock: StageClock
  let ledger: Ledger
  let activities: ActivityWriter?
  let progress: Progress
  let use: MemoryUse
  /// Whether more than may be held can be spilled.
  let canSpill: Bool

  /// Does one piece of work as worker `number`.
  func step(_ number: Int) -> StepResult {
    let start = StageClock.now()
    let (work, isFinished) = board.take(number)
    guard let work else {
      return isFinished ? .finished : .idle
    }
    switch work {
    case .open(let flow): open(flow, number, since: start)
    case .decode(let flow, let unit): decode(flow, unit, number, since: start)
    case .read(let flow, let stretches, let stretch):
      read(flow, stretches, stretch, number, since: start)
    case .assemble(let flow): assemble(flow, number, since: start)
    case .scan(let flow):
      scan(flow)
      clock.addBusy("scan", since: start)
    case .hash(let flow):
      hash(flow)
      clock.addBusy("hash", since: start)
    case .encode(let flow, let segment):
      encode(flow, segment)
      clock.addBusy("activities", since: start)
    case .join(let flow): join(flow, since: start)
    }
    return .worked
  }

  // MARK: Opening

  /// Opens an archive, and goes on with it; or lists what is in a container.
  private func open(_ flow: ArchiveFlow, _ number: Int, since start: Int64) {
    flow.report.started = Self.microsNow()
    var unit: UnitFlow?
    do throws(ArchiveError) {
      switch try flow.report.reference.openedOrListed() {
      case .bytes(let source):
        try read(source, of: flow, number)
        unit = board.update { _ in
          flow.phase = flow.isKnown ? .drained : .flowing
          return board.takeHead(of: flow)
        }
      case .container(let entries):
        progress.replace(flow.report.reference, by: entries)
        board.update { $0.replace(flow, by: entries) }
      }
    } catch {
      board.update { _ in
        flow.fail(.decoding(error))
        flow.phase = .drained
      }
    }
    let opened = clock.addBusy("open", since: start)
    if let unit { decode(flow, unit, number, since: opened) }
  }

  /// Gets ready to read an archive.
  private func read(
    _ source: any StoredBytes, of flow: ArchiveFlow, _ number: Int
  ) throws(ArchiveError) {
    flow.source = source
    flow.codec = try Codec.detect(source)
    let stored = source.unfiltered
    flow.report.storedBytes = stored.byteCount ?? 0
    if let bytes = stored.byteCount, known.hasSize(bytes), try isKnown(flow, stored) { return }
    flow.stretches = try stretches(of: flow, number)
    if flow.stretches == nil { try flow.readInOrder() }
    // The hash of a plain file is that of its text.
    let isText = source.filter == nil && flow.codec == .plain
    if stored.byteCount != nil, !isText, flow.report.fileHash.isEmpty {
      flow.hasher = try StoredHasher(stored)
    }
  }

  /// Whether the tables hold an archive of these stored bytes under the same options.
  private func isKnown(
    _ flow: ArchiveFlow, _ source: any StoredBytes
  ) throws(ArchiveError) -> Bool {
    var hasher = try StoredHasher(source)
    while try !hasher.step() {}
    flow.report.fileHash = hasher.id.hex
    guard let entry = known.entry(fileHash: hasher.id.hex) else { return false }
    flow.report.contentID = entry.archive
    flow.isKnown = true
    if entry.options != options.description {
      flow.failure = .otherOptions(archive: entry.archive)
    }
    return true
  }

  // MARK: Decoding

  /// Decodes a block; what is decoded at once is parsed at once.
  private func decode(_ flow: ArchiveFlow, _ unit: UnitFlow, _ number: Int, since start: Int64) {
    let mayAssemble = decode(flow, unit)
    let decoded = clock.addBusy("decode", since: start)
    if mayAssemble { assemble(flow, number, since: decoded) }
  }

  /// - Returns: whether the archive has no other blocks, and the caller is to put them in order.
  private func decode(_ flow: ArchiveFlow, _ unit: UnitFlow) -> Bool {
    guard let source = flow.source, let block = unit.block.take() else { return false }
    do throws(ArchiveError) {
      var decoder: UnitDecoder
      if let known = unit.decoder.take() {
        decoder = consume known
      } else {
        decoder = try UnitDecoder(
          source, codec: flow.codec, unit: unit.unit, limits: options.limits, pool: decoders)
      }
      var decoded = DecodedBlock(block)
      let before = decoder.position
      let hasEnded = try decoder.fill(&decoded)
      let stored = decoder.position - min(before, decoder.position)
      progress.add(storedBytes: stored)
      options.pace?.take(Int(clamping: stored))
      let following = decoder.following
      let output = DecodedBox(decoded)
      if !hasEnded { unit.decoder = consume decoder }
      return board.update { _ in
        unit.outputs.append(output)
        unit.hasEnded = hasEnded
        unit.following = following
        unit.isBusy = false
        return hasEnded && following == nil && board.takeAssembling(of: flow)
      }
    } catch {
      board.update { _ in
        unit.failure = error
        unit.isBusy = false
      }
      return false
    }
  }

  // MARK: Putting in order, and parsing

  /// What the ordered side does next for an archive.
  private enum Next {
    case take(DecodedBox, isLast: Bool)
    case failed(ArchiveError)
    case nothing
  }

  private func assemble(_ flow: ArchiveFlow, _ number: Int, since start: Int64) {
    let next = board.state.withLock { _ in nextBlock(of: flow) }
    switch next {
    case .nothing: board.update { _ in flow.isAssembling = false }
    case .failed(let error):
      board.update { _ in
        flow.isAssembling = false
        flow.fail(.decoding(error))
      }
    case .take(let box, let isLast):
      do {
        try assemble(flow, number, box, isLast: isLast, since: start)
      } catch {
        board.update { state in
          flow.isAssembling = false
          self.fail(flow, error, &state)
        }
      }
    }
  }

  /// The next decoded block of the text; called under the board's lock.
  private func nextBlock(of flow: ArchiveFlow) -> Next {
    guard flow.failure == nil, let head = flow.units.first else { return .nothing }
    guard !head.outputs.isEmpty else {
      return head.failure.map { .failed($0) } ?? .nothing
    }
    let box = head.outputs.removeFirst()
    guard head.hasEnded, head.outputs.isEmpty else { return .take(box, isLast: false) }
    guard let following = head.following else { return .take(box, isLast: true) }
    flow.units.removeFirst()
    if flow.units.first?.unit != following {
      // What was found ahead was no unit after all.
      flow.units = [UnitFlow(following)]
      flow.scanFrom = following
      flow.isScannedOut = false
    }
    return .take(box, isLast: false)
  }

  private func assemble(
    _ flow: ArchiveFlow, _ number: Int, _ box: DecodedBox, isLast: Bool, since start: Int64
  ) throws {
    guard let decoded = box.take() else { return }
    let profile = flow.profile
    let assembled = try flow.assembler?.accept(decoded, isLast: isLast) {
      FormatProfile.unfinishedBytes($0, of: profile)
    }
    var text: AssembledText?
    if isLast, let assembler = flow.assembler.take() { text = assembler.finish() }
    if let assembled = consume assembled {
      try parse(assembled, flow, number, text: text, since: start)
    } else {
      board.update { _ in
        flow.isAssembling = false
        flow.text = text
      }
      clock.addBusy("assemble", since: start)
    }
  }

  private func parse(
    _ assembled: consuming AssembledBlock, _ flow: ArchiveFlow, _ number: Int,
    text: AssembledText?, since start: Int64
  ) throws {
    let profile = try profile(of: flow, assembled.block, number)
    flow.profile = profile
    let isFirst = flow.header == nil
    if isFirst { flow.header = workers[number].header(profile) }
    guard let header = flow.header?.read(assembled.block) else { return }
    if isFirst, let reader = flow.header { workers[number].keep(reader, of: profile) }
    let isWhole = text != nil && assembled.sequence == 0
    if isWhole { hashNow(flow) }
    board.update { _ in
      flow.isAssembling = false
      flow.text = text
      begin(assembled, flow)
    }
    let parseStart = clock.addBusy("assemble", since: start)
    parse(assembled, header, profile, flow, number, isWhole: isWhole, since: parseStart)
  }

  // MARK: Looking ahead

  /// Stored bytes that one step looks through for the next unit.
  private static let scanBytes: UInt64 = 8 << 20

  private func scan(_ flow: ArchiveFlow) {
    let (from, last) = board.state.withLock { _ in
      defer { flow.scanFrom = nil }
      return (flow.scanFrom, flow.units.last?.unit)
    }
    if let from {
      flow.scanner?.restart(at: from)
      _ = flow.scanner?.next()  // The unit itself, which is there already.
    }
    let position = max(last?.start ?? 0, flow.scannedTo)
    let found = flow.scanner?.next(lookingUpTo: position + Self.scanBytes) ?? .end
    board.update { _ in
      flow.isScanning = false
      guard flow.scanFrom == nil else { return }
      switch found {
      case .unit(let unit):
        flow.units.append(UnitFlow(unit))
        flow.scannedTo = unit.start
      case .nothingYet: flow.scannedTo = position + Self.scanBytes
      case .end: flow.isScannedOut = true
      }
    }
  }

  // MARK: Hashing and joining

  /// Hashes the stored bytes of a small archive before its lines are parsed: after that nothing of
  /// it can fail.
  private func hashNow(_ flow: ArchiveFlow) {
    let isFree = board.state.withLock { _ in
      guard flow.hasher != nil, !flow.isHashing else { return false }
      flow.isHashing = true
      return true
    }
    if isFree { hash(flow) }
  }

  private func hash(_ flow: ArchiveFlow) {
    var failure: ArchiveError?
    var isDone = true
    do throws(ArchiveError) {
      isDone = try flow.hasher?.step() ?? true
    } catch { failure = error }
    board.update { _ in
      flow.isHashing = false
      if let failure { flow.fail(.decoding(failure)) }
      guard isDone, let hasher = flow.hasher.take() else { return }
      flow.report.fileHash = hasher.id.hex
    }
  }

  private func join(_ flow: ArchiveFlow, since start: Int64) {
    finishReport(flow)
    var outcome = ledger.settle(flow) {
      guard let id = flow.text?.contentID else { return true }
      return board.state.withLock { $0.added.insert(id).inserted }
    }
    let settled = clock.addBusy("join", since: start)
    if let activities {
      do {
        try activities.flush(ledger, workers, rowsMin: ActivityWriter.rowsMax)
      } catch { outcome.failure = error }
      clock.addBusy("activities", since: settled)
    }
    board.update { state in
      state.isJoining = false
      state.end(flow)
      state.batchTextBytes = ledger.batchTextBytes
      flow.report.outcome = outcome.outcome
      flow.report.finished = Self.microsNow()
      if let failure = outcome.failure { state.failure = failure }
      // Should a file have grown while it was read, others behind it may be in the batch.
      state.isResting = outcome.isBatchFull && state.addedCount == 0
      if ledger.rejects.isFull { state.isPaused = true }
    }
  }

  private func finishReport(_ flow: ArchiveFlow) {
    guard let text = flow.text, flow.failure == nil else { return }
    note(text.overlongLines, in: flow)
    flow.report.contentID = text.contentID.hex
    flow.report.textBytes = text.textBytes
    flow.report.format = flow.profile?.name
    if let streamed = flow.source?.unfiltered.streamed {
      flow.report.fileHash = streamed.id.hex
      flow.report.storedBytes = streamed.byteCount
    }
    if flow.report.fileHash.isEmpty { flow.report.fileHash = flow.report.contentID }
    flow.numberRejects()
  }

  static func microsNow() -> Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
  }
}
