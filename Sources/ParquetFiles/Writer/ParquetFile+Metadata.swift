import ColumnTables

extension ParquetWriter {
  /// The root and a leaf per column.
  var schemaElements: [SchemaElement] {
    let root = SchemaElement(name: "schema", childCount: Int32(schema.fields.count))
    return [root]
      + schema.fields.map { field in
        let repetition: Repetition = field.isNullable ? .optional : .required
        var element = SchemaElement(
          type: field.type.physical.rawValue,
          repetition: repetition.rawValue,
          name: field.name
        )
        // Both forms of the same: old readers know only the converted type.
        switch field.type {
        case .string: (element.convertedType, element.logicalType) = (0, .string)
        case .date: (element.convertedType, element.logicalType) = (6, .date)
        case .timestamp:
          element.convertedType = 10
          element.logicalType = .timestampMicroseconds(isAdjustedToUTC: true)
        case .boolean, .int32, .int64: break
        }
        return element
      }
  }

  var sortingColumns: [RowGroupMetadata.SortingColumn] {
    sortedBy.compactMap { schema.index(of: $0) }.map {
      RowGroupMetadata.SortingColumn(column: Int32($0), nullsFirst: options.sortsNullsFirst)
    }
  }

  /// What the footer says of `chunk`, whose first byte lies at `offset`.
  func metadata(of chunk: EncodedChunk, at offset: Int64) -> ColumnChunkMetadata {
    let field = schema.fields[chunk.column]
    var encodings: [Encoding] = [chunk.encoding]
    var stats = [
      ColumnChunkMetadata.EncodingStats(
        pageType: PageType.data.rawValue,
        encoding: chunk.encoding.rawValue,
        count: Int32(chunk.pages.count)
      )
    ]
    if chunk.dictionaryPageBytes != nil {
      encodings.insert(.plain, at: 0)
      stats.insert(
        ColumnChunkMetadata.EncodingStats(
          pageType: PageType.dictionary.rawValue,
          encoding: Encoding.plain.rawValue,
          count: 1
        ),
        at: 0
      )
    }
    if chunk.hasLevels, !encodings.contains(.rle) { encodings.append(.rle) }
    return ColumnChunkMetadata(
      type: field.type.physical.rawValue,
      encodings: encodings.map(\.rawValue),
      path: [field.name],
      codec: Codec.zstd.rawValue,
      valueCount: Int64(chunk.rowCount),
      uncompressedSize: Int64(chunk.uncompressedSize),
      compressedSize: Int64(chunk.byteCount),
      dataPageOffset: offset + Int64(chunk.dictionaryPageBytes ?? 0),
      dictionaryPageOffset: chunk.dictionaryPageBytes.map { _ in offset },
      statistics: StatisticsMetadata(chunk.statistics, of: field.type),
      encodingStats: stats,
      stringByteCount: chunk.stringByteCount.map { Int64($0) }
    )
  }
}

extension StatisticsMetadata {
  init(_ statistics: PartStatistics, of type: ColumnType) {
    nullCount = Int64(statistics.nullCount)
    guard let bounds = statistics.bounds else { return }
    minimum = bounds.minimum.encoded(type)
    isMinimumExact = bounds.isMinimumExact
    guard let maximum = bounds.maximum else { return }
    self.maximum = maximum.encoded(type)
    isMaximumExact = bounds.isMaximumExact
  }
}

extension EncodedChunk {
  /// `nil` when the bounds of a page are not known: an index must have all of them.
  func columnIndex(_ type: ColumnType) -> ColumnIndex? {
    var index = ColumnIndex()
    for page in pages {
      let part = page.statistics
      index.nullPages.append(part.isAllNull)
      index.nullCounts.append(Int64(part.nullCount))
      if part.isAllNull {
        index.minima.append([])
        index.maxima.append([])
      } else {
        guard let bounds = part.bounds, let maximum = bounds.maximum else { return nil }
        index.minima.append(bounds.minimum.encoded(type))
        index.maxima.append(maximum.encoded(type))
      }
    }
    index.order = boundaryOrder
    return index
  }

  /// How the bounds of the pages follow each other; pages of nulls do not count.
  private var boundaryOrder: BoundaryOrder {
    let bounds = pages.compactMap(\.statistics.bounds)
    let pairs = zip(bounds, bounds.dropFirst())
    func holds(_ inOrder: (Bounds.Bound, Bounds.Bound) -> Bool) -> Bool {
      pairs.allSatisfy { first, second in
        guard let a = first.maximum, let b = second.maximum else { return false }
        return inOrder(first.minimum, second.minimum) && inOrder(a, b)
      }
    }
    if holds({ !Bounds.Bound.isLess($1, $0) }) { return .ascending }
    if holds({ !Bounds.Bound.isLess($0, $1) }) { return .descending }
    return .unordered
  }

  /// Where the data pages lie in a file in which the chunk starts at `start`.
  func pageLocations(from start: Int64) -> [PageLocation] {
    pages.map {
      PageLocation(
        offset: start + Int64($0.offset),
        compressedSize: Int32($0.byteCount),
        firstRow: Int64($0.firstRow)
      )
    }
  }
}
