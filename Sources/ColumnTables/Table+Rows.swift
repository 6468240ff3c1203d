internal import ByteBlocks

/// Some rows of a table, to be joined with those of others.
package struct TablePart: Sendable {
  package let table: Table
  /// The rows in the order wanted; `nil`: all of them.
  package let rows: [Int]?

  package init(_ table: Table, rows: [Int]? = nil) {
    self.table = table
    self.rows = rows
  }

  /// How many rows there are.
  package var count: Int { rows?.count ?? table.rowCount }
}

extension Table {
  /// The rows of several tables of the same columns, one part behind the other.
  ///
  /// - Complexity: a pass over the rows of each column; dictionaries are sorted afresh.
  package static func joined(_ parts: [TablePart]) -> Table {
    guard let first = parts.first?.table else {
      preconditionFailure("A table is joined of at least one part.")
    }
    precondition(
      parts.allSatisfy { $0.table.schema == first.schema }, "The parts have other columns.")
    let columns = first.schema.fields.indices.map { place in
      Column.joined(parts.map { ($0.table.columns[place], $0.rows) })
    }
    let count = parts.reduce(0) { $0 + $1.count }
    return Table(schema: first.schema, columns: columns, rowCount: count)
  }

  /// The same rows in another order, or some of them.
  package func picking(_ rows: [Int]) -> Table { .joined([TablePart(self, rows: rows)]) }

  /// The table with another column in place of `name`.
  package func replacing(_ name: String, with column: Column) -> Table {
    guard let place = schema.index(of: name) else {
      preconditionFailure("The table has no such column.")
    }
    var columns = columns
    columns[place] = column
    return Table(schema: schema, columns: columns, rowCount: rowCount)
  }

  /// The rows in the order of the columns `names`, nulls first, equal ones as they stand.
  ///
  /// - Returns: `nil` when they are in that order already.
  package func order(by names: [String]) -> [Int]? {
    let keys = names.compactMap { column($0)?.sortKeys() }
    func isBefore(_ first: Int, _ second: Int) -> Bool? {
      for key in keys where key[first] != key[second] { return key[first] < key[second] }
      return nil
    }
    let isSorted = (1..<max(1, rowCount)).allSatisfy { isBefore($0, $0 - 1) != true }
    guard !isSorted else { return nil }
    return (0..<rowCount).sorted { isBefore($0, $1) ?? ($0 < $1) }
  }
}

extension Column {
  /// Rows of several columns of one type, one behind the other.
  fileprivate static func joined(_ parts: [(column: Column, rows: [Int]?)]) -> Column {
    let isValid: [Bool]? =
      parts.contains { $0.column.isValid != nil }
      ? parts.flatMap { part in
        picked(part.column.isValid ?? Array(repeating: true, count: part.column.count), part.rows)
      } : nil
    let hasNulls = isValid?.contains(false) ?? false
    return Column(joinedValues(parts), isValid: hasNulls ? isValid : nil)
  }

  private static func joinedValues(_ parts: [(column: Column, rows: [Int]?)]) -> Values {
    switch parts.first?.column.values {
    case .booleans?: .booleans(parts.flatMap { picked($0.column.booleans, $0.rows) })
    case .int32s?: .int32s(parts.flatMap { picked($0.column.int32s, $0.rows) })
    case .int64s?: .int64s(parts.flatMap { picked($0.column.int64s, $0.rows) })
    case .codes?, .strings?, nil: joinedTexts(parts)
    }
  }

  private var booleans: [Bool] { if case .booleans(let values) = values { values } else { [] } }
  private var int32s: [Int32] { if case .int32s(let values) = values { values } else { [] } }
  private var int64s: [Int64] { if case .int64s(let values) = values { values } else { [] } }

  private static func joinedTexts(_ parts: [(column: Column, rows: [Int]?)]) -> Values {
    let isAllCodes = parts.allSatisfy { if case .codes = $0.column.values { true } else { false } }
    if isAllCodes { return joinedCodes(parts) }
    var strings = ByteStrings()
    for (column, rows) in parts {
      for row in rows ?? Array(0..<column.count) {
        switch column.values {
        case .strings(let values): strings.append(values, row)
        case .codes(let codes, let dictionary) where !column.isNull(row):
          strings.append(dictionary, Int(codes[row]))
        default: strings.append("")
        }
      }
    }
    return .strings(strings)
  }

  /// Codes of one dictionary, sorted, that holds what the rows use.
  private static func joinedCodes(_ parts: [(column: Column, rows: [Int]?)]) -> Values {
    var pool = ByteStrings()
    var places: [[UInt32]] = []  // By part and code, the place in the pool.
    var codes: [UInt32] = []
    for (column, rows) in parts {
      guard case .codes(let values, let dictionary) = column.values else { continue }
      var place = [UInt32](repeating: .max, count: dictionary.count)
      for (row, code) in Self.picked(values, rows).enumerated() {
        let isNull = column.isNull(rows?[row] ?? row)
        if isNull { continue }
        guard place[Int(code)] == .max else { continue }
        place[Int(code)] = UInt32(pool.count)
        pool.append(dictionary, Int(code))
      }
      places.append(place)
    }
    let (dictionary, ranks) = sortedOnce(pool)
    for (part, place) in zip(parts, places) {
      guard case .codes(let values, _) = part.column.values else { continue }
      for row in part.rows ?? Array(0..<values.count) {
        let found = part.column.isNull(row) ? .max : place[Int(values[row])]
        codes.append(found == .max ? 0 : ranks[Int(found)])
      }
    }
    return .codes(codes, dictionary.count > 0 ? dictionary : ByteStrings([""]))
  }

  /// The strings of a pool, sorted and each once, and where each one of the pool went.
  private static func sortedOnce(_ pool: ByteStrings) -> (ByteStrings, [UInt32]) {
    let order = (0..<pool.count).sorted { pool.compare($0, $1) < 0 }
    var sorted = ByteStrings()
    var ranks = [UInt32](repeating: 0, count: pool.count)
    for (turn, place) in order.enumerated() {
      if turn == 0 || pool.compare(order[turn - 1], place) != 0 { sorted.append(pool, place) }
      ranks[place] = UInt32(sorted.count - 1)
    }
    return (sorted, ranks)
  }

  private static func picked<Value>(_ values: [Value], _ rows: [Int]?) -> [Value] {
    rows.map { $0.map { values[$0] } } ?? values
  }

  /// Numbers that sort as the values do; nulls come first.
  fileprivate func sortKeys() -> [Int64] {
    var keys: [Int64]
    switch values {
    case .booleans(let values): keys = values.map { $0 ? 1 : 0 }
    case .int32s(let values): keys = values.map { Int64($0) }
    case .int64s(let values): keys = values
    case .codes(let codes, _): keys = codes.map { Int64($0) }
    case .strings(let strings): keys = Self.sortedOnce(strings).1.map { Int64($0) }
    }
    for row in keys.indices where isNull(row) { keys[row] = .min }
    return keys
  }
}
