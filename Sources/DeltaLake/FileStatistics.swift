package import ColumnTables

/// What one file says of its rows, as the log writes it.
///
/// The log's bounds may be wider than the truth, never narrower: texts are cut to 32 characters, a
/// largest one cut so is rounded up, and a bound that cannot be written is left out.
///
/// A text column of which nothing may be said gets bounds that hold for every text. Were they
/// missing among those of other columns, deltalake's datasets would take them for null, and a
/// filter on the column would find no row.
package enum FileStatistics {
  /// Characters (Unicode scalars) of a text that the log keeps.
  static let charactersMax = 32

  /// The smallest text, and one that no text is larger than.
  private static let widest = (minimum: "", maximum: "\u{10FFFF}")

  /// The JSON of `statistics`.
  ///
  /// Nothing is said of the values of the columns `leftOut`: they would tell too much, or help no
  /// reader.
  package static func text(of statistics: TableStatistics, leavingOut leftOut: Set<String>)
    -> String
  {
    let isSilent = statistics.columns.allSatisfy { leftOut.contains($0.name) }
    let columns = isSilent ? [] : statistics.columns.compactMap { widened($0, leftOut) }
    let json = JSONWriter.object { json in
      json.member("numRecords", Int64(statistics.rowCount))
      guard !columns.isEmpty else { return }
      json.name("minValues")
      json.object { json in
        for column in columns { json.bound(column, column.minimum, roundingUp: false) }
      }
      json.name("maxValues")
      json.object { json in
        for column in columns { json.bound(column, column.maximum, roundingUp: true) }
      }
      json.name("nullCount")
      json.object { json in
        for column in columns { json.member(column.name, Int64(column.nullCount)) }
      }
    }
    return json.text
  }

  /// A column as the log may tell of it; `nil` when it may not at all.
  private static func widened(
    _ column: ColumnStatistics, _ leftOut: Set<String>
  ) -> ColumnStatistics? {
    guard leftOut.contains(column.name) else { return column }
    guard column.type == .string else { return nil }
    return ColumnStatistics(
      name: column.name, type: .string, nullCount: column.nullCount,
      minimum: .string(widest.minimum), maximum: .string(widest.maximum))
  }

  /// A text of at most 32 characters that is at most `text`, or at least where `roundingUp`.
  ///
  /// - Returns: `nil` when there is none.
  static func cut(_ text: String, roundingUp: Bool) -> String? {
    var scalars = Array(text.unicodeScalars.prefix(charactersMax + 1))
    guard scalars.count > charactersMax else { return text }
    scalars.removeLast()
    if roundingUp {
      // The last character that has a next one is raised; what follows it is dropped.
      while let last = scalars.popLast() {
        guard let next = next(after: last) else { continue }
        scalars.append(next)
        break
      }
      guard !scalars.isEmpty else { return nil }
    }
    var result = String.UnicodeScalarView()
    result.append(contentsOf: scalars)
    return String(result)
  }

  private static func next(after scalar: Unicode.Scalar) -> Unicode.Scalar? {
    scalar.value == 0xd7ff ? "\u{e000}" : Unicode.Scalar(scalar.value + 1)
  }

  /// What `text` says of the columns of `schema`; `nil` when it is no JSON or has no row count.
  ///
  /// Bounds that cannot be read are passed over.
  package static func statistics(of text: String, schema: Schema) -> TableStatistics? {
    guard let json = try? JSONReader.value(of: text), let rows = json["numRecords"]?.integer,
      let rowCount = Int(exactly: rows), rowCount >= 0
    else { return nil }
    var columns: [ColumnStatistics] = []
    for field in schema.fields {
      guard let nulls = json["nullCount"]?[field.name]?.integer, let count = Int(exactly: nulls)
      else { continue }
      columns.append(
        ColumnStatistics(
          name: field.name,
          type: field.type,
          nullCount: count,
          minimum: json["minValues"]?[field.name]?.bound(field.type, roundingUp: false),
          maximum: json["maxValues"]?[field.name]?.bound(field.type, roundingUp: true)
        )
      )
    }
    return TableStatistics(rowCount: rowCount, columns: columns)
  }
}

extension JSONWriter {
  fileprivate mutating func bound(
    _ column: ColumnStatistics,
    _ value: StatisticsValue?,
    roundingUp: Bool
  ) {
    switch value {
    case .boolean(let value): member(column.name, value)
    case .integer(let value) where column.type == .date:
      if let date = CalendarText.date(value) { member(column.name, date) }
    case .integer(let value) where column.type == .timestamp:
      if let time = CalendarText.timestamp(value) { member(column.name, time) }
    case .integer(let value): member(column.name, value)
    case .string(let value):
      if let text = FileStatistics.cut(value, roundingUp: roundingUp) { member(column.name, text) }
    case nil: break
    }
  }
}

extension JSONValue {
  fileprivate func bound(_ type: ColumnType, roundingUp: Bool) -> StatisticsValue? {
    switch type {
    case .boolean: return bool.map { .boolean($0) }
    case .int32, .int64: return integer.map { .integer($0) }
    case .date: return string.flatMap { CalendarText.day($0) }.map { .integer($0) }
    case .string: return string.map { .string($0) }
    case .timestamp:
      guard let (value, digits) = string.flatMap({ CalendarText.microseconds($0) }) else {
        return nil
      }
      // Other writers cut times to milliseconds, also those of the largest value.
      return .integer(roundingUp && digits < 6 ? value + 999 : value)
    }
  }
}
