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
    while let rows = try merge.next(rowsMax: Self.pageRows) {
      pages.append(try store.store(rows.packed))
      count += rows.count
    }
    self.pages = pages
    rowCount = count
  }
}

/// Reads a run row by row.
final class RunCursor: MergeCursor {
  /// What is in memory of the run; it never changes, so that looking at it costs nothing.
  private final class Page: Sendable {
    let rows: SortedRows
    init(_ rows: SortedRows) { self.rows = rows }
  }

  private let run: SortedRun
  private let store: any SpillStore
  private var nextPage = 0
  private var page = Page(SortedRows())
  private var row = 0

  init(_ run: SortedRun, in store: any SpillStore) throws {
    self.run = run
    self.store = store
    try turn()
  }

  /// Whether there is no row any more.
  var isOver: Bool { row >= page.rows.count }

  /// Day of the row that is next.
  var day: UInt16 { page.rows.groups[row].day }

  func advance() throws {
    row += 1
    if row == page.rows.count { try turn() }
  }

  private func turn() throws {
    page = Page(SortedRows())
    row = 0
    guard nextPage < run.pages.count else { return }
    page = Page(SortedRows(packed: try store.load(run.pages[nextPage])))
    nextPage += 1
  }

  /// Negative, zero or positive: how the keys of two cursors' rows compare.
  func compare(_ other: RunCursor) -> Int {
    page.rows.compare(row, to: other.page.rows, other.row)
  }

  /// Whether the row has the key of the last one of `rows`.
  func hasKeyOfLast(_ rows: borrowing SortedRows) -> Bool {
    rows.count > 0 && page.rows.compare(row, to: rows, rows.count - 1) == 0
  }

  /// Adds the row behind the others, or to the last one where that has the same key.
  func put(into rows: inout SortedRows) throws(SumOverflow) {
    if hasKeyOfLast(rows) { return try rows.addToLast(page.rows.groups[row]) }
    rows.append(row, of: page.rows)
  }
}
