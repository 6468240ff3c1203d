import ByteBlocks

/// The distinct strings of a chunk, sorted by bytes, and each row's code.
struct StringDictionary {
  private(set) var strings = ByteStrings()
  /// A code a row of the chunk; null rows have 0.
  private(set) var codes: [UInt32] = []

  /// Steps past which a search gives up: strings made to collide must not cost squared time.
  private static let probesMax = 128

  /// `nil`: a dictionary does not pay.
  init?(_ values: ByteStrings, isValid: [Bool]?, rows: Range<Int>, options: ParquetOptions) {
    let valueCount = isValid.map { countTrue($0.span.extracting(rows)) } ?? rows.count
    let keysMax = valueCount * options.dictionaryDistinctPercentMax / 100
    var table = SlotTable()
    var hashes: [UInt64] = []
    codes.reserveCapacity(rows.count)
    for row in rows {
      if let isValid, !isValid[row] {
        codes.append(0)
        continue
      }
      let string = values.span(row)
      guard
        let code = find(string, hash: Self.hash(string), in: &table, &hashes),
        strings.count <= keysMax,
        strings.bytes.count + 4 * strings.count <= options.dictionaryBytesMax
      else { return nil }
      codes.append(code)
    }
    sort()
  }

  private mutating func find(
    _ string: Span<UInt8>,
    hash: UInt64,
    in table: inout SlotTable,
    _ hashes: inout [UInt64]
  ) -> UInt32? {
    var slot = table.slot(of: hash)
    for _ in 0..<Self.probesMax {
      let code = table[slot]
      if code == SlotTable.free {
        table[slot] = UInt32(strings.count)
        strings.append(bytes: string)
        hashes.append(hash)
        if table.isFull(strings.count) {
          table.grow()
          for (index, hash) in hashes.enumerated() { table.insert(UInt32(index), hash: hash) }
        }
        return UInt32(strings.count - 1)
      }
      if hashes[Int(code)] == hash, compareBytes(strings.span(Int(code)), string) == 0 {
        return code
      }
      slot = table.next(slot)
    }
    return nil
  }

  /// Puts the strings in order and renames the codes.
  private mutating func sort() {
    let (order, ranks) = strings.sortedOrder()
    var sorted = ByteStrings()
    sorted.reserve(strings: strings.count, bytes: strings.bytes.count)
    for index in order { sorted.append(bytes: strings.span(index)) }
    strings = sorted
    guard !ranks.isEmpty else { return }
    for i in codes.indices { codes[i] = ranks[Int(codes[i])] }
  }

  /// Eight bytes a step; good enough to spread, not meant to withstand anybody.
  private static func hash(_ string: Span<UInt8>) -> UInt64 {
    let bytes = string.raw
    var hash = UInt64(truncatingIfNeeded: string.count) &* 0x9E37_79B9_7F4A_7C15
    var i = 0
    while i + 8 <= string.count {
      hash = mix(hash ^ bytes.number(at: i, as: UInt64.self))
      i += 8
    }
    var last: UInt64 = 0
    while i < string.count {
      last = last << 8 | UInt64(string[i])
      i += 1
    }
    return mix(hash ^ last)
  }

  @inline(__always)
  private static func mix(_ number: UInt64) -> UInt64 {
    let product = number.multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
    return product.high ^ product.low
  }
}

extension ByteStrings {
  /// The strings' indices in the order of their bytes, and each string's rank in it.
  func sortedOrder() -> (order: [Int], ranks: [UInt32]) {
    let order = (0..<count).sorted { compareBytes(span($0), span($1)) < 0 }
    var ranks = [UInt32](repeating: 0, count: count)
    for (rank, index) in order.enumerated() { ranks[index] = UInt32(rank) }
    return (order, ranks)
  }
}
