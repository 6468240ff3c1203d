internal import ByteBlocks
internal import ByteKernels
internal import VeiledRecords

/// Rows of runs on their way into a page or a row group, where each name is once.
struct RowCollector: ~Copyable {
  private(set) var rows = SortedRows()
  private var hosts = DictionaryTable()
  private var users = DictionaryTable()
  private var addresses = DictionaryTable()
  private var devices = DictionaryTable()

  /// Number of rows.
  var count: Int { rows.count }

  /// Whether there is no room for another row.
  func isFull(_ bounds: RowGroupBounds) -> Bool {
    let names = rows.hosts.count + rows.users.count + rows.addresses.count + rows.devices.count
    // The first of each list is none.
    return bounds.areReached(rows: rows.count, names: names - 4)
  }

  /// Adds a row of a page.
  mutating func append(_ row: Int, of page: RunPage) {
    var group = page.rows.groups[row]
    let (host, address) = (Int(group.host), Int(group.address))
    let (hostsBefore, addressesBefore) = (rows.hosts.count, rows.addresses.count)
    group.host = Self.number(of: host, page.rows.hosts, in: &rows.hosts, &hosts)
    if rows.hosts.count > hostsBefore { rows.apps.append(page.rows.apps, host) }
    group.user = Self.number(of: Int(group.user), page.rows.users, in: &rows.users, &users)
    group.address = Self.number(
      of: address, page.rows.addresses, in: &rows.addresses, &addresses)
    if rows.addresses.count > addressesBefore { rows.tags.append(page.rows.tags, address) }
    group.device = Self.number(
      of: Int(group.device), page.rows.devices, in: &rows.devices, &devices)
    rows.groups.append(group)
  }

  private static func number(
    of place: Int, _ list: ByteStrings, in names: inout ByteStrings,
    _ known: inout DictionaryTable
  ) -> UInt32 {
    if list.range(place).isEmpty { return 0 }
    let next = UInt32(names.count)
    let number = known.value(of: list.span(place)) { next }
    if number == next { names.append(list, place) }
    return number
  }

  /// Adds the sums of a row with the same key to the last one.
  mutating func addToLast(_ other: Group) throws(SumOverflow) {
    var group = rows.groups[rows.groups.count - 1]
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
    rows.groups[rows.groups.count - 1] = group
  }
}
