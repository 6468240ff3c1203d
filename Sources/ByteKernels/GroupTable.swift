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

/// Groups of events: a hash table over the keys, dense in the order of first sight.
public struct GroupTable: ~Copyable, Sendable {
  /// Number of groups.
  public private(set) var count = 0
  private var groups: Buffer<Group>
  private var slots: Buffer<ck_slot>

  /// No groups.
  public init() {
    groups = Buffer(count: 1 << 10)
    slots = Buffer(count: 1 << 12)
  }

  /// The groups.
  @_lifetime(borrow self)
  public borrowing func all() -> Span<Group> { groups.span.extracting(0..<count) }

  /// One group, in the order of first sight.
  public subscript(place: Int) -> Group {
    precondition(place < count, "There is no such group.")
    return groups[place]
  }

  /// Asks for a group that will be read soon, so that it is in cache by then.
  public func fetch(_ place: Int) {
    precondition(place < count, "There is no such group.")
    unsafe ck_group_fetch(groups.kernelAddress + place)
  }

  /// Bytes of memory in use.
  public var byteCount: Int { groups.byteCount + slots.byteCount }

  /// Bytes of memory in use when `more` rows would all become new groups.
  public func byteCount(adding more: Int) -> Int {
    let (groupRoom, slotRoom) = room(for: count + more)
    return groupRoom * MemoryLayout<Group>.stride + slotRoom * MemoryLayout<ck_slot>.stride
  }

  /// Adds events. On overflow the table is void.
  public mutating func add(_ events: borrowing EventColumns) throws(SumOverflow) {
    unsafe try add(events, places: nil, newMax: events.count)
  }

  /// Adds events of which some are known to belong to a group; the others' places become known.
  ///
  /// Of an event with a known place the names do not count. On overflow the table is void.
  public mutating func add(
    _ events: borrowing EventColumns, at places: borrowing GroupPlaces
  ) throws(SumOverflow) {
    precondition(places.places.count >= events.count, "Fewer places than events.")
    unsafe try add(events, places: places.places.address, newMax: places.absentCount)
  }

  private mutating func add(
    _ events: borrowing EventColumns, places: UnsafeMutablePointer<UInt32>?, newMax: Int
  ) throws(SumOverflow) {
    makeRoom(for: newMax)
    // SAFETY: every column has an entry for each event (EventColumns.init) and the table was given
    // room.
    try take(
      unsafe events.withKernelColumns { columns in
        unsafe ck_group_events(
          columns, places, groups.kernelAddress, count, slots.address, slots.count - 1)
      })
  }

  /// Adds groups of another table whose keys mean the same. On overflow the table is void.
  public mutating func add(_ source: Span<Group>) throws(SumOverflow) {
    makeRoom(for: source.count)
    // SAFETY: the table was given room.
    try take(
      unsafe source.withUnsafeBytes { bytes in
        unsafe ck_group_merge(
          bytes.baseAddress?.assumingMemoryBound(to: ck_group.self), source.count,
          groups.kernelAddress, count, slots.address, slots.count - 1)
      })
  }

  private mutating func take(_ grown: Int) throws(SumOverflow) {
    guard grown != Int(bitPattern: UInt.max) else { throw SumOverflow() }
    count = grown
  }

  private func room(for rows: Int) -> (groups: Int, slots: Int) {
    var (groupRoom, slotRoom) = (groups.count, slots.count)
    while groupRoom < rows { groupRoom *= 2 }
    while slotRoom < rows * 2 { slotRoom *= 2 }
    return (groupRoom, slotRoom)
  }

  private mutating func makeRoom(for more: Int) {
    let (groupRoom, slotRoom) = room(for: count + more)
    groups.grow(to: groupRoom)
    guard slotRoom > slots.count else { return }
    slots = Buffer(count: slotRoom)
    // SAFETY: the slots are twice as many as the groups.
    unsafe ck_group_rehash(groups.kernelAddress, count, slots.address, slots.count - 1)
  }
}

extension Buffer<Group> {
  /// The groups as the kernels know them.
  fileprivate var kernelAddress: UnsafeMutablePointer<ck_group> {
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
