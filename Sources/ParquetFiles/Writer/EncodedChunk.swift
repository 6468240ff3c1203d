import ColumnTables

/// One column of one row group, encoded and compressed: all but its place in a file.
package struct EncodedChunk: Sendable {
  /// Index of the column in the schema.
  package let column: Int
  package let rowCount: Int
  /// All pages with their headers.
  let bytes: [UInt8]
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

  /// Bytes that the chunk takes in a file.
  package var byteCount: Int { bytes.count }

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
