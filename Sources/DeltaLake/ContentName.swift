import CXXHash
import Storage

/// Names of data files, made from their bytes: the same bytes get the same name.
enum ContentName {
  private static let head = "part-"
  private static let tail = ".zstd.parquet"
  private static let hashDigits = 32

  /// `part-<XXH3-128 of the bytes, 32 hex digits>.zstd.parquet`.
  static func name(of bytes: Span<UInt8>) -> String { head + hash(of: bytes) + tail }

  /// XXH3-128 of the bytes, 32 hex digits.
  static func hash(of bytes: Span<UInt8>) -> String {
    // SAFETY: the pointer lives for this call only; the hash reads `count` bytes.
    let hash = unsafe bytes.withUnsafeBytes { unsafe XXH3_128bits($0.baseAddress, $0.count) }
    return hex(hash.high64) + hex(hash.low64)
  }

  private static func hex(_ value: UInt64) -> String {
    let digits = stride(from: 60, through: 0, by: -4).map {
      hexDigit(UInt8(value >> UInt64($0) & 15))
    }
    return String(decoding: digits, as: UTF8.self)
  }

  /// Whether `name` is of the form that this program gives to data files.
  static func isOurs(_ name: String) -> Bool {
    guard name.hasPrefix(head), name.hasSuffix(tail),
      name.utf8.count == head.utf8.count + hashDigits + tail.utf8.count
    else { return false }
    return name.utf8.dropFirst(head.utf8.count).prefix(hashDigits).allSatisfy { byte in
      byte &- UInt8(ascii: "0") < 10 || byte &- UInt8(ascii: "a") < 6
    }
  }
}

/// What the name of a data file says of its bytes.
package enum DataFileName {
  /// Whether a file has the bytes that its name stands for; `nil` where the name says nothing, as
  /// with files of other programs.
  package static func matches(_ bytes: Span<UInt8>, path: String) -> Bool? {
    let name = StoragePath.name(of: path)
    return ContentName.isOurs(name) ? name == ContentName.name(of: bytes) : nil
  }
}
