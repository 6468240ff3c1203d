/// A stretch of stored bytes that can be decoded on its own.
///
/// The way an archive is cut into units follows from its bytes alone: a unit ends at the first
/// place behind `end - 1` at which decoding may start afresh. Such places are the starts of zstd
/// frames, of gzip members, of lz4 frames and of the blocks in an lz4 frame with independent
/// blocks. Plain text and streams are one unit.
package struct ArchiveUnit: Sendable, Hashable {
  /// Stored bytes of a unit, at least; the last one and those of small archives have fewer.
  package static let storedBytesMin: UInt64 = 1 << 20

  /// Place of the unit in the archive, from 0.
  package let index: Int
  /// Offset of its first stored byte.
  package let start: UInt64
  /// The unit ends at the first possible place at or behind this offset.
  package let end: UInt64
  /// The frame inside which it starts; `nil` at the start of a frame.
  let frame: LZ4Frame?

  init(index: Int, start: UInt64, isWhole: Bool, frame: LZ4Frame? = nil) {
    self.index = index
    self.start = start
    end = isWhole ? .max : start + Self.storedBytesMin
    self.frame = frame
  }

  /// The unit that starts where this one ended.
  func following(at position: UInt64, frame: LZ4Frame? = nil) -> ArchiveUnit {
    ArchiveUnit(index: index + 1, start: position, isWhole: end == .max, frame: frame)
  }

  /// The first unit of an archive.
  package static func first(of source: any StoredBytes, codec: Codec) -> ArchiveUnit {
    ArchiveUnit(index: 0, start: 0, isWhole: source.byteCount == nil || codec == .plain)
  }
}

/// What the blocks of an lz4 frame have in common.
struct LZ4Frame: Sendable, Hashable {
  /// Offset of the frame.
  var start: UInt64
  /// Text bytes of a block, at most.
  var blockBytesMax: Int
  /// Whether each block can be decoded without the ones before it.
  var isIndependent: Bool
  var hasBlockChecksums: Bool
  var hasContentChecksum: Bool
  var contentBytes: UInt64?
}
