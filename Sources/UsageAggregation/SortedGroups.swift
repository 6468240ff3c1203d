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
    var merged: [Group] = []
    merged.reserveCapacity(items.count)
    var last: Key?
    for (index, item) in items.enumerated() {
      if index + Self.fetchedAhead < items.count {
        let later = items[index + Self.fetchedAhead]
        partials[Int(later.list)].groups.fetch(Int(later.place))
      }
      let group = partials[Int(item.list)].groups[Int(item.place)]
      if item.key == last {
        guard merged[merged.count - 1].add(group) else { return nil }
      } else {
        merged.append(lists[Int(item.list)].rank(group))
        last = item.key
      }
    }
    return GroupColumns(merged)
  }
}

/// Groups as columns: tables are made of them one column at a time.
struct GroupColumns: Sendable {
  let days: [UInt16]
  /// Ranks.
  let users, hosts, addresses, devices: [UInt32]
  let actions, has: [UInt8]
  let events: [UInt32]
  let uploaded, downloaded, totals: [Int64]
  let firstSeen, lastSeen: [Int64]

  init(_ groups: [Group]) {
    days = groups.map(\.day)
    users = groups.map(\.user)
    hosts = groups.map(\.host)
    addresses = groups.map(\.address)
    devices = groups.map(\.device)
    actions = groups.map(\.action)
    has = groups.map(\.has)
    events = groups.map(\.events)
    uploaded = groups.map(\.uploaded)
    downloaded = groups.map(\.downloaded)
    totals = groups.map(\.total)
    firstSeen = groups.map(\.firstSeen)
    lastSeen = groups.map(\.lastSeen)
  }

  var count: Int { days.count }
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
