import ColumnTables

// The numbers of parquet.thrift that we write or read.

enum PhysicalType: Int32, Sendable {
  case boolean = 0
  case int32 = 1
  case int64 = 2
  case byteArray = 6
}

enum Encoding: Int32, Sendable {
  case plain = 0
  case plainDictionary = 2
  case rle = 3
  case deltaBinaryPacked = 5
  case deltaLengthByteArray = 6
  case deltaByteArray = 7
  case rleDictionary = 8
}

enum Codec: Int32, Sendable {
  case uncompressed = 0
  case snappy = 1
  case zstd = 6
}

enum PageType: Int32, Sendable {
  case data = 0
  case index = 1
  case dictionary = 2
  case dataV2 = 3
}

enum Repetition: Int32, Sendable {
  case required = 0
  case optional = 1
  case repeated = 2
}

enum BoundaryOrder: Int32, Sendable {
  case unordered = 0
  case ascending = 1
  case descending = 2
}

enum ParquetMagic {
  /// `PAR1`: at both ends of a file.
  static let plain: [UInt8] = [0x50, 0x41, 0x52, 0x31]
  /// `PARE`: at the end of a file with an encrypted footer.
  static let encrypted: [UInt8] = [0x50, 0x41, 0x52, 0x45]
}

extension ColumnType {
  var physical: PhysicalType {
    switch self {
    case .boolean: .boolean
    case .int32, .date: .int32
    case .int64, .timestamp: .int64
    case .string: .byteArray
    }
  }
}
