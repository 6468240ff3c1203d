import CISAL
import CZstd

/// One zstd context and the memory for its output, used for page after page.
///
/// Each thread that encodes columns owns one.
// SAFETY: the context is reached only through `mutating` methods of a value that
// can't be copied, so by one thread at a time.
@safe package struct ZstdCompressor: ~Copyable, @unchecked Sendable {
  private let context: OpaquePointer
  private var target: UnsafeMutableRawBufferPointer
  private let level: Int32
  private var isStoring: Bool

  /// A compressor of `level` 1 … 19.
  package init(level: Int) throws(ParquetError) {
    guard let context = unsafe ZSTD_createCCtx() else { throw .compressor(code: 0) }
    let code = unsafe Self.setLevel(Int32(clamping: level), of: context)
    guard code == 0 else {
      unsafe ZSTD_freeCCtx(context)
      throw .compressor(code: code)
    }
    self.level = Int32(clamping: level)
    isStoring = false
    unsafe self.context = context
    unsafe target = .allocate(byteCount: 1 << 18, alignment: 16)
  }

  deinit {
    unsafe ZSTD_freeCCtx(context)
    unsafe target.deallocate()
  }

  /// Sets the level of the frames that follow; gives the code of an error, or 0.
  private static func setLevel(_ level: Int32, of context: OpaquePointer) -> Int {
    let result = unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level)
    return ZSTD_isError(result) == 0 ? 0 : code(result)
  }

  /// Compresses `bytes` as one frame and hands it to `body`.
  ///
  /// - Parameter isStored: the frame holds the bytes more or less as they are: the lowest level.
  mutating func compress<Result>(
    _ bytes: Span<UInt8>,
    isStored: Bool = false,
    _ body: (Span<UInt8>) -> Result
  ) throws(ParquetError) -> Result {
    if isStored != isStoring {
      let code = unsafe Self.setLevel(isStored ? ZSTD_minCLevel() : level, of: context)
      guard code == 0 else { throw .compressor(code: code) }
      isStoring = isStored
    }
    let bound = ZSTD_compressBound(bytes.count)
    if unsafe target.count < bound {
      unsafe target.deallocate()
      unsafe target = .allocate(byteCount: bound * 5 / 4, alignment: 16)
    }
    // SAFETY: source and target live for this call; zstd writes at most `target.count` bytes.
    let written = unsafe bytes.withUnsafeBufferPointer { source in
      unsafe ZSTD_compress2(
        context,
        target.baseAddress,
        target.count,
        source.baseAddress,
        source.count
      )
    }
    guard ZSTD_isError(written) == 0 else { throw .compressor(code: Self.code(written)) }
    let frame = unsafe Span<UInt8>(
      _unsafeElements: UnsafeRawBufferPointer(target)[..<written].bindMemory(to: UInt8.self)
    )
    return body(frame)
  }

  /// zstd's results are sizes, or error codes counted down from 0.
  private static func code(_ result: Int) -> Int { 0 &- result }
}

/// The CRC-32 of gzip, by the instructions that the machine has.
func crc32(_ bytes: Span<UInt8>) -> UInt32 {
  // SAFETY: the bytes live for this call, and are only read.
  unsafe bytes.withUnsafeBufferPointer { source in
    unsafe crc32_gzip_refl(0, source.baseAddress, UInt64(source.count))
  }
}
