internal import ByteBlocks
internal import ColumnTables
internal import ReportFigures
internal import TableQueries

/// The columns of a row group of `usage` that reports add up, names as numbers.
///
/// Nulls are 0: as numbers of names, and as values that add nothing.
struct UsageRows {
  static let columns = [
    "source", "host", "user", "src_ip", "device", "action", "events", "uploaded_bytes",
    "downloaded_bytes", "total_bytes", "last_seen", "ip_tag", "private",
  ]
  /// Rows that are added up at a time: their columns fit the second cache level.
  static let chunkRows = 4096

  let count: Int
  /// Days since 1970-01-01, the same for all rows.
  let day: Int32
  let sources: [UInt32]
  /// Tags of address ranges.
  let tags: [UInt32]
  let hosts: [UInt32]
  let targetOfHost: [UInt32]
  let targetCount: Int
  let users: [UInt32]
  /// The highest number that a user has so far.
  let userNumberMax: Int
  let addresses: [UInt32]
  /// The highest number that an address has so far.
  let addressNumberMax: Int
  let devices: [UInt32]
  /// Rows of private people, whose addresses and devices are counted and stand in no list.
  let privateRows: [Int]
  let events: [Int64]
  /// Of each row, those of its events that were blocked.
  let blocked: [Int64]
  let uploaded: [Int64]
  let downloaded: [Int64]
  let total: [Int64]
  let seen: [Int64]
  /// For each attribute of `AttributeColumns`, the rows that have it; `nil`: all have it.
  private let hasAttribute: [[Bool]?]

  init(_ table: Table, day: Int32, book: NameBook) {
    count = table.rowCount
    self.day = day
    func column(_ name: String) -> Column {
      guard let column = table.column(name) else {
        preconditionFailure("The column \(name) was asked for.")
      }
      return column
    }
    sources = book.sources.numbers(of: column("source"))
    tags = book.tags.numbers(of: column("ip_tag"))
    (hosts, targetOfHost, targetCount) = book.hosts(of: column("host"))
    users = book.users.numbers(of: column("user"))
    userNumberMax = book.users.count
    addresses = book.addresses.numbers(of: column("src_ip"))
    addressNumberMax = book.addresses.count
    devices = book.devices.numbers(of: column("device"))
    privateRows = Self.rows(where: table.column("private"))
    events = column("events").integers
    uploaded = column("uploaded_bytes").integers
    downloaded = column("downloaded_bytes").integers
    total = column("total_bytes").integers
    seen = column("last_seen").integers
    blocked = Self.events(events, where: column("action"), is: "blocked")
    hasAttribute = AttributeColumns.all.map { name, _ in column(name).isValid }
  }

  /// For each attribute of `AttributeColumns`, the events of some rows that have it.
  func attributeEvents(_ range: Range<Int>) -> [Int64] {
    let all = Self.sum(events, range)
    return hasAttribute.map { $0.map { Self.sum(events, range, where: $0) } ?? all }
  }

  /// The sums of some rows.
  func sums(_ range: Range<Int>) -> Sums {
    Sums(
      events: Self.sum(events, range), blocked: Self.sum(blocked, range),
      uploaded: Self.sum(uploaded, range), downloaded: Self.sum(downloaded, range),
      total: Self.sum(total, range))
  }

  /// The same without what only few lists show.
  func uses(_ range: Range<Int>) -> UseSums {
    UseSums(
      events: Self.sum(events, range), uploaded: Self.sum(uploaded, range),
      total: Self.sum(total, range))
  }

  /// The latest time of some rows.
  func lastSeen(_ range: Range<Int>) -> Int64 {
    let seen = seen.span.extracting(range)
    var last = Int64.min
    for row in seen.indices { last = max(last, seen[row]) }
    return last
  }

  func sums(_ row: Int) -> Sums {
    Sums(
      events: events[row], blocked: blocked[row], uploaded: uploaded[row],
      downloaded: downloaded[row], total: total[row])
  }

  /// Numbers of names without those of private rows.
  func listed(_ numbers: [UInt32]) -> [UInt32] {
    var listed = numbers
    for row in privateRows { listed[row] = 0 }
    return listed
  }

  /// Calls `body` for the rows of each chunk.
  func forEachChunk(_ body: (Range<Int>) -> Void) {
    var start = 0
    while start < count {
      let end = min(count, start + Self.chunkRows)
      body(start..<end)
      start = end
    }
  }

  /// Calls `body` for rows in turn that follow each other and have the same value in `column`.
  static func forEachRun(
    _ column: Span<UInt32>, _ range: Range<Int>, _ body: (UInt32, Range<Int>) -> Void
  ) {
    var row = range.lowerBound
    while row < range.upperBound {
      let value = column[row]
      var end = row + 1
      while end < range.upperBound, column[end] == value { end += 1 }
      body(value, row..<end)
      row = end
    }
  }

  private static func sum(_ values: [Int64], _ range: Range<Int>) -> Int64 {
    let values = values.span.extracting(range)
    var sum: Int64 = 0
    for row in values.indices { sum &+= values[row] }
    return sum
  }

  private static func sum(
    _ values: [Int64], _ range: Range<Int>, where isValid: [Bool]
  ) -> Int64 {
    var sum: Int64 = 0
    for row in range where isValid[row] { sum &+= values[row] }
    return sum
  }

  /// The rows that are true.
  private static func rows(where column: Column?) -> [Int] {
    guard let column, case .booleans(let values) = column.values, values.contains(true) else {
      return []
    }
    return values.indices.filter { values[$0] && !column.isNull($0) }
  }

  /// The events of rows that have `text`; 0 for all others.
  private static func events(
    _ events: [Int64], where column: Column, is text: String
  ) -> [Int64] {
    let wanted = Array(text.utf8)
    var found = [Int64](repeating: 0, count: events.count)
    switch column.values {
    case .codes(let codes, let dictionary):
      guard let code = (0..<dictionary.count).first(where: { dictionary[$0].elementsEqual(wanted) })
      else { return found }
      for row in codes.indices where codes[row] == UInt32(code) { found[row] = events[row] }
      // A null has code 0, whatever that means.
      if code == 0, let isValid = column.isValid {
        for row in found.indices where !isValid[row] { found[row] = 0 }
      }
    case .strings(let strings):
      for row in 0..<strings.count
      where !column.isNull(row) && strings[row].elementsEqual(wanted) {
        found[row] = events[row]
      }
    default: preconditionFailure("Actions are texts.")
    }
    return found
  }
}

extension Column {
  var integers: [Int64] {
    guard case .int64s(let values) = values else { preconditionFailure("Sums are numbers.") }
    return values
  }
}

/// The attributes that logs may lack, and what in a report needs them.
enum AttributeColumns {
  static let all: [(column: String, widgets: [String])] = [
    ("user", ["users", "top users", "users of apps"]),
    ("src_ip", ["source addresses", "top source addresses"]),
    ("device", ["devices", "top devices"]),
    ("action", ["blocked events"]),
    ("uploaded_bytes", ["uploads"]),
    ("downloaded_bytes", ["downloads"]),
    ("total_bytes", ["traffic", "daily traffic"]),
  ]
}
