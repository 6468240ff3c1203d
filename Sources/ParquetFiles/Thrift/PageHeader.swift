/// What stands in front of each page.
struct PageHeader: Equatable {
  var type: Int32 = 0
  var uncompressedSize: Int32 = 0
  var compressedSize: Int32 = 0
  /// CRC-32 of the page as it is stored, this header left out.
  var crc: Int32?
  var valueCount: Int32 = 0
  var encoding: Int32 = 0
  /// Data page V1 only.
  var levelEncoding = Encoding.rle.rawValue
  /// Data page V2 only.
  var v2: V2?

  struct V2: Equatable {
    var nullCount: Int32 = 0
    var rowCount: Int32 = 0
    var definitionBytes: Int32 = 0
    var repetitionBytes: Int32 = 0
    var isCompressed = true
  }
}

extension PageHeader {
  func encoded() -> [UInt8] {
    var writer = CompactWriter()
    writer.field(1, type)
    writer.field(2, uncompressedSize)
    writer.field(3, compressedSize)
    writer.field(4, crc)
    if type == PageType.dictionary.rawValue {
      writer.field(7) {
        $0.field(1, valueCount)
        $0.field(2, encoding)
      }
    } else {
      writer.field(5) {
        $0.field(1, valueCount)
        $0.field(2, encoding)
        $0.field(3, levelEncoding)
        $0.field(4, Encoding.rle.rawValue)
      }
    }
    writer.stop()
    return writer.array()
  }
}

extension PageHeader {
  /// Reads the header at the reader's position; the page's bytes follow behind it.
  init(_ reader: inout CompactReader) throws(ParquetError) {
    var header = Self()
    try reader.structure(requires: [1, 2, 3]) { reader, number, type throws(ParquetError) in
      switch (number, type) {
      case (1, .int32): header.type = try reader.int32()
      case (2, .int32): header.uncompressedSize = try reader.int32()
      case (3, .int32): header.compressedSize = try reader.int32()
      case (4, .int32): header.crc = try reader.int32()
      case (5, .structure), (7, .structure): try header.readShape(&reader)
      case (8, .structure): try header.readV2(&reader)
      default: return false
      }
      return true
    }
    guard header.compressedSize >= 0, header.uncompressedSize >= 0, header.valueCount >= 0
    else { throw .damaged(.pageHeader, offset: reader.position) }
    self = header
  }

  private mutating func readShape(_ reader: inout CompactReader) throws(ParquetError) {
    var header = self
    try reader.structure(requires: [1, 2]) { reader, number, type throws(ParquetError) in
      switch (number, type) {
      case (1, .int32): header.valueCount = try reader.int32()
      case (2, .int32): header.encoding = try reader.int32()
      case (3, .int32): header.levelEncoding = try reader.int32()
      default: return false
      }
      return true
    }
    self = header
  }

  private mutating func readV2(_ reader: inout CompactReader) throws(ParquetError) {
    var header = self
    var shape = V2()
    try reader.structure(requires: [1, 2, 3, 4, 5, 6]) {
      reader,
      number,
      type throws(ParquetError) in
      switch (number, type) {
      case (1, .int32): header.valueCount = try reader.int32()
      case (2, .int32): shape.nullCount = try reader.int32()
      case (3, .int32): shape.rowCount = try reader.int32()
      case (4, .int32): header.encoding = try reader.int32()
      case (5, .int32): shape.definitionBytes = try reader.int32()
      case (6, .int32): shape.repetitionBytes = try reader.int32()
      case (7, _):
        shape.isCompressed = type == .booleanTrue
        return false
      default: return false
      }
      return true
    }
    header.v2 = shape
    self = header
  }
}
