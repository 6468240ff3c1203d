internal import ByteBlocks
internal import ColumnTables

/// The values that a row is sorted by, comparable with those of other tables' rows.
struct RowKey: Comparable {
  /// One of the values, in the order in which rows are sorted: null first.
  enum Part: Comparable {
    case null
    case number(Int64)
    case text([UInt8])

    static func < (a: Part, b: Part) -> Bool {
      switch (a, b) {
      case (.number(let a), .number(let b)): a < b
      case (.text(let a), .text(let b)): a.lexicographicallyPrecedes(b)
      case (.null, .null): false
      case (.null, _): true
      case (_, .null): false
      case (.number, .text): true
      case (.text, .number): false
      }
    }
  }

  let parts: [Part]

  static func < (a: RowKey, b: RowKey) -> Bool {
    for (a, b) in zip(a.parts, b.parts) where a != b { return a < b }
    return a.parts.count < b.parts.count
  }
}

/// The keys of the rows of a table.
struct RowKeys {
  private let columns: [Column]

  init(_ table: Table, _ names: [String]) { columns = names.compactMap { table.column($0) } }

  /// The key of a row.
  func key(_ row: Int) -> RowKey { RowKey(parts: columns.map { Self.part($0, row) }) }

  /// Its first value; `nil` when rows are not sorted by anything.
  func first(_ row: Int) -> RowKey.Part? { columns.first.map { Self.part($0, row) } }

  private static func part(_ column: Column, _ row: Int) -> RowKey.Part {
    if column.isNull(row) { return .null }
    return switch column.values {
    case .booleans(let values): .number(values[row] ? 1 : 0)
    case .int32s(let values): .number(Int64(values[row]))
    case .int64s(let values): .number(values[row])
    case .strings(let strings): .text(Array(strings[row]))
    case .codes(let codes, let dictionary): .text(Array(dictionary[Int(codes[row])]))
    }
  }
}
