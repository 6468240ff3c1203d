/// Something that is sorted by a number.
protocol RadixSortable {
  associatedtype Key: FixedWidthInteger & UnsignedInteger
  /// What it is sorted by.
  var key: Key { get }
}

extension Array where Element: RadixSortable {
  // 11: counts of 2,048 digits stay in the first-level cache.
  private static var digitBits: Int { 11 }

  /// Sorts by the low `bits` bits of the keys, the least significant digit first; stable.
  mutating func radixSort(bits: Int) {
    guard count > 64 else { return sort { $0.key < $1.key } }
    var other = self
    for shift in stride(from: 0, to: bits, by: Self.digitBits) {
      var counts = [Int](repeating: 0, count: 1 << Self.digitBits + 1)
      for item in self { counts[Self.digit(item.key, shift) + 1] += 1 }
      if counts.contains(count) { continue }  // One digit for all: nothing moves.
      for place in 1..<counts.count { counts[place] += counts[place - 1] }
      for item in self {
        let digit = Self.digit(item.key, shift)
        other[counts[digit]] = item
        counts[digit] += 1
      }
      swap(&self, &other)
    }
  }

  private static func digit(_ key: Element.Key, _ shift: Int) -> Int {
    Int(truncatingIfNeeded: key >> Element.Key(truncatingIfNeeded: shift))
      & (1 << digitBits - 1)
  }
}
