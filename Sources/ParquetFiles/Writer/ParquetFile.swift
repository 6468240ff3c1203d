package import ColumnTables

/// A whole file in memory, in pieces that are to be written one behind the other.
package struct ParquetFile: Sendable {
  /// The pieces.
  package let segments: [[UInt8]]
  package let byteCount: Int
  /// Nulls and bounds of each column, for the log of a table.
  package let statistics: TableStatistics

  /// All pieces in one.
  package var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(byteCount)
    for segment in segments { bytes.append(contentsOf: segment) }
    return bytes
  }
}

extension ParquetWriter {
  /// Lays the chunks of all row groups out as a file.
  ///
  /// - Parameter rowGroups: for each row group a chunk per column, in the schema's order.
  package func assemble(rowGroups: [[EncodedChunk]]) -> ParquetFile {
    var stream = ParquetStream(self)
    var segments: [[UInt8]] = []
    for chunks in rowGroups { segments += stream.append(rowGroup: chunks) }
    let (tail, statistics) = stream.finish()
    segments += tail
    return ParquetFile(
      segments: segments, byteCount: segments.reduce(0) { $0 + $1.count }, statistics: statistics)
  }

  /// The same as an encrypted file.
  package func assemble(
    rowGroups: [[EncodedChunk]], encryptedBy encryption: FileEncryption
  ) throws(ParquetError) -> ParquetFile {
    let fileID = try encryption.fileID(rowGroups)
    let sealer = try ModuleSealer(encryption)
    var layout = FileLayout(writer: self, magic: ParquetMagic.encrypted)
    var segments: [[UInt8]] = []
    for (group, chunks) in rowGroups.enumerated() {
      var sealed: [EncodedChunk] = []
      for chunk in chunks {
        let place = ModulePlace(fileID: fileID, rowGroup: group, column: chunk.column)
        sealed.append(try chunk.sealed(sealer, place))
      }
      layout.append(rowGroup: sealed)
      segments += layout.take()
    }
    layout.finish(tail: try encryption.tail(layout.footer.encoded(), fileID: fileID))
    segments += layout.take()
    return ParquetFile(
      segments: segments, byteCount: layout.byteCount, statistics: layout.statistics(rowGroups))
  }
}

/// A file that is written while it is made: a row group is out of memory when it was handed out.
package struct ParquetStream: Sendable {
  private var layout: FileLayout
  /// Without their pages.
  private var rowGroups: [[EncodedChunk]] = []

  package init(_ writer: ParquetWriter) {
    layout = FileLayout(writer: writer, magic: ParquetMagic.plain)
  }

  /// Bytes of the file so far.
  package var byteCount: Int { layout.byteCount }

  /// The next pieces of the file.
  ///
  /// - Parameter chunks: one a column, in the schema's order.
  package mutating func append(rowGroup chunks: [EncodedChunk]) -> [[UInt8]] {
    layout.append(rowGroup: chunks)
    rowGroups.append(
      chunks.map { chunk in
        var chunk = chunk
        _ = chunk.takeBytes()
        return chunk
      })
    return layout.take()
  }

  /// The last pieces of the file, and what its rows are like.
  package mutating func finish() -> (pieces: [[UInt8]], statistics: TableStatistics) {
    layout.appendIndexes(rowGroups)
    layout.finish(tail: layout.footer.encoded())
    return (layout.take(), layout.statistics(rowGroups))
  }
}

/// The file as it grows; offsets are known as soon as their bytes are appended.
private struct FileLayout: Sendable {
  let writer: ParquetWriter
  let magic: [UInt8]
  /// What was not taken yet.
  private var segments: [[UInt8]]
  private(set) var byteCount: Int
  private(set) var footer: FileMetadata

  init(writer: ParquetWriter, magic: [UInt8]) {
    self.writer = writer
    self.magic = magic
    segments = [magic]
    byteCount = magic.count
    footer = FileMetadata(
      schema: writer.schemaElements,
      keyValues: writer.metadata,
      createdBy: writer.createdBy
    )
  }

  /// The pieces that came since the last call.
  mutating func take() -> [[UInt8]] {
    defer { segments = [] }
    return segments
  }

  private mutating func append(_ segment: [UInt8]) -> Int64 {
    defer { byteCount += segment.count }
    segments.append(segment)
    return Int64(byteCount)
  }

  mutating func append(rowGroup chunks: [EncodedChunk]) {
    precondition(
      chunks.map(\.column) == Array(writer.schema.fields.indices),
      "A row group needs a chunk for each column, in order."
    )
    precondition(
      chunks.allSatisfy { $0.rowCount == chunks[0].rowCount },
      "The chunks of a row group differ in their rows."
    )
    var group = RowGroupMetadata(
      rowCount: Int64(chunks[0].rowCount),
      sortingColumns: writer.sortingColumns,
      fileOffset: Int64(byteCount),
      ordinal: Int16(exactly: footer.rowGroups.count)
    )
    for chunk in chunks {
      precondition(chunk.missingBytes == nil, "The pages of a chunk were taken out.")
      let offset = append(chunk.bytes)
      var metadata = writer.metadata(of: chunk, at: offset)
      metadata.isEncrypted = magic == ParquetMagic.encrypted
      group.columns.append(metadata)
    }
    group.totalByteSize = Int64(chunks.reduce(0) { $0 + $1.uncompressedSize })
    group.totalCompressedSize = Int64(chunks.reduce(0) { $0 + $1.byteCount })
    footer.rowCount += group.rowCount
    footer.rowGroups.append(group)
  }

  /// Bloom filters, then all column indexes, then all offset indexes.
  mutating func appendIndexes(_ rowGroups: [[EncodedChunk]]) {
    for (group, chunks) in rowGroups.enumerated() {
      for (column, chunk) in chunks.enumerated() {
        guard let filter = chunk.bloomFilter else { continue }
        footer.rowGroups[group].columns[column].bloomFilterOffset = append(filter)
        footer.rowGroups[group].columns[column].bloomFilterLength = Int32(filter.count)
      }
    }
    for (group, chunks) in rowGroups.enumerated() {
      for (column, chunk) in chunks.enumerated() {
        guard let index = chunk.columnIndex(writer.schema.fields[column].type)?.encoded()
        else { continue }
        footer.rowGroups[group].columns[column].columnIndexOffset = append(index)
        footer.rowGroups[group].columns[column].columnIndexLength = Int32(index.count)
      }
    }
    for (group, chunks) in rowGroups.enumerated() {
      for (column, chunk) in chunks.enumerated() {
        let start = footer.rowGroups[group].columns[column].chunkStart
        let index = encodedOffsetIndex(chunk.pageLocations(from: start))
        footer.rowGroups[group].columns[column].offsetIndexOffset = append(index)
        footer.rowGroups[group].columns[column].offsetIndexLength = Int32(index.count)
      }
    }
  }

  /// - Parameter tail: what stands between the chunks and the length of itself.
  mutating func finish(tail: [UInt8]) {
    _ = append(tail + littleEndian(tail.count) + magic)
  }

  func statistics(_ rowGroups: [[EncodedChunk]]) -> TableStatistics {
    var columns = [PartStatistics](
      repeating: PartStatistics(),
      count: writer.schema.fields.count
    )
    for chunk in rowGroups.joined() { columns[chunk.column].add(chunk.statistics) }
    return TableStatistics(
      rowCount: Int(footer.rowCount),
      columns: zip(columns, writer.schema.fields).map { $0.column($1) }
    )
  }
}

extension ColumnChunkMetadata {
  /// Offset of the first page, a dictionary or not.
  var chunkStart: Int64 {
    guard let dictionary = dictionaryPageOffset, dictionary > 0 else { return dataPageOffset }
    return min(dictionary, dataPageOffset)
  }
}
