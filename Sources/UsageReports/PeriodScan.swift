internal import StagedExecution
internal import Synchronization
internal import TableQueries

/// Adds up the rows of one period.
///
/// Threads take row groups in turn. What belongs to a name is added up by each thread for itself;
/// what belongs to a target (an app or a domain) is shared: rows of a file are sorted by app and
/// host, so a lock is taken once for hundreds of rows, and pairs of target and user exist once.
final class PeriodScan: Sendable {
  let days: ClosedRange<Int32>
  private let book: NameBook
  private let dailyOfUsers: DailyBytes
  private let targets = Mutex<[SharedTarget]>([])
  /// Sums that no thread adds to at the moment.
  private let spare = Mutex<[WorkerSums]>([])

  init(days: ClosedRange<Int32>, book: NameBook) {
    self.days = days
    self.book = book
    dailyOfUsers = DailyBytes(dayCount: days.count)
  }

  /// Reads all rows of the period.
  func run(_ scan: UsageScan, _ crew: some Executor) throws(TableQueryError) {
    try scan.forEach(days, columns: UsageRows.columns, crew) { day, table in
      let rows = UsageRows(table, day: day, book: book)
      let dayIndex = Int(day - days.lowerBound)
      var mine = spare.withLock { $0.popLast() } ?? WorkerSums(dayCount: days.count)
      mine.add(rows, dayIndex: dayIndex)
      spare.withLock { $0.append(mine) }
      dailyOfUsers.add(rows, dayIndex: dayIndex)
      addTargets(rows)
    }
  }

  private func addTargets(_ rows: UsageRows) {
    let shared = sharedTargets(count: rows.targetCount)
    let dayIndex = Int(rows.day - days.lowerBound)
    rows.forEachChunk { range in
      UsageRows.forEachRun(rows.hosts.span, range) { host, rowsOfHost in
        let target = rows.targetOfHost[Int(host)]
        shared[Int(target)].sums.withLock { $0.add(rows, rowsOfHost, dayIndex: dayIndex) }
      }
    }
  }

  /// The sums of all targets, as many as there are names for.
  private func sharedTargets(count: Int) -> [SharedTarget] {
    targets.withLock { targets in
      if targets.count < count {
        for target in book.targetList[targets.count...] {
          targets.append(SharedTarget(dayCount: days.count, isApp: target.isApp))
        }
      }
      return targets
    }
  }

  /// What all threads added up; to be called once, when all rows are read.
  func finish() -> PeriodSums {
    var all = WorkerSums(dayCount: days.count)
    for sums in spare.withLock({ $0 }) { all.merge(sums) }
    return PeriodSums(
      names: all, targets: targets.withLock { $0.map { $0.sums.withLock { $0 } } },
      dailyOfUsers: dailyOfUsers)
  }
}

/// What the rows of a period came to.
struct PeriodSums: Sendable {
  var names: WorkerSums
  /// By the number of a target.
  var targets: [TargetSums]
  fileprivate let dailyOfUsers: DailyBytes

  /// The bytes of each day of users; `nil` where there were too many users to know them.
  func dailyBytes(of users: [UInt32]) -> [[Int64]]? {
    let days = users.compactMap { dailyOfUsers.bytes(of: $0) }
    return days.count == users.count ? days : nil
  }
}
