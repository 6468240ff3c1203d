internal import ByteBlocks
internal import ByteKernels
internal import ClearRecords
internal import VeiledRecords

/// Parses blocks whose lines are of one or more layouts; one per thread.
///
/// All lines are cut first, each by the first layout that takes it. What was cut is then worked off
/// layout by layout and column by column. Nothing is allocated for a line.
struct LineParser: ~Copyable {
  private let withDetails: Bool
  private var cutter: LineCutter
  private var readers: [LayoutReader]
  private var scratch = ColumnScratch()

  init(
    _ layouts: [LineLayout], zone: TimeZoneRule, withDetails: Bool, level: KernelLevel = .best
  ) {
    self.withDetails = withDetails
    cutter = LineCutter(layouts.map(\.shapeRule), level: level)
    readers = layouts.enumerated().map { LayoutReader($1, number: $0, zone: zone) }
  }

  /// The records of `block`.
  mutating func parse(
    _ block: consuming Block, header: BlockHeader, textOffset: Int
  ) -> RecordBatch {
    let shift = textOffset - block.start
    var lineStart = header.parts.first?.start ?? block.start
    let room = cutter.lineCountMax(block, lineStart..<block.end)
    var batch = RecordBatch(
      block: block, textOffset: textOffset, room: room, withDetails: withDetails)
    var line = 0
    for (number, part) in header.parts.enumerated() {
      let isLast = number + 1 == header.parts.count
      let partEnd = isLast ? batch.block.end : header.parts[number + 1].start
      for (layout, reader) in readers.enumerated() {
        // Where there is none yet, that of another archive must not hold.
        reader.use(part.columns[layout] ?? [], &cutter)
      }
      if part.startsWithHeader, lineStart < partEnd {
        lineStart = batch.block.lineEnd(from: lineStart) + 1
        line += 1
        batch.counts.comments += 1
      }
      guard lineStart < partEnd else { continue }
      cutter.reset(lines: room)
      line += cutter.cut(lineStart..<partEnd, firstLine: line, in: &batch.block)
      lineStart = partEnd
      fill(&batch)
      refuse(&batch)
    }
    batch.counts.lines = line
    for place in batch.rejects.indices { batch.rejects[place].offset += shift }
    settle(&batch, from: 0, shift)
    batch.sortOtherUsers()
    return batch
  }

  private mutating func fill(_ batch: inout RecordBatch) {
    for reader in readers { reader.fill(&batch, &cutter, &scratch) }
  }

  /// Takes the lines that no layout took.
  private func refuse(_ batch: inout RecordBatch) {
    batch.counts.comments += cutter.commentCount
    batch.counts.rejected += cutter.refusalCount
    for number in 0..<cutter.refusalCount {
      let refusal = cutter.refusal(number)
      let reason: RejectReason =
        switch refusal.reason {
        case .binary: .binaryData
        case .otherShape: .fieldCount
        case .otherFormat: .otherFormat
        }
      batch.rejects.append(
        RejectedLine(line: refusal.line, offset: refusal.start, status: RecordStatus(reason)))
    }
  }

  /// Turns rejects of `batch` into records where they are lines of these layouts.
  ///
  /// - Parameters:
  ///   - alsoRecords: those that are records are taken once more, and stay what is no event.
  ///   - mayTake: which rejects are looked at.
  mutating func takeRejects(
    of batch: inout RecordBatch, alsoRecords: Bool, where mayTake: (RejectedLine) -> Bool
  ) {
    let shift = batch.textOffset - batch.block.start
    let recordLines = Set((0..<batch.count).map { Int(batch.lines[$0]) })
    cutter.reset(lines: batch.rejects.count)
    var reasons: [Int: RecordStatus] = [:]
    batch.rejects.removeAll { reject in
      guard mayTake(reject), alsoRecords || !recordLines.contains(reject.line) else {
        return false
      }
      let start = reject.offset - shift
      let end = batch.block.lineEnd(from: start)
      reasons[reject.line] = reject.status
      return cutter.cut(
        FieldRange(start: UInt32(start), end: UInt32(end)), number: reject.line, in: &batch.block)
    }
    let first = batch.count
    fill(&batch)
    batch.counts.rejected -= batch.count - first
    // What is no event after all keeps its first reason.
    for record in first..<batch.count {
      let status = RecordStatus(rawValue: batch.status[record])
      guard status.reason != nil, let reason = reasons[Int(batch.lines[record])] else { continue }
      batch.status[record] = reason.rawValue
    }
    settle(&batch, from: first, shift)
    batch.sortOtherUsers()
  }

  /// Counts what became of the records from `first` on.
  private func settle(_ batch: inout RecordBatch, from first: Int, _ shift: Int) {
    for record in first..<batch.count {
      let status = RecordStatus(rawValue: batch.status[record])
      if status == .event {
        batch.counts.events += 1
      } else if status == .excluded {
        batch.counts.excluded += 1
      } else {
        batch.counts.rejected += 1
        batch.rejects.append(
          RejectedLine(
            line: Int(batch.lines[record]), offset: batch.lineStart(of: record) + shift,
            status: status))
      }
    }
  }
}
