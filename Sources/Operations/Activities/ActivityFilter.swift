internal import ByteBlocks
internal import ColumnTables
internal import IdentityRules

/// What a column of the activity log must hold, or must not.
struct ActivityFilter: Sendable {
  /// How values are compared.
  enum Match: Sendable {
    case texts(Set<[UInt8]>)
    /// Whatever the case; in lower case.
    case words(Set<String>)
    /// Domains: the host itself, or one below it.
    case hosts(Set<[UInt8]>)
    case addresses([AddressRange])
    case numbers(Set<Int64>)
    /// What stands behind a pseudonym.
    case names(NameTest)
  }

  let column: String
  let match: Match
  /// Rows that match are left out; those without a value stay.
  let isExcluding: Bool

  /// The texts that bounds and page indexes can be asked for; `nil`: none can.
  var wantedTexts: [String]? {
    guard case .texts(let texts) = match, !isExcluding else { return nil }
    return texts.map { String(decoding: $0, as: UTF8.self) }
  }

  private func matches(_ text: Span<UInt8>) -> Bool {
    switch match {
    case .texts(let texts) where texts.count <= 8:
      return texts.contains { $0.count == text.count && compareBytes($0.span, text) == 0 }
    case .texts(let texts): return texts.contains(text.indices.map { text[$0] })
    case .words(let words):
      return words.contains(
        String(decoding: text.indices.map { text[$0] }, as: UTF8.self).lowercased())
    case .hosts(let domains):
      let host = text.indices.map { text[$0] }
      if domains.contains(host) { return true }
      return host.indices.contains { place in
        host[place] == UInt8(ascii: ".") && domains.contains(Array(host[(place + 1)...]))
      }
    case .addresses(let ranges):
      guard let address = CanonicalAddress(text) else { return false }
      return ranges.contains { $0.contains(address) }
    case .names(let names): return names.contains(text)
    case .numbers: return false
    }
  }

  /// Takes rows of a part out of `isWanted` that do not fit.
  func apply(to column: Column?, _ isWanted: inout [Bool]) {
    guard let column else { return }
    switch column.values {
    case .codes(let codes, let dictionary):
      let fits = (0..<dictionary.count).map { matches(dictionary.span($0)) != isExcluding }
      for row in isWanted.indices where isWanted[row] {
        isWanted[row] = column.isNull(row) ? isExcluding : fits[Int(codes[row])]
      }
    case .strings(let strings):
      for row in isWanted.indices where isWanted[row] {
        isWanted[row] =
          column.isNull(row) ? isExcluding : matches(strings.span(row)) != isExcluding
      }
    case .int32s(let values): applyNumbers(column, { Int64(values[$0]) }, &isWanted)
    case .int64s(let values): applyNumbers(column, { values[$0] }, &isWanted)
    case .booleans: break
    }
  }

  private func applyNumbers(_ column: Column, _ value: (Int) -> Int64, _ isWanted: inout [Bool]) {
    guard case .numbers(let numbers) = match else { return }
    for row in isWanted.indices where isWanted[row] {
      isWanted[row] =
        column.isNull(row) ? isExcluding : numbers.contains(value(row)) != isExcluding
    }
  }
}
