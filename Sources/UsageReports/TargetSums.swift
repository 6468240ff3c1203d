internal import ReportFigures
internal import Synchronization

/// What one app or domain came to in a period.
struct TargetSums: Sendable {
  var sums = Sums()
  var firstDay: Int32 = .max
  var lastSeen: Int64 = .min
  var users = NumberedSums()
  var addresses = NumberSet()
  var devices = NumberSet()
  /// Of each day of the period; empty for domains.
  var dailyBytes: [Int64] = []
  var dailyEvents: [Int64] = []

  init(dayCount: Int, isApp: Bool) {
    guard isApp else { return }
    dailyBytes = [Int64](repeating: 0, count: dayCount)
    dailyEvents = dailyBytes
  }

  /// Adds the rows `range`, which are all of this target.
  mutating func add(_ rows: UsageRows, _ range: Range<Int>, dayIndex: Int) {
    var more = Sums()
    var seen = lastSeen
    for row in range {
      let (events, uploaded, total) = (rows.events[row], rows.uploaded[row], rows.total[row])
      more.events &+= events
      if rows.isBlocked[row] { more.blocked &+= events }
      more.uploaded &+= uploaded
      more.downloaded &+= rows.downloaded[row]
      more.total &+= total
      seen = max(seen, rows.lastSeen[row])
      let user = rows.users[row]
      if user != 0 {
        users.add(user, UseSums(events: events, uploaded: uploaded, total: total))
      }
      if rows.addresses[row] != 0 { addresses.insert(rows.addresses[row]) }
      if rows.devices[row] != 0 { devices.insert(rows.devices[row]) }
    }
    sums += more
    lastSeen = seen
    firstDay = min(firstDay, rows.day)
    if !dailyBytes.isEmpty {
      dailyBytes[dayIndex] &+= more.total
      dailyEvents[dayIndex] &+= more.events
    }
  }
}

/// The sums of one target, which several threads add to.
final class SharedTarget: Sendable {
  let sums: Mutex<TargetSums>
  init(dayCount: Int, isApp: Bool) {
    sums = Mutex(TargetSums(dayCount: dayCount, isApp: isApp))
  }
}
