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
/// many threads there are. Only keys move; a group is read once more, when it is its turn.
struct SortedGroups<Key: FixedWidthInteger & UnsignedInteger & Sendable>: Sendable {
  private struct Item: RadixSortable, Sendable {
    var key: Key
    var list: UInt32
    var place: UInt32
  }

  private static var rangesMax: Int { 32 }
  private static var sampleMax: Int { 2048 }
  private static var chunkGroups: Int { 1 << 15 }

  let partials: [FinishedPartial]
  /// Bits of the keys.
  let bits: Int
  /// Puts ranks in place of the numbers of one list.
  let rank: @Sendable (Group, _ list: Int) -> Group
  /// The key of a group with ranks.
  let key: @Sendable (Group) -> Key

  /// Groups in the order of their keys; of those with one key the sum.
  func merged(_ parallel: ParallelFor) throws(SumOverflow) -> [Group] {
    let splitters = splitters()
    let chunks = partials.enumerated().flatMap { list, partial in
      stride(from: 0, to: partial.groups.count, by: Self.chunkGroups).map { start in
        (list: list, places: start..<min(partial.groups.count, start + Self.chunkGroups))
      }
    }
    let scattered = Slots<[[Item]]>(count: chunks.count)
    parallel(chunks.count) { chunk in
      let (list, places) = chunks[chunk]
      scattered.set(chunk, scatter(places, list, partials[list].groups, splitters))
    }
    let items = scattered.all()
    let merged = Slots<[Group]?>(count: splitters.count + 1)
    parallel(splitters.count + 1) { range in
      var items = Array(items.lazy.map { $0[range] }.joined())
      items.radixSort(bits: bits)
      merged.set(range, addUp(items))
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
      stride(from: 0, to: partial.groups.count, by: step).map { place in
        key(rank(partial.groups[place], list))
      }
    }.sorted()
    var splitters: [Key] = []
    for part in 1..<count {
      let splitter = sample[part * sample.count / count]
      if splitters.last != splitter { splitters.append(splitter) }
    }
    return splitters
  }

  /// The keys of some groups, a list for every range between splitters.
  private func scatter(
    _ places: Range<Int>, _ list: Int, _ table: borrowing GroupTable, _ splitters: [Key]
  ) -> [[Item]] {
    let groups = table.all()
    var lists = [[Item]](repeating: [], count: splitters.count + 1)
    for list in lists.indices { lists[list].reserveCapacity(places.count / lists.count * 5 / 4) }
    for place in places {
      let key = key(rank(groups[place], list))
      var (low, high) = (0, splitters.count)
      while low < high {
        let middle = (low + high) / 2
        if splitters[middle] <= key { low = middle + 1 } else { high = middle }
      }
      lists[low].append(Item(key: key, list: UInt32(list), place: UInt32(place)))
    }
    return lists
  }

  /// `nil` when a sum leaves its type.
  private func addUp(_ items: [Item]) -> [Group]? {
    var merged: [Group] = []
    merged.reserveCapacity(items.count)
    var last: Key?
    for item in items {
      let group = partials[Int(item.list)].groups[Int(item.place)]
      if item.key == last {
        guard merged[merged.count - 1].add(group) else { return nil }
      } else {
        merged.append(rank(group, Int(item.list)))
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
