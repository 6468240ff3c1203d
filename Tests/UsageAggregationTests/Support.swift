import ByteBlocks
import ByteKernels
import ColumnTables
import TestSupport
import UsageAggregation
import VeiledRecords

/// One event with names, as nothing in the product has it.
struct NamedEvent {
  var user: [UInt8]?
  var host: [UInt8] = Array("a.example".utf8)
  var address: [UInt8]?
  var device: [UInt8]?
  var action = EventAction.unknown
  var event = TestEvent()
}

/// One row of the table, as a person would write it down.
struct Row: Equatable, CustomStringConvertible {
  var day: Int64
  /// App, host, user, source address, device and action: the key's texts; `nil` sorts first.
  var key: [[UInt8]?]
  var appID: Int64?
  var category: [UInt8]?
  var domain: [UInt8]?
  var events: Int64 = 0
  var uploaded: Int64?
  var downloaded: Int64?
  var total: Int64?
  var firstSeen = Int64.max
  var lastSeen = Int64.min

  var description: String {
    let texts = (key + [category, domain]).map {
      $0.map { String(decoding: $0, as: UTF8.self) } ?? "-"
    }
    let numbers = [appID, events, uploaded, downloaded, total, firstSeen, lastSeen]
    return "\(day) \(texts) \(numbers.map { $0.map(String.init) ?? "-" })"
  }

  static func precedes(_ a: Row, _ b: Row) -> Bool {
    if a.day != b.day { return a.day < b.day }
    for (a, b) in zip(a.key, b.key) where a != b {
      guard let a, let b else { return a == nil }
      return a.lexicographicallyPrecedes(b)
    }
    return false
  }
}

/// What a test says of a host.
struct HostFacts {
  var app: HostClasses.App?
  /// The end of the host's name.
  var domain: String?
}

extension HostClasses {
  init(_ names: ByteStrings, _ facts: ([UInt8]) -> HostFacts) {
    var apps: [App] = []
    let hosts = (0..<names.count).map { place in
      let facts = facts(Array(names[place]))
      if let app = facts.app, !apps.contains(app) { apps.append(app) }
      let end = names[place].count
      return Host(
        app: facts.app.flatMap { apps.firstIndex(of: $0) }.map { UInt32($0 + 1) } ?? 0,
        domain: end - (facts.domain?.utf8.count ?? 0)..<end)
    }
    self.init(apps: apps, hosts: hosts)
  }
}

/// What the naive way makes of events: a dictionary of rows, sorted at the end.
func naiveRows(_ events: [NamedEvent], classes: ([UInt8]) -> HostFacts) -> [Row] {
  struct Key: Hashable {
    var day: Int64
    var texts: [[UInt8]?]
  }
  var rows: [Key: Row] = [:]
  for named in events where named.event.status == 0 {
    let event = named.event
    let hostClass = classes(named.host)
    let day = event.time / 86_400_000_000
    let texts = [
      hostClass.app.map { Array($0.name.utf8) }, named.host, named.user, named.address,
      named.device, named.action.word.map { Array($0.utf8) },
    ]
    let key = Key(day: day, texts: texts)
    var row = rows[key] ?? Row(day: day, key: texts)
    row.appID = hostClass.app.map { Int64($0.id) }
    row.category = hostClass.app.map { Array($0.category.utf8) }
    row.domain = hostClass.domain.map { Array($0.utf8) }
    row.events += 1
    if let more = event.uploaded { row.uploaded = (row.uploaded ?? 0) + more }
    if let more = event.downloaded { row.downloaded = (row.downloaded ?? 0) + more }
    if let more = event.total { row.total = (row.total ?? 0) + more }
    row.firstSeen = min(row.firstSeen, event.time)
    row.lastSeen = max(row.lastSeen, event.time)
    rows[key] = row
  }
  return rows.values.sorted(by: Row.precedes)
}

/// One thread's numbers: a name may have two of them, and some are never used.
struct LocalNumbers {
  var names = VeiledNames()
  private var known: [PartialKeyPath<VeiledNames>: [[UInt8]: [UInt32]]] = [:]

  mutating func number(
    of name: [UInt8]?,
    in list: WritableKeyPath<VeiledNames, ByteStrings>,
    _ random: inout SeededRandom
  ) -> UInt32 {
    guard let name else { return 0 }
    if random.once(in: 10) { names[keyPath: list].append(bytes: Array("unused".utf8)) }
    if let numbers = known[list]?[name], !random.once(in: 20) { return random.one(of: numbers) }
    let number = UInt32(names[keyPath: list].count)
    names[keyPath: list].append(bytes: name)
    known[list, default: [:]][name, default: []].append(number)
    return number
  }
}

/// One thread's share of some events, added in several batches.
func makePartial(_ events: ArraySlice<NamedEvent>, _ random: inout SeededRandom) throws
  -> FinishedPartial
{
  var numbers = LocalNumbers()
  let numbered = events.map { named in
    var event = named.event
    event.user = numbers.number(of: named.user, in: \.users, &random)
    event.host = numbers.number(of: named.host, in: \.hosts, &random)
    event.address = numbers.number(of: named.address, in: \.addresses, &random)
    event.device = numbers.number(of: named.device, in: \.devices, &random)
    event.action = named.action.rawValue
    return event
  }
  var partial = UsagePartial()
  var rest = numbered[...]
  while !rest.isEmpty {
    let count = min(rest.count, 1 + random.below(500))
    try partial.add(makeBatch(Array(rest.prefix(count))))
    rest = rest.dropFirst(count)
    if random.once(in: 3) {
      var more = UsagePartial()
      try more.add(makeBatch(Array(rest.prefix(50))))
      try partial.add(more)
      rest = rest.dropFirst(50)
    }
  }
  return FinishedPartial(partial, names: numbers.names)
}

func makeBatch(_ events: [TestEvent]) -> VeiledBatch {
  VeiledBatch(events: makeColumns(events), counts: LineCounts(), rejects: [])
}

/// Reads the rows of a table back.
func readRows(_ table: Table, day: Int64) -> [Row] {
  func text(_ name: String, _ row: Int) -> [UInt8]? {
    guard let column = table.column(name), !column.isNull(row),
      case .codes(let codes, let dictionary) = column.values
    else { return nil }
    return Array(dictionary[Int(codes[row])])
  }
  func number(_ name: String, _ row: Int) -> Int64? {
    guard let column = table.column(name), !column.isNull(row) else { return nil }
    switch column.values {
    case .int32s(let values): return Int64(values[row])
    case .int64s(let values): return values[row]
    default: return nil
    }
  }
  return (0..<table.rowCount).map { row in
    Row(
      day: day,
      key: ["app", "host", "user", "src_ip", "device", "action"].map { text($0, row) },
      appID: number("app_id", row),
      category: text("category", row),
      domain: text("domain", row),
      events: number("events", row) ?? 0,
      uploaded: number("uploaded_bytes", row),
      downloaded: number("downloaded_bytes", row),
      total: number("total_bytes", row),
      firstSeen: number("first_seen", row) ?? 0,
      lastSeen: number("last_seen", row) ?? 0
    )
  }
}

/// Whether two tables are the same to the last byte.
func areSame(_ a: Table, _ b: Table) -> Bool {
  a.schema == b.schema && a.rowCount == b.rowCount
    && zip(a.columns, b.columns).allSatisfy { a, b in
      guard a.isValid == b.isValid else { return false }
      return switch (a.values, b.values) {
      case (.booleans(let a), .booleans(let b)): a == b
      case (.int32s(let a), .int32s(let b)): a == b
      case (.int64s(let a), .int64s(let b)): a == b
      case (.strings(let a), .strings(let b)): a == b
      case (.codes(let a, let names), .codes(let b, let others)): a == b && names == others
      default: false
      }
    }
}

/// Does all calls on this thread, the last one first.
func backwards(_ count: Int, _ body: @Sendable (Int) -> Void) {
  for index in (0..<count).reversed() { body(index) }
}

/// Does all calls on this thread, in order.
func inOrder(_ count: Int, _ body: @Sendable (Int) -> Void) {
  for index in 0..<count { body(index) }
}
