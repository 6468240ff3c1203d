internal import VeiledRecords

/// Where the columns of a catalog stand, and how their fields are read.
struct CatalogColumns {
  private var positions: [CatalogColumn: Int] = [:]

  init(header: [String]) throws(MatchingError) {
    for column in CatalogColumn.allCases {
      guard let position = header.firstIndex(of: column.rawValue),
        header.lastIndex(of: column.rawValue) == position
      else { throw .header(column) }
      positions[column] = position
    }
  }

  /// The field of `column`, which must not be empty.
  func filled(_ column: CatalogColumn, in row: CatalogRow) throws(MatchingError) -> String {
    guard let position = positions[column], !row.fields[position].isEmpty else {
      throw .emptyField(line: row.line, column)
    }
    return row.fields[position]
  }

  func appID(in row: CatalogRow) throws(MatchingError) -> AppID {
    let digits = try filled(.appID, in: row)
    guard digits.utf8.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }),
      let number = Int32(digits), number > 0
    else { throw .badID(line: row.line) }
    return AppID(number)
  }

  /// The domains of the row in lower case; at least one.
  func domains(in row: CatalogRow) throws(MatchingError) -> [String] {
    let field = try filled(.domains, in: row)
    var domains: [String] = []
    for (index, word) in field.split(separator: " ", omittingEmptySubsequences: false).enumerated()
    {
      let domain = word.lowercased()
      guard Self.isDomain(domain) else { throw .badDomain(line: row.line, index: index) }
      domains.append(domain)
    }
    return domains
  }

  /// Two labels or more of letters, digits and inner hyphens; the last one not of digits alone.
  private static func isDomain(_ text: String) -> Bool {
    let labels = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard labels.count >= 2, text.utf8.count <= 253, let last = labels.last else { return false }
    return labels.allSatisfy { isLabel(Array($0)) } && !last.allSatisfy(isDigit)
  }

  private static func isLabel(_ bytes: [UInt8]) -> Bool {
    let hyphen = UInt8(ascii: "-")
    guard let first = bytes.first, let last = bytes.last, bytes.count <= 63 else { return false }
    return first != hyphen && last != hyphen
      && bytes.allSatisfy {
        isDigit($0) || $0 == hyphen || ($0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "z"))
      }
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }
}
