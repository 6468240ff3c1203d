extension FileMetadata {
  /// The footer's bytes.
  func encoded() -> [UInt8] {
    var writer = CompactWriter()
    writer.field(1, version)
    writer.list(2, of: .structure, count: schema.count)
    for element in schema { writer.element { element.write(to: &$0) } }
    writer.field(3, rowCount)
    writer.list(4, of: .structure, count: rowGroups.count)
    for group in rowGroups { writer.element { group.write(to: &$0) } }
    if !keyValues.isEmpty {
      writer.list(5, of: .structure, count: keyValues.count)
      for pair in keyValues {
        writer.element {
          $0.field(1, pair.key)
          $0.field(2, pair.value)
        }
      }
    }
    writer.field(6, createdBy)
    // TYPE_ORDER for each leaf: without it min_value and max_value mean nothing.
    let leafCount = schema.count { $0.childCount == nil }
    writer.list(7, of: .structure, count: leafCount)
    for _ in 0..<leafCount { writer.element { $0.field(1) { _ in } } }
    writer.stop()
    return writer.array()
  }
}

extension SchemaElement {
  fileprivate func write(to writer: inout CompactWriter) {
    writer.field(1, type)
    writer.field(3, repetition)
    writer.field(4, name)
    writer.field(5, childCount)
    writer.field(6, convertedType)
    if let logicalType { writer.field(10) { logicalType.write(to: &$0) } }
  }
}

extension LogicalType {
  fileprivate func write(to writer: inout CompactWriter) {
    switch self {
    case .string: writer.field(1) { _ in }
    case .date: writer.field(6) { _ in }
    case .timestampMicroseconds(let isAdjustedToUTC):
      writer.field(8) {
        $0.field(1, isAdjustedToUTC)
        $0.field(2) { $0.field(2) { _ in } }
      }
    case .integer(let bitWidth, let isSigned):
      writer.field(10) {
        $0.field(1, bitWidth)
        $0.field(2, isSigned)
      }
    case .otherText: writer.field(12) { _ in }
    case .other(let number): writer.field(number) { _ in }
    }
  }
}

extension RowGroupMetadata {
  fileprivate func write(to writer: inout CompactWriter) {
    writer.list(1, of: .structure, count: columns.count)
    for column in columns { writer.element { column.write(to: &$0) } }
    writer.field(2, totalByteSize)
    writer.field(3, rowCount)
    if !sortingColumns.isEmpty {
      writer.list(4, of: .structure, count: sortingColumns.count)
      for sorting in sortingColumns {
        writer.element {
          $0.field(1, sorting.column)
          $0.field(2, sorting.isDescending)
          $0.field(3, sorting.nullsFirst)
        }
      }
    }
    writer.field(5, fileOffset)
    writer.field(6, totalCompressedSize)
    writer.field(7, ordinal)
  }
}

extension ColumnChunkMetadata {
  fileprivate func write(to writer: inout CompactWriter) {
    writer.field(1, filePath)
    writer.field(2, Int64(0))  // file_offset: deprecated, "writers should set it to 0".
    writer.field(3) { writeMetadata(to: &$0) }
    writer.field(4, offsetIndexOffset)
    writer.field(5, offsetIndexLength)
    writer.field(6, columnIndexOffset)
    writer.field(7, columnIndexLength)
    // By the key of the footer, that is.
    if isEncrypted { writer.field(8) { $0.field(1) { _ in } } }
  }

  private func writeMetadata(to writer: inout CompactWriter) {
    writer.field(1, type)
    writer.list(2, of: .int32, count: encodings.count)
    for encoding in encodings { writer.element(encoding) }
    writer.list(3, of: .binary, count: path.count)
    for name in path { writer.element(Array(name.utf8)) }
    writer.field(4, codec)
    writer.field(5, valueCount)
    writer.field(6, uncompressedSize)
    writer.field(7, compressedSize)
    writer.field(9, dataPageOffset)
    writer.field(11, dictionaryPageOffset)
    if let statistics { writer.field(12) { statistics.write(to: &$0) } }
    writer.list(13, of: .structure, count: encodingStats.count)
    for stats in encodingStats {
      writer.element {
        $0.field(1, stats.pageType)
        $0.field(2, stats.encoding)
        $0.field(3, stats.count)
      }
    }
    writer.field(14, bloomFilterOffset)
    writer.field(15, bloomFilterLength)
    if let stringByteCount { writer.field(16) { $0.field(1, stringByteCount) } }
  }
}

extension StatisticsMetadata {
  fileprivate func write(to writer: inout CompactWriter) {
    writer.field(3, nullCount)
    writer.field(5, maximum)
    writer.field(6, minimum)
    writer.field(7, isMaximumExact)
    writer.field(8, isMinimumExact)
  }
}

extension ColumnIndex {
  /// The index's bytes.
  func encoded() -> [UInt8] {
    var writer = CompactWriter()
    writer.list(1, of: .booleanTrue, count: nullPages.count)
    for isNull in nullPages { writer.element(isNull) }
    writer.list(2, of: .binary, count: minima.count)
    for bound in minima { writer.element(bound) }
    writer.list(3, of: .binary, count: maxima.count)
    for bound in maxima { writer.element(bound) }
    writer.field(4, order.rawValue)
    writer.list(5, of: .int64, count: nullCounts.count)
    for count in nullCounts { writer.element(count) }
    writer.stop()
    return writer.array()
  }
}

/// The bytes of an OffsetIndex.
func encodedOffsetIndex(_ locations: [PageLocation]) -> [UInt8] {
  var writer = CompactWriter()
  writer.list(1, of: .structure, count: locations.count)
  for location in locations {
    writer.element {
      $0.field(1, location.offset)
      $0.field(2, location.compressedSize)
      $0.field(3, location.firstRow)
    }
  }
  writer.stop()
  return writer.array()
}
