internal import ByteBlocks
internal import ByteKernels
internal import VeiledRecords

/// Rows sorted by their whole key, together with what their numbers stand for: what a page of a
/// spilled run is, and a row group on its way into a file.
///
/// Equal names that follow each other share a number; those further apart may have several.
package struct SortedRows: Sendable {
  /// By their own numbers; 0 is none.
  var groups: [Group] = []
  var hosts = ByteStrings([""])
  /// The app of each host, which rows are sorted by before it; empty: none.
  var apps = ByteStrings([""])
  var users = ByteStrings([""])
  var addresses = ByteStrings([""])
  /// The tag of each address; empty: none.
  var tags = ByteStrings([""])
  var devices = ByteStrings([""])

  init() {}

  /// Number of rows.
  package var count: Int { groups.count }

  /// Day of the first row, since 1970.
  package var firstDay: Int32 { groups.first.map { Int32($0.day) } ?? 0 }

  mutating func reserve(rows: Int) { groups.reserveCapacity(rows) }

  /// Adds a row behind the others.
  ///
  /// - Parameters:
  ///   - group: all but its names.
  ///   - host: a list and the host's place in it; the others likewise.
  mutating func append(
    _ group: Group, host: (ByteStrings, Int), app: (ByteStrings, Int), user: (ByteStrings, Int),
    address: (ByteStrings, Int), tag: (ByteStrings, Int), device: (ByteStrings, Int)
  ) {
    var group = group
    let (hostsBefore, addressesBefore) = (hosts.count, addresses.count)
    group.host = Self.number(of: host, in: &hosts)
    if hosts.count > hostsBefore { apps.append(app.0, app.1) }
    group.user = Self.number(of: user, in: &users)
    group.address = Self.number(of: address, in: &addresses)
    if addresses.count > addressesBefore { tags.append(tag.0, tag.1) }
    group.device = Self.number(of: device, in: &devices)
    groups.append(group)
  }

  private static func number(
    of name: (list: ByteStrings, place: Int), in names: inout ByteStrings
  ) -> UInt32 {
    if name.list.range(name.place).isEmpty { return 0 }
    if names.compare(names.count - 1, to: name.list, name.place) != 0 {
      names.append(name.list, name.place)
    }
    return UInt32(names.count - 1)
  }
}

// MARK: As bytes

extension SortedRows {
  var packed: [UInt8] {
    var writer = PackedWriter()
    writer.append(groups)
    for names in [hosts, apps, users, addresses, tags, devices] { writer.append(names) }
    return writer.bytes
  }

  init(packed bytes: [UInt8]) {
    var reader = PackedReader(bytes)
    groups = reader.values(of: Group.self)
    hosts = reader.strings()
    apps = reader.strings()
    users = reader.strings()
    addresses = reader.strings()
    tags = reader.strings()
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
      let host = Int(group.host)
      sorted.append(
        group, host: (order.names.values, Int(order.names.ofPlace[host])),
        app: (order.apps.values, Int(order.apps.ofPlace[host])),
        user: (users, Int(group.user)), address: (addresses, Int(group.address)),
        tag: (tags.sorted, Int(tags.ofAddress[Int(group.address)])),
        device: (devices, Int(group.device)))
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
    names.setTags(rows.tags)
    self.init(UsagePartial(rows.groups), names: names)
  }
}

extension VeiledNames {
  /// Gives each address its tag; empty: none.
  fileprivate mutating func setTags(_ texts: ByteStrings) {
    if texts.bytes.isEmpty { return }
    var codes: [ArraySlice<UInt8>: UInt16] = [:]
    addressTags = (0..<texts.count).map { address in
      if texts.range(address).isEmpty { return 0 }
      if let known = codes[texts[address]] { return known }
      tags.append(texts.string(address))
      codes[texts[address]] = UInt16(tags.count)
      return UInt16(tags.count)
    }
  }
}
