/// One line of the catalog, cut into fields without their quotes.
struct CatalogRow: Equatable {
  var line: Int
  var fields: [String]
}

/// Cuts CSV text (RFC 4180, one record a line) into rows; blank lines are left out.
///
/// Every run reads the catalog before its first block, so that bytes are looked at once and a field
/// is made a string in one piece.
enum CatalogRows {
  private static let comma = UInt8(ascii: ",")
  private static let quote = UInt8(ascii: "\"")

  static func cut(_ text: Span<UInt8>) throws(MatchingError) -> [CatalogRow] {
    var rows: [CatalogRow] = []
    var line = 0
    var start = text.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    while start < text.count {
      line += 1
      var end = start
      while end < text.count, text[end] != UInt8(ascii: "\n") { end += 1 }
      let next = end + 1
      if end > start, text[end - 1] == UInt8(ascii: "\r") { end -= 1 }
      if end > start {
        let width = rows.first?.fields.count ?? 0
        let fields = try fields(of: text.extracting(start..<end), expected: width, line: line)
        rows.append(CatalogRow(line: line, fields: fields))
      }
      start = next
    }
    return rows
  }

  private static func fields(
    of row: Span<UInt8>,
    expected: Int,
    line: Int
  ) throws(MatchingError) -> [String] {
    var fields: [String] = []
    fields.reserveCapacity(expected)
    var at = 0
    while true {
      if at < row.count, row[at] == quote {
        var bytes: [UInt8] = []
        at = try cutQuoted(row, from: at + 1, into: &bytes, line: line)
        fields.append(try string(bytes.span, line: line))
      } else {
        let start = at
        while at < row.count, row[at] != comma {
          if row[at] == quote { throw .badQuote(line: line) }
          at += 1
        }
        fields.append(try string(row.extracting(start..<at), line: line))
      }
      if at == row.count { return fields }
      at += 1  // The comma.
    }
  }

  private static func string(_ bytes: Span<UInt8>, line: Int) throws(MatchingError) -> String {
    for index in bytes.indices where bytes[index] < 0x20 || bytes[index] == 0x7F {
      throw .badText(line: line)
    }
    guard let text = try? UTF8Span(validating: bytes) else { throw .badText(line: line) }
    return String(copying: text)
  }

  /// Reads up to the closing quote; returns the offset behind it, where a comma or the end must be.
  private static func cutQuoted(
    _ row: Span<UInt8>,
    from start: Int,
    into bytes: inout [UInt8],
    line: Int
  ) throws(MatchingError) -> Int {
    var at = start
    while at < row.count {
      if row[at] != quote {
        bytes.append(row[at])
        at += 1
      } else if at + 1 < row.count, row[at + 1] == quote {
        bytes.append(quote)
        at += 2
      } else {
        at += 1
        guard at == row.count || row[at] == comma else { throw .badQuote(line: line) }
        return at
      }
    }
    throw .badQuote(line: line)
  }
}

extension Span<UInt8> {
  func starts(with prefix: [UInt8]) -> Bool {
    guard count >= prefix.count else { return false }
    for index in prefix.indices where self[index] != prefix[index] { return false }
    return true
  }
}
