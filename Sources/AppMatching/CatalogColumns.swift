internal import VeiledRecords

/// Where the columns of a catalog stand, and how their fields are read.
struct CatalogColumns {
  private var positions: [CatalogColumn: Int] = [:]

  init(header: [String]) throws(MatchingError) {
    for column in CatalogColumn.allCases {
      let isOptional = column == .headquarters || column == .ipRanges
      if isOptional, !header.contains(column.rawValue) { continue }
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
    let words = field.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
    for (index, word) in words.enumerated() {
      let isLower = !word.contains { (0x41...0x5A).contains($0) || $0 >= 0x80 }
      let domain = isLower ? String(Substring(word)) : Substring(word).lowercased()
      guard Self.isDomain(domain) else { throw .badDomain(line: row.line, index: index) }
      domains.append(domain)
    }
    return domains
  }

  /// The country of the row; `nil` where the field is empty or there is no such column.
  func country(in row: CatalogRow) throws(MatchingError) -> String? {
    guard let position = positions[.headquarters], !row.fields[position].isEmpty else {
      return nil
    }
    let field = row.fields[position]
    guard CountryCode.isKnown(field) else { throw .badCountry(line: row.line) }
    return field
  }

  /// The ranges of addresses of the row; none where the field is empty or there is no such column.
  func ranges(in row: CatalogRow) throws(MatchingError) -> [String] {
    guard let position = positions[.ipRanges], !row.fields[position].isEmpty else { return [] }
    let ranges = row.fields[position].split(separator: " ", omittingEmptySubsequences: false)
    if let bad = ranges.firstIndex(where: { AppRange(String($0)) == nil }) {
      throw .badRange(line: row.line, index: bad)
    }
    return ranges.map(String.init)
  }

  /// Two labels or more of letters, digits and inner hyphens; the last one not of digits alone.
  static func isDomain(_ text: String) -> Bool {
    var labels = 0
    var labelBytes = 0
    var isNumber = true
    var last = UInt8(ascii: "-")
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "."):
        guard labelBytes > 0, labelBytes <= 63, last != UInt8(ascii: "-") else { return false }
        (labels, labelBytes, isNumber) = (labels + 1, 0, true)
      case UInt8(ascii: "a")...UInt8(ascii: "z"):
        (labelBytes, isNumber) = (labelBytes + 1, false)
      case UInt8(ascii: "0")...UInt8(ascii: "9"): labelBytes += 1
      case UInt8(ascii: "-") where labelBytes > 0:
        (labelBytes, isNumber) = (labelBytes + 1, false)
      default: return false
      }
      last = byte
    }
    return labels >= 1 && labelBytes > 0 && labelBytes <= 63 && last != UInt8(ascii: "-")
      && !isNumber && text.utf8.count <= 253
  }
}
