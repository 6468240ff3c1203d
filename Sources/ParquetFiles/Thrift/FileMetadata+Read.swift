extension FileMetadata {
  /// Reads the footer that lies in `range` of `bytes`.
  init(_ bytes: [UInt8], in range: Range<Int>) throws(ParquetError) {
    self.init()
    var reader = CompactReader(bytes, in: range)
    var metadata = FileMetadata()
    var isEncrypted = false
    try reader.structure(requires: [1, 2, 3, 4]) { reader, number, type throws(ParquetError) in
      switch (number, type) {
      case (1, .int32): metadata.version = try reader.int32()
      case (2, .list):
        try reader.list(of: .structure) { reader throws(ParquetError) in
          metadata.schema.append(try SchemaElement(&reader))
        }
      case (3, .int64): metadata.rowCount = try reader.int64()
      case (4, .list):
        try reader.list(of: .structure) { reader throws(ParquetError) in
          metadata.rowGroups.append(try RowGroupMetadata(&reader))
        }
      case (5, .list):
        try reader.list(of: .structure) { reader throws(ParquetError) in
          metadata.keyValues.append(try KeyValue(&reader))
        }
      case (6, .binary): metadata.createdBy = try reader.string()
      case (8, .structure):
        isEncrypted = true
        return false
      default: return false
      }
      return true
    }
    if isEncrypted { throw .unsupported(.encryption) }
    self = metadata
  }
}

extension FileMetadata.KeyValue {
  fileprivate init(_ reader: inout CompactReader) throws(ParquetError) {
    var pair = Self()
    try reader.structure { reader, number, type throws(ParquetError) in
      switch (number, type) {
      case (1, .binary): pair.key = try reader.string()
      case (2, .binary): pair.value = try reader.string()
      default: return false
      }
      return true
    }
    self = pair
  }
}

extension SchemaElement {
  fileprivate init(_ reader: inout CompactReader) throws(ParquetError) {
    var element = Self()
    try reader.structure(requires: [4]) { reader, number, type throws(ParquetError) in
      switch (number, type) {
      case (1, .int32): element.type = try reader.int32()
      case (3, .int32): element.repetition = try reader.int32()
      case (4, .binary): element.name = try reader.string()
      case (5, .int32): element.childCount = try reader.int32()
      case (6, .int32): element.convertedType = try reader.int32()
      case (10, .structure): element.logicalType = try LogicalType(&reader)
      default: return false
      }
      return true
    }
    self = element
  }
}

extension LogicalType {
  fileprivate init(_ reader: inout CompactReader) throws(ParquetError) {
    var found = LogicalType.other(0)
    try reader.structure { reader, number, type throws(ParquetError) in
      switch (number, type) {
      case (1, .structure): found = .string
      case (4, .structure), (12, .structure): found = .otherText
      case (6, .structure): found = .date
      case (8, .structure):
        found = try Self.timestamp(&reader)
        return true
      case (10, .structure):
        found = try Self.integer(&reader)
        return true
      default: found = .other(number)
      }
      return false
    }
    self = found
  }

  private static func timestamp(_ reader: inout CompactReader) throws(ParquetError) -> Self {
    var isAdjusted = false
    var unit = 0
    try reader.structure { reader, number, type throws(ParquetError) in
      if number == 1 { isAdjusted = type == .booleanTrue }
      guard number == 2, type == .structure else { return false }
      try reader.structure { _, number, _ throws(ParquetError) in
        unit = number
        return false
      }
      return true
    }
    // Units: 1 milliseconds, 2 microseconds, 3 nanoseconds.
    return unit == 2 ? .timestampMicroseconds(isAdjustedToUTC: isAdjusted) : .other(8)
  }

  private static func integer(_ reader: inout CompactReader) throws(ParquetError) -> Self {
    var bitWidth: Int8 = 0
    var isSigned = false
    try reader.structure { reader, number, type throws(ParquetError) in
      if number == 2 { isSigned = type == .booleanTrue }
      guard number == 1, type == .byte else { return false }
      bitWidth = Int8(bitPattern: try reader.byte())
      return true
    }
    return .integer(bitWidth: bitWidth, isSigned: isSigned)
  }
}

extension RowGroupMetadata {
  fileprivate init(_ reader: inout CompactReader) throws(ParquetError) {
    var group = Self()
    try reader.structure(requires: [1, 2, 3]) { reader, number, type throws(ParquetError) in
      switch (number, type) {
      case (1, .list):
        try reader.list(of: .structure) { reader throws(ParquetError) in
          group.columns.append(try ColumnChunkMetadata(&reader))
        }
      case (2, .int64): group.totalByteSize = try reader.int64()
      case (3, .int64): group.rowCount = try reader.int64()
      case (4, .list):
        try reader.list(of: .structure) { reader throws(ParquetError) in
          group.sortingColumns.append(try SortingColumn(&reader))
        }
      case (5, .int64): group.fileOffset = try reader.int64()
      case (6, .int64): group.totalCompressedSize = try reader.int64()
      case (7, .int16): group.ordinal = try reader.int16()
      default: return false
      }
      return true
    }
    self = group
  }
}

extension RowGroupMetadata.SortingColumn {
  fileprivate init(_ reader: inout CompactReader) throws(ParquetError) {
    var sorting = Self()
    try reader.structure { reader, number, type throws(ParquetError) in
      switch (number, type) {
      case (1, .int32):
        sorting.column = try reader.int32()
        return true
      case (2, _): sorting.isDescending = type == .booleanTrue
      case (3, _): sorting.nullsFirst = type == .booleanTrue
      default: break
      }
      return false
    }
    self = sorting
  }
}
