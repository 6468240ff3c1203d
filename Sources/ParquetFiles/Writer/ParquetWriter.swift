package import ColumnTables

/// Writes tables of one schema as Parquet files.
///
/// The work comes in two parts, so that a caller may spread it over threads: `encodeChunk` does
/// one column of one row group and shares nothing, `assemble` lays the chunks out. The same rows
/// and options give the same bytes.
///
/// Cost: what `assemble` does is small (it copies no chunk); nearly all time goes to zstd.
package struct ParquetWriter: Sendable {
  package let schema: Schema
  package let options: ParquetOptions
  let sortedBy: [String]
  let metadata: [FileMetadata.KeyValue]
  let createdBy: String

  /// - Parameters:
  ///   - sortedBy: columns that the rows of each file are sorted by, ascending; may be empty.
  ///   - metadata: goes into the footer as it is.
  ///   - createdBy: in the form `logveil version 1.2.3 (build abcdef)`, which other readers parse.
  package init(
    schema: Schema,
    sortedBy: [String],
    metadata: [(key: String, value: String)],
    createdBy: String,
    options: ParquetOptions = ParquetOptions()
  ) {
    precondition(!schema.fields.isEmpty, "A Parquet file needs a column.")
    precondition(
      options.pageRowsMax > 0 && options.pageBytesMax > 0 && options.rowGroupRowsMax > 0
        && options.rowGroupRowsMax <= Int(Int32.max) && options.pageRowsMax <= 1 << 24,
      "Rows and bytes per page and row group are out of range."
    )
    for name in sortedBy + options.bloomFilterColumns {
      precondition(schema.index(of: name) != nil, "There is no column \(name).")
    }
    self.schema = schema
    self.options = options
    self.sortedBy = sortedBy
    self.metadata = metadata.map { FileMetadata.KeyValue(key: $0.key, value: $0.value) }
    self.createdBy = createdBy
  }

  /// `rows` cut into row groups.
  package func rowGroups(of rows: Range<Int>) -> [Range<Int>] { rows.cut(options.rowGroupRowsMax) }

  /// Encodes `rows` of one column, one row group.
  ///
  /// Several threads may do so at once.
  ///
  /// - Parameters:
  ///   - place: which one of the schema's columns it is.
  ///   - rows: not empty, at most `options.rowGroupRowsMax`.
  ///   - codec: the caller's own.
  package func encodeChunk(
    _ column: Column,
    at place: Int,
    rows: Range<Int>,
    using codec: inout ZstdCompressor
  ) throws(ParquetError) -> EncodedChunk {
    precondition(column.fits(schema.fields[place]), "The column is not the one of the schema.")
    precondition(
      !rows.isEmpty && rows.lowerBound >= 0 && rows.upperBound <= column.count,
      "A row group lies outside the column."
    )
    precondition(rows.count <= options.rowGroupRowsMax, "A row group has too many rows.")
    let isValid = column.isValid
    var builder = ChunkBuilder(field: schema.fields[place], options: options)
    switch column.values {
    case .booleans(let values):
      try builder.encode(booleans: values, isValid: isValid, rows: rows, using: &codec)
    case .int32s(let values):
      try builder.encode(numbers: values, isValid: isValid, rows: rows, using: &codec)
    case .int64s(let values):
      try builder.encode(numbers: values, isValid: isValid, rows: rows, using: &codec)
    case .strings(let values):
      try builder.encode(strings: values, isValid: isValid, rows: rows, using: &codec)
    case .codes(let codes, let dictionary):
      try builder.encode(codes: codes, of: dictionary, isValid: isValid, rows: rows, using: &codec)
    }
    return builder.finish(column: place)
  }

  /// Encodes `rows` of `table` as a file, all on this thread.
  ///
  /// - Parameter encryption: `nil`: the file is plain.
  package func encode(
    _ table: Table, rows: Range<Int>, encryptedBy encryption: FileEncryption? = nil
  ) throws(ParquetError) -> ParquetFile {
    precondition(table.schema == schema, "The table has another schema than the writer.")
    var codec = try ZstdCompressor(level: options.zstdLevel)
    var chunks: [[EncodedChunk]] = []
    for group in rowGroups(of: rows) {
      var columns: [EncodedChunk] = []
      for column in schema.fields.indices {
        columns.append(
          try encodeChunk(table.columns[column], at: column, rows: group, using: &codec))
      }
      chunks.append(columns)
    }
    guard let encryption else { return assemble(rowGroups: chunks) }
    return try assemble(rowGroups: chunks, encryptedBy: encryption)
  }
}
