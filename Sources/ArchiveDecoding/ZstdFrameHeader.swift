/// The header of a zstd frame (RFC 8878, 3.1.1.1).
struct ZstdFrameHeader: Equatable {
  /// Bytes of the header, magic number included, at most.
  static let bytesMax = 18

  /// Bytes of this header, magic number included.
  let byteCount: Int
  /// Text that the decoder must keep to decode the rest.
  let windowBytes: UInt64
  let dictionaryID: UInt32
  let contentBytes: UInt64?
  let hasChecksum: Bool

  enum Reading: Equatable {
    case header(ZstdFrameHeader)
    /// More bytes are needed.
    case cutOff
    case damaged
  }

  /// Reads the header at the start of `bytes`, whose magic number is known to be right.
  static func read(_ bytes: Span<UInt8>) -> Reading {
    guard bytes.count >= 5 else { return .cutOff }
    let descriptor = bytes[4]
    if descriptor & 0x08 != 0 { return .damaged }  // Reserved.
    let isSingleSegment = descriptor & 0x20 != 0
    let dictionaryBytes = [0, 1, 2, 4][Int(descriptor & 3)]
    let sizeBytes = [isSingleSegment ? 1 : 0, 2, 4, 8][Int(descriptor >> 6)]
    let dictionaryAt = isSingleSegment ? 5 : 6
    let byteCount = dictionaryAt + dictionaryBytes + sizeBytes
    guard bytes.count >= byteCount else { return .cutOff }
    let size = bytes.littleEndian(at: dictionaryAt + dictionaryBytes, count: sizeBytes)
    let contentBytes = sizeBytes == 2 ? size + 256 : size
    return .header(
      ZstdFrameHeader(
        byteCount: byteCount,
        windowBytes: isSingleSegment ? contentBytes : window(bytes[5]),
        dictionaryID: UInt32(bytes.littleEndian(at: dictionaryAt, count: dictionaryBytes)),
        contentBytes: sizeBytes == 0 ? nil : contentBytes,
        hasChecksum: descriptor & 4 != 0
      )
    )
  }

  private static func window(_ descriptor: UInt8) -> UInt64 {
    let base = UInt64(1) << (10 + UInt64(descriptor >> 3))
    return base + base / 8 * UInt64(descriptor & 7)
  }
}
