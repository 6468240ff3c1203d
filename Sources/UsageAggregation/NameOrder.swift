internal import ByteBlocks
internal import ByteKernels

/// The used strings of several lists, in the order of their bytes.
///
/// Eight bytes of a string are a number, and numbers are sorted by radix; strings that share these
/// are sorted by the next eight. What is compared lies together by then.
struct NameOrder: ~Copyable {
  /// Fewer strings are compared with each other.
  private static let comparedMax = 16

  /// Sorted by their first eight bytes: where each stands in its list, and what it is.
  private let owners: Buffer<SortItem>
  private let strings: ByteStrings
  private let longest: Int
  /// Places in `strings`, sorted.
  private var items: Buffer<SortItem>
  private var spare: Buffer<SortItem>

  /// Number of strings.
  var count: Int { items.count }

  /// Sorts the strings that `items` stand for.
  ///
  /// - Parameters:
  ///   - lists: where the strings lie.
  ///   - items: pieces of one list of items; the key of each is eight bytes of its string.
  ///   - shared: where these eight bytes start: bytes that all strings have in common.
  init(_ lists: [ByteStrings], _ items: [[SortItem]], from shared: Int) {
    let next = items.reduce(0) { $0 + $1.count }
    var owners = Buffer<SortItem>(count: next)
    for (place, item) in items.joined().enumerated() { owners[place] = item }
    spare = Buffer(count: next)
    owners.sort(0..<next, spare: &spare)
    strings = ByteStrings.gathered(owners, from: lists)
    longest = strings.longest
    self.items = Buffer(count: next)
    for place in 0..<next {
      self.items[place] = SortItem(key: owners[place].key, list: 0, place: UInt32(place))
    }
    self.owners = owners
    settleRuns(0..<next, from: shared)
  }

  /// Bytes of all strings.
  var byteCount: Int { strings.bytes.count }

  /// The string at `index`, as its place in the list that it comes from.
  func owner(_ index: Int) -> SortItem { owners[Int(items[index].place)] }

  /// Adds the string at `index` to `sorted`, unless it is the one before it once more.
  func append(_ index: Int, to sorted: inout ByteStrings) {
    let place = Int(items[index].place)
    if index == 0 || strings.compare(Int(items[index - 1].place), place) != 0 {
      sorted.append(strings, place)
    }
  }

  /// Sorts what shares its key, in items that are sorted by the eight bytes from byte `start` on.
  private mutating func settleRuns(_ range: Range<Int>, from start: Int) {
    var first = range.lowerBound
    while first < range.upperBound {
      var end = first + 1
      while end < range.upperBound, items[end].key == items[first].key { end += 1 }
      if end - first > 1 { settle(first..<end, from: start + 8) }
      first = end
    }
  }

  /// Sorts items that are the same before byte `start`, where zeros stand behind the end.
  private mutating func settle(_ range: Range<Int>, from start: Int) {
    if range.count <= Self.comparedMax { return sortByComparing(range) }
    let isOver = start >= longest
    for index in range {
      let place = Int(items[index].place)
      // Of strings that differ in zeros at their ends, the shorter ones come first.
      items[index].key =
        isOver ? UInt64(strings.range(place).count) : strings.prefix(place, from: start)
    }
    items.sort(range, spare: &spare)
    if !isOver { settleRuns(range, from: start) }
  }

  private mutating func sortByComparing(_ range: Range<Int>) {
    for index in range.dropFirst() {
      let item = items[index]
      var place = index
      while place > range.lowerBound,
        strings.compare(Int(items[place - 1].place), Int(item.place)) > 0
      {
        items[place] = items[place - 1]
        place -= 1
      }
      items[place] = item
    }
  }
}
