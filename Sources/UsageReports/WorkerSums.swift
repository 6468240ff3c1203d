internal import ReportFigures

/// What one thread adds up by itself; merged when all rows are read.
struct WorkerSums: Sendable {
  struct Day: Sendable {
    var sums = Sums()
    var users = BitSet()
    var targets = BitSet()
  }
  var days: [Day]
  var users = EntitySums()
  /// Without rows of private people.
  var addresses = EntitySums()
  var devices = EntitySums()
  /// Names in rows of private people.
  private var privateAddresses = BitSet()
  private var privateDevices = BitSet()
  var hosts: [UseSums] = []
  var sources: [Sums] = []
  var tags: [Sums] = []
  /// By source, for each attribute of `AttributeColumns` the events that have it.
  private(set) var attributeEvents: [[Int64]] = []
  private static let noEvents = [Int64](repeating: 0, count: AttributeColumns.all.count)

  init(dayCount: Int) {
    days = Array(repeating: Day(), count: dayCount)
  }

  mutating func add(_ rows: UsageRows, dayIndex: Int) {
    users.grow(toHold: rows.userNumberMax)
    addresses.grow(toHold: rows.addressNumberMax)
    let deviceMax = Int(rows.devices.max() ?? 0)
    devices.grow(toHold: deviceMax)
    sources.pad(to: Int(rows.sources.max() ?? 0) + 1, with: Sums())
    tags.pad(to: Int(rows.tags.max() ?? 0) + 1, with: Sums())
    hosts.pad(to: rows.targetOfHost.count, with: UseSums())
    let (addressesOfRows, devicesOfRows) = (rows.listed(rows.addresses), rows.listed(rows.devices))
    privateAddresses.insert(rows.addresses, rows.privateRows)
    privateDevices.insert(rows.devices, rows.privateRows)
    rows.forEachChunk { range in
      users.add(rows.users.span, rows, range)
      addresses.add(addressesOfRows.span, rows, range)
      if deviceMax > 0 { devices.add(devicesOfRows.span, rows, range) }
      let sums = rows.sums(range)
      days[dayIndex].sums += sums
      UsageRows.forEachRun(rows.sources.span, range) { source, rowsOfSource in
        sources[Int(source)] += rowsOfSource == range ? sums : rows.sums(rowsOfSource)
      }
      UsageRows.forEachRun(rows.tags.span, range) { tag, rowsOfTag in
        if tag > 0 { tags[Int(tag)] += rowsOfTag == range ? sums : rows.sums(rowsOfTag) }
      }
      UsageRows.forEachRun(rows.hosts.span, range) { host, rowsOfHost in
        hosts[Int(host)] += rows.uses(rowsOfHost)
        days[dayIndex].targets.insert(rows.targetOfHost[Int(host)])
      }
    }
    var present = BitSet()
    swap(&present, &days[dayIndex].users)
    present.insert(rows.users.span, 0..<rows.count)
    swap(&present, &days[dayIndex].users)
    attributeEvents.pad(to: sources.count, with: Self.noEvents)
    UsageRows.forEachRun(rows.sources.span, 0..<rows.count) { source, range in
      attributeEvents[Int(source)].add(rows.attributeEvents(range))
    }
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
    privateAddresses.formUnion(other.privateAddresses)
    privateDevices.formUnion(other.privateDevices)
    hosts.pad(to: other.hosts.count, with: UseSums())
    for (place, more) in other.hosts.enumerated() { hosts[place] += more }
    sources.pad(to: other.sources.count, with: Sums())
    for (place, more) in other.sources.enumerated() { sources[place] += more }
    tags.pad(to: other.tags.count, with: Sums())
    for (place, more) in other.tags.enumerated() { tags[place] += more }
    attributeEvents.pad(to: other.attributeEvents.count, with: Self.noEvents)
    for (place, more) in other.attributeEvents.enumerated() { attributeEvents[place].add(more) }
  }
}

extension WorkerSums {
  /// All addresses that have events, those of private people among them.
  var addressNumbers: [UInt32] { addresses.numbers(and: privateAddresses) }

  /// The same of devices.
  var deviceNumbers: [UInt32] { devices.numbers(and: privateDevices) }
}

extension EntitySums {
  fileprivate func numbers(and others: BitSet) -> [UInt32] {
    var all = others
    for number in numbers { all.insert(number) }
    return all.numbers
  }
}

extension BitSet {
  /// Adds the numbers of some rows; 0 is none.
  fileprivate mutating func insert(_ numbers: [UInt32], _ rows: [Int]) {
    for row in rows where numbers[row] != 0 { insert(numbers[row]) }
  }
}

extension [Int64] {
  /// Adds as many numbers, one by one.
  fileprivate mutating func add(_ more: [Int64]) {
    for place in indices { self[place] += more[place] }
  }
}

extension Array {
  /// Appends `value` until there are `count`.
  fileprivate mutating func pad(to count: Int, with value: Element) {
    if self.count < count { append(contentsOf: repeatElement(value, count: count - self.count)) }
  }
}
