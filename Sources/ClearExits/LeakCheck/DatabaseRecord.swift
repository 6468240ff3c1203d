/// The values of one record of SQLite: a header of types, then the values with nothing in between.
struct DatabaseRecord {
  /// Columns that SQLite can have at most.
  private static let columnsMax = 32767

  /// Where its texts and blobs stand, from the start of what was read.
  private(set) var values: [Range<Int>] = []

  /// Reads a record of `length` bytes at `start`; its values may end behind `end`, its header not.
  /// `nil` for what is none.
  init?(_ bytes: [UInt8], at start: Int, before end: Int, length: Int) {
    var (place, byteCount) = (start, 0)
    guard let headerBytes = BigEndian.number(bytes, &place, before: end),
      headerBytes >= 2, headerBytes <= end - start
    else { return nil }
    let headerEnd = start + headerBytes
    byteCount = headerBytes
    var count = 0
    while place < headerEnd {
      guard let type = BigEndian.number(bytes, &place, before: headerEnd),
        let size = Self.bytes(ofType: type), byteCount + size <= length, count < Self.columnsMax
      else { return nil }
      if type >= 12 { values.append(start + byteCount..<start + byteCount + size) }
      byteCount += size
      count += 1
    }
    guard count > 0, byteCount == length else { return nil }
  }

  /// Bytes of a value by its type, or `nil` for a type that no file has.
  static func bytes(ofType type: Int) -> Int? {
    switch type {
    case 0, 8, 9: 0
    case 1...4: type
    case 5: 6
    case 6, 7: 8
    case 12 ..< .max: (type - 12) / 2
    default: nil
    }
  }
}

/// The cells of a page of a b-tree of SQLite, and what stands in none of them.
struct DatabasePage {
  struct Cell {
    /// Bytes of the record, of which some may stand in other pages.
    let payloadBytes: Int
    /// What of it stands in this page.
    let local: Range<Int>
    /// The page on which it goes on; `nil`: it does not.
    let overflow: Int?
  }

  private(set) var cells: [Cell] = []
  /// What no cell has: free blocks, the gap before the cells, what is behind them.
  private(set) var free: [Range<Int>] = []

  private let isTable: Bool
  private let isLeaf: Bool
  private let usableBytes: Int

  /// Reads a page; `nil` for one that is of no b-tree.
  init?(_ bytes: [UInt8], _ page: Range<Int>, usableBytes: Int) {
    let isFirst = DatabaseFile.kind(of: Array(bytes[page].prefix(16))) == .database
    let header = page.lowerBound + (isFirst ? 100 : 0)
    let end = page.lowerBound + min(usableBytes, page.count)
    guard [2, 5, 10, 13].contains(bytes[header]) else { return nil }
    isTable = bytes[header] & 5 == 5
    isLeaf = bytes[header] >= 10
    self.usableBytes = usableBytes
    let pointers = header + (isLeaf ? 8 : 12)
    let count = BigEndian.half(bytes, header + 3)
    guard pointers + 2 * count <= end else { return nil }
    let starts = Set((0..<count).map { BigEndian.half(bytes, pointers + 2 * $0) }).sorted()
    var place = pointers + 2 * count
    for start in starts.map({ page.lowerBound + $0 }) where start >= place && start < end {
      guard let cellEnd = addCell(bytes, at: start, before: end) else { continue }
      if start > place { free.append(place..<start) }
      place = cellEnd
    }
    if place < page.upperBound { free.append(place..<page.upperBound) }
  }

  /// Reads a cell, and tells where it ends; `nil` for what is none, which is free then.
  private mutating func addCell(_ bytes: [UInt8], at start: Int, before end: Int) -> Int? {
    var place = start + (isLeaf ? 0 : 4)
    if isTable, !isLeaf {
      return BigEndian.number(bytes, &place, before: end) == nil ? nil : place
    }
    guard let payloadBytes = BigEndian.number(bytes, &place, before: end), payloadBytes < .max
    else { return nil }
    if isTable, BigEndian.number(bytes, &place, before: end) == nil { return nil }
    let localBytes = Self.localBytes(of: payloadBytes, usableBytes, isTable: isTable)
    let hasMore = localBytes < payloadBytes
    let local = place..<place + localBytes
    let cellEnd = local.upperBound + (hasMore ? 4 : 0)
    guard cellEnd <= end,
      DatabaseRecord(bytes, at: place, before: local.upperBound, length: payloadBytes) != nil
    else { return nil }
    let overflow = hasMore ? Int(BigEndian.word(bytes, local.upperBound)) : nil
    cells.append(Cell(payloadBytes: payloadBytes, local: local, overflow: overflow))
    return max(cellEnd, min(start + 4, end))
  }

  /// Bytes of a record that stand in the page itself ("Database File Format" §1.6).
  static func localBytes(of payloadBytes: Int, _ usableBytes: Int, isTable: Bool) -> Int {
    let most = isTable ? usableBytes - 35 : (usableBytes - 12) * 64 / 255 - 23
    if payloadBytes <= most { return payloadBytes }
    let least = (usableBytes - 12) * 32 / 255 - 23
    let some = least + (payloadBytes - least) % (usableBytes - 4)
    return some <= most ? some : least
  }
}
