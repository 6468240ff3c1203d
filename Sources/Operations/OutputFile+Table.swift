internal import ColumnTables
internal import ParquetFiles

extension OutputFile {
  /// Writes a table as a Parquet file.
  ///
  /// - Parameter mark: what the table is, as a key and a text of the file's metadata.
  static func write(
    _ table: Table, asParquetTo path: String, mark: (String, String)
  ) throws(OperationError) {
    let writer = ParquetWriter(
      schema: table.schema, sortedBy: [], metadata: [mark], createdBy: ToolVersion.createdBy)
    let file: ParquetFile
    do { file = try writer.encode(table, rows: 0..<table.rowCount) } catch {
      throw OperationError(error)
    }
    try write(file.bytes, to: path)
  }
}
