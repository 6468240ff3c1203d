/// What stands at a place where a zstd or lz4 frame may start.
enum FrameBoundary {
  /// The archive is at its end.
  case archiveEnd
  /// The next unit starts here.
  case unitEnd
  /// A frame with this magic number.
  case frame(magic: UInt32)
}

extension StoredInput {
  /// Looks at the place behind a frame.
  mutating func frameBoundary(
    of codec: Codec,
    unitEnd: UInt64
  ) throws(ArchiveError) -> FrameBoundary {
    guard try fetch(1) else { return .archiveEnd }
    if position >= unitEnd { return .unitEnd }
    guard try fetch(4) else {
      throw FrameMagic.begins(with: bytes, codec) ? truncated : .trailingGarbage(offset: position)
    }
    return .frame(magic: bytes.littleEndian32(at: 0))
  }

  /// Moves past a frame to be skipped.
  mutating func skipFrame() throws(ArchiveError) {
    guard try fetch(8) else { throw truncated }
    let size = bytes.littleEndian32(at: 4)
    try skip(8 + UInt64(size))
  }
}

/// Counts frames that give no text.
struct EmptyFrames {
  private var count = 0
  private let framesMax: Int

  init(_ limits: DecodingLimits) { framesMax = limits.emptyFramesMax }

  /// Notes that a frame has ended at `position`.
  mutating func note(hadText: Bool, at position: UInt64) throws(ArchiveError) {
    count = hadText ? 0 : count + 1
    if count > framesMax { throw .tooManyEmptyFrames(offset: position, framesMax: framesMax) }
  }
}
