import ColumnTables

/// One column of one row group, encoded and compressed: all but its place in a file.
package struct EncodedChunk: Sendable {
  /// Index of the column in the schema.
  package let column: Int
  package let rowCount: Int
  /// All pages with their headers.
  private(set) var bytes: [UInt8]
  let pages: [Page]
  /// Length of the dictionary page with its header; `nil`: there is none.
  let dictionaryPageBytes: Int?
  /// Encoding of the data pages.
  let encoding: Encoding
  let hasLevels: Bool
  /// All pages before compression, with their headers.
  let uncompressedSize: Int
  let statistics: PartStatistics
  /// Bytes of all strings that are not null; `nil` for other types.
  let stringByteCount: Int?
  let bloomFilter: [UInt8]?

  /// How many bytes were taken out, to be put back before the chunk goes into a file.
  package private(set) var missingBytes: Int?

  init(
    column: Int, rowCount: Int, bytes: [UInt8], pages: [Page], dictionaryPageBytes: Int?,
    encoding: Encoding, hasLevels: Bool, uncompressedSize: Int, statistics: PartStatistics,
    stringByteCount: Int?, bloomFilter: [UInt8]?
  ) {
    self.column = column
    self.rowCount = rowCount
    self.bytes = bytes
    self.pages = pages
    self.dictionaryPageBytes = dictionaryPageBytes
    self.encoding = encoding
    self.hasLevels = hasLevels
    self.uncompressedSize = uncompressedSize
    self.statistics = statistics
    self.stringByteCount = stringByteCount
    self.bloomFilter = bloomFilter
  }

  /// Bytes that the chunk takes in a file.
  package var byteCount: Int { missingBytes ?? bytes.count }

  /// The pages, which the chunk has no longer.
  package mutating func takeBytes() -> [UInt8] {
    defer {
      missingBytes = bytes.count
      bytes = []
    }
    return bytes
  }

  /// Gives the pages back.
  package mutating func putBytes(_ bytes: [UInt8]) {
    precondition(missingBytes == bytes.count, "These are not the pages of the chunk.")
    self.bytes = bytes
    missingBytes = nil
  }

  struct Page: Sendable {
    /// Offset in `bytes`.
    let offset: Int
    /// With its header.
    let byteCount: Int
    /// Counted from the start of the row group.
    let firstRow: Int
    let statistics: PartStatistics
  }
}
