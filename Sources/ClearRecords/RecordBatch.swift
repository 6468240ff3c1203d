package import ByteBlocks
package import VeiledRecords

/// The records of one block, column by column, with clear names.
///
/// Names are ranges into the block, which the batch owns: whoever consumes the batch ends their
/// life. A batch is not printed, coded, hashed or kept.
package struct RecordBatch: ~Copyable {
  /// The text that the ranges point into.
  package var block: Block
  /// Number of records in every column.
  package var count = 0
  /// `RecordStatus` of each record.
  package var status: Buffer<UInt8>
  /// Line of each record in the block, from 0.
  package var lines: Buffer<UInt32>
  /// Microseconds since 1970, UTC.
  package var times: Buffer<Int64>
  package var users: Buffer<FieldRange>
  package var sources: Buffer<FieldRange>
  package var hosts: Buffer<FieldRange>
  package var devices: Buffer<FieldRange>
  /// `EventAction` of each record.
  package var actions: Buffer<UInt8>
  /// Bytes, or `Int64.min` where the log has none.
  package var uploaded, downloaded, totals: Buffer<Int64>
  /// What only the whole record shows: filled when the parser was asked for it.
  package var details: Details?
  /// Lines that are no record.
  package var rejects: [RejectedLine] = []
  /// What the block's lines were; records count as events until they are refused.
  package var counts = LineCounts()

  /// Fields that aggregates do not need.
  package struct Details: ~Copyable {
    package var destinations, methods, statuses, userAgents: Buffer<FieldRange>

    package init(room: Int) {
      destinations = Buffer(count: room)
      methods = Buffer(count: room)
      statuses = Buffer(count: room)
      userAgents = Buffer(count: room)
    }
  }

  /// An empty batch with room for `room` records.
  package init(block: consuming Block, room: Int, withDetails: Bool) {
    self.block = block
    status = Buffer(count: room)
    lines = Buffer(count: room)
    times = Buffer(count: room)
    users = Buffer(count: room)
    sources = Buffer(count: room)
    hosts = Buffer(count: room)
    devices = Buffer(count: room)
    actions = Buffer(count: room)
    uploaded = Buffer(count: room)
    downloaded = Buffer(count: room)
    totals = Buffer(count: room)
    details = withDetails ? Details(room: room) : nil
  }
}
