internal import ReportFigures

/// Sums by the number of a name, for all names of a column.
struct EntitySums: Sendable {
  /// What one name came to.
  struct Entry: Sendable {
    var sums = Sums()
    var lastSeen = Int64.min
  }
  private(set) var entries: [Entry] = []

  /// Makes room for numbers up to `number`.
  mutating func grow(toHold number: Int) {
    guard number >= entries.count else { return }
    let more = max(number + 1 - entries.count, entries.count / 2)
    entries.append(contentsOf: repeatElement(Entry(), count: more))
  }

  /// Adds rows, whose numbers fit.
  mutating func add(_ numbers: Span<UInt32>, _ rows: UsageRows, _ range: Range<Int>) {
    var entries = self.entries.mutableSpan
    let (events, blocked, seen) = (rows.events.span, rows.blocked.span, rows.seen.span)
    let (uploaded, downloaded) = (rows.uploaded.span, rows.downloaded.span)
    let total = rows.total.span
    let shortest = min(
      numbers.count, events.count, blocked.count, seen.count,
      min(uploaded.count, downloaded.count, total.count))
    precondition(
      range.lowerBound >= 0 && range.upperBound <= shortest, "Columns of rows differ in length.")
    for row in range {
      // SAFETY: `range` lies within the shortest column; numbers are checked by `entries`.
      let place = Int(unsafe numbers[unchecked: row])
      // One load and one store: an operator of another room would be a call for each row.
      var entry = entries[place]
      unsafe entry.sums.events &+= events[unchecked: row]
      unsafe entry.sums.blocked &+= blocked[unchecked: row]
      unsafe entry.sums.uploaded &+= uploaded[unchecked: row]
      unsafe entry.sums.downloaded &+= downloaded[unchecked: row]
      unsafe entry.sums.total &+= total[unchecked: row]
      entry.lastSeen = unsafe max(entry.lastSeen, seen[unchecked: row])
      entries[place] = entry
    }
  }

  mutating func merge(_ other: EntitySums) {
    grow(toHold: other.entries.count - 1)
    for (number, more) in other.entries.enumerated() where more.sums.events > 0 {
      entries[number].sums += more.sums
      entries[number].lastSeen = max(entries[number].lastSeen, more.lastSeen)
    }
  }

  /// The numbers that have events, without the null.
  var numbers: [UInt32] {
    entries.indices.dropFirst().filter { entries[$0].sums.events > 0 }.map { UInt32($0) }
  }

  subscript(number: UInt32) -> Entry { entries[Int(number)] }
}

/// The bytes of each user on each day, where all of them fit: a page of a user shows days.
struct DailyBytes: Sendable {
  /// 128 MiB for a thread.
  private static let placesMax = 1 << 24

  /// By day, then by the number of a user; empty while no row is of that day.
  private var days: [[Int64]]
  /// Whether there were too many users, so that nothing is known.
  private(set) var isOverflown = false

  init(dayCount: Int) { days = Array(repeating: [], count: dayCount) }

  /// Adds rows of one day.
  mutating func add(_ rows: UsageRows, dayIndex: Int) {
    if isOverflown { return }
    guard rows.userNumberMax * days.count <= Self.placesMax else {
      isOverflown = true
      days = []
      return
    }
    var day: [Int64] = []
    swap(&day, &days[dayIndex])
    if day.count <= rows.userNumberMax {
      day.append(contentsOf: repeatElement(0, count: rows.userNumberMax + 1 - day.count))
    }
    var places = day.mutableSpan
    let (users, total) = (rows.users.span, rows.total.span)
    for row in 0..<rows.count { places[Int(users[row])] &+= total[row] }
    swap(&day, &days[dayIndex])
  }

  mutating func merge(_ other: DailyBytes) {
    isOverflown = isOverflown || other.isOverflown
    guard !isOverflown else { return days = [] }
    for (index, more) in other.days.enumerated() where !more.isEmpty {
      if days[index].count < more.count {
        days[index].append(contentsOf: repeatElement(0, count: more.count - days[index].count))
      }
      for (user, bytes) in more.enumerated() { days[index][user] &+= bytes }
    }
  }

  /// The bytes of each day of a user; `nil` where nothing is known.
  func bytes(of user: UInt32) -> [Int64]? {
    isOverflown ? nil : days.map { Int(user) < $0.count ? $0[Int(user)] : 0 }
  }
}
