package import ByteBlocks
internal import ByteKernels
package import VeiledRecords

/// The records of one block, column by column, with clear names.
///
/// Names are ranges into the block, which the batch owns: whoever consumes the batch ends their
/// life. A batch is not printed, coded, hashed or kept.
package struct RecordBatch: ~Copyable {
  /// The text that the ranges point into.
  package var block: Block
  /// Offset of the block's first byte in the decompressed text.
  package let textOffset: Int
  /// Number of records in every column.
  package var count = 0
  /// `RecordStatus` of each record.
  package var status: Buffer<UInt8>
  /// Line of each record in the block, from 0.
  package var lines: Buffer<UInt32>
  /// Microseconds since 1970, UTC.
  package var times: Buffer<Int64>
  /// A user that is no person is an empty range where it stands; where none stands, the range is 0.
  package var users: Buffer<FieldRange>
  package var sources: Buffer<FieldRange>
  package var hosts: Buffer<FieldRange>
  package var devices: Buffer<FieldRange>
  /// Whether a part of the block has fields for users, sources and devices at all.
  package var hasUsers = false, hasSources = false, hasDevices = false
  /// `EventAction` of each record.
  package var actions: Buffer<UInt8>
  /// Bytes, or `Int64.min` where the log has none.
  package var uploaded, downloaded, totals: Buffer<Int64>
  /// Users that events name beside their own, where the parser was asked for all.
  package private(set) var otherUsers: [RecordField] = []
  /// Fields out of which events are read that are neither users nor free text, in the order of
  /// their records, where the parser was asked for all users.
  package private(set) var knownFields: [RecordField] = []
  /// How records are shaped, each from a record on, where the parser was asked for all users.
  package private(set) var shapes: [(first: Int, shape: RecordShape)] = []
  /// Where records of more than one line start, by their number.
  package var joinedStarts: [Int: Int] = [:]
  /// What only the whole record shows: filled when the parser was asked for it.
  package var details: Details?
  /// Lines that are no record.
  package var rejects: [RejectedLine] = []
  /// What the block's lines were; records count as events until they are refused.
  package var counts = LineCounts()

  /// A field of a record that has no column of its own.
  package struct RecordField {
    package let record: Int
    package let field: FieldRange
  }

  /// Fields that aggregates do not need.
  package struct Details: ~Copyable {
    package var destinations, methods, statuses, userAgents: Buffer<FieldRange>
    /// By which rule of the format a record was left out; 0: by none.
    package var exclusions: Buffer<UInt16>

    package init(room: Int) {
      destinations = Buffer(count: room)
      methods = Buffer(count: room)
      statuses = Buffer(count: room)
      userAgents = Buffer(count: room)
      exclusions = Buffer(count: room)
    }
  }

  /// An empty batch with room for `room` records.
  package init(block: consuming Block, textOffset: Int, room: Int, withDetails: Bool) {
    self.block = block
    self.textOffset = textOffset
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

  /// Adds a user that a record names beside its own, unless the field is empty, or its own.
  package mutating func addOtherUser(_ field: FieldRange, of record: Int) {
    if field.isEmpty || users[record].start == field.start { return }
    otherUsers.append(RecordField(record: record, field: field))
  }

  /// Adds a field out of which an event is read; to be called in the order of records.
  package mutating func addKnown(_ field: FieldRange, of record: Int) {
    if !field.isEmpty { knownFields.append(RecordField(record: record, field: field)) }
  }

  /// Says how the records from `first` on are shaped.
  package mutating func note(_ shape: RecordShape, from first: Int) {
    shapes.append((first, shape))
  }

  /// Brings the other users into the order of their records.
  package mutating func sortOtherUsers() {
    for place in otherUsers.indices.dropFirst()
    where otherUsers[place - 1].record > otherUsers[place].record {
      return otherUsers.sort { ($0.record, $0.field.start) < ($1.record, $1.field.start) }
    }
  }

  /// Leaves out the events of other days.
  ///
  /// - Parameter days: days since 1970.
  package mutating func keepOnly(days: ClosedRange<Int64>) {
    let dayMicros: Int64 = 86_400_000_000
    for record in 0..<count where status[record] == RecordStatus.event.rawValue {
      if days.contains(times[record] / dayMicros) { continue }
      leaveOut(record)
    }
  }

  /// Whether all byte counts are so small that not even a block full of them overflows a sum.
  package var isModest: Bool {
    let countMax: Int64 = 1 << 40
    return EventSums.areAll(uploaded, count, atMost: countMax)
      && EventSums.areAll(downloaded, count, atMost: countMax)
      && EventSums.areAll(totals, count, atMost: countMax)
  }

  /// Leaves out an event.
  package mutating func leaveOut(_ record: Int) {
    guard status[record] == RecordStatus.event.rawValue else { return }
    status[record] = RecordStatus.excluded.rawValue
    counts.events -= 1
    counts.excluded += 1
  }

  /// Refuses an event after all, for what its user, source, device or host is.
  package mutating func refuse(
    _ record: Int, _ reason: RejectReason, in attribute: Attribute
  ) {
    guard status[record] == RecordStatus.event.rawValue else { return }
    let reason = RecordStatus(reason, in: attribute)
    status[record] = reason.rawValue
    counts.events -= 1
    counts.rejected += 1
    let offset = lineStart(of: record) - block.start + textOffset
    rejects.append(RejectedLine(line: Int(lines[record]), offset: offset, status: reason))
  }

  /// Events whose user is no person.
  package var nullUserCount: Int {
    guard hasUsers else { return 0 }
    var sum = 0
    for record in 0..<count where users[record].isEmpty && users[record].start > 0 {
      if status[record] == RecordStatus.event.rawValue { sum += 1 }
    }
    return sum
  }

  /// Where the line of an event starts: its host lies in it, even where that is empty.
  package func lineStart(of record: Int) -> Int {
    if !joinedStarts.isEmpty, let start = joinedStarts[record] { return start }
    let bytes = block.memoryBytes
    var start = Int(hosts[record].start)
    while start > block.start, bytes[start - 1] != UInt8(ascii: "\n") { start -= 1 }
    return start
  }

  /// The batch with numbers in place of names; the block and all that was clear end here.
  package consuming func veiled(
    users: consuming Buffer<UInt32>, hosts: consuming Buffer<UInt32>,
    addresses: consuming Buffer<UInt32>, devices: consuming Buffer<UInt32>
  ) -> VeiledBatch {
    counts.nullUsers = nullUserCount
    return VeiledBatch(
      events: EventColumns(
        count: count, status: status, users: users, hosts: hosts, addresses: addresses,
        devices: devices, actions: actions, times: times, uploaded: uploaded,
        downloaded: downloaded, totals: totals),
      counts: counts, rejects: rejects)
  }
}
