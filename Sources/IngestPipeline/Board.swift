internal import ArchiveDecoding
internal import ByteBlocks
internal import StagedExecution
internal import Synchronization

/// What a worker does in one step.
enum Work {
  case open(ArchiveFlow)
  case decode(ArchiveFlow, UnitFlow)
  case read(ArchiveFlow, Stretches, StretchFlow)
  case assemble(ArchiveFlow)
  case scan(ArchiveFlow)
  case hash(ArchiveFlow)
  case encode(ArchiveFlow, ArchiveActivities.Segment)
  case join(ArchiveFlow)
}

/// Who does what next: all archives of a run, and which of their parts wait for a worker.
///
/// Several archives are open at once, and several units of each. A unit is decoded by one worker
/// at a time; its blocks wait in a short queue, until they are next in the text. Then one worker
/// at a time puts the blocks of an archive in order and goes on to parse what it got, while the
/// block is still in its cache. Of a large plain file each worker reads a stretch by itself. Queues
/// are short and each part has its own room in the pool, so that nobody can wait for memory that
/// another one holds.
final class Board: Sendable {
  /// Decoded blocks that may wait: of a unit whose text comes next, and of all units behind those
  /// together. A codec that is slower than the parser leaves workers time to decode ahead, and what
  /// they do then is not to be done again while others wait for it.
  private static let queueMax = 4
  private static let aheadMax = 48
  /// Archives that may be open, or wait for those before them to join.
  private static let openMax = 64

  struct State {
    /// Archives that nobody has opened yet, in their order.
    fileprivate var waiting: ArraySlice<ArchiveReference>
    /// Those that are open, or wait for others before them to join, in their order.
    fileprivate(set) var active: [ArchiveFlow] = []
    /// What became of all before them, in their order.
    private(set) var reports: [ArchiveReport] = []
    var isJoining = false
    /// Text of the archives that have joined the batch.
    var batchTextBytes: UInt64 = 0
    /// Archives whose events are in the batch, or on their way into it.
    var added: Set<ContentID> = []
    /// Active flows whose events went straight into the batch.
    private(set) var addedCount = 0
    /// The batch is full: workers rest until it is written.
    var isResting = false
    /// More is held than may be: workers rest until it is somewhere else.
    var isPaused = false
    var failure: (any Error)?

    fileprivate init(_ archives: [ArchiveReference]) { waiting = archives[...] }

    fileprivate var isOver: Bool { waiting.isEmpty && active.isEmpty }

    /// Notes that the events of a flow go straight into the batch.
    mutating func add(_ flow: ArchiveFlow) {
      flow.isInBatch = true
      addedCount += 1
    }

    /// Puts the files of a container in its place.
    mutating func replace(_ flow: ArchiveFlow, by entries: [ArchiveReference]) {
      flow.entries = entries[...]
      if entries.isEmpty { active.removeAll { $0 === flow } }
    }

    /// Takes the first flow off the board, which has joined or was left out.
    mutating func end(_ flow: ArchiveFlow) {
      active.removeFirst()
      if flow.isInBatch { addedCount -= 1 }
      reports.append(flow.report)
    }
  }

  private let workers: Int
  private let keepsActivities: Bool
  /// Decoded blocks of a unit ahead that may wait.
  private let aheadQueueMax: Int
  private let blocks: BlockPool
  private let cancellation: Cancellation
  let state: Mutex<State>
  let bell = Bell()

  /// - Parameter keepsActivities: whether each event has a row in the activity log.
  init(
    _ archives: [ArchiveReference], keepsActivities: Bool, workers: Int, blockTextBytes: Int,
    cancellation: Cancellation
  ) {
    self.workers = workers
    self.keepsActivities = keepsActivities
    self.cancellation = cancellation
    aheadQueueMax = max(Board.queueMax, Board.aheadMax / workers)
    // Each worker holds a block, each unit its queue; heads and units ahead are `workers` each.
    blocks = BlockPool(
      blocksMax: workers * (Board.queueMax + aheadQueueMax + 3), textBytesMax: blockTextBytes)
    state = Mutex(State(archives))
  }

  /// Whether every archive has joined or was left out.
  var isOver: Bool { state.withLock { $0.isOver } }

  /// Something to do for worker `number`, taken off the board; `nil` when there is nothing now.
  ///
  /// `isFinished` says that the crew has nothing more to do in this round.
  func take(_ number: Int) -> (work: Work?, isFinished: Bool) {
    state.withLock { state in
      if cancellation.isCancelled || state.failure != nil || state.isResting
        || state.isPaused
      {
        return (nil, true)
      }
      if state.isOver { return (nil, true) }
      return (choose(&state, number), false)
    }
  }

  /// What a worker without work waits for: of all that others do, what is nearest to the archives.
  var awaited: String {
    state.withLock { state in
      let active = state.active
      if active.contains(where: { $0.phase == .opening }) { return "open" }
      if active.contains(where: { $0.units.contains(where: \.isBusy) }) { return "decode" }
      if active.contains(where: \.isScanning) { return "scan" }
      if active.contains(where: \.isAssembling) { return "assemble" }
      if active.contains(where: \.isParsing) { return "parse" }
      if active.contains(where: { $0.activities?.encoding ?? 0 > 0 }) { return "activities" }
      return active.contains(where: \.isHashing) ? "hash" : "join"
    }
  }

  private func choose(_ state: inout State, _ number: Int) -> Work? {
    if let work = join(&state) { return work }
    // First of all, as it frees memory.
    for flow in state.active { if let work = encode(flow) { return work } }
    for flow in state.active { if let work = read(flow, number) { return work } }
    for flow in state.active where flow.codec == .plain && takeAssembling(of: flow) {
      return .assemble(flow)
    }
    for flow in state.active { if let unit = takeHead(of: flow) { return .decode(flow, unit) } }
    for flow in state.active where takeAssembling(of: flow) { return .assemble(flow) }
    if let flow = next(&state) { return .open(flow) }
    for flow in state.active { if let work = decodeAhead(flow) { return work } }
    for flow in state.active { if let work = hash(flow) { return work } }
    return nil
  }

  /// The archive to be opened next; files in a container come before all that stands behind it.
  private func next(_ state: inout State) -> ArchiveFlow? {
    let place = state.active.firstIndex { !$0.entries.isEmpty } ?? state.active.count
    guard place < Self.openMax,
      state.active[..<place].count(where: { !$0.isSmallAndRead }) < workers
    else { return nil }
    guard place < state.active.count else {
      guard let archive = state.waiting.popFirst() else { return nil }
      state.active.append(ArchiveFlow(archive, keepsActivities: keepsActivities))
      return state.active[place]
    }
    let container = state.active[place]
    guard let archive = container.entries.popFirst() else { return nil }
    state.active.insert(ArchiveFlow(archive, keepsActivities: keepsActivities), at: place)
    if container.entries.isEmpty { state.active.remove(at: place + 1) }
    return state.active[place]
  }

  private func join(_ state: inout State) -> Work? {
    guard !state.isJoining, let flow = state.active.first else { return nil }
    settle(flow)
    guard flow.phase == .drained, flow.isQuiet else { return nil }
    state.isJoining = true
    return .join(flow)
  }

  /// Notes that everything of an archive was parsed, or that it was given up.
  private func settle(_ flow: ArchiveFlow) {
    guard flow.phase == .flowing else { return }
    let isWhole = flow.text != nil && flow.hasher == nil && !flow.isHashing
    if isWhole || flow.failure != nil || flow.isKnown { flow.phase = .drained }
  }

  /// The unit whose text comes next, for somebody who decodes more of it; called under the lock.
  func takeHead(of flow: ArchiveFlow) -> UnitFlow? {
    guard flow.phase == .flowing, flow.failure == nil, let head = flow.units.first,
      begin(head, queueMax: Board.queueMax)
    else { return nil }
    return head
  }

  /// Gives a unit a block to be decoded into, if it wants one and there is one.
  private func begin(_ unit: UnitFlow, queueMax: Int) -> Bool {
    guard unit.wantsDecoding, unit.outputs.count < queueMax, let block = blocks.take()
    else { return false }
    unit.isBusy = true
    unit.block = consume block
    return true
  }

  /// Units behind the head, found by the scanner; as many as there are workers.
  private func decodeAhead(_ flow: ArchiveFlow) -> Work? {
    guard flow.phase == .flowing, flow.failure == nil, flow.text == nil, let head = flow.units.first
    else { return nil }
    for unit in flow.units.dropFirst() where begin(unit, queueMax: aheadQueueMax) {
      return .decode(flow, unit)
    }
    guard flow.units.count < workers, !flow.isScannedOut, !flow.isScanning, head.unit.end != .max
    else { return nil }
    flow.isScanning = true
    return .scan(flow)
  }

  private func read(_ flow: ArchiveFlow, _ number: Int) -> Work? {
    guard flow.phase == .flowing, flow.failure == nil, flow.text == nil,
      let stretches = flow.stretches, blocks.freeCount > 0,
      let stretch = stretches.next(for: number)
    else { return nil }
    stretch.block = blocks.take()
    stretch.isBusy = true
    stretch.worker = number
    return .read(flow, stretches, stretch)
  }

  /// Whether there are blocks to be put in order, by the caller; called under the lock.
  func takeAssembling(of flow: ArchiveFlow) -> Bool {
    guard flow.canAssemble else { return false }
    flow.isAssembling = true
    return true
  }

  private func encode(_ flow: ArchiveFlow) -> Work? {
    guard flow.failure == nil, let segment = flow.activities?.ready.popLast() else { return nil }
    flow.activities?.encoding += 1
    return .encode(flow, segment)
  }

  private func hash(_ flow: ArchiveFlow) -> Work? {
    guard flow.phase == .flowing, flow.hasher != nil, !flow.isHashing, flow.failure == nil else {
      return nil
    }
    flow.isHashing = true
    return .hash(flow)
  }

  /// Changes the board, and wakes whoever waits for that.
  @discardableResult
  func update<Value: Sendable>(_ body: (inout State) -> Value) -> Value {
    defer { bell.ring() }
    return state.withLock { body(&$0) }
  }
}
