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
    if path == "." { return true }
    guard !path.isEmpty, path.utf8.count <= bytesMax else { return false }
    return path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
      .allSatisfy(isValidPart)
  }

  /// Whether `name` may be one part of a path.
  package static func isValidName(_ name: String) -> Bool { isValidPart(name.utf8[...]) }

  private static func isValidPart(_ part: Substring.UTF8View) -> Bool {
    guard !part.isEmpty, part.count <= partBytesMax else { return false }
    if part.allSatisfy({ $0 == UInt8(ascii: ".") }), part.count <= 2 { return false }
    return part.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "="),
        UInt8(ascii: "."), UInt8(ascii: "-"):
        true
      default: false
      }
    }
  }

  /// The folder that holds `path`; `.` for a path of one part.
  package static func folder(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return String(path[..<slash])
  }

  /// The last part of `path`.
  package static func name(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return path }
    return String(path[path.utf8.index(after: slash)...])
  }
}
