package import ByteBlocks

/// One column's values, a value a row.
///
/// Where `isValid` is there, a row with `false` is null and its value means nothing (0 or empty).
/// In `codes` a code is an index into the dictionary; the dictionary is sorted by bytes, holds
/// no string twice, and may hold strings that no row uses.
package struct Column: Sendable {
  package enum Values: Sendable {
    case booleans([Bool])
    /// Also dates: days since 1970-01-01.
    case int32s([Int32])
    /// Also timestamps: microseconds since 1970-01-01T00:00:00Z.
    case int64s([Int64])
    case strings(ByteStrings)
    case codes([UInt32], ByteStrings)
  }

  package var values: Values
  /// `nil`: no row is null.
  package var isValid: [Bool]?

  package init(_ values: Values, isValid: [Bool]? = nil) {
    self.values = values
    self.isValid = isValid
    precondition(isValid == nil || isValid?.count == count, "Values and nulls differ in length.")
  }

  package var count: Int {
    switch values {
    case .booleans(let values): values.count
    case .int32s(let values): values.count
    case .int64s(let values): values.count
    case .strings(let values): values.count
    case .codes(let codes, _): codes.count
    }
  }

  package func isNull(_ row: Int) -> Bool { isValid.map { !$0[row] } ?? false }
}

/// Columns of equal length under a schema.
package struct Table: Sendable {
  package let schema: Schema
  package let columns: [Column]
  package let rowCount: Int

  /// - Precondition: as many columns as fields, all of `rowCount` rows, of the field's type.
  package init(schema: Schema, columns: [Column], rowCount: Int) {
    precondition(schema.fields.count == columns.count, "A column has no field, or a field none.")
    for (field, column) in zip(schema.fields, columns) {
      precondition(column.count == rowCount, "Column \(field.name) has another number of rows.")
      precondition(column.fits(field), "Column \(field.name) does not hold what its field says.")
    }
    self.schema = schema
    self.columns = columns
    self.rowCount = rowCount
  }

  package func column(_ name: String) -> Column? { schema.index(of: name).map { columns[$0] } }
}

extension Column {
  /// Whether the values are of the field's type.
  package func fits(_ field: Field) -> Bool {
    guard field.isNullable || isValid == nil else { return false }
    switch (values, field.type) {
    case (.booleans, .boolean), (.int32s, .int32), (.int32s, .date), (.int64s, .int64),
      (.int64s, .timestamp), (.strings, .string), (.codes, .string):
      return true
    default: return false
    }
  }
}
