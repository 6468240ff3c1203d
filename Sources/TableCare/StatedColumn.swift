internal import ByteBlocks
internal import ColumnTables

/// What the log says of a column of one file, held against its rows.
///
/// Readers pass a file over whose bounds do not fit what they look for: bounds that are too narrow
/// hide rows.
struct StatedColumn {
  private let stated: ColumnStatistics
  private var nullCount = 0
  private var isOutOfBounds = false
  private var isThere = false

  init(_ stated: ColumnStatistics) { self.stated = stated }

  /// What does not hold, in words; the values themselves may be nobody's to read.
  var problem: String? {
    guard isThere else { return nil }
    if isOutOfBounds { return "holds values of \(stated.name) beyond the bounds in the log" }
    guard nullCount != stated.nullCount else { return nil }
    return "has \(nullCount) nulls in \(stated.name), the log says \(stated.nullCount)"
  }

  /// Takes the next rows of the file.
  mutating func look(at rows: Table) {
    guard let column = rows.column(stated.name) else { return }
    isThere = true
    nullCount += column.isValid?.count { !$0 } ?? 0
    if isOutOfBounds || (stated.minimum == nil && stated.maximum == nil) { return }
    isOutOfBounds = isOutOfBounds(column)
  }

  private func isOutOfBounds(_ column: Column) -> Bool {
    let held = { (row: Int) in !column.isNull(row) }
    switch column.values {
    case .booleans: return false
    case .int32s(let values):
      return values.indices.contains { held($0) && isOutside(Int64(values[$0])) }
    case .int64s(let values): return values.indices.contains { held($0) && isOutside(values[$0]) }
    case .strings(let texts):
      return (0..<texts.count).contains { held($0) && isOutside(texts.string($0)) }
    case .codes(let codes, let texts):
      var isUsed = [Bool](repeating: false, count: texts.count)
      for row in codes.indices where held(row) { isUsed[Int(codes[row])] = true }
      return isUsed.indices.contains { isUsed[$0] && isOutside(texts.string($0)) }
    }
  }

  private func isOutside(_ value: Int64) -> Bool {
    if case .integer(let least)? = stated.minimum, value < least { return true }
    if case .integer(let most)? = stated.maximum, value > most { return true }
    return false
  }

  /// By code points, as Delta and Parquet order texts.
  private func isOutside(_ value: String) -> Bool {
    let bytes = value.utf8
    if case .string(let least)? = stated.minimum, bytes.lexicographicallyPrecedes(least.utf8) {
      return true
    }
    if case .string(let most)? = stated.maximum, most.utf8.lexicographicallyPrecedes(bytes) {
      return true
    }
    return false
  }
}
