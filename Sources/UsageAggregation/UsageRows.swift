internal import ByteBlocks
internal import ByteKernels
package import ColumnTables
internal import VeiledRecords

/// The rows of one batch of archives, sorted by their whole key.
package struct UsageRows: Sendable {
  private let groups: [Group]
  private let order: HostOrder
  private let users, addresses, devices: ByteStrings

  init(
    groups: [Group], order: HostOrder, users: ByteStrings, addresses: ByteStrings,
    devices: ByteStrings
  ) {
    self.groups = groups
    self.order = order
    self.users = users
    self.addresses = addresses
    self.devices = devices
  }

  /// Number of rows.
  package var count: Int { groups.count }

  /// Distinct apps.
  package var appCount: Int {
    Set(groups.lazy.compactMap { hostClass($0).app?.id }).count
  }

  /// The days there are, and the rows of each.
  package var days: [(day: Int32, rows: Range<Int>)] {
    var days: [(Int32, Range<Int>)] = []
    var start = 0
    for place in groups.indices
    where place + 1 == groups.count || groups[place + 1].day != groups[place].day {
      days.append((Int32(groups[place].day), start..<place + 1))
      start = place + 1
    }
    return days
  }

  private func hostClass(_ group: Group) -> HostClass { order.classes[order.rank[Int(group.host)]] }

  /// The table of `rows`, under `UsageSchema.fileSchema`.
  package func table(
    _ rows: Range<Int>, batch: String, source: String, parallel: ParallelFor
  ) -> Table {
    let fields = UsageSchema.fileSchema.fields
    let columns = Slots<Column>(count: fields.count)
    parallel(fields.count) { place in
      columns.set(place, column(fields[place].name, rows, batch: batch, source: source))
    }
    return Table(schema: UsageSchema.fileSchema, columns: columns.all(), rowCount: rows.count)
  }

  private func column(_ name: String, _ rows: Range<Int>, batch: String, source: String) -> Column {
    let groups = groups[rows]
    switch name {
    case "batch": return constant(batch, rows.count)
    case "source": return constant(source, rows.count)
    case "host": return names(groups.map { UInt32(order.rank[Int($0.host)]) }, order.names)
    case "app": return hostColumn(order.apps, groups)
    case "category": return hostColumn(order.categories, groups)
    case "domain": return hostColumn(order.domains, groups)
    case "app_id": return appNumbers(groups)
    case "user": return names(groups.map(\.user), users)
    case "src_ip": return names(groups.map(\.address), addresses)
    case "device": return names(groups.map(\.device), devices)
    case "ip_tag": return names(Array(repeating: 0, count: rows.count), ByteStrings([""]))
    case "action": return actions(groups)
    case "private": return Column(.booleans(Array(repeating: false, count: rows.count)))
    case "events": return Column(.int64s(groups.map { Int64($0.events) }))
    case "uploaded_bytes": return bytes(groups, \.uploaded, Group.hasUploaded)
    case "downloaded_bytes": return bytes(groups, \.downloaded, Group.hasDownloaded)
    case "total_bytes": return bytes(groups, \.total, Group.hasTotal)
    case "first_seen": return Column(.int64s(groups.map(\.firstSeen)))
    case "last_seen": return Column(.int64s(groups.map(\.lastSeen)))
    default: preconditionFailure("The usage table has no column of this name.")
    }
  }

  private func constant(_ value: String, _ count: Int) -> Column {
    Column(.codes(Array(repeating: 0, count: count), ByteStrings([value])))
  }

  /// A column of names by their ranks; rank 0 is null.
  private func names(_ ranks: [UInt32], _ sorted: ByteStrings) -> Column {
    let hasNulls = ranks.contains(0)
    return Column(.codes(ranks, sorted), isValid: hasNulls ? ranks.map { $0 != 0 } : nil)
  }

  /// A column that follows from the host.
  private func hostColumn(_ ranked: RankedNames, _ groups: ArraySlice<Group>) -> Column {
    names(groups.map { ranked.ranks[0][order.rank[Int($0.host)]] }, ranked.sorted)
  }

  private func appNumbers(_ groups: ArraySlice<Group>) -> Column {
    let numbers = order.rank.map { order.classes[$0].app?.id }
    let isValid = groups.map { numbers[Int($0.host)] != nil }
    let values = groups.map { numbers[Int($0.host)] ?? 0 }
    return Column(.int32s(values), isValid: isValid.contains(false) ? isValid : nil)
  }

  private func actions(_ groups: ArraySlice<Group>) -> Column {
    let words = EventAction.allCases.map { $0.word ?? "" }
    return names(groups.map { UInt32($0.action) }, ByteStrings(words))
  }

  private func bytes(
    _ groups: ArraySlice<Group>, _ value: (Group) -> Int64, _ flag: UInt8
  ) -> Column {
    let isValid = groups.map { $0.has & flag != 0 }
    return Column(.int64s(groups.map(value)), isValid: isValid.contains(false) ? isValid : nil)
  }
}
