import ColumnTables
import ParquetSamples

/// The little JSON that the probe prints.
enum JSON {
  static func string(_ text: String) -> String {
    var json = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": json += "\\\(scalar)"
      case _ where scalar.value < 0x20:
        let hex = String(scalar.value, radix: 16)
        json += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: json.unicodeScalars.append(scalar)
      }
    }
    return json + "\""
  }

  static func value(_ value: Value) -> String {
    switch value {
    case .null: "null"
    case .boolean(let flag): flag ? "true" : "false"
    case .number(let number): String(number)
    case .bytes(let bytes): string(String(decoding: bytes, as: UTF8.self))
    }
  }

  static func object(_ pairs: [(String, String)]) -> String {
    "{" + pairs.map { string($0.0) + ":" + $0.1 }.joined(separator: ",") + "}"
  }

  /// `{"column": [values]}`.
  static func table(_ table: Table) -> String {
    object(
      zip(table.schema.fields, table.columns).map { field, column in
        (field.name, "[" + Samples.rows(column).map(value).joined(separator: ",") + "]")
      }
    )
  }

  /// `{"column": [nulls, minimum, maximum]}`.
  static func statistics(_ statistics: TableStatistics) -> String {
    object(
      statistics.columns.map {
        ($0.name, "[\($0.nullCount),\(bound($0.minimum)),\(bound($0.maximum))]")
      }
    )
  }

  private static func bound(_ value: StatisticsValue?) -> String {
    switch value {
    case nil: "null"
    case .boolean(let flag): flag ? "true" : "false"
    case .integer(let number): String(number)
    case .string(let text): string(text)
    }
  }
}
