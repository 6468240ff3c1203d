internal import ByteBlocks
internal import ColumnTables
internal import IdentityRules

/// What a column of the activity log must hold, or must not.
struct ActivityFilter: Sendable {
  /// How values are compared.
  enum Match: Sendable {
    case texts(Set<[UInt8]>)
    /// Domains: the host itself, or one below it.
    case hosts(Set<[UInt8]>)
    case addresses([AddressRange])
    case numbers(Set<Int64>)
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
    case .texts(let texts): return texts.contains(text.indices.map { text[$0] })
    case .hosts(let domains):
      let host = text.indices.map { text[$0] }
      if domains.contains(host) { return true }
      return host.indices.contains { place in
        host[place] == UInt8(ascii: ".") && domains.contains(Array(host[(place + 1)...]))
      }
    case .addresses(let ranges):
      guard let address = CanonicalAddress(text) else { return false }
      return ranges.contains { $0.contains(address) }
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

/// An address, or those of a network.
struct AddressRange: Sendable, Equatable {
  let first: CanonicalAddress
  let prefix: Int

  /// `192.0.2.1`, `192.0.2.0/24`, `2001:db8::/32`; `nil` for what is none.
  init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), let address = CanonicalAddress(Array(parts[0].utf8).span)
    else { return nil }
    let bits = address.isIPv6 ? 128 : 32
    guard let prefix = parts.count == 2 ? Int(parts[1]) : bits, (0...bits).contains(prefix) else {
      return nil
    }
    self.prefix = prefix
    first = Self.masked(address, prefix)
  }

  private static func masked(_ address: CanonicalAddress, _ prefix: Int) -> CanonicalAddress {
    guard address.isIPv6 else {
      let mask: UInt32 = prefix == 0 ? 0 : ~0 << UInt32(32 - prefix)
      return CanonicalAddress(ipv4: UInt32(address.low) & mask)
    }
    let high: UInt64 = prefix >= 64 ? ~0 : prefix == 0 ? 0 : ~0 << UInt64(64 - prefix)
    let low: UInt64 = prefix <= 64 ? 0 : ~0 << UInt64(128 - prefix)
    return CanonicalAddress(ipv6High: address.high & high, low: address.low & low)
  }

  func contains(_ address: CanonicalAddress) -> Bool {
    address.isIPv6 == first.isIPv6 && Self.masked(address, prefix) == first
  }

  /// How many addresses there are; `nil`: too many to be listed.
  static let listedMax = 1 << 17
  var addresses: [CanonicalAddress]? {
    let bits = (first.isIPv6 ? 128 : 32) - prefix
    guard bits < 18, 1 << bits <= Self.listedMax else { return nil }
    return (0..<(1 << bits)).map { offset in
      first.isIPv6
        ? CanonicalAddress(ipv6High: first.high, low: first.low + UInt64(offset))
        : CanonicalAddress(ipv4: UInt32(first.low) + UInt32(offset))
    }
  }
}
