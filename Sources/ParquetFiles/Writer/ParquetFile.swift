package import ColumnTables

/// A whole file in memory, in pieces that are to be written one behind the other.
package struct ParquetFile: Sendable {
  /// The pieces: chunks are shared with what was assembled, not copied.
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
    var layout = FileLayout(writer: self)
    for chunks in rowGroups { layout.append(rowGroup: chunks) }
    layout.appendIndexes(rowGroups)
    return layout.finish(rowGroups)
  }
}

/// The file as it grows; offsets are known as soon as their bytes are appended.
private struct FileLayout {
  let writer: ParquetWriter
  var segments: [[UInt8]] = [ParquetMagic.plain]
  var byteCount = ParquetMagic.plain.count
  var footer: FileMetadata

  init(writer: ParquetWriter) {
    self.writer = writer
    footer = FileMetadata(
      schema: writer.schemaElements,
      keyValues: writer.metadata,
      createdBy: writer.createdBy
    )
  }

  mutating func append(_ segment: [UInt8]) -> Int64 {
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
      let offset = append(chunk.bytes)
      group.columns.append(writer.metadata(of: chunk, at: offset))
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

  consuming func finish(_ rowGroups: [[EncodedChunk]]) -> ParquetFile {
    var tail = footer.encoded()
    let length = UInt32(tail.count)
    tail.append(contentsOf: (0..<4).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) })
    tail.append(contentsOf: ParquetMagic.plain)
    _ = append(tail)
    var columns = [PartStatistics](
      repeating: PartStatistics(),
      count: writer.schema.fields.count
    )
    for chunk in rowGroups.joined() { columns[chunk.column].add(chunk.statistics) }
    let statistics = TableStatistics(
      rowCount: Int(footer.rowCount),
      columns: zip(columns, writer.schema.fields).map { $0.column($1) }
    )
    return ParquetFile(segments: segments, byteCount: byteCount, statistics: statistics)
  }
}

extension ColumnChunkMetadata {
  /// Offset of the first page, a dictionary or not.
  var chunkStart: Int64 {
    guard let dictionary = dictionaryPageOffset, dictionary > 0 else { return dataPageOffset }
    return min(dictionary, dataPageOffset)
  }
}
