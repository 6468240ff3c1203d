/// The paths that a storage takes: parts of `A–Z a–z 0–9 _ = . -`, joined by single slashes, at
/// most 1,024 bytes, no part `.` or `..`; or `.` alone, the root.
///
/// Whatever is not of this form never reaches the kernel, so no name from a log, a table or an
/// archive can lead out of the root.
package enum StoragePath {
  /// The longest path taken.
  package static let bytesMax = 1024
  /// The longest part of a path taken, the limit of the usual file systems.
  package static let partBytesMax = 255

  /// Whether a storage takes `path`.
  package static func isValid(_ path: String) -> Bool {
    path == "." || areValidParts(path, countMax: bytesMax, allowingSlashes: true)
  }

  /// Whether `name` may be one part of a path.
  package static func isValidName(_ name: String) -> Bool {
    areValidParts(name, countMax: partBytesMax, allowingSlashes: false)
  }

  private static func areValidParts(
    _ text: String,
    countMax: Int,
    allowingSlashes: Bool
  ) -> Bool {
    var count = 0
    var partBytes = 0
    var partDots = 0
    for byte in text.utf8 {
      count += 1
      if byte == UInt8(ascii: "/") {
        guard allowingSlashes, isValidPart(bytes: partBytes, dots: partDots) else { return false }
        partBytes = 0
        partDots = 0
        continue
      }
      guard isPlain[Int(byte)] else { return false }
      partBytes += 1
      if byte == UInt8(ascii: ".") { partDots += 1 }
    }
    return count <= countMax && isValidPart(bytes: partBytes, dots: partDots)
  }

  private static func isValidPart(bytes: Int, dots: Int) -> Bool {
    (1...partBytesMax).contains(bytes) && !(bytes == dots && bytes <= 2)
  }

  /// By byte, whether it may stand in a part.
  private static let isPlain: [Bool] = {
    let plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_=.-"
    var table = [Bool](repeating: false, count: 256)
    for byte in plain.utf8 { table[Int(byte)] = true }
    return table
  }()

  /// The folder that holds `path`; `.` for a path of one part.
  package static func folder(of path: String) -> String {
    let bytes = path.utf8.count - nameBytes(path) - 1
    return bytes < 0 ? "." : String(path.utf8.prefix(bytes)) ?? "."
  }

  /// The last part of `path`.
  package static func name(of path: String) -> String {
    String(path.utf8.suffix(nameBytes(path))) ?? path
  }

  private static func nameBytes(_ path: String) -> Int {
    var count = 0
    for byte in path.utf8.reversed() {
      if byte == UInt8(ascii: "/") { break }
      count += 1
    }
    return count
  }
}
