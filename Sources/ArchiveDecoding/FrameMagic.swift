/// The first four bytes of a frame, as a little-endian number.
enum FrameMagic {
  static let zstd: UInt32 = 0xFD2F_B528
  static let zstdDictionary: UInt32 = 0xEC30_A437
  static let lz4: UInt32 = 0x184D_2204
  static let lz4Legacy: UInt32 = 0x184C_2102

  /// zstd and lz4 share the magic numbers of frames to be skipped: 0x184D2A50 … 5F.
  static func isSkippable(_ magic: UInt32) -> Bool { magic & 0xFFFF_FFF0 == 0x184D_2A50 }

  /// zstd 0.1 … 0.7, before the format was settled.
  static func isZstdLegacy(_ magic: UInt32) -> Bool {
    magic == 0xFD2F_B51E || (0xFD2F_B522...0xFD2F_B527).contains(magic)
  }

  /// Why a frame that starts with `magic` can't be read here, where that is known.
  static func refusal(_ magic: UInt32) -> ArchiveError.UnsupportedFormat? {
    switch magic {
    case zstdDictionary: .zstdDictionary
    case lz4Legacy: .lz4Legacy
    case let magic where isZstdLegacy(magic): .zstdLegacy
    default: nil
    }
  }

  /// Whether `bytes`, at most three, are the start of a magic number of `codec`.
  static func begins(with bytes: Span<UInt8>, _ codec: Codec) -> Bool {
    switch codec {
    case .plain: false
    case .gzip: isPrefix(bytes, of: [0x1f, 0x8b, 8, 0])
    case .zstd: isPrefix(bytes, of: [0x28, 0xb5, 0x2f, 0xfd]) || beginsSkippable(bytes)
    case .lz4: isPrefix(bytes, of: [0x04, 0x22, 0x4d, 0x18]) || beginsSkippable(bytes)
    }
  }

  private static func beginsSkippable(_ bytes: Span<UInt8>) -> Bool {
    (UInt8(0x50)...0x5f).contains { isPrefix(bytes, of: [$0, 0x2a, 0x4d, 0x18]) }
  }

  private static func isPrefix(_ bytes: Span<UInt8>, of magic: [UInt8]) -> Bool {
    for index in bytes.indices where bytes[index] != magic[index] { return false }
    return !bytes.isEmpty
  }
}

extension Span<UInt8> {
  /// The little-endian number of four bytes at `offset`.
  func littleEndian32(at offset: Int) -> UInt32 {
    var value: UInt32 = 0
    for index in 0..<4 { value |= UInt32(self[offset + index]) << UInt32(8 * index) }
    return value
  }

  /// The little-endian number of `count` bytes, at most eight, at `offset`.
  func littleEndian(at offset: Int, count: Int) -> UInt64 {
    var value: UInt64 = 0
    for index in 0..<count { value |= UInt64(self[offset + index]) << UInt64(8 * index) }
    return value
  }
}
