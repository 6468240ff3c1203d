extension ColumnChunkMetadata {
  init(_ reader: inout CompactReader) throws(ParquetError) {
    var chunk = Self()
    try reader.structure { reader, number, type throws(ParquetError) in
      switch (number, type) {
      case (1, .binary): chunk.filePath = try reader.string()
      case (3, .structure): try chunk.readMetadata(&reader)
      case (4, .int64): chunk.offsetIndexOffset = try reader.int64()
      case (5, .int32): chunk.offsetIndexLength = try reader.int32()
      case (6, .int64): chunk.columnIndexOffset = try reader.int64()
      case (7, .int32): chunk.columnIndexLength = try reader.int32()
      case (8, .structure):
        chunk.isEncrypted = true
        return false
      default: return false
      }
      return true
    }
    self = chunk
  }

  private mutating func readMetadata(_ reader: inout CompactReader) throws(ParquetError) {
    var chunk = self
    chunk.hasMetadata = true
    try reader.structure(requires: [1, 2, 3, 4, 5, 6, 7, 9]) {
      reader,
      number,
      type throws(ParquetError) in
      switch (number, type) {
      case (1, .int32): chunk.type = try reader.int32()
      case (2, .list):
        try reader.list(of: .int32) { reader throws(ParquetError) in
          chunk.encodings.append(try reader.int32())
        }
      case (3, .list):
        try reader.list(of: .binary) { reader throws(ParquetError) in
          chunk.path.append(try reader.string())
        }
      case (4, .int32): chunk.codec = try reader.int32()
      case (5, .int64): chunk.valueCount = try reader.int64()
      case (6, .int64): chunk.uncompressedSize = try reader.int64()
      case (7, .int64): chunk.compressedSize = try reader.int64()
      case (9, .int64): chunk.dataPageOffset = try reader.int64()
      case (11, .int64): chunk.dictionaryPageOffset = try reader.int64()
      case (12, .structure): chunk.statistics = try StatisticsMetadata(&reader)
      case (13, .list):
        try reader.list(of: .structure) { reader throws(ParquetError) in
          chunk.encodingStats.append(try EncodingStats(&reader))
        }
      case (14, .int64): chunk.bloomFilterOffset = try reader.int64()
      case (15, .int32): chunk.bloomFilterLength = try reader.int32()
      default: return false
      }
      return true
    }
    self = chunk
  }
}

extension ColumnChunkMetadata.EncodingStats {
  fileprivate init(_ reader: inout CompactReader) throws(ParquetError) {
    var stats = Self()
    try reader.structure { reader, number, type throws(ParquetError) in
      switch (number, type) {
      case (1, .int32): stats.pageType = try reader.int32()
      case (2, .int32): stats.encoding = try reader.int32()
      case (3, .int32): stats.count = try reader.int32()
      default: return false
      }
      return true
    }
    self = stats
  }
}

extension StatisticsMetadata {
  fileprivate init(_ reader: inout CompactReader) throws(ParquetError) {
    var statistics = Self()
    try reader.structure { reader, number, type throws(ParquetError) in
      switch (number, type) {
      case (3, .int64): statistics.nullCount = try reader.int64()
      case (5, .binary): statistics.maximum = try reader.binary()
      case (6, .binary): statistics.minimum = try reader.binary()
      case (7, _):
        statistics.isMaximumExact = type == .booleanTrue
        return false
      case (8, _):
        statistics.isMinimumExact = type == .booleanTrue
        return false
      default: return false
      }
      return true
    }
    self = statistics
  }
}
