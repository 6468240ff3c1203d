internal import ByteBlocks
internal import VeiledRecords

/// Rows of the activity log, put in their order and turned into columns.
///
/// ```
/// chunks (text order) ─► ranks of users ─► by day and privacy ─► by user, time ─► columns
/// ```
/// The result depends on the events and the order of their archives alone, not on who read them.
package struct ActivityRows: Sendable {
  /// Rows that become files of their own: of one day, private or not.
  package struct Part: Sendable {
    package let day: Int32
    package let isPrivate: Bool
    /// Places of the rows in text order, sorted by user and time.
    let order: [UInt32]
    package var count: Int { order.count }
  }

  package private(set) var parts: [Part] = []
  let chunks: [ActivityChunk]
  let users, addresses, devices, hosts, methods, agents: RankedNames
  /// By worker and number of a host: the code of its app in `appNames`, 0: none.
  let apps: [[UInt32]]
  let appNames: RankedNames
  let archives: [String]
  let tags: AddressTagCodes

  /// - Parameters:
  ///   - chunks: by archive, and by their place in its text.
  ///   - names: by worker; those of others may be empty.
  ///   - apps: by worker and number of a host: the place of its app in `appNames`, 0: none.
  ///   - archives: ids by their number in the chunks; one for all where they are not known yet.
  package init(
    _ chunks: [ActivityChunk], names: [ActivityNames], apps: [[UInt32]], appNames: [String],
    archives: [String], parallel: ParallelFor
  ) {
    self.chunks = chunks
    self.archives = archives
    self.apps = apps
    self.appNames = RankedNames(
      [ByteStrings([""] + appNames)], isUsed: [[false] + appNames.map { _ in true }])
    let ranked = Slots<RankedNames>(count: 6)
    parallel(6) { kind in
      let lists = names.map { Self.list(kind, $0) }
      let used = lists.enumerated().map { worker, list in
        // To rank some names in vain is faster than to look at all rows.
        if list.count <= Self.fewNames { return [Bool](repeating: true, count: list.count) }
        var isUsed = [Bool](repeating: false, count: list.count)
        var marks = isUsed.mutableSpan
        for chunk in chunks where chunk.worker == worker {
          for number in Self.numbers(kind, chunk.columns) { marks[Int(number)] = true }
        }
        return isUsed
      }
      ranked.set(kind, RankedNames(lists, isUsed: used))
    }
    let all = ranked.all()
    (users, addresses, devices) = (all[0], all[1], all[2])
    (hosts, methods, agents) = (all[3], all[4], all[5])
    tags = AddressTagCodes(addresses, names.map(\.names))
    parts = sorted()
  }

  private static let fewNames = 1 << 12

  private static func list(_ kind: Int, _ names: ActivityNames) -> ByteStrings {
    [
      names.names.users, names.names.addresses, names.names.devices, names.names.hosts,
      names.details.methods, names.details.agents,
    ][kind]
  }

  private static func numbers(_ kind: Int, _ columns: ActivityChunk.Columns) -> [UInt32] {
    switch kind {
    case 0: columns.users
    case 1: columns.addresses
    case 2: columns.devices
    case 3: columns.hosts
    case 4: columns.methods
    default: columns.agents
    }
  }
}

// MARK: Order

extension ActivityRows {
  private func sorted() -> [Part] {
    let ranks: [UInt32] = codes(users.ranks) { $0.users }
    let times = numbers { $0.times }.wide
    let isPrivate = VeiledNames.privateOnes(of: users.sorted)
    var starts = [Int](repeating: 0, count: users.sorted.count + 1)
    var order = [UInt32](repeating: 0, count: ranks.count)
    Self.sortByUser(ranks, &starts, &order)
    let span = TimeSpan(times)
    var parts: [PartKey: [UInt32]] = [:]
    for rank in 0..<users.sorted.count {
      let rows = starts[rank]..<starts[rank + 1]
      if rows.isEmpty { continue }
      if !span.isAscending { Self.sortByTime(&order, rows, times) }
      for (day, rows) in span.onlyDay.map({ [($0, rows)] }) ?? Self.days(order, rows, times) {
        parts[PartKey(day: day, isPrivate: isPrivate[rank]), default: []]
          .append(contentsOf: order[rows])
      }
    }
    return parts.sorted { $0.key < $1.key }.map {
      Part(day: $0.key.day, isPrivate: $0.key.isPrivate, order: $0.value)
    }
  }

  /// Sorts rows by the ranks of their users, those of one in text order.
  ///
  /// - Parameters:
  ///   - starts: gets, for every rank, the place of its first row in `order`, and then the end.
  ///   - order: gets the rows.
  private static func sortByUser(
    _ ranks: [UInt32], _ starts: inout [Int], _ order: inout [UInt32]
  ) {
    for rank in ranks { starts[Int(rank) + 1] += 1 }
    for rank in 1..<starts.count { starts[rank] += starts[rank - 1] }
    var next = starts
    var nextOf = next.mutableSpan
    var rows = order.mutableSpan
    for row in ranks.indices {
      let rank = Int(ranks[row])
      rows[nextOf[rank]] = UInt32(truncatingIfNeeded: row)
      nextOf[rank] &+= 1
    }
  }

  /// What holds for the times of all rows in text order, so that those of a user need no look: most
  /// logs are in the order of time, and of one day.
  private struct TimeSpan {
    var isAscending = true
    /// The day, in days since 1970; `nil`: there are several.
    let onlyDay: Int32?

    init(_ times: [Int64]) {
      var (low, high) = (times.first ?? 0, times.first ?? 0)
      var before = low
      for time in times {
        isAscending = isAscending && before <= time
        before = time
        low = min(low, time)
        high = max(high, time)
      }
      onlyDay = dayOf(low) == dayOf(high) ? dayOf(low) : nil
    }
  }

  /// `range` of rows sorted by time, cut by days.
  private static func days(
    _ order: [UInt32], _ range: Range<Int>, _ times: [Int64]
  ) -> [(day: Int32, rows: Range<Int>)] {
    var days: [(Int32, Range<Int>)] = []
    var place = range.lowerBound
    while place < range.upperBound {
      let day = dayOf(times[Int(order[place])])
      let first = place
      while place < range.upperBound, dayOf(times[Int(order[place])]) == day { place += 1 }
      days.append((day, first..<place))
    }
    return days
  }

  private struct PartKey: Hashable, Comparable {
    let day: Int32
    let isPrivate: Bool

    static func < (a: Self, b: Self) -> Bool {
      a.day != b.day ? a.day < b.day : !a.isPrivate && b.isPrivate
    }
  }

  /// Sorts the rows of a user, which often are in order though those of all are not.
  private static func sortByTime(_ order: inout [UInt32], _ range: Range<Int>, _ times: [Int64]) {
    var isSorted = true
    for place in range.dropFirst() where isSorted {
      isSorted = times[Int(order[place - 1])] <= times[Int(order[place])]
    }
    if isSorted { return }
    order[range].sort {
      let (a, b) = (times[Int($0)], times[Int($1)])
      return a != b ? a < b : $0 < $1
    }
  }

  var rowCount: Int { chunks.reduce(0) { $0 + $1.count } }

  /// A column of all rows in text order.
  func values<Value>(_ column: (ActivityChunk.Columns) -> [Value]) -> [Value] {
    var values: [Value] = []
    values.reserveCapacity(rowCount)
    for chunk in chunks { values += column(chunk.columns) }
    return values
  }

  /// The same of numbers.
  func numbers(_ column: (ActivityChunk.Columns) -> NarrowNumbers) -> NarrowNumbers {
    NarrowNumbers(joining: chunks.map { column($0.columns) }, count: rowCount)
  }

  /// A column of names in text order, each by its code in `codes` of its worker.
  func codes<Code: FixedWidthInteger & BitwiseCopyable>(
    _ codes: [[UInt32]], _ column: (ActivityChunk.Columns) -> [UInt32]
  ) -> [Code] {
    [Code](
      joining: chunks, count: rowCount, { column($0.columns) }, with: { codes[$0.worker] }
    ) { codes, number in Code(truncatingIfNeeded: codes[Int(number)]) }
  }
}

/// The day of a time in microseconds, in days since 1970.
private func dayOf(_ time: Int64) -> Int32 { Int32(time / 86_400_000_000) }
