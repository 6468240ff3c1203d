import CZstd

/// Zstandard frames of level 3 with checksums; their headers do not tell the size of the text,
/// as in a pipe.
@safe final class ZstdFrames: FrameWriter {
  private let context: OpaquePointer
  private let buffer = CodecBuffer(bytesMax: ZSTD_CStreamOutSize())

  init() throws(LoggenError) {
    guard let context = unsafe ZSTD_createCCtx() else { throw .codec(.zstd, code: 64) }
    unsafe self.context = context
    _ = try check(unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, 3))
    _ = try check(unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1))
  }

  deinit { unsafe ZSTD_freeCCtx(context) }

  func append(_ text: Span<UInt8>, to output: inout OutputFile) throws(LoggenError) {
    var done = 0
    while done < text.count {
      let rest = text.extracting(done..<text.count)
      done += try pack(rest, ZSTD_e_continue, to: &output).consumed
    }
  }

  func endFrame(to output: inout OutputFile) throws(LoggenError) {
    let nothing: [UInt8] = []
    while try pack(nothing.span, ZSTD_e_end, to: &output).pending > 0 {}
  }

  /// One call to the library: how much text it took, and how much it still holds back.
  private func pack(
    _ text: Span<UInt8>,
    _ directive: ZSTD_EndDirective,
    to output: inout OutputFile
  ) throws(LoggenError) -> (consumed: Int, pending: Int) {
    var source = unsafe ZSTD_inBuffer(src: nil, size: text.count, pos: 0)
    var pending = 0
    try unsafe buffer.write(to: &output) { (memory, bytesMax) throws(LoggenError) in
      var target = unsafe ZSTD_outBuffer(dst: memory, size: bytesMax, pos: 0)
      // SAFETY: both buffers live for this call and have the sizes given.
      let left = unsafe text.withUnsafeBytes { bytes in
        unsafe source.src = bytes.baseAddress
        return unsafe ZSTD_compressStream2(context, &target, &source, directive)
      }
      pending = try check(left)
      return unsafe target.pos
    }
    return unsafe (source.pos, pending)
  }

  private func check(_ result: Int) throws(LoggenError) -> Int {
    if ZSTD_isError(result) != 0 { throw .codec(.zstd, code: -result) }
    return result
  }
}
