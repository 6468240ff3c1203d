/// Why a Parquet file could not be written or read.
///
/// Offsets count bytes from the start of the file; for what lies in a compressed page it is the
/// offset of the page's header.
package enum ParquetError: Error, Equatable, CustomStringConvertible {
  /// What is wrong at a place of a damaged file.
  package enum Damage: String, Sendable {
    case footer = "the footer cannot be read"
    case thrift = "a structure breaks off or is malformed"
    case schema = "the schema contradicts itself"
    case rowCounts = "the row counts contradict each other"
    case chunkRange = "a column chunk lies outside the file or on top of another"
    case pageHeader = "a page header is malformed"
    case pageSize = "a page's size contradicts its content"
    case pageOrder = "a dictionary page is missing, doubled or misplaced"
    case compression = "a page cannot be decompressed"
    case levels = "definition levels are malformed"
    case runs = "bit-packed or repeated runs are malformed"
    case dictionaryIndex = "an index lies outside the dictionary"
    case deltas = "delta-encoded values are malformed"
    case plainValues = "plain values break off or leave bytes over"
    case stringLengths = "string lengths are malformed"
    case module = "an encrypted part does not open"
  }

  /// What a file uses that we do not read.
  package enum Feature: Equatable, Sendable {
    case encryption
    case nesting(column: String)
    case type(column: String)
    case codec(column: String, number: Int)
    case encoding(column: String, number: Int)
    case levelEncoding(column: String, number: Int)
    case externalFile(column: String)
    case sameName(column: String)
  }

  /// Neither begins nor ends as a Parquet file does.
  case notParquet(byteCount: Int)
  case damaged(Damage, offset: Int)
  /// A page's bytes do not have the checksum that its header states.
  case checksum(column: String, offset: Int)
  case unsupported(Feature)
  case noSuchColumn(String)
  /// The file states a number of rows or bytes past the limit set for reading.
  case tooLarge(stated: Int, limit: Int, offset: Int)
  /// One page would be longer than a page's header can state, 2 GiB.
  case pageTooLarge(column: String, byteCount: Int)
  /// The file's bytes could not be had; the reason in words.
  case unreadable(String)
  /// The file is encrypted, and no key that was given opens it; the name of its key.
  case noKey(name: String)
  /// The cipher failed; the reason in words.
  case encryption(String)
  /// The zstd library refused; the number is its error code.
  case compressor(code: Int)

  package var description: String {
    switch self {
    case .notParquet(let byteCount):
      "This is no Parquet file, or only a part of one (\(byteCount) bytes). Nothing was read; "
        + "fetch or write it again."
    case .damaged(let damage, let offset):
      "The Parquet file is damaged at byte \(offset): \(damage.rawValue). Nothing was read; "
        + "restore the file."
    case .checksum(let column, let offset):
      "The Parquet file is damaged: the page of column \(column) at byte \(offset) fails its "
        + "checksum. Nothing was read; restore the file."
    case .unsupported(let feature):
      "The Parquet file uses \(feature.words), which is not supported. Nothing was read; "
        + "rewrite the file without it."
    case .noSuchColumn(let name):
      "The Parquet file has no column \(name). Nothing was read."
    case .tooLarge(let stated, let limit, let offset):
      "The Parquet file states \(stated) rows or bytes at byte \(offset), the limit is \(limit). "
        + "Nothing was read; the file is damaged or needs a higher limit."
    case .pageTooLarge(let column, let byteCount):
      "A page of column \(column) would take \(byteCount) bytes, more than Parquet allows. "
        + "Nothing was written; lower the rows or bytes per page."
    case .unreadable(let reason): reason
    case .noKey:
      "The Parquet file is encrypted, and none of the keys opens it. Nothing was read; it belongs "
        + "to another tenant, or its key version was destroyed."
    case .encryption(let reason): reason
    case .compressor(let code):
      "The zstd library failed with code \(code). Nothing was written; look at the free memory."
    }
  }
}

extension ParquetError {
  /// The same of bytes that lie `distance` further on in the file.
  func moved(by distance: Int) -> ParquetError {
    switch self {
    case .damaged(let damage, let offset): .damaged(damage, offset: offset + distance)
    case .checksum(let column, let offset): .checksum(column: column, offset: offset + distance)
    case .tooLarge(let stated, let limit, let offset):
      .tooLarge(stated: stated, limit: limit, offset: offset + distance)
    default: self
    }
  }
}

extension ParquetError.Feature {
  fileprivate var words: String {
    switch self {
    case .encryption: "encryption"
    case .nesting(let column): "nesting (column \(column))"
    case .type(let column): "the type of column \(column)"
    case .codec(let column, let number): "compression codec \(number) (column \(column))"
    case .encoding(let column, let number): "encoding \(number) (column \(column))"
    case .levelEncoding(let column, let number): "level encoding \(number) (column \(column))"
    case .externalFile(let column): "a second file for column \(column)"
    case .sameName(let column): "the name \(column) for two columns"
    }
  }
}
