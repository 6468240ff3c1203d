import ByteBlocks
import ColumnTables

/// Collects a column of strings, as codes into one pool.
///
/// The pool holds the dictionaries of all chunks one behind the other, and each string of pages
/// without a dictionary as an entry of its own. Only at the end it shows what the column becomes.
struct TextSink: ColumnSink {
  static var nullRow: UInt32 { 0 }
  /// Codes into the pool.
  var rows: [UInt32] = []
  private var pool = ByteStrings()
  /// The current chunk's dictionary in the pool.
  private var dictionary = 0..<0
  private var isAllDictionary = true
  private let limits: ParquetLimits

  init(limits: ParquetLimits) { self.limits = limits }

  mutating func beginChunk() { dictionary = pool.count..<pool.count }

  mutating func readDictionary(
    _ page: Span<UInt8>,
    end: Int,
    count: Int,
    offset: Int
  ) throws(ParquetError) {
    let start = pool.count
    var position = 0
    // Each text has four bytes in front: what is reserved is never more than the page.
    if start == 0 { pool.reserve(strings: min(count, end / 4), bytes: end) }
    try Plain.read(page, at: &position, end: end, count: count, into: &pool, page: offset)
    guard position == end else { throw .damaged(.plainValues, offset: offset) }
    dictionary = start..<pool.count
    try checkPool(offset)
  }

  mutating func readValues(
    _ page: Span<UInt8>,
    at position: inout Int,
    end: Int,
    count: Int,
    encoding: Encoding,
    offset: Int
  ) throws(ParquetError) -> Bool {
    let start = pool.count
    switch encoding {
    case .plain:
      try Plain.read(page, at: &position, end: end, count: count, into: &pool, page: offset)
    case .deltaLengthByteArray:
      try DeltaLengthByteArray.read(
        page,
        at: &position,
        end: end,
        count: count,
        into: &pool,
        page: offset
      )
    case .deltaByteArray:
      try DeltaByteArray.read(
        page,
        at: &position,
        end: end,
        count: count,
        into: &pool,
        bytesMax: limits.pageBytesMax,
        page: offset
      )
    default: return false
    }
    isAllDictionary = false
    try checkPool(offset)
    for code in start..<pool.count { rows.append(UInt32(code)) }
    return true
  }

  mutating func appendRows(codes: [UInt32], offset: Int) throws(ParquetError) {
    guard codes.reduce(0, max) < dictionary.count || codes.isEmpty else {
      throw .damaged(.dictionaryIndex, offset: offset)
    }
    let first = UInt32(dictionary.lowerBound)
    if first == 0 {
      rows.append(contentsOf: codes)
    } else {
      rows.append(contentsOf: codes.lazy.map { first &+ $0 })
    }
  }

  /// Codes have 32 bits, and memory has its bounds.
  private func checkPool(_ offset: Int) throws(ParquetError) {
    guard pool.count <= Int(UInt32.max) else {
      throw .tooLarge(stated: pool.count, limit: Int(UInt32.max), offset: offset)
    }
    guard pool.bytes.count <= limits.textBytesMax else {
      throw .tooLarge(stated: pool.bytes.count, limit: limits.textBytesMax, offset: offset)
    }
  }
}

extension TextSink {
  /// The column: codes of a sorted dictionary where all pages had one, else strings.
  ///
  /// - Parameter sorted: `false`: of the dictionary as it stands in the file.
  consuming func values(
    _ isValid: [Bool]?, sorted: Bool = true
  ) throws(ParquetError) -> Column.Values {
    // Without a text every row is null.
    if isAllDictionary, pool.count == 0 { return .codes(rows, ByteStrings([""])) }
    if isAllDictionary {
      return sorted ? codesOfSortedPool() : .codes(rows, pool)
    }
    if isValid == nil, rows.count == pool.count, isInOrder { return .strings(pool) }
    return .strings(try writtenOut(isValid))
  }

  /// Whether row `i` has entry `i` of the pool.
  private var isInOrder: Bool { rows.indices.allSatisfy { rows[$0] == UInt32($0) } }

  private func codesOfSortedPool() -> Column.Values {
    let isSorted = (1..<max(1, pool.count)).allSatisfy {
      compareBytes(pool.span($0 - 1), pool.span($0)) < 0
    }
    if isSorted { return .codes(rows, pool) }
    let order = pool.sortedOrder().order
    var sorted = ByteStrings()
    var names = [UInt32](repeating: 0, count: pool.count)
    var last: Int?
    for index in order {
      let isNew = last.map { compareBytes(pool.span($0), pool.span(index)) != 0 } ?? true
      if isNew { sorted.append(bytes: pool.span(index)) }
      names[index] = UInt32(sorted.count - 1)
      last = index
    }
    return .codes(rows.map { names[Int($0)] }, sorted)
  }

  private func writtenOut(_ isValid: [Bool]?) throws(ParquetError) -> ByteStrings {
    var byteCount = 0
    for (row, code) in rows.enumerated() where isValid?[row] ?? true {
      byteCount += pool.range(Int(code)).count
      guard byteCount <= limits.textBytesMax else {
        throw .tooLarge(stated: byteCount, limit: limits.textBytesMax, offset: 0)
      }
    }
    var strings = ByteStrings()
    strings.reserve(strings: rows.count, bytes: byteCount)
    for (row, code) in rows.enumerated() {
      if isValid?[row] ?? true {
        strings.append(bytes: pool.span(Int(code)))
      } else {
        strings.append(bytes: EmptyCollection())
      }
    }
    return strings
  }
}
