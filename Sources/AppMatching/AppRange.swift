import Glibc

/// An IPv4 or IPv6 address as a number.
struct AddressNumber: Hashable, Sendable {
  let isIPv6: Bool
  /// The first bit of the address is the highest; of IPv4 the lower 96 bits are zero.
  let bits: UInt128

  /// The address that `text` spells; `nil` where it spells none, as every name.
  ///
  /// An IPv4 address in IPv6 clothes (`::ffff:192.0.2.1`) is that IPv4 address.
  /// - Complexity: of a name mostly one byte; of an address one call of `inet_pton`.
  init?(_ text: Span<UInt8>) {
    guard (2...45).contains(text.count) else { return nil }
    var hasColon = false
    for index in text.indices {
      switch text[index] {
      case UInt8(ascii: ":"): hasColon = true
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."): break
      case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"): break
      default: return nil
      }
    }
    var terminated: [UInt8] = []
    for index in text.indices { terminated.append(text[index]) }
    terminated.append(0)
    var address = [UInt8](repeating: 0, count: 16)
    // SAFETY: the text ends with NUL, sixteen bytes hold an address of either family, and both
    // pointers live for this call only.
    let isAddress = unsafe terminated.withUnsafeBytes { text in
      unsafe address.withUnsafeMutableBytes { bytes in
        guard let text = text.baseAddress, let bytes = bytes.baseAddress else { return false }
        let family = hasColon ? AF_INET6 : AF_INET
        return unsafe inet_pton(family, text.assumingMemoryBound(to: CChar.self), bytes) == 1
      }
    }
    guard isAddress else { return nil }
    // inet_pton fills the first four bytes for IPv4, all sixteen for IPv6.
    let bits = address.reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
    let isClothed = hasColon && bits >> 32 == 0xffff
    self.isIPv6 = hasColon && !isClothed
    self.bits = isClothed ? bits << 96 : bits
  }

  /// The number with all bits behind the first `prefix` cleared.
  func masked(_ prefix: Int) -> UInt128 { prefix == 0 ? 0 : bits & (UInt128.max << (128 - prefix)) }
}

/// A range of addresses as catalogs write it: `192.0.2.0/24`, `2001:db8::/32`.
package struct AppRange: Hashable, Sendable {
  let first: AddressNumber
  /// Bits that all addresses of the range share.
  package let prefix: Int

  /// `nil` where `text` is no first address with a length of 8 or more (IPv6: 16 or more).
  ///
  /// Wider ranges belong to nobody alone. A lone address is its own range.
  package init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), let first = AddressNumber(Array(parts[0].utf8).span)
    else { return nil }
    let (shortest, longest) = first.isIPv6 ? (16, 128) : (8, 32)
    if parts.count == 2 {
      guard parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let prefix = Int(parts[1]),
        (shortest...longest).contains(prefix), first.masked(prefix) == first.bits
      else { return nil }
      self.prefix = prefix
    } else {
      prefix = longest
    }
    self.first = first
  }

  /// Whether both have an address in common; then one lies within the other.
  package func overlaps(_ other: AppRange) -> Bool {
    let shorter = min(prefix, other.prefix)
    return first.isIPv6 == other.first.isIPv6
      && first.masked(shorter) == other.first.masked(shorter)
  }
}

/// Ranges of addresses and what each stands for, found by the longest prefix.
struct RangeTable: Sendable {
  /// The ranges of one length, by their first address.
  private struct Level: Sendable {
    let isIPv6: Bool
    let prefix: Int
    var values: [UInt128: Int32] = [:]
  }
  /// The longest prefixes first.
  private var levels: [Level] = []

  var isEmpty: Bool { levels.isEmpty }

  /// Adds a range, or gives it another value; returns the one that it had.
  @discardableResult
  mutating func put(_ range: AppRange, value: Int32) -> Int32? {
    let (isIPv6, prefix) = (range.first.isIPv6, range.prefix)
    if let place = levels.firstIndex(where: { $0.isIPv6 == isIPv6 && $0.prefix == prefix }) {
      return levels[place].values.updateValue(value, forKey: range.first.bits)
    }
    let level = Level(isIPv6: isIPv6, prefix: prefix, values: [range.first.bits: value])
    levels.insert(level, at: levels.firstIndex { $0.prefix < prefix } ?? levels.count)
    return nil
  }

  /// The value of the smallest range that `address` lies in.
  ///
  /// - Complexity: one look-up for each length that a range has.
  func smallest(around address: AddressNumber) -> Int32? {
    for level in levels where level.isIPv6 == address.isIPv6 {
      if let value = level.values[address.masked(level.prefix)] { return value }
    }
    return nil
  }
}
