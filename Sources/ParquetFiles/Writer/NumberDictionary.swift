/// The distinct numbers of a chunk, in the order in which they come, and each row's code.
struct NumberDictionary<Number: FixedWidthInteger & SignedInteger & BitwiseCopyable> {
  private(set) var keys: [Number] = []
  /// A code a row; null rows have 0.
  private(set) var codes: [UInt32] = []
  /// The codes of the smallest numbers, which need no search: statuses, counts of events.
  private var smallCodes = [UInt32](repeating: SlotTable.free, count: 1 << 10)

  /// Steps past which a search gives up: numbers made to collide must not cost squared time.
  private static var probesMax: Int { 128 }
  /// After so many rows a look back: with more than this share of new numbers the search ends.
  ///
  /// Filling a dictionary up to its limit, only to drop it, costs four times what deltas do.
  private static var trialRows: Int { 1 << 14 }
  private static var trialKeysMax: Int { trialRows / 2 }

  /// `nil`: a dictionary does not pay.
  init?(_ values: [Number], isValid: [Bool]?, rows: Range<Int>, options: ParquetOptions) {
    let numbers = values.span.extracting(rows)
    let valueCount = isValid.map { countTrue($0.span.extracting(rows)) } ?? rows.count
    let keysMax = min(
      valueCount * options.dictionaryDistinctNumbersPercentMax / 100,
      options.dictionaryBytesMax / MemoryLayout<Number>.size
    )
    guard keysMax > 0 else { return nil }
    var table = SlotTable()
    codes.reserveCapacity(rows.count)
    var previous: Number?
    var code: UInt32 = 0
    for i in 0..<numbers.count {
      if let isValid, !isValid[rows.lowerBound + i] {
        codes.append(0)
        continue
      }
      let number = numbers[i]
      if i == Self.trialRows, keys.count > Self.trialKeysMax { return nil }
      if number != previous {
        guard let found = find(number, in: &table, keysMax: keysMax) else { return nil }
        code = found
        previous = number
      }
      codes.append(code)
    }
  }

  /// The code of `number`, a new one if need be; `nil` when there are too many.
  private mutating func find(
    _ number: Number,
    in table: inout SlotTable,
    keysMax: Int
  ) -> UInt32? {
    if let small = Int(exactly: number), smallCodes.indices.contains(small) {
      if smallCodes[small] == SlotTable.free {
        guard keys.count < keysMax else { return nil }
        smallCodes[small] = UInt32(keys.count)
        keys.append(number)
      }
      return smallCodes[small]
    }
    var slot = table.slot(of: UInt64(truncatingIfNeeded: number))
    for _ in 0..<Self.probesMax {
      let code = table[slot]
      if code == SlotTable.free {
        guard keys.count < keysMax else { return nil }
        table[slot] = UInt32(keys.count)
        keys.append(number)
        if table.isFull(keys.count) {
          table.grow()
          for (index, key) in keys.enumerated() {
            table.insert(UInt32(index), hash: UInt64(truncatingIfNeeded: key))
          }
        }
        return UInt32(keys.count - 1)
      }
      if keys[Int(code)] == number { return code }
      slot = table.next(slot)
    }
    return nil
  }
}

/// The slots of an open-addressing hash table: indices of keys that its user holds.
struct SlotTable {
  static let free = UInt32.max

  private var slots = [UInt32](repeating: SlotTable.free, count: 1 << 10)
  private var bits: UInt64 = 10

  subscript(slot: Int) -> UInt32 {
    get { slots[slot] }
    set { slots[slot] = newValue }
  }

  /// Where the search for a key of `hash` begins.
  func slot(of hash: UInt64) -> Int {
    // The golden ratio of 2^64 spreads numbers that differ in low bits only.
    Int(truncatingIfNeeded: (hash &* 0x9E37_79B9_7F4A_7C15) &>> (64 &- bits))
  }

  func next(_ slot: Int) -> Int { (slot &+ 1) & (slots.count &- 1) }

  /// Whether `count` keys are more than half of the slots.
  func isFull(_ count: Int) -> Bool { count * 2 > slots.count }

  /// Four times the slots, all free.
  mutating func grow() {
    bits += 2
    slots = [UInt32](repeating: Self.free, count: slots.count * 4)
  }

  /// Takes the first free slot for `index`.
  mutating func insert(_ index: UInt32, hash: UInt64) {
    var slot = slot(of: hash)
    while slots[slot] != Self.free { slot = next(slot) }
    slots[slot] = index
  }
}
