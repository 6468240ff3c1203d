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
    var file = PendingFile()
    var start = StageClock.now()
    var merge = try RunMerge(runs, in: store)
    while let rows = try merge.next(rowsMax: writer.options.rowGroupRowsMax) {
      clock.addBusy("unspill", since: start)
      if file.day != rows.firstDay || file.rows == Self.fileRowsMax { try write(&file, writer) }
      (file.day, file.rows) = (rows.firstDay, file.rows + rows.count)
      let merged = try self.merge([FinishedPartial(rows)])
      precondition(merged.rows.count == rows.count, "A row group lost rows at its merge.")
      result.appIDs.formUnion(merged.appIDs)
      result.rows += rows.count
      let encodeStart = StageClock.now()
      file.groups += try encode(writer, [0..<rows.count]) { place, group in
        (merged.rows.column(place, group, batch: batch, source: source), group)
      }
      start = clock.addBusy("encode", since: encodeStart)
    }
    try write(&file, writer)
    return result
  }

  /// Row groups of a file that is not full yet.
  private struct PendingFile {
    var day: Int32 = 0
    var rows = 0
    var groups: [[EncodedChunk]] = []
  }

  private func write(_ file: inout PendingFile, _ writer: ParquetWriter) throws {
    defer { file = PendingFile() }
    if file.rows > 0 { try write(file.groups, by: writer, day: file.day) }
  }
}
