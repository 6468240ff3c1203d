import ByteBlocks

/// Parents of hosts and the length of the registrable domain in each; a plain open hash table.
struct ParentTable {
  private var keys = ByteStrings()
  private var values: [UInt8] = []
  /// Indices into `keys` plus one; 0 is free.
  ///
  /// A power of two, at most half full.
  private var slots: [Int32] = Array(repeating: 0, count: 256)

  /// Number of parents.
  var count: Int { values.count }

  /// The value of the parent `text[start..<end]`, or `nil` when it is not known.
  func find(_ text: Span<UInt8>, from start: Int, to end: Int) -> Int? {
    var slot = Int(Self.hash(text, from: start, to: end)) & (slots.count - 1)
    while slots[slot] != 0 {
      let index = Int(slots[slot]) - 1
      if equals(index, text, from: start, to: end) { return Int(values[index]) }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  /// Adds a parent that is not there yet; forgets all others when there are `parentsMax`.
  mutating func insert(
    _ text: Span<UInt8>,
    from start: Int,
    to end: Int,
    value: Int,
    parentsMax: Int
  ) {
    if count >= parentsMax { self = ParentTable() }
    if (count + 1) * 2 > slots.count { grow() }
    keys.append(bytes: text.extracting(start..<end))
    values.append(UInt8(clamping: value))
    place(count - 1, hash: Self.hash(text, from: start, to: end))
  }

  private func equals(_ index: Int, _ text: Span<UInt8>, from start: Int, to end: Int) -> Bool {
    let range = keys.range(index)
    guard range.count == end - start else { return false }
    for offset in 0..<range.count
    where keys.bytes[range.lowerBound + offset] != text[start + offset] {
      return false
    }
    return true
  }

  private mutating func grow() {
    slots = Array(repeating: 0, count: slots.count * 2)
    for index in values.indices {
      let range = keys.range(index)
      place(index, hash: Self.hash(keys.bytes.span, from: range.lowerBound, to: range.upperBound))
    }
  }

  private mutating func place(_ index: Int, hash: UInt32) {
    var slot = Int(hash) & (slots.count - 1)
    while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
    slots[slot] = Int32(index + 1)
  }

  private static func hash(_ text: Span<UInt8>, from start: Int, to end: Int) -> UInt32 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for index in start..<end { hash = (hash ^ UInt64(text[index])) &* 0x0000_0100_0000_01B3 }
    return UInt32(truncatingIfNeeded: (hash &* 0x9E37_79B9_7F4A_7C15) >> 32)
  }
}
