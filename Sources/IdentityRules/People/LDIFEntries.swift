/// Entries of LDIF (RFC 2849): attributes by their names in lower case.
struct LDIFEntries {
  struct Entry {
    var line: Int
    var attributes: [String: [String]] = [:]

    func first(_ name: String) -> String? { attributes[name]?.first }
    func all(_ name: String) -> [String] { attributes[name] ?? [] }
  }

  private(set) var entries: [Entry] = []
  /// Attributes by which people and groups are told, in lower case.
  private static let telling: Set<String> = [
    "dn", "cn", "displayname", "objectclass", "userprincipalname", "samaccountname", "uid",
    "userid", "mail", "member", "uniquemember", "memberuid", "memberof", "useraccountcontrol",
    "nsaccountlock", "logindisabled",
  ]

  init(_ bytes: [UInt8]) throws(ImportError) {
    var entry: Entry?
    for (number, line) in Self.unfolded(bytes) {
      if line.isEmpty {
        if let entry { entries.append(entry) }
        entry = nil
        continue
      }
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
        throw .malformed(line: number, "there is no colon behind an attribute")
      }
      // Options as `;lang-de` and `;binary` tell nothing about who it is.
      let name = String(
        decoding: line[..<colon].prefix { $0 != UInt8(ascii: ";") }, as: UTF8.self
      ).lowercased()
      if name == "version", entry == nil { continue }
      guard let value = try Self.value(line[(colon + 1)...], number) else {
        // What says who is who, or who belongs to a group, must not be passed over.
        guard !Self.telling.contains(name) else {
          throw .malformed(
            line: number, "the value of \(name) lies in another file, which is not opened")
        }
        continue
      }
      if entry == nil {
        guard name == "dn" else { throw .malformed(line: number, "an entry begins with its dn") }
        entry = Entry(line: number)
      } else if name == "dn" {
        throw .malformed(line: number, "an entry has one dn")
      }
      entry?.attributes[name, default: []].append(value)
    }
    if let entry { entries.append(entry) }
  }

  /// Lines with continuations joined and comments left out, each with its number.
  private static func unfolded(_ bytes: [UInt8]) -> [(Int, [UInt8])] {
    var lines: [(Int, [UInt8])] = []
    var isComment = false
    let split = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, raw) in split.enumerated() {
      let line = raw.last == UInt8(ascii: "\r") ? raw.dropLast() : raw
      if line.first == UInt8(ascii: " ") {
        if !isComment, !lines.isEmpty { lines[lines.count - 1].1 += line.dropFirst() }
        continue
      }
      isComment = line.first == UInt8(ascii: "#")
      if !isComment { lines.append((index + 1, Array(line))) }
    }
    return lines
  }

  /// What stands behind the colon; `nil` for a reference to another file.
  private static func value(
    _ rest: ArraySlice<UInt8>, _ number: Int
  ) throws(ImportError) -> String? {
    switch rest.first {
    case UInt8(ascii: "<"): return nil
    case UInt8(ascii: ":"):
      guard let bytes = base64(rest.dropFirst().drop { $0 == UInt8(ascii: " ") }) else {
        throw .malformed(line: number, "its value is no base64")
      }
      return String(decoding: bytes, as: UTF8.self)
    default: return String(decoding: rest.drop { $0 == UInt8(ascii: " ") }, as: UTF8.self)
    }
  }

  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  private static func base64(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    var bytes: [UInt8] = []
    var (bits, count) = (0, 0)
    for byte in text where byte != UInt8(ascii: "=") {
      guard let value = alphabet.firstIndex(of: byte) else { return nil }
      bits = bits << 6 | value
      count += 6
      guard count >= 8 else { continue }
      count -= 8
      bytes.append(UInt8(bits >> count & 255))
      bits &= (1 << count) - 1
    }
    return bits == 0 && count < 6 ? bytes : nil
  }
}
