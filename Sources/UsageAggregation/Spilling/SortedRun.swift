internal import ByteBlocks
internal import ByteKernels

/// Sorted rows that were spilled, page by page.
package struct SortedRun: Sendable {
  /// Rows of a page: what a merge holds of each run.
  static let pageRows = 2048

  let pages: [SpillPlace]
  /// Number of rows.
  package let rowCount: Int

  /// Spills rows, many pages at once.
  package init(
    _ rows: UsageRows, to store: any SpillStore, parallel: ParallelFor
  ) throws {
    let ranges = stride(from: 0, to: rows.count, by: Self.pageRows).map {
      $0..<min(rows.count, $0 + Self.pageRows)
    }
    let places = Slots<Result<SpillPlace, any Error>>(count: ranges.count)
    parallel(ranges.count) { page in
      places.set(page, Result { try store.store(rows.sorted(ranges[page]).packed) })
    }
    pages = try places.all().map { try $0.get() }
    rowCount = rows.count
  }

  /// Merges runs into one.
  init(merging runs: [SortedRun], in store: any SpillStore) throws {
    var merge = try RunMerge(runs, in: store)
    var pages: [SpillPlace] = []
    var count = 0
    while let rows = try merge.next(RowGroupBounds(rowsMax: Self.pageRows)) {
      pages.append(try store.store(rows.packed))
      count += rows.count
    }
    self.pages = pages
    rowCount = count
  }
}
