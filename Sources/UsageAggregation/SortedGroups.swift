internal import ByteBlocks
internal import ByteKernels

/// How the parts of a row's key fit into one number, the most significant first.
struct KeyLayout {
  let shifts: [Int]
  let bits: Int

  /// Parts with values of 0 up to, not including, each of `sizes`.
  init(sizes: [Int]) {
    let widths = sizes.map { size in
      size <= 1 ? 0 : Int.bitWidth - (size - 1).leadingZeroBitCount
    }
    bits = widths.reduce(0, +)
    var below = bits
    shifts = widths.map { width in
      below -= width
      return below
    }
  }
}

/// Sorts groups by their keys, and adds up those that share one.
///
/// The keys are cut into ranges by a sample, each range is collected, sorted by radix and merged
/// on its own, and the ranges are put one behind the other. So the result does not depend on how
/// many threads there are.
struct SortedGroups<Key: FixedWidthInteger & UnsignedInteger & Sendable> {
  private struct Item: Sendable {
    var key: Key
    var list: UInt32
    var place: UInt32
  }

  private static var rangesMax: Int { 32 }
  private static var sampleMax: Int { 2048 }
  private static var chunkGroups: Int { 1 << 15 }

  /// Groups in the order of `key`; of those with one key the sum, with the key of the first.
  static func merge(
    _ lists: [[Group]], bits: Int, parallel: ParallelFor, key: @Sendable @escaping (Group) -> Key
  ) throws(SumOverflow) -> [Group] {
    let splitters = splitters(lists, key)
    let ranges = splitters.count + 1
    let chunks = lists.enumerated().flatMap { list, groups in
      stride(from: 0, to: groups.count, by: chunkGroups).map { start in
        (list: list, places: start..<min(groups.count, start + chunkGroups))
      }
    }
    let scattered = Slots<[[Item]]>(count: chunks.count)
    parallel(chunks.count) { chunk in
      let (list, places) = chunks[chunk]
      scattered.set(chunk, scatter(places, of: list, lists[list], splitters, key))
    }
    let items = scattered.all()
    let merged = Slots<[Group]?>(count: ranges)
    parallel(ranges) { range in
      var items = Array(items.lazy.map { $0[range] }.joined())
      sort(&items, bits: bits)
      merged.set(range, addUp(items, lists))
    }
    var all: [Group] = []
    all.reserveCapacity(lists.reduce(0) { $0 + $1.count })
    for slice in merged.all() {
      guard let slice else { throw SumOverflow() }
      all.append(contentsOf: slice)
    }
    return all
  }

  /// The keys of some groups, a list for every range between splitters.
  private static func scatter(
    _ places: Range<Int>, of list: Int, _ groups: [Group], _ splitters: [Key],
    _ key: (Group) -> Key
  ) -> [[Item]] {
    var lists = [[Item]](repeating: [], count: splitters.count + 1)
    for list in lists.indices { lists[list].reserveCapacity(places.count / lists.count * 5 / 4) }
    for place in places {
      let key = key(groups[place])
      var (low, high) = (0, splitters.count)
      while low < high {
        let middle = (low + high) / 2
        if splitters[middle] <= key { low = middle + 1 } else { high = middle }
      }
      lists[low].append(Item(key: key, list: UInt32(list), place: UInt32(place)))
    }
    return lists
  }

  private static func splitters(_ lists: [[Group]], _ key: (Group) -> Key) -> [Key] {
    let total = lists.reduce(0) { $0 + $1.count }
    let count = min(rangesMax, total / 4096)
    guard count > 1 else { return [] }
    let step = max(1, total / sampleMax)
    let sample = lists.flatMap { groups in
      stride(from: 0, to: groups.count, by: step).map { key(groups[$0]) }
    }.sorted()
    var splitters: [Key] = []
    for part in 1..<count {
      let splitter = sample[part * sample.count / count]
      if splitters.last != splitter { splitters.append(splitter) }
    }
    return splitters
  }

  /// Radix sort, the least significant digit first; stable.
  private static func sort(_ items: inout [Item], bits: Int) {
    guard items.count > 64 else { return items.sort { $0.key < $1.key } }
    var other = items
    for shift in stride(from: 0, to: bits, by: 11) {
      var counts = [Int](repeating: 0, count: 2049)
      for item in items { counts[digit(item.key, shift) + 1] += 1 }
      if counts.contains(items.count) { continue }  // One digit for all: nothing moves.
      for place in 1...2048 { counts[place] += counts[place - 1] }
      for item in items {
        let digit = digit(item.key, shift)
        other[counts[digit]] = item
        counts[digit] += 1
      }
      swap(&items, &other)
    }
  }

  private static func digit(_ key: Key, _ shift: Int) -> Int {
    Int(truncatingIfNeeded: key >> Key(truncatingIfNeeded: shift)) & 2047
  }

  /// `nil` when a sum leaves its type.
  private static func addUp(_ items: [Item], _ lists: [[Group]]) -> [Group]? {
    var merged: [Group] = []
    merged.reserveCapacity(items.count)
    var last: Key?
    for item in items {
      let group = lists[Int(item.list)][Int(item.place)]
      if item.key == last {
        guard merged[merged.count - 1].add(group) else { return nil }
      } else {
        merged.append(group)
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
