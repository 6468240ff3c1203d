/// An IPv4 or IPv6 address in its one canonical text (RFC 5952).
///
/// An IPv4 address in IPv6 clothes (`::ffff:192.0.2.1`) is that IPv4 address: the same machine.
/// A zone (`%eth0`) is dropped, as it is a matter of the machine that wrote the log. Brackets
/// around an IPv6 address are dropped too; a port is none of an address's business, so a text with
/// one is no address. Neither are numbers with leading zeros, which some read as octal.
package struct CanonicalAddress: Equatable, Hashable, Sendable {
  /// The first eight bytes as a number; zero for IPv4.
  package let high: UInt64
  /// The last eight bytes as a number; for IPv4 the four bytes.
  package let low: UInt64
  /// Whether it is an IPv6 address.
  package let isIPv6: Bool

  /// The address that `text` spells, or `nil` when it spells none.
  package init?(_ text: Span<UInt8>) {
    // The longest text of an address has 45 bytes; a zone has at most 16 more.
    guard (2...64).contains(text.count) else { return nil }
    if let address = CanonicalAddress.ipv4(text, 0..<text.count) {
      self.init(ipv4: address)
      return
    }
    guard let range = CanonicalAddress.withoutClothes(text),
      let (high, low) = CanonicalAddress.ipv6(text, range)
    else { return nil }
    if high == 0, low >> 32 == 0xffff {
      self.init(ipv4: UInt32(truncatingIfNeeded: low))
    } else {
      self.init(ipv6High: high, low: low)
    }
  }

  /// The IPv4 address of four bytes, the first one the most significant.
  package init(ipv4 address: UInt32) {
    (high, low, isIPv6) = (0, UInt64(address), false)
  }

  /// The IPv6 address of two halves.
  package init(ipv6High high: UInt64, low: UInt64) {
    (self.high, self.low, isIPv6) = (high, low, true)
  }

  /// Adds the canonical text to `text`.
  package func append(to text: inout [UInt8]) {
    if !isIPv6 {
      for shift: UInt64 in [24, 16, 8, 0] {
        Self.append(UInt16(truncatingIfNeeded: low >> shift & 255), radix: 10, to: &text)
        if shift > 0 { text.append(UInt8(ascii: ".")) }
      }
      return
    }
    let zeros = longestZeros
    var index = 0
    while index < 8 {
      if index == zeros.lowerBound, !zeros.isEmpty {
        text.append(contentsOf: "::".utf8)
        index = zeros.upperBound
        continue
      }
      if index > 0, index != zeros.upperBound || zeros.isEmpty { text.append(UInt8(ascii: ":")) }
      Self.append(group(index), radix: 16, to: &text)
      index += 1
    }
  }
}

extension CanonicalAddress {
  /// Adds a number in lower-case digits, without leading zeros.
  private static func append(_ value: UInt16, radix: UInt16, to text: inout [UInt8]) {
    if value >= radix { append(value / radix, radix: radix, to: &text) }
    let digit = UInt8(value % radix)
    text.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
  }

  private func group(_ index: Int) -> UInt16 {
    let half = index < 4 ? high : low
    return UInt16(truncatingIfNeeded: half >> UInt64(48 - 16 * (index % 4)))
  }

  /// The longest run of at least two zero groups, the first of several; empty when there is none.
  private var longestZeros: Range<Int> {
    var longest = 0..<0
    var start = 0
    for index in 0..<8 {
      if group(index) != 0 {
        start = index + 1
      } else if index + 1 - start > max(1, longest.count) {
        longest = start..<index + 1
      }
    }
    return longest
  }

  /// Where the address lies without brackets and zone; `nil` when either is cut off.
  private static func withoutClothes(_ text: Span<UInt8>) -> Range<Int>? {
    var range = 0..<text.count
    if text[0] == UInt8(ascii: "[") {
      guard text[text.count - 1] == UInt8(ascii: "]") else { return nil }
      range = 1..<text.count - 1
    }
    for index in range where text[index] == UInt8(ascii: "%") {
      return index + 1 < range.upperBound ? range.lowerBound..<index : nil
    }
    return range
  }

  private static func ipv4(_ text: Span<UInt8>, _ range: Range<Int>) -> UInt32? {
    var address: UInt32 = 0
    var octets = 0
    var index = range.lowerBound
    while octets < 4 {
      let start = index
      var value: UInt32 = 0
      while index < range.upperBound, (0x30...0x39).contains(text[index]), index - start < 3 {
        value = value * 10 + UInt32(text[index] - 0x30)
        index += 1
      }
      let hasLeadingZero = index - start > 1 && text[start] == 0x30
      guard index > start, value <= 255, !hasLeadingZero else { return nil }
      address = address << 8 | value
      octets += 1
      if octets == 4 { break }
      guard index < range.upperBound, text[index] == UInt8(ascii: ".") else { return nil }
      index += 1
    }
    return index == range.upperBound ? address : nil
  }

  private static func ipv6(_ text: Span<UInt8>, _ range: Range<Int>) -> (UInt64, UInt64)? {
    var groups: [UInt16] = []
    var gap: Int?
    var index = range.lowerBound
    let colon = UInt8(ascii: ":")
    if index + 1 < range.upperBound, text[index] == colon {
      guard text[index + 1] == colon else { return nil }
      (gap, index) = (0, index + 2)
    }
    while index < range.upperBound {
      if groups.count <= 6, let address = ipv4(text, index..<range.upperBound) {
        groups.append(UInt16(truncatingIfNeeded: address >> 16))
        groups.append(UInt16(truncatingIfNeeded: address))
        break
      }
      guard groups.count < 8, let (value, end) = ipv6Group(text, index..<range.upperBound) else {
        return nil
      }
      groups.append(value)
      index = end
      if index == range.upperBound { break }
      guard text[index] == colon, index + 1 < range.upperBound else { return nil }
      index += 1
      if text[index] == colon {
        guard gap == nil else { return nil }
        (gap, index) = (groups.count, index + 1)
      }
    }
    return halves(groups, gap: gap)
  }

  /// One to four hexadecimal digits, and where they end.
  private static func ipv6Group(
    _ text: Span<UInt8>,
    _ range: Range<Int>
  ) -> (value: UInt16, end: Int)? {
    var value: UInt16 = 0
    var index = range.lowerBound
    while index < range.upperBound, index - range.lowerBound < 4,
      let digit = Spelling.hexadecimalValue(text[index])
    {
      value = value << 4 | UInt16(digit)
      index += 1
    }
    return index > range.lowerBound ? (value, index) : nil
  }

  /// Both halves of an address whose groups have zeros missing at `gap`.
  private static func halves(_ groups: [UInt16], gap: Int?) -> (UInt64, UInt64)? {
    var groups = groups
    if let gap {
      // "::" stands for at least one group.
      guard groups.count < 8 else { return nil }
      groups.insert(contentsOf: repeatElement(0, count: 8 - groups.count), at: gap)
    }
    guard groups.count == 8 else { return nil }
    let half = { (part: ArraySlice<UInt16>) in part.reduce(UInt64(0)) { $0 << 16 | UInt64($1) } }
    return (half(groups[..<4]), half(groups[4...]))
  }
}
