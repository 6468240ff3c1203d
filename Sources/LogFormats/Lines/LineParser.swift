internal import ByteBlocks
internal import ByteKernels
internal import ClearRecords
internal import VeiledRecords

/// Parses blocks whose lines are of one or more layouts; one per thread.
///
/// Each line goes to the first layout whose evidence it holds and that can cut it. What was cut is
/// then worked off column by column, as in `DelimitedParser`. Nothing is allocated for a line.
struct LineParser: ~Copyable {
  private let withDetails: Bool
  private var readers: [LayoutReader]

  init(_ layouts: [LineLayout], zone: TimeZoneRule, withDetails: Bool) {
    self.withDetails = withDetails
    readers = layouts.map { LayoutReader($0, zone: zone) }
  }

  /// The records of `block`.
  mutating func parse(
    _ block: consuming Block, header: BlockHeader, textOffset: Int
  ) -> RecordBatch {
    let shift = textOffset - block.start
    var lineStart = header.parts.first?.start ?? block.start
    let lineCount = LineKernels.lineCount(block, from: lineStart)
    var batch = RecordBatch(
      block: block, textOffset: textOffset, room: lineCount, withDetails: withDetails)
    batch.counts.lines = lineCount
    var line = 0
    for (number, part) in header.parts.enumerated() {
      let isLast = number + 1 == header.parts.count
      let partEnd = isLast ? batch.block.end : header.parts[number + 1].start
      begin(part, records: lineCount)
      if part.startsWithHeader, lineStart < partEnd {
        lineStart = LineKernels.lineEnd(batch.block, from: lineStart) + 1
        line += 1
        batch.counts.comments += 1
      }
      while lineStart < partEnd {
        let end = LineKernels.lineEnd(batch.block, from: lineStart)
        take(FieldRange(start: UInt32(lineStart), end: UInt32(end)), line, &batch)
        line += 1
        lineStart = end + 1
      }
      for reader in readers { reader.fill(&batch) }
    }
    for place in batch.rejects.indices { batch.rejects[place].offset += shift }
    settle(&batch, from: 0, shift)
    return batch
  }

  private func begin(_ part: BlockHeader.Part, records: Int) {
    for (place, reader) in readers.enumerated() {
      if let columns = part.columns[place] { reader.use(columns) }
      reader.reset(records: records)
    }
  }

  /// Whether a line that a table refused may be one of another layout.
  static func mayTake(_ reject: RejectedLine) -> Bool {
    switch reject.status.reason {
    case .fieldCount, .missingHeader, .missingTime, .unclosedQuote: true
    default: false
    }
  }

  /// Turns rejects of `batch` into records where they are lines of these layouts.
  mutating func takeRejects(of batch: inout RecordBatch) {
    let shift = batch.textOffset - batch.block.start
    let recordLines = Set((0..<batch.count).map { Int(batch.lines[$0]) })
    for reader in readers { reader.reset(records: batch.rejects.count) }
    var reasons: [Int: RecordStatus] = [:]
    batch.rejects.removeAll { reject in
      guard Self.mayTake(reject), !recordLines.contains(reject.line) else { return false }
      let start = reject.offset - shift
      let end = LineKernels.lineEnd(batch.block, from: start)
      let line = FieldRange(start: UInt32(start), end: UInt32(end))
      let header = LineKernels.syslog(line, in: batch.block)
      reasons[reject.line] = reject.status
      return readers.contains { reader in
        reader.recognises(line, in: batch.block)
          && reader.cut(line, header, reject.line, &batch.block)
      }
    }
    let first = batch.count
    for reader in readers { reader.fill(&batch) }
    batch.counts.rejected -= batch.count - first
    // What is no event after all keeps its first reason.
    for record in first..<batch.count {
      let status = RecordStatus(rawValue: batch.status[record])
      guard status.reason != nil, let reason = reasons[Int(batch.lines[record])] else { continue }
      batch.status[record] = reason.rawValue
    }
    settle(&batch, from: first, shift)
  }

  private func take(_ line: FieldRange, _ number: Int, _ batch: inout RecordBatch) {
    if LineKernels.isComment(line, in: batch.block) { return batch.counts.comments += 1 }
    var reason = RejectReason.otherFormat
    if LineKernels.holdsNUL(line, in: batch.block) {
      reason = .binaryData
    } else {
      let header = LineKernels.syslog(line, in: batch.block)
      for reader in readers where reader.recognises(line, in: batch.block) {
        if reader.cut(line, header, number, &batch.block) { return }
        reason = .fieldCount
      }
    }
    batch.counts.rejected += 1
    batch.rejects.append(
      RejectedLine(line: number, offset: Int(line.start), status: RecordStatus(reason)))
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
