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
    let times: [Int64]
    let users, addresses, devices, hosts, methods, agents: [UInt32]
    let actions: [UInt8]
    let statuses: [Int16]
    /// Bytes; the smallest number is none.
    let uploaded, downloaded, totals: [Int64]

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
      uploaded = picked(batch.events.uploaded)
      downloaded = picked(batch.events.downloaded)
      totals = picked(batch.events.totals)
      lines = picked(details.lines)
      times = picked(batch.events.times)
      actions = picked(batch.events.actions)
      statuses = picked(details.statuses)
    }
  }

  /// Bytes of a row in memory.
  package static let rowBytes = 4 + 8 + 6 * 4 + 1 + 2 + 3 * 8

  package var count: Int { columns.times.count }

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
    if isInOrder { return rows.count == batch.events.count ? nil : rows }
    var keyed: [(line: UInt32, row: Int32)] = []
    for row in rows { keyed.append((details.lines[Int(row)], row)) }
    return keyed.sorted { ($0.line, $0.row) < ($1.line, $1.row) }.map(\.row)
  }
}
