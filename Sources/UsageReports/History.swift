internal import ColumnTables
internal import StagedExecution
internal import Synchronization
internal import TableQueries
internal import VeiledRecords

/// The first day of each app and domain in the rows before a period.
struct FirstDays: Sendable {
  /// By the number of a target.
  private let days: [Int32]
  /// Whether there is any row before the period.
  let hasRows: Bool

  init(
    before first: CivilDay, _ scan: UsageScan, _ book: NameBook, _ crew: some Executor
  ) throws(TableQueryError) {
    let found = Mutex<[Int32]?>(nil)
    if let oldest = scan.days.first, oldest < first.daysSince1970 {
      try scan.forEach(oldest...first.daysSince1970 - 1, columns: ["host"], crew) { day, rows in
        guard let column = rows.column("host") else { return }
        let (hosts, targetOfHost, targetCount) = book.hosts(of: column)
        var targets = BitSet()
        for host in hosts { targets.insert(targetOfHost[Int(host)]) }
        let numbers = targets.numbers
        found.withLock { found in
          var days = found ?? []
          found = nil
          if days.count < targetCount {
            days.append(contentsOf: repeatElement(.max, count: targetCount - days.count))
          }
          for target in numbers { days[Int(target)] = min(days[Int(target)], day) }
          found = days
        }
      }
    }
    let days = found.withLock { $0 }
    hasRows = days != nil
    self.days = days ?? []
  }

  /// The first day of a target before the period; `nil` where it has no row there.
  func day(of target: Int) -> Int32? {
    target < days.count && days[target] != .max ? days[target] : nil
  }
}

/// The bytes of each day of a few users; read by themselves where there are so many users that sums
/// of all of them by day would take too much memory.
struct DailyUsers {
  /// Of each user that was asked for, in that order.
  let bytes: [[Int64]]

  init(
    _ users: [UInt32], _ days: ClosedRange<Int32>, _ scan: UsageScan, _ book: NameBook,
    _ crew: some Executor
  ) throws(TableQueryError) {
    var placeOfUser = [Int32](repeating: -1, count: book.users.count + 1)
    for (place, user) in users.enumerated() { placeOfUser[Int(user)] = Int32(place) }
    let places = placeOfUser
    let found = Mutex(
      Array(repeating: [Int64](repeating: 0, count: days.count), count: users.count))
    if !users.isEmpty {
      try scan.forEach(days, columns: ["user", "total_bytes"], crew) { day, rows in
        guard let user = rows.column("user"), let bytes = rows.column("total_bytes")?.integers
        else { return }
        var sums = [Int64](repeating: 0, count: users.count)
        for (row, number) in book.users.numbers(of: user).enumerated() {
          let place = places[Int(number)]
          if place >= 0 { sums[Int(place)] &+= bytes[row] }
        }
        let index = Int(day - days.lowerBound)
        found.withLock { [sums] found in
          for (place, sum) in sums.enumerated() { found[place][index] &+= sum }
        }
      }
    }
    bytes = found.withLock { $0 }
  }
}
