internal import ReportFigures

/// Sums by a number of 32 bits: few keys or many, in insertion order.
struct NumberedSums: Sendable {
  private(set) var keys: [UInt32] = []
  private(set) var sums: [Sums] = []
  private var places = NumberPlaces()

  mutating func add(_ key: UInt32, _ more: Sums) {
    let place = places.place(of: key, in: &keys)
    if place == sums.count { sums.append(more) } else { sums[place] += more }
  }

  /// The sums of `key`; `nil` where it was never added.
  func sums(of key: UInt32) -> Sums? { places.find(key, in: keys).map { sums[$0] } }
}

/// A set of numbers from 1 on: by hash while it has few of them, then a bit for each there is.
///
/// Most domains have a few addresses, large apps nearly all of them; either way costs little.
struct NumberSet: Sendable {
  /// So few numbers are hashed whatever they are.
  private static let hashedMin = 128
  /// A hashed number takes as much time and memory as so many bits.
  private static let bitsOfNumber = 512

  /// Numbers by hash, 0 where a place is free. A power of two, at most half full.
  private var slots: [UInt32] = []
  private var shift: UInt32 = 32
  private var hashedCount = 0
  private var largest: UInt32 = 0
  /// The numbers of a set that was complete from the start.
  private var complete: [UInt32] = []
  private var many: BitSet?

  init() {}

  /// A set that is complete: numbers that differ, to be asked and counted alone.
  init(_ numbers: [UInt32]) { complete = numbers }

  /// The same of bits.
  init(_ bits: BitSet) { many = bits }

  /// - Precondition: `number` is not 0.
  mutating func insert(_ number: UInt32) {
    if many != nil {
      many?.insert(number)
      return
    }
    if (hashedCount + 1) * 2 > slots.count { grow() }
    let slot = slot(of: number)
    if slots[slot] == number { return }
    slots[slot] = number
    hashedCount += 1
    largest = max(largest, number)
    guard hashedCount > max(Self.hashedMin, Int(largest) / Self.bitsOfNumber) else { return }
    var bits = BitSet()
    for number in slots where number != 0 { bits.insert(number) }
    many = bits
    slots = []
  }

  /// Where a number stands, or may be put.
  private func slot(of number: UInt32) -> Int {
    var slot = NumberPlaces.hash(number, shift)
    while slots[slot] != number, slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
    return slot
  }

  private mutating func grow() {
    let old = slots
    slots = [UInt32](repeating: 0, count: max(8, old.count * 2))
    shift = UInt32(32 - slots.count.trailingZeroBitCount)
    for number in old where number != 0 { slots[slot(of: number)] = number }
  }

  /// Adds the numbers of rows; 0 is none.
  mutating func insert(_ numbers: Span<UInt32>, _ range: Range<Int>) {
    if var bits = many {
      many = nil  // The only reference, so that nothing is copied.
      bits.insert(numbers, range)
      many = bits
      return
    }
    var last: UInt32 = 0
    for row in range where numbers[row] != last {
      last = numbers[row]
      if last != 0 { insert(last) }
    }
  }

  /// The numbers, in any order.
  var numbers: [UInt32] { many?.numbers ?? complete + slots.filter { $0 != 0 } }

  /// The same as bits; `nil` while there are few.
  var bits: BitSet? { many }

  /// Adds the numbers to others.
  func union(into all: inout BitSet) {
    if let many { return all.formUnion(many) }
    for number in numbers { all.insert(number) }
  }
}

/// Finds keys in an array by open addressing; the array itself stays dense.
struct NumberPlaces: Sendable {
  /// Places in the array plus one; 0 is free. A power of two, at most half full.
  private var slots: [UInt32] = []
  private var shift: UInt32 = 32

  /// The place of `key` in `keys`, behind the last one if it is new.
  mutating func place(of key: UInt32, in keys: inout [UInt32]) -> Int {
    if (keys.count + 1) * 2 > slots.count { grow(keys) }
    var slot = Self.hash(key, shift)
    while slots[slot] != 0 {
      let place = Int(slots[slot]) - 1
      if keys[place] == key { return place }
      slot = (slot + 1) & (slots.count - 1)
    }
    keys.append(key)
    slots[slot] = UInt32(keys.count)
    return keys.count - 1
  }

  func find(_ key: UInt32, in keys: [UInt32]) -> Int? {
    guard !slots.isEmpty else { return nil }
    var slot = Self.hash(key, shift)
    while slots[slot] != 0 {
      let place = Int(slots[slot]) - 1
      if keys[place] == key { return place }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  /// Where to look first: the high bits of a product are the well mixed ones.
  static func hash(_ key: UInt32, _ shift: UInt32) -> Int { Int((key &* 0x9E37_79B1) >> shift) }

  private mutating func grow(_ keys: [UInt32]) {
    let count = max(8, slots.count * 2)
    slots = [UInt32](repeating: 0, count: count)
    shift = UInt32(32 - count.trailingZeroBitCount)
    for (place, key) in keys.enumerated() {
      var slot = Self.hash(key, shift)
      while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = UInt32(place + 1)
    }
  }
}

/// A set of small numbers, a bit each.
struct BitSet: Sendable {
  private var words: [UInt64] = []

  mutating func insert(_ number: UInt32) {
    grow(toHold: number)
    words[Int(number >> 6)] |= 1 << UInt64(number & 63)
  }

  func contains(_ number: UInt32) -> Bool {
    let word = Int(number >> 6)
    return word < words.count && words[word] >> UInt64(number & 63) & 1 == 1
  }

  /// How many numbers are in `other`, too.
  func count(in other: BitSet) -> Int {
    zip(words, other.words).reduce(0) { $0 + ($1.0 & $1.1).nonzeroBitCount }
  }

  /// Adds the numbers of rows; 0 is none.
  mutating func insert(_ numbers: Span<UInt32>, _ range: Range<Int>) {
    var largest: UInt32 = 0
    for row in range { largest = max(largest, numbers[row]) }
    grow(toHold: largest)
    if words.isEmpty { return }
    let hadZero = words[0] & 1
    var target = words.mutableSpan
    for row in range {
      let number = numbers[row]
      target[Int(number >> 6)] |= 1 << UInt64(number & 63)
    }
    target[0] = target[0] & ~1 | hadZero
  }

  private mutating func grow(toHold number: UInt32) {
    let word = Int(number >> 6)
    guard word >= words.count else { return }
    words.append(contentsOf: repeatElement(0, count: max(word + 1 - words.count, words.count)))
  }

  mutating func formUnion(_ other: BitSet) {
    if words.count < other.words.count {
      words.append(contentsOf: repeatElement(0, count: other.words.count - words.count))
    }
    for (place, word) in other.words.enumerated() { words[place] |= word }
  }

  var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

  /// The numbers, from small to large.
  var numbers: [UInt32] {
    var found: [UInt32] = []
    for (place, bits) in words.enumerated() {
      var rest = bits
      while rest != 0 {
        found.append(UInt32(place * 64 + rest.trailingZeroBitCount))
        rest &= rest - 1
      }
    }
    return found
  }
}
