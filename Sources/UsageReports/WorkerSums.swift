internal import ReportFigures

/// Sums by the number of a name, for all names of a column.
struct EntitySums: Sendable {
  private(set) var sums: [Sums] = []
  private(set) var lastSeen: [Int64] = []

  mutating func add(_ numbers: [UInt32], _ rows: UsageRows) {
    grow(to: Int(numbers.max() ?? 0) + 1)
    for row in 0..<rows.count {
      let number = Int(numbers[row])
      let events = rows.events[row]
      sums[number] += Sums(
        events: events, blocked: rows.isBlocked[row] ? events : 0, uploaded: rows.uploaded[row],
        downloaded: rows.downloaded[row], total: rows.total[row])
      lastSeen[number] = max(lastSeen[number], rows.lastSeen[row])
    }
  }

  mutating func merge(_ other: EntitySums) {
    grow(to: other.sums.count)
    for (number, more) in other.sums.enumerated() where more.events > 0 {
      sums[number] += more
      lastSeen[number] = max(lastSeen[number], other.lastSeen[number])
    }
  }

  /// The numbers that have events, without the null.
  var numbers: [UInt32] {
    sums.indices.dropFirst().filter { sums[$0].events > 0 }.map { UInt32($0) }
  }

  private mutating func grow(to count: Int) {
    guard count > sums.count else { return }
    let more = max(count - sums.count, sums.count / 2)
    sums.append(contentsOf: repeatElement(Sums(), count: more))
    lastSeen.append(contentsOf: repeatElement(.min, count: more))
  }
}

/// What one thread adds up by itself; merged when all rows are read.
struct WorkerSums: Sendable {
  struct Day: Sendable {
    var sums = Sums()
    var users = BitSet()
    var targets = BitSet()
  }
  var days: [Day]
  var users = EntitySums()
  var addresses = EntitySums()
  var devices = EntitySums()
  var hosts: [UseSums] = []
  var sources: [Sums] = []
  var attributeEvents = [Int64](repeating: 0, count: AttributeColumns.all.count)

  init(dayCount: Int) { days = Array(repeating: Day(), count: dayCount) }

  mutating func add(_ rows: UsageRows, dayIndex: Int) {
    users.add(rows.users, rows)
    addresses.add(rows.addresses, rows)
    devices.add(rows.devices, rows)
    addHosts(rows)
    addDay(rows, dayIndex)
    for (place, events) in rows.attributeEvents.enumerated() { attributeEvents[place] += events }
  }

  private mutating func addHosts(_ rows: UsageRows) {
    if hosts.count < rows.targetOfHost.count {
      hosts.append(
        contentsOf: repeatElement(UseSums(), count: rows.targetOfHost.count - hosts.count))
    }
    for row in 0..<rows.count {
      hosts[Int(rows.hosts[row])] += UseSums(
        events: rows.events[row], uploaded: rows.uploaded[row], total: rows.total[row])
    }
  }

  private mutating func addDay(_ rows: UsageRows, _ dayIndex: Int) {
    var day = Day()
    swap(&day, &days[dayIndex])
    for row in 0..<rows.count {
      let events = rows.events[row]
      let sums = Sums(
        events: events, blocked: rows.isBlocked[row] ? events : 0, uploaded: rows.uploaded[row],
        downloaded: rows.downloaded[row], total: rows.total[row])
      day.sums += sums
      day.users.insert(rows.users[row])
      day.targets.insert(rows.targetOfHost[Int(rows.hosts[row])])
      let source = Int(rows.sources[row])
      while sources.count <= source { sources.append(Sums()) }
      sources[source] += sums
    }
    swap(&day, &days[dayIndex])
  }

  mutating func merge(_ other: WorkerSums) {
    for place in days.indices {
      days[place].sums += other.days[place].sums
      days[place].users.formUnion(other.days[place].users)
      days[place].targets.formUnion(other.days[place].targets)
    }
    users.merge(other.users)
    addresses.merge(other.addresses)
    devices.merge(other.devices)
    Self.merge(other.hosts, into: &hosts, none: UseSums()) { $0 += $1 }
    Self.merge(other.sources, into: &sources, none: Sums()) { $0 += $1 }
    for place in attributeEvents.indices { attributeEvents[place] += other.attributeEvents[place] }
  }

  private static func merge<Value>(
    _ more: [Value], into values: inout [Value], none: Value, _ add: (inout Value, Value) -> Void
  ) {
    if values.count < more.count {
      values.append(contentsOf: repeatElement(none, count: more.count - values.count))
    }
    for (place, value) in more.enumerated() { add(&values[place], value) }
  }
}
