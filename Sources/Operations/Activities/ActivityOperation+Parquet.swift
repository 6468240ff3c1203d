internal import ColumnTables
internal import ParquetFiles
internal import UsageAggregation
internal import VeiledRecords

extension ActivityOperation {
  /// Rows of one row group.
  private static let groupRows = 1 << 20

  /// Writes the wanted rows as one Parquet file, with the column `private` where private ones are
  /// shown. Row groups are encoded as they come; their encoded bytes stay in memory.
  package func writeParquet(
    _ emit: ([UInt8]) throws(OperationError) -> Void
  ) throws(OperationError) -> Int {
    let schema = Schema(
      ActivitySchema.schema.fields
        + (request.confirmation == nil ? [] : [Field("private", .boolean)]))
    let writer = ParquetWriter(
      schema: schema, sortedBy: [], metadata: [("logveil.table", "activities")],
      createdBy: ToolVersion.createdBy)
    do {
      var groups: [[EncodedChunk]] = []
      var pending: [Table] = []
      var count = 0
      func flush() throws {
        guard !pending.isEmpty else { return }
        var codec = try ZstdCompressor(level: writer.options.zstdLevel)
        let whole = Table.joined(pending.map { TablePart($0) })
        pending = []
        for rows in writer.rowGroups(of: 0..<whole.rowCount) {
          var chunks: [EncodedChunk] = []
          for (place, column) in whole.columns.enumerated() {
            chunks.append(
              try writer.encodeChunk(column, at: place, rows: rows, using: &codec))
          }
          groups.append(chunks)
        }
      }
      try readEach(columns: ActivitySchema.fileSchema.fields.map(\.name)) { found in
        Self.rows(of: found, schema)
      } _: { rows in
        count += rows.rowCount
        pending.append(rows)
        if pending.reduce(0, { $0 + $1.rowCount }) >= Self.groupRows { try flush() }
        return true
      }
      try flush()
      for segment in writer.assemble(rowGroups: groups).segments { try emit(segment) }
      return count
    } catch { throw OperationError(error) }
  }

  private static func rows(of found: Found, _ schema: Schema) -> Table {
    let picked = found.table.picking(found.rows)
    let day = CivilDay(parsing: found.date)?.daysSince1970 ?? 0
    let columns = schema.fields.map { field -> Column in
      switch field.name {
      case "date": Column(.int32s(Array(repeating: day, count: picked.rowCount)))
      case "private":
        Column(.booleans(Array(repeating: found.isPrivate, count: picked.rowCount)))
      default: picked.column(field.name) ?? Column(.int64s([]))
      }
    }
    return Table(schema: schema, columns: columns, rowCount: picked.rowCount)
  }
}
