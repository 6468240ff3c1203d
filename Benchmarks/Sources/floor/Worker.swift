import ByteBlocks
import ByteKernels
import Glibc

/// What the floor does with a log, in order.
enum Step: String, CaseIterable {
  case read
  case index
  case fields
  case dictionaries
  case groups
}

/// Groups the events of one part of a log, in one thread.
struct Worker: ~Copyable {
  /// Nanoseconds of CPU of this thread, by step.
  private(set) var nanoseconds = [UInt64](repeating: 0, count: Step.allCases.count)
  private(set) var table = GroupTable()
  private(set) var users = Names()
  private(set) var hosts = Names()
  private(set) var addresses = Names()

  private let log: LogFile
  private var index = TextIndex()
  private var fields = CutFields()
  private var actions = ActionCodes()
  private var events = Worker.columns(room: 1 << 12)

  private static let dialect = Dialect(separator: UInt8(ascii: " "), quote: UInt8(ascii: "\""))

  init(_ log: LogFile) { self.log = log }

  /// Reads and groups `range`, which starts and ends at line starts.
  mutating func run(_ range: Range<Int>) throws(FloorError) {
    var reader = Reader(log, range: range)
    var clock = Self.now()
    var offset = range.lowerBound
    while let block = try reader.next() {
      charge(.read, &clock)
      index.fill(from: block, dialect: Self.dialect)
      charge(.index, &clock)
      try cut(block, offset: offset)
      offset += block.count
      charge(.fields, &clock)
      Self.number(fields, block, &users, &hosts, &addresses, &actions, &events)
      charge(.dictionaries, &clock)
      do throws(SumOverflow) { try table.add(events) } catch { throw .overflow }
      charge(.groups, &clock)
    }
    charge(.read, &clock)
  }

  /// Takes over the groups of another thread.
  mutating func merge(_ other: borrowing Worker) throws(FloorError) {
    for step in nanoseconds.indices { nanoseconds[step] += other.nanoseconds[step] }
    let users = users.numbers(of: other.users)
    let hosts = hosts.numbers(of: other.hosts)
    let addresses = addresses.numbers(of: other.addresses)
    let source = other.table.all()
    var groups: [Group] = []
    groups.reserveCapacity(source.count)
    for place in source.indices {
      var group = source[place]
      group.user = users[Int(group.user)]
      group.host = hosts[Int(group.host)]
      group.address = addresses[Int(group.address)]
      groups.append(group)
    }
    do throws(SumOverflow) { try table.add(groups.span) } catch { throw .overflow }
  }

  /// Cuts the lines of `block` into numbers, times and ranges.
  private mutating func cut(_ block: borrowing Block, offset: Int) throws(FloorError) {
    let lines = index.lineCount
    if events.status.count < lines { events = Self.columns(room: lines + lines / 4) }
    fields.cut(
      block,
      index,
      lines: 0..<lines,
      dialect: Self.dialect,
      fieldCount: log.fieldCount,
      moreAllowed: false,
      wanted: log.wanted
    )
    let memory = block.memoryBytes
    for place in 0..<fields.irregularCount {
      let line = index.lineStart(Int(fields.irregularLines[place]), blockStart: block.start)
      if memory[line] != UInt8(ascii: "#") { throw .irregular(offset: offset) }
    }
    events.count = fields.recordCount
    Self.read(fields, block, &events)
    for record in 0..<events.count where events.status[record] != 0 {
      throw .irregular(offset: offset)
    }
  }

  private static func read(
    _ fields: borrowing CutFields,
    _ block: borrowing Block,
    _ events: inout EventColumns
  ) {
    FieldKernels.dateTimes(
      dates: fields.column(0),
      times: fields.column(1),
      in: block,
      into: &events.times,
      status: &events.status,
      bad: 1
    )
    FieldKernels.decimals(
      fields.column(6),
      in: block,
      max: .max >> 8,
      into: &events.uploaded,
      status: &events.status,
      bad: 1
    )
    FieldKernels.decimals(
      fields.column(7),
      in: block,
      max: .max >> 8,
      into: &events.downloaded,
      status: &events.status,
      bad: 1
    )
  }

  private static func number(
    _ fields: borrowing CutFields,
    _ block: borrowing Block,
    _ users: inout Names,
    _ hosts: inout Names,
    _ addresses: inout Names,
    _ actions: inout ActionCodes,
    _ events: inout EventColumns
  ) {
    addresses.number(fields.column(2), in: block, into: &events.addresses)
    users.number(fields.column(3), in: block, into: &events.users)
    hosts.number(fields.column(4), in: block, into: &events.hosts)
    actions.read(fields.column(5), in: block, into: &events.actions)
  }

  private static func columns(room: Int) -> EventColumns {
    var totals = Buffer<Int64>(count: room)
    for place in 0..<room { totals[place] = FieldKernels.null }
    return EventColumns(
      count: 0,
      status: Buffer(count: room),
      users: Buffer(count: room),
      hosts: Buffer(count: room),
      addresses: Buffer(count: room),
      devices: Buffer(count: room),
      actions: Buffer(count: room),
      times: Buffer(count: room),
      uploaded: Buffer(count: room),
      downloaded: Buffer(count: room),
      totals: totals
    )
  }

  private mutating func charge(_ step: Step, _ clock: inout UInt64) {
    let now = Self.now()
    if let place = Step.allCases.firstIndex(of: step) { nanoseconds[place] += now - clock }
    clock = now
  }

  private static func now() -> UInt64 { clockNanoseconds(CLOCK_THREAD_CPUTIME_ID) }
}

/// Nanoseconds of a clock.
func clockNanoseconds(_ clock: clockid_t) -> UInt64 {
  var time = timespec()
  unsafe clock_gettime(clock, &time)
  return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}
