/// A bound of a column's values; `integer` also for dates and timestamps.
package enum StatisticsValue: Sendable, Equatable {
  case boolean(Bool)
  case integer(Int64)
  case string(String)
}

/// What one file says of one column: nulls, and bounds where they are known.
///
/// `minimum` is at most, and `maximum` at least, every value that is not null: strings may be cut.
package struct ColumnStatistics: Sendable, Equatable {
  package var name: String
  package var type: ColumnType
  package var nullCount: Int
  package var minimum: StatisticsValue?
  package var maximum: StatisticsValue?

  package init(
    name: String, type: ColumnType, nullCount: Int, minimum: StatisticsValue? = nil,
    maximum: StatisticsValue? = nil
  ) {
    self.name = name
    self.type = type
    self.nullCount = nullCount
    self.minimum = minimum
    self.maximum = maximum
  }
}

/// What one file says of its rows.
package struct TableStatistics: Sendable, Equatable {
  package var rowCount: Int
  package var columns: [ColumnStatistics]

  package init(rowCount: Int, columns: [ColumnStatistics]) {
    self.rowCount = rowCount
    self.columns = columns
  }
}
