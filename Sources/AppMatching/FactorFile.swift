/// One line of a file of factors.
package struct StatedFactor: Sendable, Equatable {
  /// Name or number of the app, as the file has it.
  package let app: String
  package let factor: String
  /// As the file has it; see `FactorValue`.
  package let value: String
  /// Where that is known from; may be empty.
  package let source: String
  /// Where it stands in the file, from 1.
  package let line: Int
}

/// Reads what an organisation states of apps: CSV with the columns `app`, `factor`, `value` and
/// perhaps `source`.
package enum FactorFile {
  /// - Throws: the first thing that is wrong, with its line.
  package static func read(_ text: Span<UInt8>) throws(MatchingError) -> [StatedFactor] {
    let rows = try CatalogRows.cut(text)
    guard let header = rows.first else { throw .emptyFactors }
    guard let app = header.fields.firstIndex(of: "app"),
      let factor = header.fields.firstIndex(of: "factor"),
      let value = header.fields.firstIndex(of: "value"),
      Set(header.fields).count == header.fields.count
    else { throw .factorHeader }
    let source = header.fields.firstIndex(of: "source")
    var stated: [StatedFactor] = []
    for row in rows.dropFirst() {
      guard row.fields.count == header.fields.count else {
        throw .fieldCount(
          line: row.line, expected: header.fields.count, found: row.fields.count)
      }
      let name = row.fields[factor]
      guard RiskFactor.named(name) != nil else { throw .unknownFactor(line: row.line) }
      guard FactorValue(row.fields[value]) != nil else { throw .badFactorValue(line: row.line) }
      stated.append(
        StatedFactor(
          app: row.fields[app], factor: name, value: row.fields[value],
          source: source.map { row.fields[$0] } ?? "", line: row.line))
    }
    return stated
  }

  /// What is wrong with a file of factors, where, and what to do.
  package static func words(of error: MatchingError) -> String {
    error.words(of: "the file of factors", nothingChanged: "Nothing was changed.")
  }
}
