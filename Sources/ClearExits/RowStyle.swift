/// What a record shows, in this order.
package enum RowColumn: String, CaseIterable, Sendable {
  case line, offset, status, reason, time, user
  case sourceAddress = "src_ip"
  case destinationAddress = "dst_ip"
  case host, device, action, method
  case httpStatus = "http_status"
  case uploadedBytes = "uploaded_bytes"
  case downloadedBytes = "downloaded_bytes"
  case totalBytes = "total_bytes"
  case app
  case userClear = "user_clear"
  case userCanonical = "user_canonical"

  /// The columns of a row; clear names only where they were asked for.
  package static func shown(withClearNames isClear: Bool) -> [RowColumn] {
    allCases.filter { isClear || ($0 != .userClear && $0 != .userCanonical) }
  }
}

/// How rows are written.
package enum RowStyle: Sendable {
  /// One JSON object a line.
  case json
  /// Fields separated by tabs, `-` for what is not there.
  case text

  /// Adds a text as a value of this style; bytes that are no UTF-8 become U+FFFD.
  func append(_ text: Span<UInt8>, to bytes: inout [UInt8]) {
    let text = String(decoding: text.indices.map { text[$0] }, as: UTF8.self)
    switch self {
    case .json:
      bytes.append(UInt8(ascii: "\""))
      for scalar in text.unicodeScalars { appendJSON(scalar, to: &bytes) }
      bytes.append(UInt8(ascii: "\""))
    case .text:
      for scalar in text.unicodeScalars {
        if Self.isHidden(scalar) {
          bytes.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".utf8)
        } else {
          bytes.append(contentsOf: String(scalar).utf8)
        }
      }
    }
  }

  private func appendJSON(_ scalar: Unicode.Scalar, to bytes: inout [UInt8]) {
    if scalar == "\"" || scalar == "\\" {
      bytes.append(UInt8(ascii: "\\"))
      bytes.append(UInt8(truncatingIfNeeded: scalar.value))
    } else if Self.isHidden(scalar) {
      for unit in String(scalar).utf16 {
        let digits = String(unit, radix: 16)
        bytes.append(contentsOf: "\\u".utf8)
        bytes.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: 4 - digits.count))
        bytes.append(contentsOf: digits.utf8)
      }
    } else {
      bytes.append(contentsOf: String(scalar).utf8)
    }
  }

  /// Whether a scalar could do something to a terminal, or can't be seen on it.
  private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }

  /// What stands for a value that the log does not have.
  var null: [UInt8] { self == .json ? Array("null".utf8) : [UInt8(ascii: "-")] }
}

/// Writes rows one behind the other. Values come ready: numbers, or texts that `RowStyle` has made.
struct RowWriter {
  private(set) var bytes: [UInt8] = []
  private let style: RowStyle
  private let null: [UInt8]
  /// What stands in front of each column's value.
  private let prefixes: [[UInt8]]
  private let end: [UInt8]
  private var column = 0
  private var dates = DateText()

  init(_ style: RowStyle, columns: [RowColumn]) {
    self.style = style
    null = style.null
    prefixes = columns.enumerated().map { place, column in
      switch style {
      case .json: Array("\(place == 0 ? "{" : ",")\"\(column.rawValue)\":".utf8)
      case .text: place == 0 ? [] : [UInt8(ascii: "\t")]
      }
    }
    end = Array((style == .json ? "}\n" : "\n").utf8)
  }

  mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  mutating func addNull() {
    next()
    bytes.append(contentsOf: null)
  }

  /// A value that is written as this style wants it.
  mutating func add(_ value: ArraySlice<UInt8>) {
    next()
    bytes.append(contentsOf: value)
  }

  /// A plain ASCII word.
  mutating func add(word: ArraySlice<UInt8>) {
    next()
    if style == .json { bytes.append(UInt8(ascii: "\"")) }
    bytes.append(contentsOf: word)
    if style == .json { bytes.append(UInt8(ascii: "\"")) }
  }

  /// A number; `Int64.min` is null.
  mutating func add(_ number: Int64) {
    guard number != Int64.min else { return addNull() }
    next()
    appendDigits(number)
  }

  /// Microseconds since 1970.
  mutating func add(time: Int64) {
    next()
    if style == .json { bytes.append(UInt8(ascii: "\"")) }
    dates.append(time, to: &bytes)
    if style == .json { bytes.append(UInt8(ascii: "\"")) }
  }

  /// Ends the row; columns that got no value are null.
  mutating func endRow() {
    while column < prefixes.count { addNull() }
    bytes.append(contentsOf: end)
    column = 0
  }

  private mutating func next() {
    bytes.append(contentsOf: prefixes[column])
    column += 1
  }

  private mutating func appendDigits(_ number: Int64) {
    if number < 0 { bytes.append(UInt8(ascii: "-")) }
    var rest = number.magnitude
    let start = bytes.count
    repeat {
      bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
      rest /= 10
    } while rest > 0
    bytes[start...].reverse()
  }
}
