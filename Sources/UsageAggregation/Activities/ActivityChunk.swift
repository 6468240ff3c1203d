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

  private(set) var lines: [UInt32] = []
  private(set) var times: [Int64] = []
  private(set) var users, addresses, devices, hosts, methods, agents: [UInt32]
  private(set) var actions: [UInt8] = []
  private(set) var statuses: [Int16] = []
  private(set) var uploaded, downloaded, totals: [Int64]

  /// Bytes of a row in memory.
  package static let rowBytes = 4 + 8 + 6 * 4 + 1 + 2 + 3 * 8

  package var count: Int { times.count }

  /// The events of a batch.
  ///
  /// - Parameter part: which of the records are wanted; `nil`: all.
  package init(
    _ batch: borrowing VeiledBatch, _ details: borrowing VeiledDetails, worker: Int,
    textOffset: Int, part: [Bool]? = nil
  ) {
    self.worker = worker
    self.textOffset = textOffset
    let rows = Self.rows(of: batch, details, part)
    users = Self.picked(batch.events.users, rows)
    addresses = Self.picked(batch.events.addresses, rows)
    devices = Self.picked(batch.events.devices, rows)
    hosts = Self.picked(batch.events.hosts, rows)
    methods = Self.picked(details.methods, rows)
    agents = Self.picked(details.agents, rows)
    uploaded = Self.picked(batch.events.uploaded, rows)
    downloaded = Self.picked(batch.events.downloaded, rows)
    totals = Self.picked(batch.events.totals, rows)
    lines = Self.picked(details.lines, rows)
    times = Self.picked(batch.events.times, rows)
    actions = Self.picked(batch.events.actions, rows)
    statuses = Self.picked(details.statuses, rows)
  }

  /// The events, by their lines.
  private static func rows(
    of batch: borrowing VeiledBatch, _ details: borrowing VeiledDetails, _ part: [Bool]?
  ) -> [Int32] {
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
    guard !isInOrder else { return rows }
    var keyed: [(line: UInt32, row: Int32)] = []
    for row in rows { keyed.append((details.lines[Int(row)], row)) }
    return keyed.sorted { ($0.line, $0.row) < ($1.line, $1.row) }.map(\.row)
  }

  private static func picked<Value: BitwiseCopyable>(
    _ values: borrowing Buffer<Value>, _ rows: [Int32]
  ) -> [Value] {
    rows.map { values[Int($0)] }
  }
}
