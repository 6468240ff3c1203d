internal import ByteBlocks
package import ColumnTables
internal import VeiledRecords

/// Tables as CSV (RFC 4180): UTF-8, a header, lines ended by CR LF.
package enum CSVText {
  /// - Returns: bytes that no spreadsheet takes for a formula: a text that starts like one gets an
  ///   apostrophe in front.
  package static func bytes(_ table: Table) -> [UInt8] {
    var text = table.schema.fields.map(\.name).joined(separator: ",") + "\r\n"
    for row in 0..<table.rowCount {
      for (place, field) in table.schema.fields.enumerated() {
        if place > 0 { text += "," }
        text += cell(table.columns[place], field.type, row)
      }
      text += "\r\n"
    }
    return Array(text.utf8)
  }

  private static func cell(_ column: Column, _ type: ColumnType, _ row: Int) -> String {
    if column.isNull(row) { return "" }
    switch column.values {
    case .booleans(let values): return values[row] ? "true" : "false"
    case .int32s(let values):
      return type == .date ? CivilDay(values[row]).description : String(values[row])
    case .int64s(let values):
      return type == .timestamp ? UTCTime.text(values[row]) : String(values[row])
    case .strings(let strings): return quoted(strings.string(row))
    case .codes(let codes, let dictionary): return quoted(dictionary.string(Int(codes[row])))
    }
  }

  private static let special = Array(",;\"".utf8)

  static func quoted(_ text: String) -> String {
    var safe = PlainText.visible(text)
    if let first = safe.unicodeScalars.first, "=+-@|%\t\r＝＋－＠".unicodeScalars.contains(first) {
      safe = "'" + safe
    }
    guard safe.utf8.contains(where: { special.contains($0) }) else { return safe }
    var quoted = "\""
    for scalar in safe.unicodeScalars {
      if scalar == "\"" { quoted += "\"" }
      quoted.unicodeScalars.append(scalar)
    }
    return quoted + "\""
  }
}
