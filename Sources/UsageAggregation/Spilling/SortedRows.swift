internal import ByteBlocks
internal import ByteKernels
internal import VeiledRecords

/// Rows sorted by their whole key, together with what their numbers stand for: what a page of a
/// spilled run is, and a row group on its way into a file.
///
/// Equal names that follow each other share a number; those further apart may have several.
package struct SortedRows: Sendable {
  /// By their own numbers; 0 is none.
  private(set) var groups: [Group] = []
  private(set) var hosts = ByteStrings([""])
  /// The app of each host, which rows are sorted by before it; empty: none.
  private(set) var apps = ByteStrings([""])
  private(set) var users = ByteStrings([""])
  private(set) var addresses = ByteStrings([""])
  private(set) var devices = ByteStrings([""])

  init() {}

  /// Number of rows.
  package var count: Int { groups.count }

  /// Day of the first row, since 1970.
  package var firstDay: Int32 { groups.first.map { Int32($0.day) } ?? 0 }

  mutating func reserve(rows: Int) { groups.reserveCapacity(rows) }

  /// Adds a row behind the others.
  ///
  /// - Parameter group: its numbers are of the names that come with it.
  mutating func append(
    _ group: Group, host: Span<UInt8>, app: Span<UInt8>, user: Span<UInt8>,
    address: Span<UInt8>, device: Span<UInt8>
  ) {
    var group = group
    if Self.isNew(host, in: hosts) { apps.append(bytes: app) }
    group.host = Self.number(of: host, in: &hosts)
    group.user = Self.number(of: user, in: &users)
    group.address = Self.number(of: address, in: &addresses)
    group.device = Self.number(of: device, in: &devices)
    groups.append(group)
  }

  /// Adds a row of others behind those that are here.
  mutating func append(_ row: Int, of other: borrowing SortedRows) {
    let group = other.groups[row]
    append(
      group, host: other.hosts.span(Int(group.host)), app: other.apps.span(Int(group.host)),
      user: other.users.span(Int(group.user)), address: other.addresses.span(Int(group.address)),
      device: other.devices.span(Int(group.device)))
  }

  /// Negative, zero or positive: how the keys of two rows compare.
  func compare(_ row: Int, to other: borrowing SortedRows, _ otherRow: Int) -> Int {
    let (a, b) = (groups[row], other.groups[otherRow])
    if a.day != b.day { return Int(a.day) - Int(b.day) }
    var order = apps.compare(Int(a.host), to: other.apps, Int(b.host))
    if order != 0 { return order }
    order = hosts.compare(Int(a.host), to: other.hosts, Int(b.host))
    if order != 0 { return order }
    order = users.compare(Int(a.user), to: other.users, Int(b.user))
    if order != 0 { return order }
    order = addresses.compare(Int(a.address), to: other.addresses, Int(b.address))
    if order != 0 { return order }
    order = devices.compare(Int(a.device), to: other.devices, Int(b.device))
    return order != 0 ? order : Int(a.action) - Int(b.action)
  }

  private static func isNew(_ name: Span<UInt8>, in names: ByteStrings) -> Bool {
    !name.isEmpty && compareBytes(names.span(names.count - 1), name) != 0
  }

  private static func number(of name: Span<UInt8>, in names: inout ByteStrings) -> UInt32 {
    if name.isEmpty { return 0 }
    if isNew(name, in: names) { names.append(bytes: name) }
    return UInt32(names.count - 1)
  }

  /// Adds the sums of a row with the same key to the last one.
  mutating func addToLast(_ other: Group) throws(SumOverflow) {
    var group = groups[groups.count - 1]
    let events = group.events.addingReportingOverflow(other.events)
    let uploaded = group.uploaded.addingReportingOverflow(other.uploaded)
    let downloaded = group.downloaded.addingReportingOverflow(other.downloaded)
    let total = group.total.addingReportingOverflow(other.total)
    if events.overflow || uploaded.overflow || downloaded.overflow || total.overflow {
      throw SumOverflow()
    }
    (group.events, group.uploaded) = (events.partialValue, uploaded.partialValue)
    (group.downloaded, group.total) = (downloaded.partialValue, total.partialValue)
    group.has |= other.has
    group.firstSeen = min(group.firstSeen, other.firstSeen)
    group.lastSeen = max(group.lastSeen, other.lastSeen)
    groups[groups.count - 1] = group
  }
}

// MARK: As bytes

extension SortedRows {
  var packed: [UInt8] {
    var writer = PackedWriter()
    writer.append(groups)
    for names in [hosts, apps, users, addresses, devices] { writer.append(names) }
    return writer.bytes
  }

  init(packed bytes: [UInt8]) {
    var reader = PackedReader(bytes)
    groups = reader.values(of: Group.self)
    hosts = reader.strings()
    apps = reader.strings()
    users = reader.strings()
    addresses = reader.strings()
    devices = reader.strings()
  }
}

// MARK: From and to shares

extension UsageRows {
  /// A stretch of the rows with names of its own.
  func sorted(_ rows: Range<Int>) -> SortedRows {
    var sorted = SortedRows()
    sorted.reserve(rows: rows.count)
    forEachGroup(rows) { group in
      let rank = order.rank[Int(group.host)]
      sorted.append(
        group, host: order.names.span(rank),
        app: order.apps.sorted.span(Int(order.apps.ranks[0][rank])),
        user: users.span(Int(group.user)), address: addresses.span(Int(group.address)),
        device: devices.span(Int(group.device)))
    }
    return sorted
  }
}

extension FinishedPartial {
  /// Sorted rows as a share of a batch.
  package convenience init(_ rows: consuming SortedRows) {
    var names = VeiledNames()
    names.hosts = rows.hosts
    names.users = rows.users
    names.addresses = rows.addresses
    names.devices = rows.devices
    self.init(UsagePartial(rows.groups), names: names)
  }
}
