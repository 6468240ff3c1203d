internal import ByteBlocks
internal import ParquetFiles
internal import StagedExecution
internal import UsageAggregation

extension BatchWriter {
  /// Merges the spilled sums of a batch and writes its files of `usage`: the same as from memory,
  /// with one row group in it at a time.
  func write(
    _ runs: [SortedRun], in store: any SpillStore, batch: String, source: String
  ) throws -> Result {
    var result = Result()
    let writer = parquetWriter(UsageSchema.fileSchema, "usage", UsageSchema.sortedBy)
    var file: GrowingParquet?
    var fileRows = 0
    var merge = try RunMerge(runs, in: store)
    while let day = merge.nextDay {
      var bounds = Self.rowGroupBounds
      bounds.rowsMax -= fileRows
      let group = try rowGroup(from: &merge, bounds, writer, batch, source)
      result.rows += group.rows
      result.appIDs.formUnion(group.appIDs)
      fileRows += group.rows
      try crew.phase("write") {
        if file == nil { file = try GrowingParquet(writer, table: "usage", day: day, in: sink) }
        try file?.append(group.chunks)
        if fileRows == Self.fileRowsMax || merge.nextDay != day {
          try file?.finish(silent: Self.silent)
          (file, fileRows) = (nil, 0)
        }
      }
      HeapMemory.giveBack()
    }
    return result
  }

  private func rowGroup(
    from merge: inout RunMerge, _ bounds: RowGroupBounds, _ writer: ParquetWriter,
    _ batch: String, _ source: String
  ) throws -> (rows: Int, appIDs: Set<Int32>, chunks: [EncodedChunk]) {
    let share = try crew.phase("unspill") {
      try merge.next(bounds).map(FinishedPartial.init)
    }
    let merged = try self.merge(share.map { [$0] } ?? [])
    let rows = merged.rows
    precondition(rows.count == share?.rowCount, "A row group lost rows at its merge.")
    let groups = try encode(writer, [0..<rows.count]) { place, group in
      (rows.column(place, group, batch: batch, source: source), group)
    }
    return (rows.count, merged.appIDs, groups[0])
  }
}
