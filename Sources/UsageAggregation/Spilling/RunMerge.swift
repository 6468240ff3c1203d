internal import ByteKernels

/// Merges sorted runs into the rows that they are together, with a page of each run in memory.
///
/// ```
/// runs ─► a heap of cursors, least key on top ─► rows of one day, equal keys added up
/// ```
/// What comes out does not depend on how events were spread over runs.
package struct RunMerge {
  private var heap: MergeHeap<RunCursor>
  /// The row that was handed out last.
  private var last: (page: RunPage, row: Int, prefix: RowPrefix)?

  package init(_ runs: [SortedRun], in store: any SpillStore) throws {
    let runs = try MergeLimit.reduced(runs) { try SortedRun(merging: Array($0), in: store) }
    heap = MergeHeap(try runs.map { try RunCursor($0, in: store) })
  }

  /// Day of the next row, since 1970; `nil` at the end.
  package var nextDay: Int32? { heap.first.map { Int32($0.prefix.day) } }

  /// The next rows, all of one day; `nil` at the end.
  ///
  /// - Throws: what the store throws, or that a sum does not fit its type.
  package mutating func next(_ bounds: RowGroupBounds) throws -> SortedRows? {
    guard let day = heap.first?.prefix.day else { return nil }
    var rows = RowCollector()
    while let top = heap.first, top.prefix.day == day {
      if hasKeyOfLast(top) {
        do { try rows.addToLast(top.page.rows.groups[top.row]) } catch {
          throw UsageMergeError.sumOverflow
        }
      } else {
        if rows.isFull(bounds) { break }
        rows.append(top.row, of: top.page)
        last = (top.page, top.row, top.prefix)
      }
      try heap.advance()
    }
    return rows.rows
  }

  private func hasKeyOfLast(_ cursor: RunCursor) -> Bool {
    guard let last, last.prefix.compare(cursor.prefix) == 0 else { return false }
    return last.page.compare(last.row, to: cursor.page, cursor.row) == 0
  }
}
