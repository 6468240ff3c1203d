import ByteBlocks
package import ColumnTables
package import ParquetFiles

/// SplitMix64: the same seed, the same numbers.
package struct SeededRandom: RandomNumberGenerator {
  package var state: UInt64
  package init(_ seed: UInt64) { state = seed }
  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

package enum Nulls: CaseIterable { case notNullable, none, few, many, all }

package enum Samples {
  /// A table with a column of every type and shape: many or few distinct values, runs, extremes.
  package static func table(rows: Int, nulls: Nulls, seed: UInt64) -> Table {
    var random = SeededRandom(seed)
    var fields: [Field] = []
    var columns: [Column] = []
    func add(_ name: String, _ type: ColumnType, _ values: Column.Values) {
      fields.append(Field(name, type, isNullable: nulls != .notNullable))
      columns.append(Column(values, isValid: validity(rows, nulls, &random)))
    }
    func numbers(_ make: (Int, inout SeededRandom) -> Int64) -> [Int64] {
      (0..<rows).map { make($0, &random) }
    }
    add("runs", .boolean, .booleans((0..<rows).map { $0 / 100 % 2 == 0 }))
    add("coins", .boolean, .booleans((0..<rows).map { _ in Bool.random(using: &random) }))
    add("small", .int32, .int32s((0..<rows).map { _ in .random(in: -9...9, using: &random) }))
    add("wide", .int32, .int32s((0..<rows).map { _ in .random(in: .min ... .max, using: &random) }))
    add("day", .date, .int32s((0..<rows).map { Int32(20_000 + $0 / 1000) }))
    add("count", .int64, .int64s(numbers { _, r in Int64(r.next() % 50) }))
    add("bytes", .int64, .int64s(numbers { _, r in Int64(r.next() >> (1 + r.next() % 63)) }))
    add("any", .int64, .int64s(numbers { _, r in Int64(bitPattern: r.next()) }))
    add("ends", .int64, .int64s(numbers { row, _ in [.min, .max, 0, -1][row % 4] }))
    add("time", .timestamp, .int64s(numbers { Int64($0) * 1_000_000 + Int64($1.next() % 999) }))
    add("unique", .string, .strings(ByteStrings((0..<rows).map { "/p/\(random.next())/\($0)" })))
    add("words", .string, .strings(ByteStrings((0..<rows).map { _ in word(&random) })))
    add("codes", .string, codes(rows, distinct: 40, unused: 7, &random))
    add("ids", .string, codes(rows, distinct: max(1, rows), unused: 0, &random))
    add("one", .string, codes(rows, distinct: 1, unused: 3, &random))
    return Table(schema: Schema(fields), columns: columns, rowCount: rows)
  }

  package static func validity(_ rows: Int, _ nulls: Nulls, _ random: inout SeededRandom) -> [Bool]?
  {
    switch nulls {
    case .notNullable, .none: nil
    case .few: (0..<rows).map { _ in random.next() % 50 != 0 }
    case .many: (0..<rows).map { _ in random.next() % 3 == 0 }
    case .all: [Bool](repeating: false, count: rows)
    }
  }

  package static func word(_ random: inout SeededRandom) -> String {
    [
      "", "a", "älter", "𝄞", "a longer string than sixty-four bytes, which statistics have to cut",
      "ÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿ",
    ].randomElement(using: &random) ?? ""
  }

  package static func codes(
    _ rows: Int,
    distinct: Int,
    unused: Int,
    _ random: inout SeededRandom
  ) -> Column.Values {
    let strings = Set(
      (0..<distinct + unused).map { "u1-\(String($0, radix: 32))-\(random.next())" }
    )
    .sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
    let codes = (0..<rows).map { _ in UInt32(random.next() % UInt64(distinct)) + UInt32(unused / 2)
    }
    return .codes(codes, ByteStrings(strings))
  }

  /// Every row's value, written out, whatever the column's form.
  package static func rows(_ column: Column) -> [Value] {
    (0..<column.count).map { row in
      if column.isNull(row) { return .null }
      switch column.values {
      case .booleans(let values): return .boolean(values[row])
      case .int32s(let values): return .number(Int64(values[row]))
      case .int64s(let values): return .number(values[row])
      case .strings(let values): return .bytes(Array(values[row]))
      case .codes(let codes, let dictionary): return .bytes(Array(dictionary[Int(codes[row])]))
      }
    }
  }

  package static func writer(_ table: Table, _ options: ParquetOptions = ParquetOptions())
    -> ParquetWriter
  {
    ParquetWriter(
      schema: table.schema,
      sortedBy: [],
      metadata: [("logveil.schema", "usage/1")],
      createdBy: "logveil version 0.1.0 (build test)",
      options: options
    )
  }
}

package enum Value: Equatable {
  case null, boolean(Bool), number(Int64), bytes([UInt8])
}
