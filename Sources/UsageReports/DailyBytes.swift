internal import Synchronization

/// The bytes of each user on each day, where all of them fit: a page of a user shows days.
///
/// All threads add to it: each row group is of one day, and seldom two of them are of the same.
final class DailyBytes: Sendable {
  /// 256 MiB.
  private static let placesMax = 1 << 25

  /// By the number of a user; empty while no row is of that day.
  private final class Day: Sendable {
    let bytes = Mutex<[Int64]>([])
  }
  private let days: [Day]
  private let overflow = Atomic(false)

  init(dayCount: Int) { days = (0..<dayCount).map { _ in Day() } }

  /// Whether there were too many users, so that nothing is known.
  var isOverflown: Bool { overflow.load(ordering: .relaxed) }

  /// Adds rows of one day.
  func add(_ rows: UsageRows, dayIndex: Int) {
    if isOverflown { return }
    guard rows.userNumberMax * days.count <= Self.placesMax else {
      overflow.store(true, ordering: .relaxed)
      for day in days { day.bytes.withLock { $0 = [] } }
      return
    }
    days[dayIndex].bytes.withLock { bytes in
      if bytes.count <= rows.userNumberMax {
        bytes.append(contentsOf: repeatElement(0, count: rows.userNumberMax + 1 - bytes.count))
      }
      var places = bytes.mutableSpan
      let (users, total) = (rows.users.span, rows.total.span)
      for row in 0..<rows.count { places[Int(users[row])] &+= total[row] }
    }
  }

  /// The bytes of each day of a user; `nil` where nothing is known.
  func bytes(of user: UInt32) -> [Int64]? {
    guard !isOverflown else { return nil }
    return days.map { day in
      day.bytes.withLock { Int(user) < $0.count ? $0[Int(user)] : 0 }
    }
  }
}
