internal import ByteBlocks
internal import ColumnTables

/// Rows of one source.
enum SourceFilter {
  /// The rows of `table` that are of `source`, all for `nil`; `nil` where there are none.
  static func rows(of source: String?, in table: Table) -> Table? {
    guard table.rowCount > 0 else { return nil }
    guard let source else { return table }
    let wanted = Array(source.utf8)
    guard let column = table.column("source") else { return nil }
    var rows: [Int] = []
    switch column.values {
    case .codes(let codes, let dictionary):
      let isWanted = (0..<dictionary.count).map { dictionary[$0].elementsEqual(wanted) }
      rows = codes.indices.filter { isWanted[Int(codes[$0])] && !column.isNull($0) }
    case .strings(let strings):
      rows = (0..<strings.count).filter {
        strings[$0].elementsEqual(wanted) && !column.isNull($0)
      }
    default: return nil
    }
    if rows.isEmpty { return nil }
    return rows.count == table.rowCount ? table : table.picking(rows)
  }
}
