import ByteBlocks
package import ColumnTables

/// Reading by pages: what a page index says of a row group, and some rows of it.
///
/// ```
/// column index: bounds of each page ─► ranges of rows ─► offset index: those pages of each column
/// ```
/// Where a file has no index, or one that cannot be true, all rows are read: an index saves work
/// and decides nothing.
extension ParquetReader {
  /// The rows of a row group whose pages may hold one of `texts`, as ranges in order; `nil` where
  /// the file does not say.
  ///
  /// - Parameter texts: sorted by bytes.
  package func rows(
    of group: Int, whose column: String, mayHold texts: [[UInt8]]
  ) throws(ParquetError) -> [Range<Int>]? {
    guard let index = schema.index(of: column), schema.fields[index].type == .string,
      let locations = try locations(group, leaves[index]),
      let bounds = try columnIndex(group, leaves[index]),
      bounds.nullPages.count == locations.count, bounds.minima.count == locations.count,
      bounds.maxima.count == locations.count
    else { return nil }
    var ranges: [Range<Int>] = []
    for (page, location) in locations.enumerated() where !bounds.nullPages[page] {
      let first = texts.partitioningPoint { !$0.lexicographicallyPrecedes(bounds.minima[page]) }
      guard first < texts.count, !bounds.maxima[page].lexicographicallyPrecedes(texts[first]) else {
        continue
      }
      let start = Int(location.firstRow)
      let end =
        page + 1 < locations.count
        ? Int(locations[page + 1].firstRow) : rowGroups[group].rowCount
      if ranges.last?.upperBound == start {
        ranges[ranges.count - 1] = ranges[ranges.count - 1].lowerBound..<end
      } else {
        ranges.append(start..<end)
      }
    }
    return ranges
  }

  /// Some rows of a row group, one range behind the other; those of several ranges have sorted
  /// dictionaries in any case.
  package func readTable(
    columns names: [String], rowGroup group: Int, rows ranges: [Range<Int>],
    sortsDictionaries: Bool = true
  ) throws(ParquetError) -> Table {
    let all = 0..<rowGroups[group].rowCount
    precondition(
      ranges.allSatisfy { all.contains($0.lowerBound) && $0.upperBound <= all.upperBound },
      "There are not so many rows.")
    var parts: [TablePart] = []
    for range in ranges {
      var (fields, columns): ([Field], [Column]) = ([], [])
      for name in names {
        guard let index = schema.index(of: name) else { throw .noSuchColumn(name) }
        fields.append(schema.fields[index])
        columns.append(try column(index, group, range, sortsDictionaries))
      }
      parts.append(
        TablePart(Table(schema: Schema(fields), columns: columns, rowCount: range.count)))
    }
    if parts.count == 1 { return parts[0].table }
    guard !parts.isEmpty else {
      return try readTable(columns: names, rowGroups: group..<group + 1).picking([])
    }
    return .joined(parts)
  }

  private func column(
    _ index: Int, _ group: Int, _ range: Range<Int>, _ sortsDictionaries: Bool
  ) throws(ParquetError) -> Column {
    guard let locations = try locations(group, leaves[index]) else {
      return try readColumn(
        index, rowGroups: group..<group + 1, sortsDictionaries: sortsDictionaries
      ).rows(range)
    }
    let first = locations.partitioningPoint { Int($0.firstRow) > range.lowerBound } - 1
    let end = locations.partitioningPoint { Int($0.firstRow) >= range.upperBound }
    let firstRow = Int(locations[first].firstRow)
    let endRow =
      end < locations.count ? Int(locations[end].firstRow) : rowGroups[group].rowCount
    let (bytes, chunk) = try pages(
      metadata.rowGroups[group].columns[leaves[index]], locations[first..<end],
      rowCount: endRow - firstRow)
    let column = try readColumn(index, of: bytes, chunk, sortsDictionaries: sortsDictionaries)
    guard column.count == endRow - firstRow else {
      throw .damaged(.rowCounts, offset: Int(locations[first].offset))
    }
    return column.rows(range.lowerBound - firstRow..<range.upperBound - firstRow)
  }

  /// A chunk of some pages alone, with its dictionary in front.
  private func pages(
    _ chunk: ColumnChunkMetadata, _ locations: ArraySlice<PageLocation>, rowCount: Int
  ) throws(ParquetError) -> (bytes: [UInt8], chunk: ColumnChunkMetadata) {
    let (start, data) = (Int(chunk.chunkStart), Int(chunk.dataPageOffset))
    guard let first = locations.first, let last = locations.last else { return ([], chunk) }
    // Offset 0 means "no dictionary": four bytes in front keep every offset above it.
    var bytes = ParquetMagic.plain
    if start < data { bytes += try source.bytes(start..<data) }
    let dictionaryEnd = bytes.count
    bytes += try source.bytes(Int(first.offset)..<Int(last.offset) + Int(last.compressedSize))
    var part = chunk
    part.dictionaryPageOffset = start < data ? 4 : nil
    part.dataPageOffset = Int64(dictionaryEnd)
    part.compressedSize = Int64(bytes.count - 4)
    part.valueCount = Int64(rowCount)
    return (bytes, part)
  }

  /// Where the pages of a chunk lie; `nil` where the file does not say, or cannot be right.
  private func locations(
    _ group: Int, _ leaf: Int
  ) throws(ParquetError) -> [PageLocation]? {
    let chunk = metadata.rowGroups[group].columns[leaf]
    guard !isEncrypted, chunk.valueCount > 0,
      let bytes = try indexBytes(chunk.offsetIndexOffset, chunk.offsetIndexLength)
    else { return nil }
    var locations: [PageLocation] = []
    var reader = CompactReader(bytes, in: 0..<bytes.count)
    do throws(ParquetError) { locations = try PageLocation.all(&reader) } catch { return nil }
    let end = chunk.chunkStart + chunk.compressedSize
    var (place, row) = (chunk.dataPageOffset, Int64(-1))
    for location in locations {
      guard location.offset >= place, location.compressedSize > 0, location.firstRow > row,
        location.firstRow < rowGroups[group].rowCount,
        Int64(location.compressedSize) <= end - location.offset
      else { return nil }
      place = location.offset + Int64(location.compressedSize)
      row = location.firstRow
    }
    return locations.first?.firstRow == 0 ? locations : nil
  }

  private func columnIndex(
    _ group: Int, _ leaf: Int
  ) throws(ParquetError) -> ColumnIndex? {
    let chunk = metadata.rowGroups[group].columns[leaf]
    guard let bytes = try indexBytes(chunk.columnIndexOffset, chunk.columnIndexLength) else {
      return nil
    }
    var reader = CompactReader(bytes, in: 0..<bytes.count)
    do throws(ParquetError) { return try ColumnIndex(&reader) } catch { return nil }
  }

  private func indexBytes(_ offset: Int64?, _ length: Int32?) throws(ParquetError) -> [UInt8]? {
    guard let offset, let length, offset >= 4, length > 0,
      offset <= Int64(source.byteCount) - Int64(length)
    else { return nil }
    return try source.bytes(Int(offset)..<Int(offset) + Int(length))
  }
}

extension PageLocation {
  fileprivate static func all(_ reader: inout CompactReader) throws(ParquetError) -> [Self] {
    var locations: [Self] = []
    try reader.structure(requires: [1]) { reader, number, type throws(ParquetError) in
      guard number == 1, type == .list else { return false }
      try reader.list(of: .structure) { reader throws(ParquetError) in
        var location = Self(offset: 0, compressedSize: 0, firstRow: 0)
        try reader.structure(requires: [1, 2, 3]) { reader, number, type throws(ParquetError) in
          switch (number, type) {
          case (1, .int64): location.offset = try reader.int64()
          case (2, .int32): location.compressedSize = try reader.int32()
          case (3, .int64): location.firstRow = try reader.int64()
          default: return false
          }
          return true
        }
        locations.append(location)
      }
      return true
    }
    return locations
  }
}

extension ColumnIndex {
  fileprivate init(_ reader: inout CompactReader) throws(ParquetError) {
    var index = Self()
    try reader.structure(requires: [1, 2, 3]) { reader, number, type throws(ParquetError) in
      switch (number, type) {
      case (1, .list):
        // Each boolean of a list is a byte: 1 is true, other writers also have 0 for false.
        try reader.list(of: .booleanTrue) { reader throws(ParquetError) in
          index.nullPages.append(try reader.byte() == 1)
        }
      case (2, .list):
        try reader.list(of: .binary) { reader throws(ParquetError) in
          index.minima.append(try reader.binary())
        }
      case (3, .list):
        try reader.list(of: .binary) { reader throws(ParquetError) in
          index.maxima.append(try reader.binary())
        }
      default: return false
      }
      return true
    }
    self = index
  }
}

extension RandomAccessCollection where Index == Int {
  /// The first place from which on `isBehind` holds.
  fileprivate func partitioningPoint(_ isBehind: (Element) -> Bool) -> Int {
    var (low, high) = (startIndex, endIndex)
    while low < high {
      let middle = (low + high) / 2
      if isBehind(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

extension Column {
  /// Some rows.
  fileprivate func rows(_ range: Range<Int>) -> Column {
    if range == 0..<count { return self }
    let isValid = isValid.map { Array($0[range]) }
    let hasNulls = isValid?.contains(false) ?? false
    switch values {
    case .booleans(let values): return Column(.booleans(Array(values[range])), isValid: isValid)
    case .int32s(let values): return Column(.int32s(Array(values[range])), isValid: isValid)
    case .int64s(let values): return Column(.int64s(Array(values[range])), isValid: isValid)
    case .codes(let codes, let dictionary):
      return Column(.codes(Array(codes[range]), dictionary), isValid: hasNulls ? isValid : nil)
    case .strings(let strings):
      var some = ByteStrings()
      for row in range { some.append(bytes: strings.span(row)) }
      return Column(.strings(some), isValid: isValid)
    }
  }
}
