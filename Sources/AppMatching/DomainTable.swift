import ByteBlocks

/// Domains and what each stands for, found by the longest suffix of a host.
///
/// A host is hashed once, from its last byte to its first, so that the hash of every suffix falls
/// out on the way; the table is asked at each label border:
/// ```
/// files . docs . dropbox . com      com, then dropbox.com: found, then docs.dropbox.com …
///      ◄──────◄─────────◄───        the last one found is the longest
/// ```
/// Letters count as lower case, and one dot at the end of the host is left out.
struct DomainTable: Sendable {
  private var domains = ByteStrings()
  private var values: [Int32] = []
  /// Indices into `domains` plus one; 0 is free.
  ///
  /// A power of two, at most half full.
  private var slots: [Int32] = Array(repeating: 0, count: 64)

  /// Number of domains.
  var count: Int { values.count }

  /// Adds `domain` (lower case) or returns the value that it already has.
  mutating func insert(_ domain: String, value: Int32) -> Int32? {
    let bytes = Array(domain.utf8)
    var hash = Self.seed
    for byte in bytes.reversed() { hash = Self.step(hash, byte) }
    if let known = find(bytes.span, from: 0, to: bytes.count, hash: hash) { return known }
    domains.append(bytes: bytes)
    values.append(value)
    if values.count * 2 > slots.count { grow() } else { place(values.count - 1, hash: hash) }
    return nil
  }

  /// Adds `domain` (lower case), or gives it another value.
  mutating func put(_ domain: String, value: Int32) {
    guard insert(domain, value: value) != nil else { return }
    let bytes = Array(domain.utf8)
    for index in values.indices where domains[index].elementsEqual(bytes) { values[index] = value }
  }

  /// The value of the longest domain that is `host` or a parent of it.
  ///
  /// - Complexity: one pass over `host`, one probe a label; no allocation.
  func longestSuffix(of host: Span<UInt8>) -> Int32? {
    var end = host.count
    if end > 0, host[end - 1] == Self.dot { end -= 1 }
    var found: Int32?
    var hash = Self.seed
    var index = end
    while index > 0 {
      index -= 1
      let byte = Self.lowerCase(host[index])
      if byte == Self.dot, let value = find(host, from: index + 1, to: end, hash: hash) {
        found = value
      }
      hash = Self.step(hash, byte)
    }
    return find(host, from: 0, to: end, hash: hash) ?? found
  }

  private func find(_ text: Span<UInt8>, from start: Int, to end: Int, hash: UInt64) -> Int32? {
    var slot = slotIndex(hash)
    while slots[slot] != 0 {
      let index = Int(slots[slot]) - 1
      if equals(index, text, from: start, to: end) { return values[index] }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  private func equals(_ index: Int, _ text: Span<UInt8>, from start: Int, to end: Int) -> Bool {
    let range = domains.range(index)
    guard range.count == end - start else { return false }
    for offset in 0..<range.count
    where domains.bytes[range.lowerBound + offset] != Self.lowerCase(text[start + offset]) {
      return false
    }
    return true
  }

  private mutating func grow() {
    slots = Array(repeating: 0, count: slots.count * 2)
    for index in values.indices {
      var hash = Self.seed
      for byte in domains[index].reversed() { hash = Self.step(hash, byte) }
      place(index, hash: hash)
    }
  }

  private mutating func place(_ index: Int, hash: UInt64) {
    var slot = slotIndex(hash)
    while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
    slots[slot] = Int32(index + 1)
  }

  /// The high bits are the well mixed ones of a product.
  private func slotIndex(_ hash: UInt64) -> Int {
    Int((hash &* 0x9E37_79B9_7F4A_7C15) >> 32) & (slots.count - 1)
  }

  // FNV-1a, 64 bits.
  private static let seed: UInt64 = 0xCBF2_9CE4_8422_2325
  private static let dot = UInt8(ascii: ".")

  private static func step(_ hash: UInt64, _ byte: UInt8) -> UInt64 {
    (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
  }

  private static func lowerCase(_ byte: UInt8) -> UInt8 {
    byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
  }
}
