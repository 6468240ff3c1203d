/// Collects a column of numbers.
struct NumberSink<Number: FixedWidthInteger & SignedInteger & BitwiseCopyable>: ColumnSink {
  static var nullRow: Number { 0 }
  var rows: [Number] = []
  private var dictionary: [Number] = []

  mutating func beginChunk() { dictionary = [] }

  mutating func readDictionary(
    _ page: Span<UInt8>,
    end: Int,
    count: Int,
    offset: Int
  ) throws(ParquetError) {
    var position = 0
    try Plain.read(
      page,
      at: &position,
      end: end,
      count: count,
      into: &dictionary,
      page: offset
    )
    guard position == end else { throw .damaged(.plainValues, offset: offset) }
  }

  mutating func readValues(
    _ page: Span<UInt8>,
    at position: inout Int,
    end: Int,
    count: Int,
    encoding: Encoding,
    offset: Int
  ) throws(ParquetError) -> Bool {
    switch encoding {
    case .plain:
      try Plain.read(page, at: &position, end: end, count: count, into: &rows, page: offset)
    case .deltaBinaryPacked:
      try DeltaBinaryPacked.read(
        page,
        at: &position,
        end: end,
        count: count,
        into: &rows,
        page: offset
      )
    default: return false
    }
    return true
  }

  mutating func appendRows(codes: [UInt32], offset: Int) throws(ParquetError) {
    guard codes.reduce(0, max) < dictionary.count || codes.isEmpty else {
      throw .damaged(.dictionaryIndex, offset: offset)
    }
    let (first, values) = (rows.count, dictionary)
    rows.append(contentsOf: repeatElement(0, count: codes.count))
    var target = rows.mutableSpan
    for (i, code) in codes.enumerated() { target[first &+ i] = values[Int(code)] }
  }
}

/// Collects a column of booleans.
struct BooleanSink: ColumnSink {
  static var nullRow: Bool { false }
  var rows: [Bool] = []

  mutating func beginChunk() {}

  mutating func readDictionary(
    _ page: Span<UInt8>,
    end: Int,
    count: Int,
    offset: Int
  ) throws(ParquetError) {
    // Booleans have no dictionaries.
    throw .damaged(.pageOrder, offset: offset)
  }

  mutating func readValues(
    _ page: Span<UInt8>,
    at position: inout Int,
    end: Int,
    count: Int,
    encoding: Encoding,
    offset: Int
  ) throws(ParquetError) -> Bool {
    switch encoding {
    case .plain:
      try BooleanRuns.readBits(
        page,
        at: &position,
        end: end,
        count: count,
        into: &rows,
        page: offset
      )
    case .rle:
      guard end - position >= 4 else { throw .damaged(.runs, offset: offset) }
      let length = Int(page.raw.number(at: position, as: UInt32.self))
      position += 4
      guard length <= end - position else { throw .damaged(.runs, offset: offset) }
      var bits: [UInt32] = []
      try RunLengthHybrid.read(
        page,
        at: &position,
        end: position + length,
        width: 1,
        count: count,
        into: &bits,
        page: offset
      )
      for bit in bits { rows.append(bit & 1 == 1) }
    default: return false
    }
    return true
  }

  mutating func appendRows(codes: [UInt32], offset: Int) throws(ParquetError) {
    throw .damaged(.pageOrder, offset: offset)
  }
}
