internal import ByteBlocks
internal import ColumnTables
internal import TableQueries

/// The columns of a row group of `usage` that reports add up, names as numbers.
///
/// Nulls are 0: as numbers of names, and as values that add nothing.
struct UsageRows {
  static let columns = [
    "source", "host", "user", "src_ip", "device", "action", "events", "uploaded_bytes",
    "downloaded_bytes", "total_bytes", "last_seen",
  ]

  let count: Int
  /// Days since 1970-01-01, the same for all rows.
  let day: Int32
  let sources: [UInt32]
  let hosts: [UInt32]
  let targetOfHost: [UInt32]
  let targetCount: Int
  let users: [UInt32]
  let addresses: [UInt32]
  let devices: [UInt32]
  let isBlocked: [Bool]
  let events: [Int64]
  let uploaded: [Int64]
  let downloaded: [Int64]
  let total: [Int64]
  let lastSeen: [Int64]
  /// For each attribute of `AttributeColumns`, the events that have it.
  let attributeEvents: [Int64]

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
    (hosts, targetOfHost, targetCount) = book.hosts(of: column("host"))
    users = book.users.numbers(of: column("user"))
    addresses = book.addresses.numbers(of: column("src_ip"))
    devices = book.devices.numbers(of: column("device"))
    isBlocked = Self.rows(of: column("action"), that: "blocked")
    events = column("events").integers
    uploaded = column("uploaded_bytes").integers
    downloaded = column("downloaded_bytes").integers
    total = column("total_bytes").integers
    lastSeen = column("last_seen").integers
    let events = events
    attributeEvents = AttributeColumns.all.map { name, _ in
      Self.sum(events, where: column(name).isValid)
    }
  }

  private static func sum(_ values: [Int64], where isValid: [Bool]?) -> Int64 {
    guard let isValid else { return values.reduce(0, &+) }
    var sum: Int64 = 0
    for row in values.indices where isValid[row] { sum &+= values[row] }
    return sum
  }

  /// Which rows have `text`.
  private static func rows(of column: Column, that text: String) -> [Bool] {
    let wanted = Array(text.utf8)
    switch column.values {
    case .codes(let codes, let dictionary):
      let isWanted = (0..<dictionary.count).map { dictionary[$0].elementsEqual(wanted) }
      guard let isValid = column.isValid else { return codes.map { isWanted[Int($0)] } }
      return codes.indices.map { isValid[$0] && isWanted[Int(codes[$0])] }
    case .strings(let strings):
      return (0..<strings.count).map { strings[$0].elementsEqual(wanted) && !column.isNull($0) }
    default: preconditionFailure("Actions are texts.")
    }
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
