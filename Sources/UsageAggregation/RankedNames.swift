package import ByteBlocks

/// The distinct strings of several lists, sorted by bytes, and the place of each string in them.
package struct RankedNames: Sendable {
  /// Sorted, each once. Place 0 is "none": empty.
  package private(set) var sorted = ByteStrings([""])
  /// For every list, for every number: the place in `sorted`; 0 where the number is not used.
  package private(set) var ranks: [[UInt32]]

  /// One string: the eight bytes behind what all share, and where it stands.
  private struct Entry: RadixSortable {
    var key: UInt64
    var place: UInt32
  }

  /// Ranks the strings that `isUsed` marks.
  package init(_ lists: [ByteStrings], isUsed: [[Bool]]) {
    ranks = lists.map { Array(repeating: 0, count: $0.count) }
    var strings = ByteStrings()
    var owners: [(list: UInt32, number: UInt32)] = []
    let count = lists.reduce(0) { $0 + $1.count }
    strings.reserve(strings: count, bytes: lists.reduce(0) { $0 + $1.bytes.count })
    owners.reserveCapacity(count)
    for (list, used) in isUsed.enumerated() {
      for number in used.indices where number > 0 && used[number] {
        strings.append(lists[list], number)
        owners.append((UInt32(list), UInt32(number)))
      }
    }
    let order = Self.sortedPlaces(of: strings)
    sorted.reserve(strings: strings.count, bytes: strings.bytes.count)
    for (position, place) in order.enumerated() {
      if position == 0 || strings.compare(order[position - 1], place) != 0 {
        sorted.append(strings, place)
      }
      ranks[Int(owners[place].list)][Int(owners[place].number)] = UInt32(sorted.count - 1)
    }
  }

  /// Ranks one list of texts, of which the first is "none"; `nil` and empty ones have rank 0.
  ///
  /// By their bytes: texts that Swift takes for equal although they are spelled differently differ.
  init(_ texts: [String?]) {
    self.init([ByteStrings(texts.map { $0 ?? "" })], isUsed: [texts.map { $0?.isEmpty == false }])
  }

  /// Most strings are told apart by their first bytes; only the others are compared.
  private static func sortedPlaces(of strings: ByteStrings) -> [Int] {
    let shared = strings.sharedPrefix()
    var entries = (0..<strings.count).map {
      Entry(key: strings.prefix($0, from: shared), place: UInt32($0))
    }
    entries.radixSort(bits: 64)
    var start = 0
    for end in entries.indices.map({ $0 + 1 })
    where end == entries.count || entries[end].key != entries[start].key {
      if end - start > 1 {
        entries[start..<end].sort {
          strings.compare(Int($0.place), Int($1.place), from: shared) < 0
        }
      }
      start = end
    }
    return entries.map { Int($0.place) }
  }
}
