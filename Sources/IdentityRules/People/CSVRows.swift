/// Rows of CSV (RFC 4180) with a header: comma or semicolon, quotes, either kind of line end.
struct CSVRows {
  /// Names of the columns, in lower case.
  let header: [String]
  /// Rows with the line on which they start; each as long as the header.
  let rows: [(line: Int, cells: [String])]

  init(_ bytes: [UInt8]) throws(ImportError) {
    var text = bytes[...]
    if text.starts(with: [0xEF, 0xBB, 0xBF]) { text = text.dropFirst(3) }
    guard let first = try Self.rows(text, separator: Self.separator(text)).first else {
      throw .empty
    }
    header = first.cells.map { $0.lowercased() }
    let names = header.filter { !$0.isEmpty }
    guard Set(names).count == names.count else {
      throw .malformed(line: first.line, "two columns have the same name")
    }
    var rows: [(line: Int, cells: [String])] = []
    for row in try Self.rows(text, separator: Self.separator(text)).dropFirst() {
      if row.cells == [""] { continue }
      guard row.cells.count == header.count else {
        throw .malformed(
          line: row.line, "it has \(row.cells.count) cells, the header has \(header.count)")
      }
      rows.append(row)
    }
    self.rows = rows
  }

  /// The place of the first column with one of these names.
  func column(_ names: String...) -> Int? {
    names.lazy.compactMap { header.firstIndex(of: $0) }.first
  }

  private static func separator(_ text: ArraySlice<UInt8>) -> UInt8 {
    let head = text.prefix { $0 != UInt8(ascii: "\n") }
    return head.contains(UInt8(ascii: ",")) ? UInt8(ascii: ",") : UInt8(ascii: ";")
  }

  private static func rows(
    _ text: ArraySlice<UInt8>, separator: UInt8
  ) throws(ImportError) -> [(line: Int, cells: [String])] {
    var rows: [(line: Int, cells: [String])] = []
    var (cells, cell): ([String], [UInt8]) = ([], [])
    var (line, rowLine) = (1, 1)
    var isQuoted = false
    var hasQuotes = false
    var place = text.startIndex
    func endCell() {
      cells.append(String(decoding: cell, as: UTF8.self)); cell = []; hasQuotes = false
    }
    while place < text.endIndex {
      let byte = text[place]
      place += 1
      if byte == UInt8(ascii: "\n") { line += 1 }
      if isQuoted {
        if byte != UInt8(ascii: "\"") {
          cell.append(byte)
        } else if place < text.endIndex, text[place] == byte {
          cell.append(byte)
          place += 1
        } else {
          isQuoted = false
        }
      } else if byte == UInt8(ascii: "\""), cell.isEmpty, !hasQuotes {
        (isQuoted, hasQuotes) = (true, true)
      } else if byte == separator {
        endCell()
      } else if byte == UInt8(ascii: "\n") {
        if cell.last == UInt8(ascii: "\r") { cell.removeLast() }
        endCell()
        rows.append((rowLine, cells))
        (cells, rowLine) = ([], line)
      } else {
        cell.append(byte)
      }
    }
    if isQuoted { throw .malformed(line: rowLine, "a quote is not closed") }
    if !cell.isEmpty || !cells.isEmpty || hasQuotes {
      if cell.last == UInt8(ascii: "\r") { cell.removeLast() }
      endCell()
      rows.append((rowLine, cells))
    }
    return rows
  }
}

/// Why a file of people was refused; nothing of it was taken.
///
/// No case carries a name.
package enum ImportError: Error, Equatable, CustomStringConvertible {
  case empty
  /// A line, from 1, and what is wrong with it.
  case malformed(line: Int, String)
  /// What is wrong with an entry of SCIM.
  case malformedEntry(String)
  /// What a header must have and has not.
  case missingColumns(String)
  /// The file holds nothing of what was looked for.
  case nothingFound(String)
  /// The beginning is none of the known forms.
  case unknownForm

  /// Returns where all of a file is UTF-8 without zero bytes, which no name has.
  static func checkText(_ bytes: [UInt8]) throws(ImportError) {
    guard bytes.contains(0) || String(validating: bytes, as: UTF8.self) == nil else { return }
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (place, line) in lines.enumerated() {
      if line.contains(0) { throw .malformed(line: place + 1, "it has a zero byte") }
      if String(validating: line, as: UTF8.self) == nil {
        throw .malformed(line: place + 1, "it is no UTF-8")
      }
    }
  }

  package var description: String {
    switch self {
    case .empty: "The file is empty. Nothing was imported."
    case .malformed(let line, let reason):
      "Line \(line) is malformed: \(reason). Nothing was imported."
    case .malformedEntry(let reason): "The file is malformed: \(reason). Nothing was imported."
    case .missingColumns(let columns):
      "The header lacks \(columns). Nothing was imported."
    case .nothingFound(let what): "The file holds no \(what). Nothing was imported."
    case .unknownForm:
      "The file is neither CSV with a header, nor LDIF, nor SCIM JSON. Nothing was imported."
    }
  }
}
