public import ByteBlocks
internal import CKernels

/// Sums of the events that share a key. Its layout is the kernels' `ck_group`: one cache line.
@frozen public struct Group: BitwiseCopyable, Equatable, Sendable {
  /// Numbers of the user, the host, the source address and the device in their dictionaries.
  public var user, host, address, device: UInt32
  /// Days since 1970-01-01.
  public var day: UInt16
  /// Code of the action.
  public var action: UInt8
  /// Which byte counts were there at least once: `hasUploaded`, `hasDownloaded`, `hasTotal`.
  public var has: UInt8
  /// Number of events.
  public var events: UInt32
  /// Sums of bytes, 0 where there were none.
  public var uploaded, downloaded, total: Int64
  /// Microseconds since 1970.
  public var firstSeen, lastSeen: Int64

  /// Nothing of nobody.
  public init() {
    (user, host, address, device, day, action, has) = (0, 0, 0, 0, 0, 0, 0)
    (events, uploaded, downloaded, total, firstSeen, lastSeen) = (0, 0, 0, 0, 0, 0)
  }

  /// Uploaded bytes were there at least once.
  public static let hasUploaded = UInt8(CK_HAS_UPLOADED)
  /// Downloaded bytes were there at least once.
  public static let hasDownloaded = UInt8(CK_HAS_DOWNLOADED)
  /// A total was there at least once.
  public static let hasTotal = UInt8(CK_HAS_TOTAL)
}

/// The columns of a batch of events. All have an entry for every event.
public struct EventColumns: ~Copyable {
  /// Number of events.
  public var count: Int
  /// 0 for an event; everything else leaves it out.
  public var status: Buffer<UInt8>
  /// Numbers in their dictionaries.
  public var users, hosts, addresses, devices: Buffer<UInt32>
  /// Codes.
  public var actions: Buffer<UInt8>
  /// Microseconds since 1970.
  public var times: Buffer<Int64>
  /// Bytes, or `FieldKernels.null`.
  public var uploaded, downloaded, totals: Buffer<Int64>

  /// Takes the columns over.
  public init(
    count: Int, status: consuming Buffer<UInt8>, users: consuming Buffer<UInt32>,
    hosts: consuming Buffer<UInt32>, addresses: consuming Buffer<UInt32>,
    devices: consuming Buffer<UInt32>, actions: consuming Buffer<UInt8>,
    times: consuming Buffer<Int64>, uploaded: consuming Buffer<Int64>,
    downloaded: consuming Buffer<Int64>, totals: consuming Buffer<Int64>
  ) {
    self.count = count
    self.status = status
    self.users = users
    self.hosts = hosts
    self.addresses = addresses
    self.devices = devices
    self.actions = actions
    self.times = times
    self.uploaded = uploaded
    self.downloaded = downloaded
    self.totals = totals
    precondition(
      self.status.count >= count && self.users.count >= count && self.hosts.count >= count
        && self.addresses.count >= count && self.devices.count >= count
        && self.actions.count >= count && self.times.count >= count
        && self.uploaded.count >= count && self.downloaded.count >= count
        && self.totals.count >= count, "A column is shorter than the batch.")
  }
}

/// A sum of events or of bytes left its type.
public struct SumOverflow: Error {
  /// A sum left its type.
  public init() {}
}

/// Groups of events, dense in the order of first sight.
///
/// An event finds its group by its print, or by the numbers of its names; each way has an index of
/// its own, which is there once it was used. Where two spellings of a name share a number, events
/// that come by their prints have a group for each spelling.
public struct GroupTable: ~Copyable, Sendable {
  /// Number of groups.
  public private(set) var count = 0
  private var groups: Buffer<Group>
  /// Groups whose memory was had ahead.
  private var preparedCount = 0
  /// By numbers: all groups from 0 to `indexedCount`.
  private var slots = Buffer<ck_slot>(count: 0)
  private var indexedCount = 0
  /// By prints: the groups that came so.
  private var known = PrintTable()

  /// So many groups get their memory at once: 1 MiB.
  private static let preparedStep = 1 << 14

  /// No groups.
  public init() {
    groups = Buffer(count: 1 << 8)
  }

  /// Groups that all differ by their numbers.
  public init(distinct source: Span<Group>) {
    groups = Buffer(count: max(1, source.count))
    groups.copy(source)
    count = source.count
  }

  /// The groups.
  @_lifetime(borrow self)
  public borrowing func all() -> Span<Group> { groups.span.extracting(0..<count) }

  /// Where the groups are, while the table lives.
  @unsafe var kernelGroups: UnsafePointer<ck_group> {
    // SAFETY: the caller keeps the table.
    unsafe UnsafePointer(groups.kernelAddress)
  }

  /// Bytes of memory in use.
  public var byteCount: Int { groups.byteCount + slots.byteCount + known.byteCount }

  /// Where the groups of events are, by their prints.
  ///
  /// - Parameter status: other than 0 for what is no event.
  public mutating func places(
    of prints: borrowing Buffer<EventPrint>, status: borrowing Buffer<UInt8>
  ) -> GroupPlaces {
    precondition(status.count >= prints.count, "Fewer statuses than prints.")
    var places = GroupPlaces(count: prints.count)
    // SAFETY: both targets have room for every event, the absent ones for one more.
    places.absentCount = unsafe known.find(
      prints, status: status.address, places.places.address, places.absent.address)
    return places
  }

  /// Adds events at the places that their prints have here, and new groups for the others.
  ///
  /// Of an event with a place the names do not count. On overflow the table is void.
  public mutating func add(
    _ events: borrowing EventColumns, _ prints: borrowing Buffer<EventPrint>,
    at places: borrowing GroupPlaces
  ) throws(SumOverflow) {
    precondition(
      places.places.count == prints.count && prints.count >= events.count,
      "Fewer places than events.")
    groups.grow(to: Self.power(groups.count, atLeast: count + places.absentCount))
    prepare(count + places.absentCount)
    known.makeRoom(for: count + places.absentCount)
    // SAFETY: every column has an entry for each event; groups and slots were given room.
    try take(
      unsafe events.withKernelColumns { columns in
        unsafe known.withKernelSlots { slots, mask in
          unsafe ck_group_known(
            columns, prints.kernelAddress, places.places.address, places.absent.address,
            places.absentCount, groups.kernelAddress, count, slots, mask)
        }
      })
  }

  /// Adds events by the numbers of their names. On overflow the table is void.
  public mutating func add(_ events: borrowing EventColumns) throws(SumOverflow) {
    makeRoom(for: events.count)
    // SAFETY: every column has an entry for each event (EventColumns.init) and the table was given
    // room.
    try take(
      unsafe events.withKernelColumns { columns in
        unsafe ck_group_events(
          columns, groups.kernelAddress, count, slots.address, slots.count - 1)
      })
    indexedCount = count
  }

  /// Adds groups of another table whose numbers mean the same. On overflow the table is void.
  public mutating func add(_ source: Span<Group>) throws(SumOverflow) {
    makeRoom(for: source.count)
    // SAFETY: the table was given room.
    try take(
      unsafe source.withUnsafeBytes { bytes in
        unsafe ck_group_merge(
          bytes.baseAddress?.assumingMemoryBound(to: ck_group.self), source.count,
          groups.kernelAddress, count, slots.address, slots.count - 1)
      })
    indexedCount = count
  }

  /// Gives back what only finds groups; the next event that comes finds none.
  public mutating func finish() {
    slots = Buffer(count: 0)
    known = PrintTable()
    indexedCount = 0
  }

  private mutating func take(_ grown: Int) throws(SumOverflow) {
    guard grown != Int(bitPattern: UInt.max) else { throw SumOverflow() }
    count = grown
  }

  /// Makes room for `more` groups, and lets all that are there be found by their numbers.
  private mutating func makeRoom(for more: Int) {
    groups.grow(to: Self.power(groups.count, atLeast: count + more))
    let slotRoom = Self.power(max(slots.count, 1 << 9), atLeast: (count + more) * 2)
    guard slotRoom > slots.count || indexedCount < count else { return }
    slots = Buffer(count: slotRoom, isDense: true)
    // SAFETY: the slots are twice as many as the groups.
    unsafe ck_group_rehash(groups.kernelAddress, count, slots.address, slots.count - 1)
    indexedCount = count
  }

  /// Has the memory of groups up to `end`, and of some more.
  private mutating func prepare(_ end: Int) {
    guard end > preparedCount else { return }
    let next = min(groups.count, max(end, preparedCount + Self.preparedStep))
    groups.prepare(preparedCount..<next)
    preparedCount = next
  }

  /// `room`, doubled until it is enough.
  private static func power(_ room: Int, atLeast needed: Int) -> Int {
    var room = room
    while room < needed { room *= 2 }
    return room
  }
}

extension Buffer<Group> {
  /// The groups as the kernels know them.
  var kernelAddress: UnsafeMutablePointer<ck_group> {
    // SAFETY: Group has the layout of ck_group.
    unsafe UnsafeMutableRawPointer(address).assumingMemoryBound(to: ck_group.self)
  }
}

extension EventColumns {
  borrowing func withKernelColumns<R>(_ body: (UnsafePointer<ck_events>) -> R) -> R {
    // SAFETY: the addresses are used by `body` only, while `self` is borrowed.
    unsafe withUnsafePointer(
      to: ck_events(
        count: count, status: status.address, users: users.address, hosts: hosts.address,
        addresses: addresses.address, devices: devices.address, actions: actions.address,
        times: times.address, uploaded: uploaded.address, downloaded: downloaded.address,
        totals: totals.address), body)
  }
}
