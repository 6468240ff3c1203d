import ByteBlocks
package import ColumnTables

/// How much a file may make the reader allocate, whatever it states.
package struct ParquetLimits: Sendable, Equatable {
  /// Rows of a file.
  package var rowsMax = 1 << 27
  /// Bytes of a page after decompression.
  package var pageBytesMax = 1 << 28
  /// Bytes of all strings of a column, written out.
  package var textBytesMax = 1 << 31

  package init() {}
}

/// Reads Parquet files: those that `ParquetWriter` makes, and flat ones of other writers.
///
/// Read are the encodings PLAIN, RLE, RLE_DICTIONARY and the three DELTA ones, data pages V1 and
/// V2, without compression or with snappy or zstd. Every page with a checksum is checked against
/// it. Nothing in the file is trusted: damage is an error, never a trap.
package struct ParquetReader: Sendable {
  /// The columns that can be read.
  package let schema: Schema
  package let rowCount: Int
  package let rowGroups: [RowGroup]
  /// The footer's own, in its order; a key without a value has an empty one.
  package let keyValueMetadata: [(key: String, value: String)]
  package let createdBy: String?
  /// Columns that can't be read, nested ones for example, and why.
  package let refusedColumns: [(name: String, feature: ParquetError.Feature)]

  let source: FileBytes
  private let opening: FileOpening?
  let limits: ParquetLimits
  let leaves: [Int]
  let metadata: FileMetadata

  package struct RowGroup: Sendable, Equatable {
    package let rowCount: Int
    /// Bytes in the file.
    package let byteCount: Int
    /// Of the columns of `schema`.
    ///
    /// Where the file does not say how many nulls a column has, `nullCount` is the row count.
    package let statistics: TableStatistics
  }

  /// Reads the footer of the file that `bytes` are.
  package init(
    bytes: [UInt8],
    limits: ParquetLimits = ParquetLimits(),
    keys: FileKeys? = nil
  ) throws(ParquetError) {
    try self.init(.whole(bytes), limits: limits, keys: keys)
  }

  /// Reads the footer of a file of `byteCount` bytes, and later only what is asked for.
  ///
  /// - Parameters:
  ///   - keys: opens an encrypted file.
  ///   - read: gives the bytes of a range; may be called from several threads.
  package init(
    byteCount: Int,
    limits: ParquetLimits = ParquetLimits(),
    keys: FileKeys? = nil,
    read: @escaping @Sendable (Range<Int>) throws(ParquetError) -> [UInt8]
  ) throws(ParquetError) {
    try self.init(.parts(byteCount: byteCount, read: read), limits: limits, keys: keys)
  }

  private init(
    _ source: FileBytes, limits: ParquetLimits, keys: FileKeys?
  ) throws(ParquetError) {
    let footer = try source.footer()
    if footer.isEncrypted {
      let (bytes, opening) = try FileOpening.footer(footer, keys: keys)
      self.opening = opening
      metadata = try FileMetadata(bytes, in: 0..<bytes.count)
    } else {
      opening = nil
      metadata = try FileMetadata(footer.bytes, in: footer.range)
    }
    let columns = try FileColumns(metadata.schema, offset: footer.inFile.lowerBound)
    let checks = FooterChecks(
      metadata: metadata,
      columns: columns,
      footer: footer.inFile,
      limits: limits,
      opensChunks: opening != nil
    )
    rowCount = try checks.rowCount()
    try checks.chunks()
    self.source = source
    self.limits = limits
    schema = Schema(columns.fields)
    leaves = columns.leaves
    refusedColumns = columns.refused
    createdBy = metadata.createdBy
    keyValueMetadata = metadata.keyValues.map { ($0.key, $0.value ?? "") }
    rowGroups = metadata.rowGroups.map { RowGroup($0, columns: columns) }
  }

  /// Reads `columns` (all, if `nil`) of `rowGroups` (all, if `nil`), in the order asked for.
  ///
  /// A column of strings whose pages all refer to dictionaries comes back as codes.
  ///
  /// - Parameter sortsDictionaries: `false` leaves dictionaries in the order that they have in the
  ///   file, and texts in them that stand there twice: for readers to whom a code is just a code.
  package func readTable(
    columns names: [String]? = nil,
    rowGroups groups: Range<Int>? = nil,
    sortsDictionaries: Bool = true
  ) throws(ParquetError) -> Table {
    if names == nil, let refused = refusedColumns.first { throw .unsupported(refused.feature) }
    let groups = groups ?? 0..<rowGroups.count
    precondition(
      groups.lowerBound >= 0 && groups.upperBound <= rowGroups.count,
      "There are not so many row groups."
    )
    var fields: [Field] = []
    var columns: [Column] = []
    for name in names ?? schema.fields.map(\.name) {
      let index = try index(of: name)
      fields.append(schema.fields[index])
      columns.append(
        try readColumn(index, rowGroups: groups, sortsDictionaries: sortsDictionaries))
    }
    let rowCount = rowGroups[groups].reduce(0) { $0 + $1.rowCount }
    return Table(schema: Schema(fields), columns: columns, rowCount: rowCount)
  }

  private func index(of name: String) throws(ParquetError) -> Int {
    if let index = schema.index(of: name) { return index }
    if let refused = refusedColumns.first(where: { $0.name == name }) {
      throw .unsupported(refused.feature)
    }
    throw .noSuchColumn(name)
  }

  var isEncrypted: Bool { opening != nil }

  func readColumn(
    _ index: Int,
    rowGroups groups: Range<Int>,
    sortsDictionaries: Bool = true
  ) throws(ParquetError) -> Column {
    let leaf = leaves[index]
    return try readColumn(
      index, chunks: groups.map { .stored(group: $0, leaf: leaf) },
      sortsDictionaries: sortsDictionaries)
  }

  /// A column out of one chunk in plain pages.
  func readColumn(
    _ index: Int, of bytes: [UInt8], _ chunk: ColumnChunkMetadata, sortsDictionaries: Bool
  ) throws(ParquetError) -> Column {
    try readColumn(index, chunks: [.plain(bytes, chunk)], sortsDictionaries: sortsDictionaries)
  }

  /// A chunk to be decoded: one of the file, or plain pages that are here already.
  private enum Chunk {
    case stored(group: Int, leaf: Int)
    case plain([UInt8], ColumnChunkMetadata)
  }

  private func readColumn(
    _ index: Int, chunks: [Chunk], sortsDictionaries: Bool
  ) throws(ParquetError) -> Column {
    let field = schema.fields[index]
    switch field.type {
    case .boolean:
      let (sink, isValid) = try decode(BooleanSink(), field, chunks)
      return Column(.booleans(sink.rows), isValid: isValid)
    case .int32, .date:
      let (sink, isValid) = try decode(NumberSink<Int32>(), field, chunks)
      return Column(.int32s(sink.rows), isValid: isValid)
    case .int64, .timestamp:
      let (sink, isValid) = try decode(NumberSink<Int64>(), field, chunks)
      return Column(.int64s(sink.rows), isValid: isValid)
    case .string:
      let (sink, isValid) = try decode(TextSink(limits: limits), field, chunks)
      return Column(try sink.values(isValid, sorted: sortsDictionaries), isValid: isValid)
    }
  }

  private func decode<Sink: ColumnSink>(
    _ sink: consuming Sink,
    _ field: Field,
    _ chunks: [Chunk]
  ) throws(ParquetError) -> (Sink, [Bool]?) {
    var decompressor = try PageDecompressor()
    var decoder = ChunkDecoder(sink, field: field, limits: limits)
    for place in chunks {
      switch place {
      case .stored(let group, let leaf):
        try placed(group, leaf) { () throws(ParquetError) in
          let (bytes, chunk) = try chunk(group, leaf)
          try decoder.decode(chunk, of: bytes, using: &decompressor)
        }
      case .plain(let bytes, let chunk):
        try decoder.decode(chunk, of: bytes, using: &decompressor)
      }
    }
    return decoder.finish()
  }

  /// Calls `body`, whose errors name places of a chunk as `chunk` puts it.
  private func placed(
    _ group: Int, _ leaf: Int, _ body: () throws(ParquetError) -> Void
  ) throws(ParquetError) {
    do { try body() } catch {
      throw error.moved(by: source.distance(of: metadata.rowGroups[group].columns[leaf]))
    }
  }

  /// A chunk in plain pages, and where it lies in the bytes.
  private func chunk(
    _ group: Int, _ leaf: Int
  ) throws(ParquetError) -> (bytes: [UInt8], chunk: ColumnChunkMetadata) {
    let (bytes, chunk) = try source.chunk(metadata.rowGroups[group].columns[leaf])
    guard let opening, chunk.isEncrypted, chunk.valueCount > 0 else { return (bytes, chunk) }
    return try opening.opened(bytes, chunk, rowGroup: group, column: leaf, limits: limits)
  }

  /// Checks that all pages are in place and that each has the checksum its header states.
  package func verify() throws(ParquetError) {
    for group in metadata.rowGroups.indices {
      let leaves = metadata.rowGroups[group].columns.indices
      for leaf in leaves where metadata.rowGroups[group].columns[leaf].valueCount > 0 {
        try placed(group, leaf) { () throws(ParquetError) in
          let (bytes, chunk) = try chunk(group, leaf)
          var pages = PageScanner(bytes, chunk: chunk, limits: limits)
          while try pages.next() != nil {}
        }
      }
    }
  }
}

extension ParquetReader.RowGroup {
  fileprivate init(_ group: RowGroupMetadata, columns: FileColumns) {
    var statistics: [ColumnStatistics] = []
    for (field, leaf) in zip(columns.fields, columns.leaves) {
      let known = group.columns[leaf].statistics
      let unknownNulls = field.isNullable ? group.rowCount : 0
      statistics.append(
        ColumnStatistics(
          name: field.name,
          type: field.type,
          nullCount: Int(known?.nullCount ?? unknownNulls),
          minimum: known?.minimum.flatMap { Bounds.Bound($0, of: field.type) }?.value(field.type),
          maximum: known?.maximum.flatMap { Bounds.Bound($0, of: field.type) }?.value(field.type)
        )
      )
    }
    rowCount = Int(group.rowCount)
    byteCount = group.columns.reduce(0) { $0 + Int($1.compressedSize) }
    self.statistics = TableStatistics(rowCount: rowCount, columns: statistics)
  }
}
