import Storage

/// Paths of data files as the log writes them: relative, with `%xx` for all but a few bytes.
enum LogPath {
  /// The path as the log writes it.
  static func escaped(_ path: String) -> String {
    if StoragePath.isValid(path) { return path }
    var text: [UInt8] = []
    for byte in path.utf8 {
      if isPlain(byte) {
        text.append(byte)
      } else {
        text.append(UInt8(ascii: "%"))
        text.append(contentsOf: [byte >> 4, byte & 15].map { hexDigit($0) }.map(upper))
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static func upper(_ digit: UInt8) -> UInt8 { digit >= 0x61 ? digit - 0x20 : digit }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "="),
      UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: "~"):
      true
    default: false
    }
  }

  /// The path that the log's text stands for; it must lie below the table's folder.
  static func plain(_ text: String) throws(ActionProblem) -> String {
    // What this program writes itself needs no unescaping.
    if StoragePath.isValid(text), text != "." { return text }
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      let digits = String(decoding: rest.prefix(2), as: UTF8.self)
      guard digits.utf8.count == 2, digits.allSatisfy(\.isHexDigit),
        let value = UInt8(digits, radix: 16)
      else { throw .path }
      bytes.append(value)
      rest = rest.dropFirst(2)
    }
    guard let path = String(validating: bytes, as: UTF8.self), isBelow(path) else { throw .path }
    return path
  }

  /// Whether `path` stays below its folder: no scheme, no root, no step up.
  private static func isBelow(_ path: String) -> Bool {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard let first = parts.first, !first.contains(":") else { return false }
    return parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." && !$0.contains("\0") }
  }
}
