internal import ByteKernels

/// Merges sorted runs into the rows that they are together, with a page of each run in memory.
///
/// ```
/// runs ─► a heap of cursors, least key on top ─► rows of one day, equal keys added up
/// ```
/// What comes out does not depend on how events were spread over runs.
package struct RunMerge {
  private var heap: MergeHeap<RunCursor>

  package init(_ runs: [SortedRun], in store: any SpillStore) throws {
    let runs = try MergeLimit.reduced(runs) { try SortedRun(merging: Array($0), in: store) }
    heap = MergeHeap(try runs.map { try RunCursor($0, in: store) })
  }

  /// The next rows, all of one day; `nil` at the end.
  ///
  /// - Throws: what the store throws, or that a sum does not fit its type.
  package mutating func next(rowsMax: Int) throws -> SortedRows? {
    guard let day = heap.first?.day else { return nil }
    var rows = SortedRows()
    while let top = heap.first, top.day == day {
      if rows.count == rowsMax, !top.hasKeyOfLast(rows) { break }
      do { try top.put(into: &rows) } catch { throw UsageMergeError.sumOverflow }
      try heap.advance()
    }
    return rows
  }
}
