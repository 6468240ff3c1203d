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
/// many threads there are. A range fits into the second-level cache.
struct SortedGroups<Key: FixedWidthInteger & UnsignedInteger & Sendable>: Sendable {
  private struct Item: RadixSortable {
    var key: Key
    var place: UInt32
  }

  private static var rangesMax: Int { 64 }
  private static var sampleMax: Int { 2048 }
  private static var chunkGroups: Int { 1 << 15 }

  let partials: [FinishedPartial]
  let ranks: GroupRanks
  let layout: KeyLayout

  /// Groups in the order of their keys, with ranks for numbers; of those with one key the sum.
  func merged(_ parallel: ParallelFor) throws(SumOverflow) -> [Group] {
    let splitters = splitters()
    let chunks = partials.enumerated().flatMap { list, partial in
      stride(from: 0, to: partial.groups.count, by: Self.chunkGroups).map { start in
        (list: list, places: start..<min(partial.groups.count, start + Self.chunkGroups))
      }
    }
    let scattered = Slots<[[Group]]>(count: chunks.count)
    parallel(chunks.count) { chunk in
      let (list, places) = chunks[chunk]
      scattered.set(
        chunk, scatter(places, ranks.list(list), partials[list].groups, splitters))
    }
    let parts = scattered.all()
    let merged = Slots<[Group]?>(count: splitters.count + 1)
    parallel(splitters.count + 1) { range in
      var groups: [Group] = []
      groups.reserveCapacity(parts.reduce(0) { $0 + $1[range].count })
      for part in parts { groups.append(contentsOf: part[range]) }
      merged.set(range, addUp(groups))
    }
    var all: [Group] = []
    all.reserveCapacity(partials.reduce(0) { $0 + $1.groups.count })
    for slice in merged.all() {
      guard let slice else { throw SumOverflow() }
      all.append(contentsOf: slice)
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

  /// Groups with ranks, a list for every range between splitters.
  private func scatter(
    _ places: Range<Int>, _ ranks: GroupRanks.List, _ table: borrowing GroupTable,
    _ splitters: [Key]
  ) -> [[Group]] {
    let groups = table.all()
    var lists = [[Group]](repeating: [], count: splitters.count + 1)
    for list in lists.indices { lists[list].reserveCapacity(places.count / lists.count * 5 / 4) }
    for place in places {
      let group = ranks.rank(groups[place])
      let key: Key = layout.key(of: group)
      var (low, high) = (0, splitters.count)
      while low < high {
        let middle = (low + high) / 2
        if splitters[middle] <= key { low = middle + 1 } else { high = middle }
      }
      lists[low].append(group)
    }
    return lists
  }

  /// `nil` when a sum leaves its type.
  private func addUp(_ groups: [Group]) -> [Group]? {
    var items: [Item] = []
    items.reserveCapacity(groups.count)
    for place in groups.indices {
      items.append(Item(key: layout.key(of: groups[place]), place: UInt32(place)))
    }
    items.radixSort(bits: layout.bits)
    var merged: [Group] = []
    merged.reserveCapacity(items.count)
    var last: Key?
    for item in items {
      if item.key == last {
        guard merged[merged.count - 1].add(groups[Int(item.place)]) else { return nil }
      } else {
        merged.append(groups[Int(item.place)])
        last = item.key
      }
    }
    return merged
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
