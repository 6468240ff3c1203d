/// The canonical form of a destination host: lower case, without port, brackets and final dot.
public enum HostName {
  /// Longest host that is taken, in bytes: 253 by RFC 1035, and room for odd ones.
  public static let bytesMax = 512

  /// Writes the canonical form of `raw`.
  ///
  /// Bytes that are no UTF-8 become U+FFFD.
  /// - Returns: `false` when `raw` can be no host: empty, too long, or with blanks or control
  ///   characters in it.
  public static func canonicalise(_ raw: Span<UInt8>, into name: inout [UInt8]) -> Bool {
    name.removeAll(keepingCapacity: true)
    guard !raw.isEmpty, raw.count <= bytesMax else { return false }
    var isASCII = true
    for index in raw.indices {
      let byte = raw[index]
      guard byte > 0x20, byte != 0x7f else { return false }
      if byte >= 0x80 { isASCII = false }
      name.append(byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte)
    }
    if !isASCII { name = Array(String(decoding: name, as: UTF8.self).utf8) }
    dropPort(&name)
    while name.last == UInt8(ascii: ".") { name.removeLast() }
    return !name.isEmpty
  }

  /// `host:443` → `host`, `[::1]:443` → `::1`; a bare IPv6 address keeps its colons.
  private static func dropPort(_ name: inout [UInt8]) {
    if name.first == UInt8(ascii: "["), let close = name.firstIndex(of: UInt8(ascii: "]")) {
      name = Array(name[1..<close])
      return
    }
    guard let colon = name.firstIndex(of: UInt8(ascii: ":")),
      colon == name.lastIndex(of: UInt8(ascii: ":"))
    else { return }
    name.removeSubrange(colon...)
  }
}
