internal import ByteBlocks
internal import ColumnTables
internal import VeiledRecords

/// How rows are written.
package enum RowForm: String, Sendable, CaseIterable {
  case json, csv, cef, leef
  /// Cells with tabs in between, for tables in the terminal.
  case cells
}

/// Writes rows of a table as text, a line each; what is in a dictionary is written once a part.
struct RowText {
  let form: RowForm
  /// Names of the columns, in their order.
  let columns: [String]

  /// What stands in front of all rows.
  var head: [UInt8] {
    form == .csv ? Array((columns.joined(separator: ",") + "\r\n").utf8) : []
  }

  /// Appends the rows `rows` of a part.
  ///
  /// - Parameter constants: columns that are the same in all rows.
  func append(
    _ table: Table, rows: [Int], constants: [String: RowConstant], to bytes: inout [UInt8],
    _ endRow: (Int) -> Void = { _ in }
  ) {
    let cells = columns.map { name in
      Cells(name, form, table.column(name), type: table.type(of: name), constant: constants[name])
    }
    let end = Array((form == .csv ? "\r\n" : "\n").utf8)
    for row in rows {
      bytes += start
      var isFirst = true
      for cell in cells {
        cell.append(row, isFirst: isFirst, to: &bytes)
        if !cell.isLeftOut(row) { isFirst = false }
      }
      if form == .json { bytes.append(UInt8(ascii: "}")) }
      bytes += end
      endRow(bytes.count)
    }
  }

  private var start: [UInt8] {
    switch form {
    case .json: [UInt8(ascii: "{")]
    case .cef: Array("CEF:0|Logveil|Logveil|\(ToolVersion.number)|activity|Proxy activity|1|".utf8)
    case .leef: Array("LEEF:2.0|Logveil|Logveil|\(ToolVersion.number)|activity|x09|".utf8)
    case .csv, .cells: []
    }
  }
}

extension Table {
  fileprivate func type(of name: String) -> ColumnType? {
    schema.index(of: name).map { schema.fields[$0].type }
  }
}

/// A value that is the same in all rows.
enum RowConstant {
  case text(String)
  case boolean(Bool)
}

/// One column of a part, ready to be written.
private struct Cells {
  private let form: RowForm
  private let name: [UInt8]
  private let column: Column?
  private let isTime: Bool
  private let constant: [UInt8]?
  private var dictionary = ByteStrings()

  init(
    _ name: String, _ form: RowForm, _ column: Column?, type: ColumnType?, constant: RowConstant?
  ) {
    self.form = form
    self.column = column
    self.name = Array((FeedKeys.key(of: name, form) ?? name).utf8)
    isTime = type == .timestamp
    self.constant = constant.map { constant in
      switch constant {
      case .boolean(let value): return Array((value ? "true" : "false").utf8)
      case .text(let text):
        var bytes: [UInt8] = []
        Self.escape(Array(text.utf8).span, form, to: &bytes)
        return bytes
      }
    }
    if case .codes(_, let texts)? = column?.values {
      for code in 0..<texts.count {
        var bytes: [UInt8] = []
        Self.escape(texts.span(code), form, to: &bytes)
        dictionary.append(bytes: bytes.span)
      }
    }
  }

  /// Feeds have no keys without a value.
  func isLeftOut(_ row: Int) -> Bool {
    guard form == .cef || form == .leef, constant == nil else { return false }
    return column?.isNull(row) ?? true
  }

  func append(_ row: Int, isFirst: Bool, to bytes: inout [UInt8]) {
    if isLeftOut(row) { return }
    if !isFirst { bytes.append(separator) }
    switch form {
    case .json:
      bytes.append(UInt8(ascii: "\""))
      bytes += name
      bytes += [UInt8(ascii: "\""), UInt8(ascii: ":")]
    case .cef, .leef:
      bytes += name
      bytes.append(UInt8(ascii: "="))
    case .csv, .cells: break
    }
    value(row, to: &bytes)
  }

  private var separator: UInt8 {
    switch form {
    case .json, .csv: UInt8(ascii: ",")
    case .cef: UInt8(ascii: " ")
    case .leef, .cells: UInt8(ascii: "\t")
    }
  }

  private func value(_ row: Int, to bytes: inout [UInt8]) {
    if let constant {
      bytes += constant
      return
    }
    guard let column, !column.isNull(row) else {
      if form == .json { bytes += Array("null".utf8) }
      return
    }
    switch column.values {
    case .codes(let codes, _): bytes += dictionary[Int(codes[row])]
    case .strings(let strings): Self.escape(strings.span(row), form, to: &bytes)
    case .booleans(let values): bytes += Array((values[row] ? "true" : "false").utf8)
    case .int32s(let values): bytes += Array(String(values[row]).utf8)
    case .int64s(let values) where isTime: time(values[row], to: &bytes)
    case .int64s(let values): bytes += Array(String(values[row]).utf8)
    }
  }

  private func time(_ micros: Int64, to bytes: inout [UInt8]) {
    if form == .cef || form == .leef {
      bytes += Array(String(micros / 1000).utf8)
      return
    }
    let (days, rest) = micros.quotientAndRemainder(dividingBy: 86_400_000_000)
    let seconds = rest / 1_000_000
    func padded(_ number: Int64, _ digits: Int) -> String {
      let text = String(number)
      return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
    let text =
      "\(CivilDay(Int32(days)))T\(padded(seconds / 3600, 2)):\(padded(seconds / 60 % 60, 2)):"
      + "\(padded(seconds % 60, 2)).\(padded(rest % 1_000_000, 6))Z"
    bytes += Array((form == .json ? "\"\(text)\"" : text).utf8)
  }

  /// A text as the form writes it, harmless to whoever opens it.
  static func escape(_ text: Span<UInt8>, _ form: RowForm, to bytes: inout [UInt8]) {
    let raw = text.indices.map { text[$0] }
    switch form {
    case .json: bytes += Array(JSONText.quoted(String(decoding: raw, as: UTF8.self)).utf8)
    case .csv:
      // A cell that a spreadsheet would take for a formula gets a quote in front.
      let isFormula = raw.first.map { "=+-@\t\r".utf8.contains($0) } ?? false
      let cell = (isFormula ? [UInt8(ascii: "'")] : []) + raw
      guard cell.contains(where: { ",\"\r\n".utf8.contains($0) }) else { return bytes += cell }
      bytes.append(UInt8(ascii: "\""))
      for byte in cell { bytes += byte == UInt8(ascii: "\"") ? [byte, byte] : [byte] }
      bytes.append(UInt8(ascii: "\""))
    case .cef, .leef:
      for byte in raw {
        if byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "=") {
          bytes += [UInt8(ascii: "\\"), byte]
        } else {
          bytes.append(byte < 0x20 || byte == 0x7f ? 0x20 : byte)
        }
      }
    case .cells: bytes += raw.map { $0 == 0x09 || $0 == 0x0A ? 0x20 : $0 }
    }
  }
}

/// The keys that CEF and LEEF have for our columns; they carry pseudonyms only.
enum FeedKeys {
  static func key(of column: String, _ form: RowForm) -> String? {
    switch form {
    case .cef: cef[column]
    case .leef: leef[column]
    default: nil
    }
  }

  static let columns = [
    "time", "user", "device", "src_ip", "ip_tag", "app", "host", "action", "method", "http_status",
    "uploaded_bytes", "downloaded_bytes", "user_agent", "archive", "line",
  ]

  private static let cef = [
    "time": "rt", "user": "suser", "device": "shost", "src_ip": "cs1Label=src_ip cs1",
    "app": "destinationServiceName", "host": "dhost", "action": "act",
    "method": "requestMethod", "http_status": "outcome", "uploaded_bytes": "out",
    "downloaded_bytes": "in", "user_agent": "requestClientApplication",
    "ip_tag": "cs3Label=ip_tag cs3", "archive": "cs2Label=archive cs2", "line": "externalId",
  ]

  private static let leef = [
    "time": "devTime", "user": "usrName", "device": "identHostName", "src_ip": "srcPseudonym",
    "ip_tag": "srcTag",
    "app": "application", "host": "dstHost", "action": "action", "method": "method",
    "http_status": "status", "uploaded_bytes": "srcBytes", "downloaded_bytes": "dstBytes",
    "user_agent": "userAgent", "archive": "archive", "line": "line",
  ]
}

/// Texts in JSON.
enum JSONText {
  /// Controls and invisible characters are escaped, so that a terminal shows them and obeys none.
  static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case " "..."~": quoted.unicodeScalars.append(scalar)
      default:
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator:
          for unit in String(scalar).utf16 {
            let digits = String(unit, radix: 16)
            quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
          }
        default: quoted.unicodeScalars.append(scalar)
        }
      }
    }
    return quoted + "\""
  }
}
