import ColumnTables

/// Holds a footer against itself and the file's size before anything else is done with it.
struct FooterChecks {
  let metadata: FileMetadata
  let columns: FileColumns
  let footer: Range<Int>
  let limits: ParquetLimits
  /// Whether encrypted chunks can be opened.
  var opensChunks = false

  /// The number of rows, if all row groups together have as many as the file states.
  func rowCount() throws(ParquetError) -> Int {
    var total: Int64 = 0
    for group in metadata.rowGroups {
      let (sum, overflow) = total.addingReportingOverflow(group.rowCount)
      guard group.rowCount >= 0, !overflow else { throw failure(.rowCounts) }
      total = sum
    }
    guard total == metadata.rowCount else { throw failure(.rowCounts) }
    guard total <= limits.rowsMax else {
      throw .tooLarge(stated: Int(total), limit: limits.rowsMax, offset: footer.lowerBound)
    }
    return Int(total)
  }

  /// Checks what the footer says of each chunk.
  func chunks() throws(ParquetError) {
    var ranges: [Range<Int64>] = []
    for group in metadata.rowGroups {
      guard group.columns.count == columns.leafCount else { throw failure(.schema) }
      for chunk in group.columns {
        if let range = try range(of: chunk) { ranges.append(range) }
      }
      for (field, leaf) in zip(columns.fields, columns.leaves) {
        try check(group.columns[leaf], field, rowCount: group.rowCount)
      }
    }
    ranges.sort { $0.lowerBound < $1.lowerBound }
    for (first, second) in zip(ranges, ranges.dropFirst())
    where first.upperBound > second.lowerBound {
      throw .damaged(.chunkRange, offset: Int(second.lowerBound))
    }
  }

  /// The bytes of `chunk`, all in front of the footer; `nil` if it has no values.
  private func range(of chunk: ColumnChunkMetadata) throws(ParquetError) -> Range<Int64>? {
    let name = chunk.path.joined(separator: ".")
    if chunk.isEncrypted, !opensChunks { throw .unsupported(.encryption) }
    if chunk.filePath != nil { throw .unsupported(.externalFile(column: name)) }
    guard chunk.hasMetadata, chunk.valueCount >= 0, chunk.compressedSize >= 0 else {
      throw failure(.chunkRange)
    }
    guard chunk.valueCount > 0 else { return nil }
    let start = chunk.chunkStart
    guard start >= 4, start <= footer.lowerBound,
      chunk.compressedSize <= Int64(footer.lowerBound) - start
    else { throw failure(.chunkRange) }
    return start..<start + chunk.compressedSize
  }

  private func check(
    _ chunk: ColumnChunkMetadata,
    _ field: Field,
    rowCount: Int64
  ) throws(ParquetError) {
    guard chunk.type == field.type.physical.rawValue, chunk.path == [field.name] else {
      throw failure(.schema)
    }
    guard chunk.valueCount == rowCount else { throw failure(.rowCounts) }
    let nullCount = chunk.statistics?.nullCount ?? 0
    guard nullCount >= 0, nullCount <= rowCount else { throw failure(.rowCounts) }
  }

  private func failure(_ damage: ParquetError.Damage) -> ParquetError {
    .damaged(damage, offset: footer.lowerBound)
  }
}
