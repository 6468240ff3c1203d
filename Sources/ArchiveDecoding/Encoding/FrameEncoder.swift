internal import CISAL
internal import CLZ4
internal import CZstd

/// Packs text as frames of a codec (members, of gzip), each whole by itself: so that an archive can
/// be written by several threads. At the fastest level of each codec, with checksums.
@safe package struct FrameEncoder: ~Copyable {
  /// Text of one frame, at most.
  package static let frameTextBytesMax = 64 << 20
  private static let zstdLevel: Int32 = 1

  package let codec: Codec
  private var zstd: OpaquePointer?

  package init(_ codec: Codec) throws(ArchiveError) {
    self.codec = codec
    guard codec == .zstd else { return }
    guard let context = unsafe ZSTD_createCCtx() else { throw .outOfMemory }
    unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, Self.zstdLevel)
    unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
    unsafe zstd = context
  }

  deinit { unsafe ZSTD_freeCCtx(zstd) }

  /// One frame with `text`.
  package func encode(_ text: [UInt8]) throws(ArchiveError) -> [UInt8] {
    precondition(text.count <= Self.frameTextBytesMax, "The text of a frame is too long.")
    switch codec {
    case .plain: return text
    case .zstd: return try zstdFrame(text)
    case .lz4: return try lz4Frame(text)
    case .gzip: return try gzipMember(text)
    }
  }

  private func zstdFrame(_ text: [UInt8]) throws(ArchiveError) -> [UInt8] {
    let bound = ZSTD_compressBound(text.count)
    var failed = false
    // SAFETY: the library writes at most `bound` bytes, for which there is room.
    let frame = unsafe [UInt8](unsafeUninitializedCapacity: bound) { target, count in
      let written = unsafe ZSTD_compress2(zstd, target.baseAddress, bound, text, text.count)
      failed = ZSTD_isError(written) != 0
      count = failed ? 0 : written
    }
    if failed { throw .outOfMemory }
    return frame
  }

  private func lz4Frame(_ text: [UInt8]) throws(ArchiveError) -> [UInt8] {
    var preferences = LZ4F_preferences_t()
    preferences.frameInfo.blockSizeID = LZ4F_max4MB
    preferences.frameInfo.blockMode = LZ4F_blockIndependent
    preferences.frameInfo.contentChecksumFlag = LZ4F_contentChecksumEnabled
    let bound = unsafe LZ4F_compressFrameBound(text.count, &preferences)
    var failed = false
    // SAFETY: as above.
    let frame = unsafe [UInt8](unsafeUninitializedCapacity: bound) { target, count in
      let written = unsafe LZ4F_compressFrame(
        target.baseAddress, bound, text, text.count, &preferences)
      failed = LZ4F_isError(written) != 0
      count = failed ? 0 : written
    }
    if failed { throw .outOfMemory }
    return frame
  }

  /// ISAL_DEF_LVL1_DEFAULT: what the library wants as working memory at level 1, rounded up.
  private static let gzipLevelBytes = 1 << 19

  private func gzipMember(_ text: [UInt8]) throws(ArchiveError) -> [UInt8] {
    // Stored blocks of 64 KiB at worst, with 5 bytes each, header and trailer.
    let bound = text.count + text.count / 1024 + 1024
    var level = [UInt8](repeating: 0, count: Self.gzipLevelBytes)
    var stream = unsafe isal_zstream()
    var failed = false
    // SAFETY: all memory lives for the call, with the sizes told.
    let member = unsafe [UInt8](unsafeUninitializedCapacity: bound) { target, count in
      unsafe level.withUnsafeMutableBufferPointer { level in
        unsafe text.withUnsafeBufferPointer { text in
          unsafe isal_deflate_init(&stream)
          unsafe stream.gzip_flag = UInt16(IGZIP_GZIP)
          unsafe stream.level = 1
          unsafe stream.level_buf = level.baseAddress
          unsafe stream.level_buf_size = UInt32(level.count)
          unsafe stream.next_in = UnsafeMutablePointer(mutating: text.baseAddress)
          unsafe stream.avail_in = UInt32(text.count)
          unsafe stream.next_out = target.baseAddress
          unsafe stream.avail_out = UInt32(bound)
          unsafe stream.end_of_stream = 1
          failed = unsafe isal_deflate(&stream) != COMP_OK || stream.avail_in > 0
          count = failed ? 0 : unsafe bound - Int(stream.avail_out)
        }
      }
    }
    if failed { throw .outOfMemory }
    return member
  }
}
