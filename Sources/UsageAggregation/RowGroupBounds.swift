internal import ByteBlocks

/// How large a row group may become.
package struct RowGroupBounds: Sendable {
  package var rowsMax: Int
  /// Rows, and distinct names of people, hosts, addresses and devices, together: what a row group
  /// needs memory for while it is made.
  package var rowsAndNamesMax: Int

  package init(rowsMax: Int, rowsAndNamesMax: Int = .max) {
    self.rowsMax = rowsMax
    self.rowsAndNamesMax = rowsAndNamesMax
  }

  /// Whether a row group with so many rows and distinct names takes no other row.
  func areReached(rows: Int, names: Int) -> Bool {
    rows == rowsMax || rows + names >= rowsAndNamesMax
  }
}

extension UsageRows {
  /// Cuts `rows` into row groups: each ends with the row that reaches a bound.
  package func rowGroups(_ rows: Range<Int>, _ bounds: RowGroupBounds) -> [Range<Int>] {
    if rows.count + nameCount <= bounds.rowsAndNamesMax {
      return stride(from: rows.lowerBound, to: rows.upperBound, by: bounds.rowsMax).map {
        $0..<min(rows.upperBound, $0 + bounds.rowsMax)
      }
    }
    let names = self.names(of: rows)
    // By name, the row group that it was seen in last.
    var seen = names.map { [UInt32](repeating: 0, count: $0.count) }
    var groups: [Range<Int>] = []
    var (start, nameCount) = (rows.lowerBound, 0)
    for row in rows {
      if bounds.areReached(rows: row - start, names: nameCount) {
        groups.append(start..<row)
        (start, nameCount) = (row, 0)
      }
      let group = UInt32(groups.count + 1)
      for (kind, list) in names.enumerated() {
        let name = Int(list.codes[row - rows.lowerBound])
        if name != 0, seen[kind][name] != group {
          seen[kind][name] = group
          nameCount += 1
        }
      }
    }
    if start < rows.upperBound { groups.append(start..<rows.upperBound) }
    return groups
  }
}
