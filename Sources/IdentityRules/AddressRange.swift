/// An address, or those of a network.
package struct AddressRange: Sendable, Hashable {
  let first: CanonicalAddress
  let prefix: Int

  /// `192.0.2.1`, `192.0.2.0/24`, `2001:db8::/32`; `nil` for what is none.
  package init?(_ text: String) {
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

  static func masked(_ address: CanonicalAddress, _ prefix: Int) -> CanonicalAddress {
    guard address.isIPv6 else {
      let mask: UInt32 = prefix == 0 ? 0 : ~0 << UInt32(32 - prefix)
      return CanonicalAddress(ipv4: UInt32(address.low) & mask)
    }
    let high: UInt64 = prefix >= 64 ? ~0 : prefix == 0 ? 0 : ~0 << UInt64(64 - prefix)
    let low: UInt64 = prefix <= 64 ? 0 : ~0 << UInt64(128 - prefix)
    return CanonicalAddress(ipv6High: address.high & high, low: address.low & low)
  }

  /// The canonical text: `192.0.2.0/24`, and a single address without its length.
  package var text: String {
    var text: [UInt8] = []
    first.append(to: &text)
    let isSingle = prefix == (first.isIPv6 ? 128 : 32)
    return String(decoding: text, as: UTF8.self) + (isSingle ? "" : "/\(prefix)")
  }

  package func contains(_ address: CanonicalAddress) -> Bool {
    address.isIPv6 == first.isIPv6 && Self.masked(address, prefix) == first
  }

  /// How many addresses there are; `nil`: too many to be listed.
  package static let listedMax = 1 << 17
  package var addresses: [CanonicalAddress]? {
    let bits = (first.isIPv6 ? 128 : 32) - prefix
    guard bits < 18, 1 << bits <= Self.listedMax else { return nil }
    return (0..<(1 << bits)).map { offset in
      first.isIPv6
        ? CanonicalAddress(ipv6High: first.high, low: first.low + UInt64(offset))
        : CanonicalAddress(ipv4: UInt32(first.low) + UInt32(offset))
    }
  }
}
