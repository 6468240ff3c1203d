internal import ByteBlocks
internal import ByteKernels
internal import ClearRecords
internal import VeiledRecords

/// One layout, compiled: cuts its lines, and turns what it cut into records.
final class LayoutReader {
  let layout: LineLayout
  private let zone: TimeZoneRule
  var cutter: LineCutter
  /// The fields that the archive's header names, where the layout needs one.
  private var columns: [String] = []
  /// The time field of the syslog header of each record.
  private var headerTimes = Buffer<FieldRange>(count: 0)
  var lineStarts = Buffer<UInt32>(count: 0)
  var chosen = Buffer<FieldRange>(count: 0)
  private var numbers = Buffer<Int64>(count: 0)
  private var codes = Buffer<UInt8>(count: 0)
  private var isLocal = Buffer<UInt8>(count: 0)
  private var actionWords: ActionWords
  private var trafficWords: [WordJudge]
  private let trafficSlots: [Int]
  private let timeRules: [CompiledTime]
  private let parts: [CompiledPart]
  let slots: [Attribute: [[Int]]]
  let urlSlots, actionSlots: [Int]
  let nobodies: [[UInt8]]
  private var timeFields: [FieldRange] = []

  private struct CompiledTime {
    let slots: [Int]
    let zone: Int?
    let pattern: TimePattern
  }

  private struct CompiledPart {
    let slot: Int
    let separator: UInt8
    let slots: [Int?]
  }

  init(_ layout: LineLayout, zone: TimeZoneRule) {
    self.layout = layout
    self.zone = zone
    let names = layout.names
    func slot(_ name: String) -> Int { names.firstIndex(of: name.lowercased()) ?? 0 }
    cutter = LineCutter(layout.shape, names: names)
    actionWords = ActionWords(patterns: layout.blocked)
    trafficWords = layout.traffic.map { WordJudge($0.condition) }
    trafficSlots = layout.traffic.map { slot($0.field) }
    timeRules = layout.time.map { rule in
      CompiledTime(
        slots: rule.fields.map(slot), zone: rule.zone.map(slot), pattern: rule.pattern)
    }
    parts = layout.parts.map { part in
      CompiledPart(
        slot: slot(part.field), separator: part.separator,
        slots: part.names.map { $0.isEmpty ? nil : slot($0) })
    }
    slots = layout.fields.mapValues { $0.map { $0.map(slot) } }
    urlSlots = layout.urls.map(slot)
    actionSlots = layout.actions.map(slot)
    nobodies = layout.nobodies.map { Array($0.utf8) }
  }

  /// Takes the names of the fields from a header.
  func use(_ columns: [String]) {
    guard layout.header != nil, columns != self.columns,
      case .places(let separator, let quote, let brackets, let collapses, _, let minimum) =
        layout.shape
    else { return }
    self.columns = columns
    cutter = LineCutter(
      .places(
        separator: separator, quote: quote, brackets: brackets, collapses: collapses,
        names: columns, minimum: layout.header == .firstLine ? minimum : columns.count),
      names: layout.names)
  }

  /// Forgets all records, and makes room for others.
  func reset(records: Int) {
    cutter.reset(records: records)
    guard headerTimes.count < records else { return }
    let room = records + records / 4
    headerTimes = Buffer(count: room)
    lineStarts = Buffer(count: room)
    chosen = Buffer(count: room)
    numbers = Buffer(count: room)
    codes = Buffer(count: room)
    isLocal = Buffer(count: room)
  }

  /// Whether a line looks like one of this layout.
  func recognises(_ line: FieldRange, in block: borrowing Block) -> Bool {
    if layout.header != nil, columns.isEmpty { return false }
    let evidence = layout.evidence
    for text in evidence.all where !holds(text, line, block) { return false }
    for text in evidence.none where holds(text, line, block) { return false }
    if !evidence.any.isEmpty {
      guard evidence.any.contains(where: { holds($0, line, block) }) else { return false }
    }
    guard !evidence.starts.isEmpty else { return true }
    let bytes = block.memoryBytes
    return evidence.starts.contains { text in
      line.count >= text.count
        && text.indices.allSatisfy { bytes[Int(line.start) + $0] == text[$0] }
    }
  }

  private func holds(_ text: [UInt8], _ line: FieldRange, _ block: borrowing Block) -> Bool {
    LineKernels.end(of: text, in: line, block) != nil
  }

  /// Cuts a line; `false` when it has another shape.
  func cut(
    _ whole: FieldRange, _ header: SyslogHeader, _ number: Int, _ block: inout Block
  ) -> Bool {
    var (line, message) = (whole, header.message)
    if !layout.after.isEmpty {
      guard let start = LineKernels.end(of: layout.after, in: line, block) else { return false }
      line.start = start
      message.start = start
    }
    let record = cutter.count
    guard cutter.cut(line, message: message, number: number, in: &block) else { return false }
    headerTimes[record] = header.time
    lineStarts[record] = whole.start
    return true
  }

  /// Adds what was cut to `batch`.
  func fill(_ batch: inout RecordBatch) {
    let base = batch.count
    guard cutter.count > 0 else { return }
    batch.count += cutter.count
    batch.lines.copy(cutter.lines, at: base)
    for part in parts { cutParts(part, batch.block) }
    leaveOut(&batch, base)
    fillTimes(&batch, base)
    fillBytes(&batch, base)
    fillHosts(&batch, base)
    fillNames(&batch, base)
    for slot in actionSlots {
      actionWords.read(cutter.column(slot), in: batch.block, into: &batch.actions, at: base)
    }
    fillDetails(&batch, base)
  }

  // MARK: Fields

  func isNull(_ field: FieldRange, in bytes: Span<UInt8>) -> Bool {
    field.isEmpty || (field.count == 1 && bytes[Int(field.start)] == UInt8(ascii: "-"))
  }

  /// The first of `slots` in which a record has something.
  func first(_ slots: [Int], _ record: Int, _ bytes: Span<UInt8>) -> FieldRange {
    for slot in slots {
      let field = cutter[slot, record]
      if !isNull(field, in: bytes) { return field }
    }
    return .missing
  }

  /// Puts the best field of each record into `chosen`.
  func choose(_ slots: [Int], in block: borrowing Block) {
    let bytes = block.memoryBytes
    for record in 0..<cutter.count { chosen[record] = first(slots, record, bytes) }
  }

  func single(_ attribute: Attribute) -> [Int] {
    (slots[attribute] ?? []).compactMap(\.first)
  }

  private func cutParts(_ part: CompiledPart, _ block: borrowing Block) {
    let bytes = block.memoryBytes
    for record in 0..<cutter.count {
      let field = cutter[part.slot, record]
      var start = Int(field.start)
      for slot in part.slots {
        guard start <= field.end, !field.isEmpty else { break }
        var end = start
        while end < field.end, bytes[end] != part.separator { end += 1 }
        if let slot { cutter[slot, record] = FieldRange(start: UInt32(start), end: UInt32(end)) }
        start = end + 1
      }
    }
  }

  // MARK: Traffic

  /// Leaves out what is no traffic.
  private func leaveOut(_ batch: inout RecordBatch, _ base: Int) {
    for rule in trafficWords.indices {
      for record in 0..<cutter.count { codes[record] = 0 }
      trafficWords[rule].read(cutter.column(trafficSlots[rule]), in: batch.block, into: &codes)
      for record in 0..<cutter.count where codes[record] == WordJudge.refused {
        batch.status[base + record] = RecordStatus.excluded.rawValue
      }
    }
  }

  // MARK: Time

  private func fillTimes(_ batch: inout RecordBatch, _ base: Int) {
    let bad = RecordStatus(.badTime, in: .time).rawValue
    let missing = RecordStatus(.missingTime, in: .time).rawValue
    var hasLocal = false
    for record in 0..<cutter.count {
      isLocal[record] = 0
      guard batch.status[base + record] == 0 else { continue }
      switch time(of: record, batch.block) {
      case .none: batch.status[base + record] = missing
      case .unreadable: batch.status[base + record] = bad
      case .read(let micros, let isUTC):
        batch.times[base + record] = micros
        isLocal[record] = isUTC ? 0 : 1
        if !isUTC { hasLocal = true }
      }
    }
    guard hasLocal else { return }
    zone.toUTC(&batch.times, &batch.status, from: base, where: isLocal, cutter.count, bad: bad)
  }

  private enum EventTime { case none, unreadable, read(Int64, isUTC: Bool) }

  private func time(of record: Int, _ block: borrowing Block) -> EventTime {
    let bytes = block.memoryBytes
    var isThere = false
    for rule in timeRules {
      timeFields.removeAll(keepingCapacity: true)
      if rule.slots.isEmpty { timeFields.append(headerTimes[record]) }
      for slot in rule.slots { timeFields.append(cutter[slot, record]) }
      guard timeFields.allSatisfy({ !isNull($0, in: bytes) }) else { continue }
      isThere = true
      guard var reading = rule.pattern.read(timeFields.span, in: block) else { continue }
      guard reading.hasYear || zone.complete(&reading) else { continue }
      if !reading.isUTC, let slot = rule.zone,
        let offset = LineKernels.offset(cutter[slot, record], in: block)
      {
        reading.micros -= Int64(offset) * 1_000_000
        reading.isUTC = true
      }
      guard reading.micros >= 0 else { continue }
      return .read(reading.micros, isUTC: reading.isUTC)
    }
    return isThere ? .unreadable : .none
  }

  // MARK: Bytes

  private func fillBytes(_ batch: inout RecordBatch, _ base: Int) {
    fillNumbers(.uploadedBytes, batch.block, &batch.uploaded, &batch.status, base)
    fillNumbers(.downloadedBytes, batch.block, &batch.downloaded, &batch.status, base)
    fillNumbers(.totalBytes, batch.block, &batch.totals, &batch.status, base)
    let null = FieldKernels.null
    for record in base..<base + cutter.count where batch.totals[record] == null {
      let (up, down) = (batch.uploaded[record], batch.downloaded[record])
      batch.totals[record] = up == null ? down : down == null ? up : up + down
    }
  }

  /// The first entry of which a record has something; an entry of several fields is their sum.
  private func fillNumbers(
    _ attribute: Attribute, _ block: borrowing Block, _ values: inout Buffer<Int64>,
    _ status: inout Buffer<UInt8>, _ base: Int
  ) {
    let null = FieldKernels.null
    for record in base..<base + cutter.count { values[record] = null }
    let bytes = block.memoryBytes
    for entry in slots[attribute] ?? [] {
      for slot in entry {
        for record in 0..<cutter.count {
          let isTaken = values[base + record] != null && entry.count == 1
          chosen[record] = isTaken ? .missing : cutter[slot, record]
          if isNoNumber(chosen[record], in: bytes) { chosen[record] = .missing }
        }
        FieldKernels.decimals(
          chosen.span.extracting(0..<cutter.count), in: block, max: RejectReason.byteCountMax,
          into: &numbers, status: &codes, bad: 0)
        for record in 0..<cutter.count where numbers[record] != null {
          let known = values[base + record]
          values[base + record] = known == null ? numbers[record] : known + numbers[record]
        }
        refuseBadNumbers(attribute, &status, base)
      }
    }
  }

  /// `-`, and the words by which programs say that they have no number.
  private func isNoNumber(_ field: FieldRange, in bytes: Span<UInt8>) -> Bool {
    if isNull(field, in: bytes) { return true }
    guard field.count <= 4, bytes[Int(field.start)] | 0x20 == UInt8(ascii: "n") else {
      return false
    }
    let word = (Int(field.start)..<Int(field.end)).map { bytes[$0] | 0x20 }
    return ["na", "n/a", "null", "none", "nil"].contains { Array($0.utf8) == word }
  }

  /// A field that holds something else than a number makes its record a reject.
  private func refuseBadNumbers(
    _ attribute: Attribute, _ status: inout Buffer<UInt8>, _ base: Int
  ) {
    let bad = RecordStatus(.badByteCount, in: attribute).rawValue
    for record in 0..<cutter.count
    where !chosen[record].isEmpty && numbers[record] == FieldKernels.null {
      if status[base + record] == 0 { status[base + record] = bad }
    }
  }
}
