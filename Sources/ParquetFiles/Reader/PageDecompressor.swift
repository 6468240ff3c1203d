import CSnappy
import CZstd
import Synchronization

/// Turns stored pages into page bodies, one after the other in the same memory.
@safe struct PageDecompressor: ~Copyable {
  private let context: ZstdContext
  /// The last page's body, and `BitPacking.paddingBytes` zeros behind it.
  private(set) var body = OutputBytes()

  init() throws(ParquetError) { context = try ZstdContext.take() }

  deinit { context.putBack() }

  /// Makes `body` of `stored`.
  ///
  /// - Parameters:
  ///   - rawBytes: how many bytes at the start are stored as they are.
  ///   - size: bytes of the body, all in all; within the limits.
  ///   - offset: of the page, for errors.
  mutating func decompress(
    _ stored: Span<UInt8>,
    rawBytes: Int,
    size: Int,
    codec: Codec,
    offset: Int
  ) throws(ParquetError) {
    guard rawBytes <= stored.count, rawBytes <= size else {
      throw .damaged(.pageSize, offset: offset)
    }
    body.removeAll()
    body.append(stored.extracting(0..<rawBytes))
    let packed = stored.extracting(rawBytes..<stored.count)
    let isWhole =
      switch codec {
      case .uncompressed: copy(packed, size: size - rawBytes)
      case .zstd: zstd(packed, size: size - rawBytes)
      case .snappy: snappy(packed, size: size - rawBytes)
      }
    guard isWhole else { throw .damaged(.compression, offset: offset) }
    for _ in 0..<BitPacking.paddingBytes { body.append(0) }
  }

  private mutating func copy(_ packed: Span<UInt8>, size: Int) -> Bool {
    guard packed.count == size else { return false }
    body.append(packed)
    return true
  }

  private mutating func zstd(_ packed: Span<UInt8>, size: Int) -> Bool {
    // SAFETY: the bytes live for this call; zstd writes at most `size` bytes, which are reserved.
    unsafe packed.withUnsafeBufferPointer { source in
      // The frame states its own size, if any: a lie is found before anything is allocated.
      let stated = unsafe ZSTD_getFrameContentSize(source.baseAddress, source.count)
      // The library's ZSTD_CONTENTSIZE_ERROR is −2, ZSTD_CONTENTSIZE_UNKNOWN −1.
      guard stated != UInt64.max - 1, stated == UInt64.max || stated == UInt64(size) else {
        return false
      }
      var isWhole = false
      unsafe body.append(bytesMax: size) { target in
        let written = unsafe ZSTD_decompressDCtx(
          context.pointer,
          target,
          size,
          source.baseAddress,
          source.count
        )
        isWhole = written == size
        return isWhole ? size : 0
      }
      return isWhole
    }
  }

  private mutating func snappy(_ packed: Span<UInt8>, size: Int) -> Bool {
    // SAFETY: as above; the length that snappy writes is checked first.
    unsafe packed.withUnsafeBytes { source in
      guard let base = unsafe source.assumingMemoryBound(to: CChar.self).baseAddress else {
        return size == 0
      }
      var length = 0
      guard unsafe snappy_uncompressed_length(base, source.count, &length) == SNAPPY_OK,
        length == size
      else { return false }
      var isWhole = false
      unsafe body.append(bytesMax: size) { target in
        let result = unsafe snappy_uncompress(
          base,
          source.count,
          target.assumingMemoryBound(to: CChar.self),
          &length
        )
        isWhole = result == SNAPPY_OK && length == size
        return isWhole ? size : 0
      }
      return isWhole
    }
  }
}

/// A context of zstd, which waits for its next user between two uses: to make one costs more than
/// to decompress a page of a few kilobytes, and a file of small pages needs one for each column.
// SAFETY: a context is in the list of those that wait, or with the one user who took it from there.
@safe private struct ZstdContext: @unchecked Sendable {
  let pointer: OpaquePointer

  private static let waiting = Mutex<[ZstdContext]>([])

  static func take() throws(ParquetError) -> ZstdContext {
    if let context = waiting.withLock({ $0.popLast() }) { return context }
    guard let pointer = unsafe ZSTD_createDCtx() else { throw .compressor(code: 0) }
    return unsafe ZstdContext(pointer: pointer)
  }

  func putBack() { Self.waiting.withLock { $0.append(self) } }
}
