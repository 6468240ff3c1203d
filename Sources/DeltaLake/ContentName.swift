import CXXHash
package import Storage

/// Names of data files, made from their bytes: the same bytes get the same name.
enum ContentName {
  private static let head = "part-"
  private static let tail = ".zstd.parquet"
  private static let hashDigits = 32

  /// `part-<XXH3-128 of the bytes, 32 hex digits>.zstd.parquet`.
  static func name(hash: String) -> String { head + hash + tail }

  /// XXH3-128 of the bytes, 32 hex digits.
  static func hash(of bytes: Span<UInt8>) -> String {
    // SAFETY: the pointer lives for this call only; the hash reads `count` bytes.
    text(unsafe bytes.withUnsafeBytes { unsafe XXH3_128bits($0.baseAddress, $0.count) })
  }

  /// A hash as 32 hex digits.
  static func text(_ hash: XXH128_hash_t) -> String { hex(hash.high64) + hex(hash.low64) }

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

/// The hash of bytes that come piece by piece.
@safe struct ContentHasher: ~Copyable {
  private let state: OpaquePointer

  init() {
    guard let state = unsafe XXH3_createState() else {
      preconditionFailure("There is no memory for a hash.")
    }
    _ = unsafe XXH3_128bits_reset(state)
    unsafe self.state = state
  }

  deinit { _ = unsafe XXH3_freeState(state) }

  mutating func update(_ bytes: Span<UInt8>) {
    // SAFETY: the pointer lives for this call only; the hash reads `count` bytes.
    unsafe bytes.withUnsafeBytes {
      _ = unsafe XXH3_128bits_update(state, $0.baseAddress, $0.count)
    }
  }

  /// XXH3-128 of all bytes so far, 32 hex digits.
  var hash: String { ContentName.text(unsafe XXH3_128bits_digest(state)) }
}

/// What all bytes of a data file come to.
package struct DataFileContent: Sendable {
  package let byteCount: Int64
  /// Whether they are those that the file's name stands for; `nil` where the name says nothing, as
  /// with files of other programs.
  package let isAsNamed: Bool?

  // 4 MiB: what is in memory at once.
  private static let pieceBytes: Int64 = 4 << 20

  /// Reads the file `path`, relative to the storage's root.
  package init(of path: String, in storage: any Storage) throws(StorageError) {
    var hasher = ContentHasher()
    var count: Int64 = 0
    while true {
      let piece = try storage.read(path, count..<count + Self.pieceBytes)
      hasher.update(piece.span)
      count += Int64(piece.count)
      if piece.count < Self.pieceBytes { break }
    }
    byteCount = count
    let name = StoragePath.name(of: path)
    isAsNamed = ContentName.isOurs(name) ? name == ContentName.name(hash: hasher.hash) : nil
  }
}
