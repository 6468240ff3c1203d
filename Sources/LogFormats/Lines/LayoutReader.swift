internal import ByteBlocks
internal import ByteKernels
internal import ClearRecords
internal import VeiledRecords

/// Room for the columns that a reader works on, shared by all readers of a thread.
struct ColumnScratch: ~Copyable {
  /// The field of each record that is worked on.
  var chosen = Buffer<FieldRange>(count: 0)
  var codes = Buffer<UInt8>(count: 0)
  var isLocal = Buffer<UInt8>(count: 0)

  mutating func makeRoom(_ records: Int) {
    guard chosen.count < records else { return }
    let room = records + records / 4
    chosen = Buffer(count: room)
    codes = Buffer(count: room)
    isLocal = Buffer(count: room)
  }
}

/// One layout, compiled: turns what was cut out of its lines into records.
///
/// What it does for a block is a few passes over all of the layout's records.
final class LayoutReader {
  let layout: LineLayout
  /// The layout's place in the cutter.
  let number: Int
  private let zone: TimeZoneRule
  /// The fields that the archive's header names, where the layout needs one.
  private var columns: [String] = []
  private var actionWords: ActionWords
  private let traffic: [(slot: UInt8, judge: WordJudge)]
  private let times: TimePlan
  private let parts: [CompiledPart]
  private let turns: [CompiledTurn]
  let slots: [Attribute: [[UInt8]]]
  let urlSlots, actionSlots: [UInt8]
  /// All users, where all are wanted.
  let userSlots: [UInt8]
  /// Fields that are neither users nor free text, nor the host's, where all users are wanted.
  let knownSlots: [UInt8]
  let nobodies: NameSet

  private struct CompiledPart {
    let slot, separator: UInt8
    let slots: [UInt8?]
  }

  private final class CompiledTurn {
    let slot, other: UInt8
    let outer: UInt8?
    let words: NameSet
    let pairs: [(UInt8, UInt8)]

    init(_ turn: LineLayout.Turn, slot: (String) -> UInt8) {
      (self.slot, other) = (slot(turn.field), slot(turn.other))
      outer = turn.outer.map(slot)
      words = NameSet(turn.words)
      pairs = turn.pairs.map { (slot($0.0), slot($0.1)) }
    }
  }

  init(_ layout: LineLayout, number: Int, zone: TimeZoneRule) {
    self.layout = layout
    self.number = number
    self.zone = zone
    let names = layout.names
    func slot(_ name: String) -> UInt8 { UInt8(names.firstIndex(of: name.lowercased()) ?? 0) }
    actionWords = ActionWords(patterns: layout.blocked)
    traffic = layout.traffic.map { (slot($0.field), WordJudge($0.condition)) }
    times = zone.plan(
      layout.time.map { rule in
        .init(
          slots: rule.fields.map(slot), zone: rule.zone.map(slot),
          isZoneOfHeader: rule.zone == "syslog", pattern: rule.pattern)
      })
    parts = layout.parts.map { part in
      CompiledPart(
        slot: slot(part.field), separator: part.separator,
        slots: part.names.map { $0.isEmpty ? nil : slot($0) })
    }
    turns = layout.turns.map { CompiledTurn($0, slot: slot) }
    slots = layout.fields.mapValues { $0.map { $0.map(slot) } }
    urlSlots = layout.urls.map(slot)
    actionSlots = layout.actions.map(slot)
    userSlots =
      layout.readsAllUsers
      ? Set(((layout.fields[.user] ?? []).flatMap { $0 } + layout.otherUsers).map(slot)).sorted()
      : []
    knownSlots = layout.readsAllUsers ? layout.knownNames.map(slot) : []
    nobodies = NameSet(NobodyWords.all + layout.nobodies)
  }

  /// Takes the names of the fields from a header.
  func use(_ columns: [String], _ cutter: inout LineCutter) {
    guard layout.header != nil, columns != self.columns,
      case .places(_, _, _, _, _, let minimum) = layout.shape
    else { return }
    self.columns = columns
    cutter.use(
      columns, minimum: layout.header == .firstLine ? minimum : columns.count, of: number)
  }

  /// Adds what was cut to `batch`.
  func fill(
    _ batch: inout RecordBatch, _ cutter: inout LineCutter, _ scratch: inout ColumnScratch
  ) {
    let (base, count) = (batch.count, cutter.count(of: number))
    guard count > 0 else { return }
    scratch.makeRoom(count)
    batch.count += count
    for record in 0..<count {
      batch.lines[base + record] = UInt32(cutter.line(record, of: number).number)
    }
    if cutter.joinedCount > 0 {
      for record in 0..<count {
        batch.joinedStarts[base + record] = cutter.line(record, of: number).start
      }
    }
    for part in parts {
      cutter.split(part.slot, at: part.separator, into: part.slots, of: number, in: batch.block)
    }
    for turn in turns { turnRound(turn, &cutter, &scratch, batch.block) }
    leaveOut(&batch, base, cutter, &scratch)
    fillTimes(&batch, base, cutter, &scratch)
    fillBytes(&batch, base, cutter)
    fillHosts(&batch, base, cutter, &scratch)
    fillNames(&batch, base, cutter, &scratch)
    for slot in actionSlots {
      let found = cutter.choose([slot], of: number, in: batch.block, into: &scratch.chosen)
      if found == 0 { continue }
      actionWords.read(
        scratch.chosen.span.extracting(0..<count), in: batch.block, into: &batch.actions, at: base)
    }
    fillDetails(&batch, base, cutter, &scratch)
  }

  /// The first slot of each entry.
  func single(_ attribute: Attribute) -> [UInt8] {
    (slots[attribute] ?? []).compactMap(\.first)
  }

  // MARK: Traffic

  /// Leaves out what is no traffic.
  private func leaveOut(
    _ batch: inout RecordBatch, _ base: Int, _ cutter: borrowing LineCutter,
    _ scratch: inout ColumnScratch
  ) {
    let count = cutter.count(of: number)
    for (place, rule) in traffic.enumerated() {
      cutter.choose([rule.slot], of: number, in: batch.block, into: &scratch.chosen)
      for record in 0..<count { scratch.codes[record] = 0 }
      rule.judge.read(scratch.chosen, count, in: batch.block, into: &scratch.codes)
      for record in 0..<count where scratch.codes[record] == WordJudge.refused {
        batch.status[base + record] = RecordStatus.excluded.rawValue
      }
      noteExclusions(by: place, count, scratch, &batch, base)
    }
  }

  /// Says for whom wants to see it which rule has left records out; the first one counts.
  private func noteExclusions(
    by rule: Int, _ count: Int, _ scratch: borrowing ColumnScratch, _ batch: inout RecordBatch,
    _ base: Int
  ) {
    guard var details = batch.details.take() else { return }
    let code = Exclusion(layout: number, rule: rule).code
    for record in 0..<count where scratch.codes[record] == WordJudge.refused {
      if details.exclusions[base + record] == 0 { details.exclusions[base + record] = code }
    }
    batch.details = consume details
  }

  /// Exchanges the two ends of connections whose server stands first.
  private func turnRound(
    _ turn: CompiledTurn, _ cutter: inout LineCutter, _ scratch: inout ColumnScratch,
    _ block: borrowing Block
  ) {
    let count = cutter.count(of: number)
    for record in 0..<count { scratch.codes[record] = 0 }
    for (slot, code) in [(turn.slot, UInt8(1)), (turn.other, 2)] {
      cutter.choose([slot], of: number, in: block, into: &scratch.chosen)
      ValueKernels.mark(
        scratch.chosen, count, named: turn.words, in: block, adding: code, to: &scratch.codes)
    }
    if let outer = turn.outer {
      cutter.choose([outer], of: number, in: block, into: &scratch.chosen)
      ValueKernels.markInner(scratch.chosen, count, in: block, adding: 4, to: &scratch.codes)
    }
    for pair in turn.pairs {
      cutter.exchange(pair.0, pair.1, of: number, where: scratch.codes, are: 1)
    }
  }

  // MARK: Time and bytes

  private func fillTimes(
    _ batch: inout RecordBatch, _ base: Int, _ cutter: borrowing LineCutter,
    _ scratch: inout ColumnScratch
  ) {
    let bad = RecordStatus(.badTime, in: .time).rawValue
    cutter.times(
      times, of: number, in: batch.block, into: &batch.times, isLocal: &scratch.isLocal,
      status: &batch.status, at: base, missing: RecordStatus(.missingTime, in: .time).rawValue,
      bad: bad)
    zone.toUTC(
      &batch.times, &batch.status, from: base, where: scratch.isLocal, cutter.count(of: number),
      bad: bad)
  }

  private func fillBytes(
    _ batch: inout RecordBatch, _ base: Int, _ cutter: borrowing LineCutter
  ) {
    fill(.uploadedBytes, cutter, &batch.uploaded, &batch.status, batch.block, base)
    fill(.downloadedBytes, cutter, &batch.downloaded, &batch.status, batch.block, base)
    fill(.totalBytes, cutter, &batch.totals, &batch.status, batch.block, base)
    let null = FieldKernels.null
    for record in base..<base + cutter.count(of: number) where batch.totals[record] == null {
      let (up, down) = (batch.uploaded[record], batch.downloaded[record])
      batch.totals[record] = up == null ? down : down == null ? up : up + down
    }
  }

  private func fill(
    _ attribute: Attribute, _ cutter: borrowing LineCutter, _ values: inout Buffer<Int64>,
    _ status: inout Buffer<UInt8>, _ block: borrowing Block, _ base: Int
  ) {
    cutter.counts(
      slots[attribute] ?? [], of: number, in: block, max: RejectReason.byteCountMax,
      into: &values, status: &status, at: base,
      bad: RecordStatus(.badByteCount, in: attribute).rawValue)
  }
}
