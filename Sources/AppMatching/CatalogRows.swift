/// One line of the catalog, cut into fields without their quotes.
struct CatalogRow: Equatable {
  var line: Int
  var fields: [String]
}

/// Cuts CSV text (RFC 4180, one record a line) into rows; blank lines are left out.
///
/// Called once per catalog, so it makes a string a field and is clear rather than fast.
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
        rows.append(CatalogRow(line: line, fields: try fields(of: text, start..<end, line: line)))
      }
      start = next
    }
    return rows
  }

  private static func fields(
    of text: Span<UInt8>,
    _ range: Range<Int>,
    line: Int
  ) throws(MatchingError) -> [String] {
    var fields: [String] = []
    var at = range.lowerBound
    while true {
      var bytes: [UInt8] = []
      if at < range.upperBound, text[at] == quote {
        at = try cutQuoted(text, from: at + 1, to: range.upperBound, into: &bytes, line: line)
      } else {
        while at < range.upperBound, text[at] != comma {
          if text[at] == quote { throw .badQuote(line: line) }
          bytes.append(text[at])
          at += 1
        }
      }
      guard let field = String(validating: bytes, as: UTF8.self),
        !bytes.contains(where: { $0 < 0x20 || $0 == 0x7F })
      else { throw .badText(line: line) }
      fields.append(field)
      if at == range.upperBound { return fields }
      at += 1  // The comma.
    }
  }

  /// Reads up to the closing quote; returns the offset behind it, where a comma or the end must be.
  private static func cutQuoted(
    _ text: Span<UInt8>,
    from start: Int,
    to end: Int,
    into bytes: inout [UInt8],
    line: Int
  ) throws(MatchingError) -> Int {
    var at = start
    while at < end {
      if text[at] != quote {
        bytes.append(text[at])
        at += 1
      } else if at + 1 < end, text[at + 1] == quote {
        bytes.append(quote)
        at += 2
      } else {
        at += 1
        guard at == end || text[at] == comma else { throw .badQuote(line: line) }
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
