// The structures of parquet.thrift that a footer is made of, as far as we write or read them.
// Numbers from a file stay numbers here; what they mean is checked where they are used.

struct FileMetadata: Equatable {
  var version: Int32 = 1
  var schema: [SchemaElement] = []
  var rowCount: Int64 = 0
  var rowGroups: [RowGroupMetadata] = []
  var keyValues: [KeyValue] = []
  var createdBy: String?

  struct KeyValue: Equatable {
    var key = ""
    var value: String?
  }
}

struct SchemaElement: Equatable {
  var type: Int32?
  var repetition: Int32?
  var name = ""
  var childCount: Int32?
  var convertedType: Int32?
  var logicalType: LogicalType?
}

enum LogicalType: Equatable {
  case string
  case date
  case timestampMicroseconds(isAdjustedToUTC: Bool)
  case integer(bitWidth: Int8, isSigned: Bool)
  /// ENUM and JSON: strings too.
  case otherText
  /// The number of the union's member that we do not know.
  case other(Int)
}

struct RowGroupMetadata: Equatable {
  var columns: [ColumnChunkMetadata] = []
  var totalByteSize: Int64 = 0
  var rowCount: Int64 = 0
  var sortingColumns: [SortingColumn] = []
  var fileOffset: Int64?
  var totalCompressedSize: Int64?
  var ordinal: Int16?

  struct SortingColumn: Equatable {
    var column: Int32 = 0
    var isDescending = false
    var nullsFirst = false
  }
}

struct ColumnChunkMetadata: Equatable {
  var filePath: String?
  var type: Int32 = 0
  var encodings: [Int32] = []
  var path: [String] = []
  var codec: Int32 = 0
  var valueCount: Int64 = 0
  var uncompressedSize: Int64 = 0
  var compressedSize: Int64 = 0
  var dataPageOffset: Int64 = 0
  var dictionaryPageOffset: Int64?
  var statistics: StatisticsMetadata?
  var encodingStats: [EncodingStats] = []
  var bloomFilterOffset: Int64?
  var bloomFilterLength: Int32?
  var stringByteCount: Int64?
  var offsetIndexOffset: Int64?
  var offsetIndexLength: Int32?
  var columnIndexOffset: Int64?
  var columnIndexLength: Int32?
  /// The column is encrypted on its own.
  var isEncrypted = false
  var hasMetadata = false

  struct EncodingStats: Equatable {
    var pageType: Int32 = 0
    var encoding: Int32 = 0
    var count: Int32 = 0
  }
}

struct StatisticsMetadata: Equatable {
  var nullCount: Int64?
  var maximum: [UInt8]?
  var minimum: [UInt8]?
  var isMaximumExact: Bool?
  var isMinimumExact: Bool?
}

/// Where one data page lies.
struct PageLocation: Equatable, Sendable {
  var offset: Int64
  /// Header included.
  var compressedSize: Int32
  var firstRow: Int64
}

/// Nulls and bounds of all pages of a chunk.
struct ColumnIndex: Equatable {
  var nullPages: [Bool] = []
  var minima: [[UInt8]] = []
  var maxima: [[UInt8]] = []
  var order: BoundaryOrder = .unordered
  var nullCounts: [Int64] = []
}
