internal import ByteBlocks
internal import ByteKernels

/// A page of a run in memory; it never changes, so that looking at it costs nothing.
final class RunPage: Sendable {
  let rows: SortedRows

  init(_ rows: SortedRows) { self.rows = rows }

  /// Negative, zero or positive: how the keys of two rows compare.
  func compare(_ row: Int, to other: RunPage, _ otherRow: Int) -> Int {
    let (a, b) = (rows.groups[row], other.rows.groups[otherRow])
    if a.day != b.day { return Int(a.day) - Int(b.day) }
    var order = rows.apps.compare(Int(a.host), to: other.rows.apps, Int(b.host))
    if order != 0 { return order }
    order = rows.hosts.compare(Int(a.host), to: other.rows.hosts, Int(b.host))
    if order != 0 { return order }
    order = rows.users.compare(Int(a.user), to: other.rows.users, Int(b.user))
    if order != 0 { return order }
    order = rows.addresses.compare(Int(a.address), to: other.rows.addresses, Int(b.address))
    if order != 0 { return order }
    order = rows.devices.compare(Int(a.device), to: other.rows.devices, Int(b.device))
    return order != 0 ? order : Int(a.action) - Int(b.action)
  }
}

/// The beginning of a row's key: the day, 8 bytes of the app, 32 of the host, 16 of the user.
struct RowPrefix: MergePrefix {
  var day: UInt16 = 0
  /// Whether app and host are no longer than what is here of them.
  var isWhole = true
  var app: UInt64 = 0
  var host: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
  var user: (UInt64, UInt64) = (0, 0)

  mutating func set(_ app: ByteStrings, host hosts: ByteStrings, _ number: Int) {
    self.app = app.prefix(number, from: 0)
    host = (
      hosts.prefix(number, from: 0), hosts.prefix(number, from: 8),
      hosts.prefix(number, from: 16), hosts.prefix(number, from: 24)
    )
    isWhole = app.range(number).count <= 8 && hosts.range(number).count <= 32
  }

  mutating func set(user users: ByteStrings, _ number: Int) {
    user = (users.prefix(number, from: 0), users.prefix(number, from: 8))
  }

  func compare(_ other: RowPrefix) -> Int {
    if day != other.day { return day < other.day ? -1 : 1 }
    if app != other.app { return app < other.app ? -1 : 1 }
    if app != 0, !(isWhole && other.isWhole) { return 0 }
    if host.0 != other.host.0 { return host.0 < other.host.0 ? -1 : 1 }
    if host.1 != other.host.1 { return host.1 < other.host.1 ? -1 : 1 }
    if host.2 != other.host.2 { return host.2 < other.host.2 ? -1 : 1 }
    if host.3 != other.host.3 { return host.3 < other.host.3 ? -1 : 1 }
    guard isWhole, other.isWhole else { return 0 }
    if user.0 != other.user.0 { return user.0 < other.user.0 ? -1 : 1 }
    return user.1 == other.user.1 ? 0 : user.1 < other.user.1 ? -1 : 1
  }
}

/// Reads a run row by row.
final class RunCursor: MergeCursor {
  private let run: SortedRun
  private let store: any SpillStore
  private var nextPage = 0
  private(set) var page = RunPage(SortedRows())
  private(set) var row = 0
  private(set) var prefix = RowPrefix()
  private var prefixHost = UInt32.max

  init(_ run: SortedRun, in store: any SpillStore) throws {
    self.run = run
    self.store = store
    try turn()
  }

  /// Whether there is no row any more.
  var isOver: Bool { row >= page.rows.groups.count }

  func advance() throws {
    row += 1
    if isOver { try turn() } else { setPrefix() }
  }

  private func turn() throws {
    row = 0
    prefixHost = .max
    guard nextPage < run.pages.count else {
      page = RunPage(SortedRows())
      return
    }
    page = RunPage(SortedRows(packed: try store.load(run.pages[nextPage])))
    nextPage += 1
    setPrefix()
  }

  private func setPrefix() {
    let group = page.rows.groups[row]
    prefix.day = group.day
    if group.host != prefixHost {
      prefix.set(page.rows.apps, host: page.rows.hosts, Int(group.host))
      prefixHost = group.host
    }
    prefix.set(user: page.rows.users, Int(group.user))
  }

  func compare(_ other: RunCursor) -> Int { page.compare(row, to: other.page, other.row) }
}
