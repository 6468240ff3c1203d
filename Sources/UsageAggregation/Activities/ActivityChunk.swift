internal import ByteBlocks
internal import ByteKernels
package import VeiledRecords

/// The events of one block, by the numbers of the worker that read it, in the order of the text.
package struct ActivityChunk: Sendable {
  /// Whose numbers they are.
  package let worker: Int
  /// Of the block in the decompressed text.
  package let textOffset: Int
  /// Lines of the archive before the block; known once all of them were read.
  package var linesBefore = 0
  /// Which of the archives that are written together.
  package var archive: UInt32 = 0

  let columns: Columns

  /// The columns, which are one object: chunks are passed around often.
  final class Columns: Sendable {
    let lines: [UInt32]
    /// Microseconds since 1970.
    let times: NarrowNumbers
    let users, addresses, devices, hosts, methods, agents: [UInt32]
    let actions: [UInt8]
    let statuses: [Int16]
    /// Bytes; the smallest number is none.
    let uploaded, downloaded, totals: NarrowNumbers

    /// - Parameter rows: the records that are wanted, in order; `nil`: all as they are.
    init(
      _ batch: borrowing VeiledBatch, _ details: borrowing VeiledDetails, rows: [Int32]?
    ) {
      func picked<Value: BitwiseCopyable>(_ values: borrowing Buffer<Value>) -> [Value] {
        let source = values.span
        guard let rows else { return [Value](source.extracting(0..<batch.events.count)) }
        return [Value](rows) { source[Int($0)] }
      }
      users = picked(batch.events.users)
      addresses = picked(batch.events.addresses)
      devices = picked(batch.events.devices)
      hosts = picked(batch.events.hosts)
      methods = picked(details.methods)
      agents = picked(details.agents)
      uploaded = NarrowNumbers(sizes: picked(batch.events.uploaded))
      downloaded = NarrowNumbers(sizes: picked(batch.events.downloaded))
      totals = NarrowNumbers(sizes: picked(batch.events.totals))
      lines = picked(details.lines)
      times = NarrowNumbers(times: picked(batch.events.times))
      actions = picked(batch.events.actions)
      statuses = picked(details.statuses)
    }
  }

  package var count: Int { columns.lines.count }

  /// The events of a batch.
  ///
  /// - Parameter part: which of the records are wanted; `nil`: all.
  package init(
    _ batch: borrowing VeiledBatch, _ details: borrowing VeiledDetails, worker: Int,
    textOffset: Int, part: [Bool]? = nil
  ) {
    self.worker = worker
    self.textOffset = textOffset
    columns = Columns(batch, details, rows: Self.rows(of: batch, details, part))
  }

  /// The events, by their lines; `nil`: all records as they are.
  private static func rows(
    of batch: borrowing VeiledBatch, _ details: borrowing VeiledDetails, _ part: [Bool]?
  ) -> [Int32]? {
    if part == nil, isPlain(batch, details) { return nil }
    var rows: [Int32] = []
    rows.reserveCapacity(batch.events.count)
    var isInOrder = true
    var last: UInt32 = 0
    for record in 0..<batch.events.count where batch.events.status[record] == 0 {
      if let part, !part[record] { continue }
      isInOrder = isInOrder && details.lines[record] >= last
      last = details.lines[record]
      rows.append(Int32(record))
    }
    if isInOrder { return rows }
    var keyed: [(line: UInt32, row: Int32)] = []
    for row in rows { keyed.append((details.lines[Int(row)], row)) }
    return keyed.sorted { ($0.line, $0.row) < ($1.line, $1.row) }.map(\.row)
  }

  /// Whether all records are events, in the order of their lines.
  private static func isPlain(
    _ batch: borrowing VeiledBatch, _ details: borrowing VeiledDetails
  ) -> Bool {
    let count = batch.events.count
    let (status, lines) = (batch.events.status.span, details.lines.span)
    var (others, last): (UInt8, UInt32) = (0, 0)
    for record in 0..<count {
      if lines[record] < last { return false }
      last = lines[record]
      others |= status[record]
    }
    return others == 0
  }
}
