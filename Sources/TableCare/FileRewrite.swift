internal import ColumnTables
internal import DeltaLake
internal import ParquetFiles

/// A file that is to take the place of others: what was added is on disk but for a row group.
///
/// Only an encrypted file is in memory as a whole, in its encoded form: its nonces depend on all of
/// it.
struct FileRewrite {
  private let rewriter: TableRewriter
  private let writer: ParquetWriter
  private let draft: DraftFile
  private let encryption: FileEncryption?
  private var stream: ParquetStream
  /// The row groups of an encrypted file.
  private var kept: [[EncodedChunk]] = []
  private var pending: [TablePart] = []
  private var pendingRows = 0
  private var lastKey: RowKey?
  /// Whether the pending rows came in order.
  private var isInOrder = true
  /// Rows that were added.
  private(set) var rowCount = 0

  /// Begins a file in the partition of `file`.
  init(_ rewriter: TableRewriter, like file: AddedFile) throws(TableCareError) {
    self.rewriter = rewriter
    var options = ParquetOptions()
    options.zstdLevel = 1
    options.rowGroupRowsMax = rewriter.layout.rowGroupRowsMax
    let layout = rewriter.layout
    writer = ParquetWriter(
      schema: rewriter.fileSchema, sortedBy: layout.sortedBy,
      metadata: [("logveil.schema", "1"), ("logveil.table", layout.name)],
      createdBy: layout.createdBy, options: options)
    stream = ParquetStream(writer)
    do {
      encryption = try layout.encryption?.encryption((file.partitionValues["date"] ?? nil) ?? "")
    } catch { throw .key(table: rewriter.table, "\(error)") }
    draft = try tabled { () throws(DeltaError) in
      try rewriter.run.begin(table: rewriter.table, partition: file.partitionValues)
    }
  }

  /// Bytes of the file with `more` rows, going by those that are encoded; 0 before the first ones.
  func byteCount(with more: Int) -> Int64 {
    let encoded = rowCount - pendingRows
    guard encoded > 0 else { return 0 }
    let bytes = stream.byteCount + kept.joined().reduce(0) { $0 + $1.byteCount }
    return Int64(Double(bytes) / Double(encoded) * Double(rowCount + more))
  }

  /// Whether the first of `rows` is no less than the last one here.
  func isFollowed(by rows: Table) -> Bool {
    guard let lastKey, rows.rowCount > 0 else { return true }
    return RowKeys(rows, rewriter.layout.sortedBy).key(0) >= lastKey
  }

  /// Adds rows behind those that are here, which should be no greater.
  mutating func append(_ rows: Table) throws(TableCareError) {
    guard rows.rowCount > 0 else { return }
    let keys = RowKeys(rows, rewriter.layout.sortedBy)
    if let lastKey, keys.key(0) < lastKey { isInOrder = false }
    lastKey = keys.key(rows.rowCount - 1)
    pending.append(TablePart(rows))
    pendingRows += rows.rowCount
    rowCount += rows.rowCount
    if pendingRows >= writer.options.rowGroupRowsMax { try flush(all: false) }
  }

  /// Makes the file durable, to be added to the table.
  mutating func finish() throws(TableCareError) {
    try flush(all: true)
    var statistics: TableStatistics?
    var pieces: [[UInt8]]
    if let encryption {
      do throws(ParquetError) {
        pieces = try writer.assemble(rowGroups: kept, encryptedBy: encryption).segments
      } catch { throw .file(path: rewriter.table, error) }
    } else {
      (pieces, statistics) = stream.finish()
    }
    try write(pieces)
    try tabled { () throws(DeltaError) in
      _ = try rewriter.run.add(
        draft, to: rewriter.table, statistics: statistics, leavingOut: rewriter.layout.silent)
    }
  }

  private func write(_ pieces: [[UInt8]]) throws(TableCareError) {
    try tabled { () throws(DeltaError) in
      for piece in pieces { try draft.append(piece.span) }
    }
  }

  /// Encodes whole row groups, and with `all` what is left.
  private mutating func flush(all: Bool) throws(TableCareError) {
    guard pendingRows > 0 else { return }
    var rows = pending.count == 1 ? pending[0].table : Table.joined(pending)
    if !isInOrder, let order = rows.order(by: rewriter.layout.sortedBy) {
      rows = rows.picking(order)
    }
    pending = []
    isInOrder = true
    var start = 0
    let groupRows = writer.options.rowGroupRowsMax
    while start < rows.rowCount, all || rows.rowCount - start >= groupRows {
      let end = min(start + groupRows, rows.rowCount)
      try encode(rows, start..<end)
      start = end
    }
    pendingRows = rows.rowCount - start
    if pendingRows > 0 { pending = [TablePart(rows.picking(Array(start..<rows.rowCount)))] }
  }

  private mutating func encode(_ rows: Table, _ range: Range<Int>) throws(TableCareError) {
    var chunks: [EncodedChunk] = []
    do throws(ParquetError) {
      var codec = try ZstdCompressor(level: writer.options.zstdLevel)
      for (place, column) in rows.columns.enumerated() {
        chunks.append(try writer.encodeChunk(column, at: place, rows: range, using: &codec))
      }
    } catch { throw .file(path: rewriter.table, error) }
    if encryption == nil {
      try write(stream.append(rowGroup: chunks))
    } else {
      kept.append(chunks)
    }
  }
}

/// Files that are to take the place of one, whose rows come stretch by stretch: all in the order of
/// the layout, each in as few files as that takes.
struct FileSeries {
  private let rewriter: TableRewriter
  private let file: AddedFile
  private var rewrite: FileRewrite?

  /// Files in the partition of `file`.
  init(_ rewriter: TableRewriter, like file: AddedFile) {
    self.rewriter = rewriter
    self.file = file
  }

  /// Adds rows, in any order. Those that are to stand before some that came earlier begin a file
  /// of their own, so that nothing has to be kept in memory; a compaction merges the files.
  mutating func append(_ rows: Table) throws(TableCareError) {
    guard rows.rowCount > 0 else { return }
    let rows = rows.order(by: rewriter.layout.sortedBy).map { rows.picking($0) } ?? rows
    if let rewrite, !rewrite.isFollowed(by: rows) { try finish() }
    if rewrite == nil { rewrite = try FileRewrite(rewriter, like: file) }
    try rewrite?.append(rows)
  }

  /// Makes the files durable, to be added to the table.
  mutating func finish() throws(TableCareError) {
    try rewrite?.finish()
    rewrite = nil
  }
}
