/// The header of an lz4 frame.
struct LZ4FrameHeader: Equatable {
  /// Bytes of the header, magic number included, at most.
  static let bytesMax = 19

  /// Bytes of this header, magic number included.
  let byteCount: Int
  let frame: LZ4Frame
  let hasDictionary: Bool

  enum Reading: Equatable {
    case header(LZ4FrameHeader)
    /// More bytes are needed.
    case cutOff
    case damaged(ArchiveError.Damage)
  }

  /// Reads the header at the start of `bytes`, whose magic number is known to be right.
  static func read(_ bytes: Span<UInt8>, at start: UInt64) -> Reading {
    guard bytes.count >= 7 else { return .cutOff }
    let flags = bytes[4]
    let blockFlags = bytes[5]
    let sizeID = Int(blockFlags >> 4 & 7)
    // Version 1, no reserved bit set, a known block size.
    guard flags & 0xC2 == 0x40, blockFlags & 0x8F == 0, sizeID >= 4 else {
      return .damaged(.frameHeader)
    }
    let sizeBytes = flags & 8 != 0 ? 8 : 0
    let byteCount = 7 + sizeBytes + (flags & 1 != 0 ? 4 : 0)
    guard bytes.count >= byteCount else { return .cutOff }
    let checksum = LZ4Checksum.of(bytes.extracting(4..<byteCount - 1))
    guard UInt8(truncatingIfNeeded: checksum >> 8) == bytes[byteCount - 1] else {
      return .damaged(.headerChecksum)
    }
    let frame = LZ4Frame(
      start: start,
      blockBytesMax: 1 << (8 + 2 * sizeID),
      isIndependent: flags & 0x20 != 0,
      hasBlockChecksums: flags & 0x10 != 0,
      hasContentChecksum: flags & 4 != 0,
      contentBytes: sizeBytes == 0 ? nil : bytes.littleEndian(at: 6, count: 8)
    )
    return .header(
      LZ4FrameHeader(byteCount: byteCount, frame: frame, hasDictionary: flags & 1 != 0)
    )
  }
}

/// The four bytes in front of an lz4 block.
struct LZ4BlockHeader {
  static let byteCount = 4
  private let word: UInt32

  init(_ word: UInt32) { self.word = word }

  /// Whether this is no block but the end of the frame.
  var isEndMark: Bool { word == 0 }
  /// Whether the block's text is stored as it is.
  var isStored: Bool { word >> 31 == 1 }
  /// Stored bytes of the block, without header and checksum.
  var storedBytes: Int { Int(word & 0x7FFF_FFFF) }
}
