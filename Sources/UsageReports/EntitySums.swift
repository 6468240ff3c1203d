internal import ByteKernels
internal import ReportFigures

/// Sums by the number of a name, for all names of a column.
struct EntitySums: Sendable {
  private(set) var entries: [NameSums] = []

  /// Makes room for numbers up to `number`.
  mutating func grow(toHold number: Int) {
    guard number >= entries.count else { return }
    let more = max(number + 1 - entries.count, entries.count / 2)
    entries.append(contentsOf: repeatElement(NameSums(), count: more))
  }

  /// Adds rows, whose numbers fit.
  mutating func add(_ numbers: Span<UInt32>, _ rows: UsageRows, _ range: Range<Int>) {
    NameSums.add(
      numbers.extracting(range),
      NameSums.Rows(
        events: rows.events.span.extracting(range), blocked: rows.blocked.span.extracting(range),
        uploaded: rows.uploaded.span.extracting(range),
        downloaded: rows.downloaded.span.extracting(range),
        total: rows.total.span.extracting(range), seen: rows.seen.span.extracting(range)),
      into: &entries)
  }

  mutating func merge(_ other: EntitySums) {
    grow(toHold: other.entries.count - 1)
    for (number, more) in other.entries.enumerated() where more.events > 0 {
      entries[number] += more
    }
  }

  /// The numbers that have events, without the null.
  var numbers: [UInt32] {
    entries.indices.dropFirst().filter { entries[$0].events > 0 }.map { UInt32($0) }
  }

  subscript(number: UInt32) -> (sums: Sums, lastSeen: Int64) {
    let entry = entries[Int(number)]
    let sums = Sums(
      events: entry.events, blocked: entry.blocked, uploaded: entry.uploaded,
      downloaded: entry.downloaded, total: entry.total)
    return (sums, entry.lastSeen)
  }
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
