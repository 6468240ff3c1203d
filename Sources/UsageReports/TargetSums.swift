internal import ReportFigures
internal import Synchronization

/// What one app or domain came to in a period.
struct TargetSums: Sendable {
  var sums = Sums()
  var firstDay: Int32 = .max
  var lastSeen: Int64 = .min
  /// Users of a domain; those of an app stand in `uses`.
  private var domainUsers = NumberSet()
  var addresses = NumberSet()
  var devices = NumberSet()
  /// By user; of apps only.
  var uses = PairSums()
  /// Of each day of the period; empty for domains.
  var dailyBytes: [Int64] = []
  var dailyEvents: [Int64] = []
  private let isApp: Bool

  init(dayCount: Int, isApp: Bool) {
    self.isApp = isApp
    guard isApp else { return }
    dailyBytes = [Int64](repeating: 0, count: dayCount)
    dailyEvents = dailyBytes
  }

  var users: NumberSet { isApp ? uses.users : domainUsers }

  /// Adds the rows `range`, which are all of this target.
  mutating func add(_ rows: UsageRows, _ range: Range<Int>, dayIndex: Int) {
    let more = rows.sums(range)
    sums += more
    lastSeen = max(lastSeen, rows.lastSeen(range))
    firstDay = min(firstDay, rows.day)
    addresses.insert(rows.addresses.span, range)
    devices.insert(rows.devices.span, range)
    guard isApp else { return domainUsers.insert(rows.users.span, range) }
    uses.add(rows, range)
    dailyBytes[dayIndex] &+= more.total
    dailyEvents[dayIndex] &+= more.events
  }
}

/// The sums of one target, which several threads add to.
final class SharedTarget: Sendable {
  let sums: Mutex<TargetSums>
  init(dayCount: Int, isApp: Bool) {
    sums = Mutex(TargetSums(dayCount: dayCount, isApp: isApp))
  }
}
