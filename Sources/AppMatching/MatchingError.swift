/// A column of the app catalog that Logveil reads; others are left alone.
package enum CatalogColumn: String, CaseIterable, Sendable {
  case appID = "app_id"
  case name
  case category
  case domains
  /// May be missing, and empty.
  case headquarters
  /// May be missing, and empty.
  case ipRanges = "ip_ranges"
}

/// Why hosts cannot be matched: mostly, why an app catalog was refused.
///
/// Lines count from 1, the header being the first.
package enum MatchingError: Error, Equatable, CustomStringConvertible {
  /// There is no line at all.
  case empty
  /// The header does not name a column that is needed, or names it twice.
  case header(CatalogColumn)
  /// The row has another number of fields than the header.
  case fieldCount(line: Int, expected: Int, found: Int)
  /// A quote is not closed, or stands where none may.
  case badQuote(line: Int)
  /// A field is no UTF-8, or holds control characters.
  case badText(line: Int)
  /// A field that every app needs is empty.
  case emptyField(line: Int, CatalogColumn)
  /// The app's number is no decimal number from 1 to 2147483647.
  case badID(line: Int)
  /// The domain number `index` (from 0) of the row is no domain of at least two labels.
  case badDomain(line: Int, index: Int)
  /// The range number `index` (from 0) of the row is no range of addresses.
  case badRange(line: Int, index: Int)
  /// The headquarters are no country of ISO 3166.
  case badCountry(line: Int)
  /// What must be unique stands on two lines.
  case duplicate(CatalogColumn, line: Int, firstLine: Int)
  /// A file of factors without any line.
  case emptyFactors
  /// A file of factors that does not name its columns.
  case factorHeader
  /// A factor that there is not.
  case unknownFactor(line: Int)
  /// A value that is none of yes, no, n/a and 0 … 10.
  case badFactorValue(line: Int)
  /// libpsl has no Public Suffix List.
  case noSuffixList

  /// What is wrong, where, and what to do.
  package var description: String {
    words(of: "the app catalog", nothingChanged: "The catalog was not loaded.")
  }

  /// The same of another file of rows.
  func words(of file: String, nothingChanged: String) -> String {
    switch self {
    case .empty:
      return "The app catalog is empty. \(nothingChanged) Its first line must name the columns."
    case .header(let column):
      return "The app catalog's first line must name the column \(column.rawValue) exactly once. "
        + nothingChanged
    case .fieldCount(let line, let expected, let found):
      return "Line \(line) of \(file) has \(found) fields, its header \(expected). "
        + "\(nothingChanged) Put names that hold commas in quotes."
    case .badQuote(let line):
      return "A quote on line \(line) of \(file) is not closed, or text follows it. "
        + "\(nothingChanged) Write a quote inside quotes twice."
    case .badText(let line):
      return "Line \(line) of \(file) is not UTF-8, or holds control characters. "
        + nothingChanged
    case .emptyField(let line, let column):
      return "Line \(line) of the app catalog has no \(column.rawValue). \(nothingChanged)"
    case .badID(let line):
      return "Line \(line) of the app catalog has an app_id that is no number from 1 to "
        + "2147483647. \(nothingChanged)"
    case .badDomain(let line, let index):
      return "Domain \(index + 1) on line \(line) of the app catalog is no domain name. "
        + "\(nothingChanged) Write it like example.com, in ASCII, separated by single spaces."
    case .badRange(let line, let index):
      return "Range \(index + 1) on line \(line) of the app catalog is no range of addresses. "
        + "\(nothingChanged) Write its first address and length, as 192.0.2.0/24, separated by "
        + "single spaces."
    case .badCountry(let line):
      return "Line \(line) of the app catalog has headquarters that are no two capital letters "
        + "of ISO 3166, as DE. \(nothingChanged) Leave it empty unless you are sure."
    case .duplicate(let column, let line, let firstLine):
      return "Line \(line) of the app catalog repeats the \(column.rawValue) of line "
        + "\(firstLine). \(nothingChanged) Each may stand once."
    case .emptyFactors, .factorHeader:
      return "The first line of a file of factors names the columns app, factor and value, and "
        + "perhaps source, each once. Nothing was changed."
    case .unknownFactor(let line):
      return "Line \(line) names a factor that there is not. Nothing was changed; `logveil apps "
        + "factors` lists them."
    case .badFactorValue(let line):
      return "Line \(line) has a value that is none of yes, no, n/a and points from 0 to 10. "
        + "Nothing was changed."
    case .noSuffixList:
      return "libpsl holds no Public Suffix List, so that no registrable domain can be told. "
        + "Nothing was read. Install the package publicsuffix."
    }
  }
}
