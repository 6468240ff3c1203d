/// The canonical form of a destination host: lower case, without port, brackets and final dot.
public enum HostName {
  /// Longest host that is taken, in bytes: 253 by RFC 1035, and room for odd ones.
  public static let bytesMax = 512

  /// Writes the canonical form of `raw`.
  ///
  /// Bytes that are no UTF-8 become U+FFFD.
  /// - Returns: `false` when `raw` can be no host: empty, too long, or with bytes in it that no
  ///   name or address has (RFC 3986, section 3.2.2).
  public static func canonicalise(_ raw: Span<UInt8>, into name: inout [UInt8]) -> Bool {
    name.removeAll(keepingCapacity: true)
    guard !raw.isEmpty, raw.count <= bytesMax else { return false }
    var isASCII = true
    for index in raw.indices {
      let byte = raw[index]
      guard mayStandInHost(byte) else { return false }
      if byte >= 0x80 { isASCII = false }
      name.append(byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte)
    }
    if !isASCII { name = Array(String(decoding: name, as: UTF8.self).lowercased().utf8) }
    guard dropPort(&name) else { return false }
    while name.last == UInt8(ascii: ".") { name.removeLast() }
    return !name.isEmpty
  }

  /// Also brackets and colons, whose places are checked later.
  private static func mayStandInHost(_ byte: UInt8) -> Bool {
    switch byte {
    case 0...0x20, 0x7f: false
    case UInt8(ascii: "\""), UInt8(ascii: "#"), UInt8(ascii: "/"), UInt8(ascii: "<"),
      UInt8(ascii: ">"), UInt8(ascii: "?"), UInt8(ascii: "@"), UInt8(ascii: "\\"),
      UInt8(ascii: "^"), UInt8(ascii: "`"), UInt8(ascii: "{"), UInt8(ascii: "|"),
      UInt8(ascii: "}"):
      false
    default: true
    }
  }

  /// `host:443` → `host`, `[::1]:443` → `::1`; a bare IPv6 address keeps its colons.
  ///
  /// - Returns: `false` when brackets or colons stand where they mean nothing.
  private static func dropPort(_ name: inout [UInt8]) -> Bool {
    if name.first == UInt8(ascii: "[") {
      guard let close = name.firstIndex(of: UInt8(ascii: "]")) else { return false }
      let rest = name[(close + 1)...]
      name = Array(name[1..<close])
      return isAddress(name) && (rest.isEmpty || isPort(rest))
    }
    if name.contains(UInt8(ascii: "[")) || name.contains(UInt8(ascii: "]")) { return false }
    guard let colon = name.firstIndex(of: UInt8(ascii: ":")) else { return true }
    if colon != name.lastIndex(of: UInt8(ascii: ":")) { return isAddress(name) }
    guard isPort(name[colon...]) else { return false }
    name.removeSubrange(colon...)
    return true
  }

  /// A colon, and digits or nothing.
  private static func isPort(_ bytes: ArraySlice<UInt8>) -> Bool {
    bytes.first == UInt8(ascii: ":") && bytes.dropFirst().allSatisfy { (0x30...0x39).contains($0) }
  }

  /// Whether `name` has colons, and else only bytes of an IPv6 address; a zone may follow.
  private static func isAddress(_ name: [UInt8]) -> Bool {
    let address = name.prefix { $0 != UInt8(ascii: "%") }
    return address.contains(UInt8(ascii: ":"))
      && address.allSatisfy { byte in
        (0x30...0x3a).contains(byte) || (0x61...0x66).contains(byte) || byte == UInt8(ascii: ".")
      }
  }
}
