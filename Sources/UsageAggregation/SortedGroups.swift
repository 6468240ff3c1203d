internal import ByteBlocks
internal import ByteKernels
internal import VeiledRecords

/// How the parts of a row's key fit into one number, the most significant first: day, host, user,
/// address, device, action.
struct KeyLayout: Sendable {
  private let host, user, address, device, action: Int
  private let firstDay: UInt16
  private let day: Int
  /// Bits of a key.
  let bits: Int

  /// A layout for groups of the days `days` and for ranks below these numbers.
  init(days: Range<Int>, hosts: Int, users: Int, addresses: Int, devices: Int) {
    var above = 0
    func shift(_ size: Int) -> Int {
      defer { above += size <= 1 ? 0 : Int.bitWidth - (size - 1).leadingZeroBitCount }
      return above
    }
    action = shift(EventAction.allCases.count)
    device = shift(devices)
    address = shift(addresses)
    user = shift(users)
    host = shift(hosts)
    day = shift(days.count)
    bits = above
    firstDay = UInt16(days.lowerBound)
  }

  /// The key of a group whose numbers are ranks.
  func key<Key: FixedWidthInteger & UnsignedInteger>(of group: Group) -> Key {
    var key = Self.part(group.day &- firstDay, day) as Key
    key |= Self.part(group.host, host)
    key |= Self.part(group.user, user)
    key |= Self.part(group.address, address)
    key |= Self.part(group.device, device)
    return key | Self.part(group.action, action)
  }

  private static func part<Key: FixedWidthInteger>(
    _ value: some FixedWidthInteger, _ shift: Int
  ) -> Key {
    Key(truncatingIfNeeded: value) &<< Key(truncatingIfNeeded: shift)
  }
}

/// Sorts groups by their keys, and adds up those that share one.
///
/// The keys are cut into ranges by a sample, each range is collected, sorted by radix and merged
/// on its own, and the ranges are put one behind the other. So the result does not depend on how
/// many threads there are. A range fits into the second-level cache; what moves is a key and where
/// its group is, not the group.
struct SortedGroups<Key: FixedWidthInteger & UnsignedInteger & Sendable>: Sendable {
  private struct Item: RadixSortable, Sendable {
    var key: Key = 0
    var list: UInt32 = 0
    var place: UInt32 = 0
  }

  /// The items of one chunk, range by range: range `r` is `items[starts[r]..<starts[r + 1]]`.
  private struct Scattered: Sendable {
    var items: [Item]
    var starts: [Int]
    func range(_ range: Int) -> ArraySlice<Item> { items[starts[range]..<starts[range + 1]] }
  }

  private static var rangesMax: Int { 64 }
  private static var sampleMax: Int { 2048 }
  private static var chunkGroups: Int { 1 << 15 }
  /// Groups stand at random places of large tables.
  private static var fetchedAhead: Int { 16 }

  let partials: [FinishedPartial]
  let ranks: GroupRanks
  let layout: KeyLayout

  /// Groups in the order of their keys, with ranks for numbers; of those with one key the sum.
  func merged(_ parallel: ParallelFor) throws(SumOverflow) -> [GroupColumns] {
    let splitters = splitters()
    let chunks = partials.enumerated().flatMap { list, partial in
      stride(from: 0, to: partial.groups.count, by: Self.chunkGroups).map { start in
        (list: list, places: start..<min(partial.groups.count, start + Self.chunkGroups))
      }
    }
    let scattered = Slots<Scattered>(count: chunks.count)
    parallel(chunks.count) { chunk in
      let (list, places) = chunks[chunk]
      scattered.set(
        chunk, scatter(places, of: list, ranks.list(list), partials[list].groups, splitters))
    }
    let parts = scattered.all()
    let merged = Slots<GroupColumns?>(count: splitters.count + 1)
    parallel(splitters.count + 1) { range in
      var items: [Item] = []
      items.reserveCapacity(parts.reduce(0) { $0 + $1.range(range).count })
      for part in parts { items.append(contentsOf: part.range(range)) }
      merged.set(range, addUp(&items))
    }
    var all: [GroupColumns] = []
    for part in merged.all() {
      guard let part else { throw SumOverflow() }
      if part.count > 0 { all.append(part) }
    }
    return all
  }

  private func splitters() -> [Key] {
    let total = partials.reduce(0) { $0 + $1.groups.count }
    let count = min(Self.rangesMax, total / 4096)
    guard count > 1 else { return [] }
    let step = max(1, total / Self.sampleMax)
    let sample = partials.enumerated().flatMap { list, partial in
      let ranks = ranks.list(list)
      return stride(from: 0, to: partial.groups.count, by: step).map { place in
        layout.key(of: ranks.rank(partial.groups[place])) as Key
      }
    }.sorted()
    var splitters: [Key] = []
    for part in 1..<count {
      let splitter = sample[part * sample.count / count]
      if splitters.last != splitter { splitters.append(splitter) }
    }
    return splitters
  }

  /// The keys of groups, in the order of the ranges between splitters.
  private func scatter(
    _ places: Range<Int>, of list: Int, _ ranks: GroupRanks.List, _ table: borrowing GroupTable,
    _ splitters: [Key]
  ) -> Scattered {
    let groups = table.all()
    var keys: [Key] = []
    var ranges: [UInt8] = []
    keys.reserveCapacity(places.count)
    ranges.reserveCapacity(places.count)
    var starts = [Int](repeating: 0, count: splitters.count + 2)
    for place in places {
      let key: Key = layout.key(of: ranks.rank(groups[place]))
      let range = Self.range(of: key, splitters)
      keys.append(key)
      ranges.append(UInt8(range))
      starts[range + 1] += 1
    }
    for range in 1..<starts.count { starts[range] += starts[range - 1] }
    var items = [Item](repeating: Item(), count: places.count)
    var next = starts
    for index in keys.indices {
      let range = Int(ranges[index])
      items[next[range]] = Item(
        key: keys[index], list: UInt32(list), place: UInt32(places.lowerBound + index))
      next[range] += 1
    }
    return Scattered(items: items, starts: starts)
  }

  /// The range that `key` falls into: the number of splitters up to it.
  private static func range(of key: Key, _ splitters: [Key]) -> Int {
    var (low, high) = (0, splitters.count)
    while low < high {
      let middle = (low + high) / 2
      if splitters[middle] <= key { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// `nil` when a sum leaves its type.
  private func addUp(_ items: inout [Item]) -> GroupColumns? {
    items.radixSort(bits: layout.bits)
    let lists = partials.indices.map { ranks.list($0) }
    var merged = GroupColumns(capacity: items.count)
    var index = 0
    while index < items.count {
      let first = items[index]
      var sum = lists[Int(first.list)].rank(group(items, index))
      index += 1
      while index < items.count, items[index].key == first.key {
        guard sum.add(group(items, index)) else { return nil }
        index += 1
      }
      merged.append(sum)
    }
    return merged
  }

  /// The group of item `index`; one behind it is asked for.
  private func group(_ items: [Item], _ index: Int) -> Group {
    if index + Self.fetchedAhead < items.count {
      let later = items[index + Self.fetchedAhead]
      partials[Int(later.list)].groups.fetch(Int(later.place))
    }
    let item = items[index]
    return partials[Int(item.list)].groups[Int(item.place)]
  }
}

/// Groups as columns: tables are made of them one column at a time.
struct GroupColumns: Sendable {
  private(set) var days: [UInt16] = []
  /// Ranks.
  private(set) var users, hosts, addresses, devices: [UInt32]
  private(set) var actions, has: [UInt8]
  private(set) var events: [UInt32]
  private(set) var uploaded, downloaded, totals: [Int64]
  private(set) var firstSeen, lastSeen: [Int64]

  /// No groups, and room for `capacity`.
  init(capacity: Int) {
    let (numbers, sums): ([UInt32], [Int64]) = ([], [])
    (users, hosts, addresses, devices, events) = (numbers, numbers, numbers, numbers, numbers)
    (actions, has) = ([], [])
    (uploaded, downloaded, totals, firstSeen, lastSeen) = (sums, sums, sums, sums, sums)
    days.reserveCapacity(capacity)
    users.reserveCapacity(capacity)
    hosts.reserveCapacity(capacity)
    addresses.reserveCapacity(capacity)
    devices.reserveCapacity(capacity)
    actions.reserveCapacity(capacity)
    has.reserveCapacity(capacity)
    events.reserveCapacity(capacity)
    uploaded.reserveCapacity(capacity)
    downloaded.reserveCapacity(capacity)
    totals.reserveCapacity(capacity)
    firstSeen.reserveCapacity(capacity)
    lastSeen.reserveCapacity(capacity)
  }

  var count: Int { days.count }

  mutating func append(_ group: Group) {
    days.append(group.day)
    users.append(group.user)
    hosts.append(group.host)
    addresses.append(group.address)
    devices.append(group.device)
    actions.append(group.action)
    has.append(group.has)
    events.append(group.events)
    uploaded.append(group.uploaded)
    downloaded.append(group.downloaded)
    totals.append(group.total)
    firstSeen.append(group.firstSeen)
    lastSeen.append(group.lastSeen)
  }
}

extension Group {
  /// Adds the sums of a group with the same key; `false` when one leaves its type.
  fileprivate mutating func add(_ other: Group) -> Bool {
    let (events, a) = events.addingReportingOverflow(other.events)
    let (uploaded, b) = uploaded.addingReportingOverflow(other.uploaded)
    let (downloaded, c) = downloaded.addingReportingOverflow(other.downloaded)
    let (total, d) = total.addingReportingOverflow(other.total)
    self.events = events
    self.uploaded = uploaded
    self.downloaded = downloaded
    self.total = total
    has |= other.has
    firstSeen = min(firstSeen, other.firstSeen)
    lastSeen = max(lastSeen, other.lastSeen)
    return !(a || b || c || d)
  }
}
