import ByteBlocks
import ByteKernels
import TestSupport
import Testing

/// Sorting by keys, layouts of keys, and strings that are copied in an order.
@Suite struct SortingTests {
  @Test(arguments: [0, 1, 2, 23, 24, 25, 300, 5000]) func sortIsThatOfTheLibrary(count: Int) {
    for seed in 0..<8 {
      var random = SeededRandom(seed: seed)
      // Few keys, many keys, and keys that differ in their first or last bits only.
      let keyMask = [0x3, UInt64.max, 0xff00_0000_0000_0000, 0x7ff][seed % 4]
      let all = (0..<count).map { index in
        SortItem(key: random.next() & keyMask, list: UInt32(index % 3), place: UInt32(index))
      }
      var items = Buffer<SortItem>(count: count + 2)
      var spare = Buffer<SortItem>(count: count + 2)
      let border = SortItem(key: 1, list: 9, place: 9)
      items[0] = border
      items[count + 1] = border
      for (index, item) in all.enumerated() { items[index + 1] = item }
      items.sort(1..<count + 1, spare: &spare)
      let expected = all.sorted { ($0.key, $0.place) < ($1.key, $1.place) }
      #expect((0..<count).map { items[$0 + 1] } == expected)
      #expect(items[0] == border && items[count + 1] == border)
    }
  }

  @Test(arguments: 0..<20) func stringsAreCopiedInTheirOrder(seed: Int) {
    var random = SeededRandom(seed: seed)
    let lists = (0..<1 + random.below(3)).map { _ in
      var list = ByteStrings()
      for _ in 0..<random.below(100) { list.append(bytes: random.bytes(random.below(40))) }
      return list
    }
    var places = lists.enumerated().flatMap { list, strings in
      (0..<strings.count).map { (list, $0) }
    }
    for index in places.indices.reversed() where index > 0 {
      places.swapAt(index, random.below(index + 1))
    }
    places.removeLast(random.below(places.count + 1))
    var items = Buffer<SortItem>(count: places.count)
    for (index, (list, place)) in places.enumerated() {
      items[index] = SortItem(key: 0, list: UInt32(list), place: UInt32(place))
    }
    let gathered = ByteStrings.gathered(items, from: lists)
    #expect(gathered.count == places.count)
    for (index, (list, place)) in places.enumerated() {
      #expect(gathered[index] == lists[list][place])
    }
  }

  static let layouts: [(sizes: [Int], bits: Int)] = [
    ([0, 0, 0, 0], 2), ([1, 1, 1, 1], 2), ([2, 1, 1, 1], 3), ([3, 2, 1, 1], 5),
    ([256, 257, 1, 1], 19), ([1 << 32, 1 << 32, 1 << 32, 1], 98),
  ]

  /// Actions take two bits, days one bit more in the second half.
  @Test(arguments: layouts) func keysAreAsLongAsTheirPartsNeed(_ sizes: [Int], bits: Int) {
    for days in 1...2 {
      let layout = KeyLayout(
        days: 7..<7 + days, hosts: sizes[0], users: sizes[1], addresses: sizes[2],
        devices: sizes[3], actions: 3)
      #expect(layout.bits == bits + days - 1)
    }
  }
}
