internal import ByteBlocks
internal import ColumnTables
internal import TableQueries

/// Which rows a report is about; all of the conditions must hold.
package struct RowFilter: Sendable, Equatable {
  /// A column that must hold one of some texts.
  package struct Condition: Sendable, Equatable {
    package let column: String
    package let texts: Set<String>
  }
  package private(set) var conditions: [Condition] = []

  /// All rows.
  package init() {}

  /// Takes rows alone that have one of `texts` in `column`.
  package mutating func take(_ column: String, _ texts: Set<String>) {
    conditions.append(Condition(column: column, texts: texts))
  }

  var isEmpty: Bool { conditions.isEmpty }
  var columns: [String] { conditions.map(\.column) }
  /// What bounds of files can be asked for; a few texts only, since each is compared with all.
  var wanted: [WantedTexts] {
    conditions.filter { $0.texts.count <= 64 }.map { WantedTexts($0.column, $0.texts.sorted()) }
  }

  /// The rows of `table` that are taken; `nil` where there are none.
  func rows(of table: Table) -> Table? {
    guard table.rowCount > 0 else { return nil }
    guard !isEmpty else { return table }
    var isTaken = [Bool](repeating: true, count: table.rowCount)
    for condition in conditions {
      guard let column = table.column(condition.column) else { return nil }
      condition.apply(to: column, &isTaken)
    }
    let rows = isTaken.indices.filter { isTaken[$0] }
    if rows.isEmpty { return nil }
    return rows.count == table.rowCount ? table : table.picking(rows)
  }
}

extension RowFilter.Condition {
  fileprivate func apply(to column: Column, _ isTaken: inout [Bool]) {
    switch column.values {
    case .codes(let codes, let dictionary):
      let fits = (0..<dictionary.count).map { texts.contains(dictionary.string($0)) }
      for row in isTaken.indices where isTaken[row] {
        isTaken[row] = fits[Int(codes[row])] && !column.isNull(row)
      }
    case .strings(let strings):
      for row in isTaken.indices where isTaken[row] {
        isTaken[row] = !column.isNull(row) && texts.contains(strings.string(row))
      }
    default: isTaken = isTaken.map { _ in false }
    }
  }
}
