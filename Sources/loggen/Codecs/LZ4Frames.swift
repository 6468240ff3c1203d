import CLZ4

/// LZ4 frames with content checksums: independent blocks of 4 MiB, as the tool `lz4` makes them,
/// or dependent ones of 64 KiB, the library's own choice.
@safe final class LZ4Frames: FrameWriter {
  /// Text that goes into one call.
  private static let pieceBytesMax = 1 << 18

  private let context: OpaquePointer
  private var preferences = LZ4F_preferences_t()
  private let buffer: CodecBuffer
  private var isOpen = false

  init(_ blocks: LZ4Blocks) throws(LoggenError) {
    preferences.frameInfo.blockMode =
      blocks == .dependent ? LZ4F_blockLinked : LZ4F_blockIndependent
    preferences.frameInfo.blockSizeID = blocks == .dependent ? LZ4F_max64KB : LZ4F_max4MB
    preferences.frameInfo.contentChecksumFlag = LZ4F_contentChecksumEnabled
    let headerBytesMax = 19  // LZ4F_HEADER_SIZE_MAX, which is no constant in Swift's eyes.
    let bound = unsafe LZ4F_compressBound(Self.pieceBytesMax, &preferences)
    buffer = CodecBuffer(bytesMax: headerBytesMax + bound)
    var made: OpaquePointer?
    let result = unsafe LZ4F_createCompressionContext(&made, UInt32(LZ4F_VERSION))
    guard LZ4F_isError(result) == 0, let made = unsafe made else {
      throw .codec(.lz4, code: -result)
    }
    unsafe context = made
  }

  deinit { unsafe LZ4F_freeCompressionContext(context) }

  func append(_ text: Span<UInt8>, to output: inout OutputFile) throws(LoggenError) {
    try openFrame(to: &output)
    var done = 0
    while done < text.count {
      let piece = text.extracting(done..<min(done + Self.pieceBytesMax, text.count))
      try unsafe buffer.write(to: &output) { (memory, bytesMax) throws(LoggenError) in
        // SAFETY: the text lives for this call; the buffer has room for the bound of a piece.
        try check(
          unsafe piece.withUnsafeBytes { bytes in
            unsafe LZ4F_compressUpdate(
              context,
              memory,
              bytesMax,
              bytes.baseAddress,
              bytes.count,
              nil
            )
          }
        )
      }
      done += piece.count
    }
  }

  func endFrame(to output: inout OutputFile) throws(LoggenError) {
    try openFrame(to: &output)
    isOpen = false
    try unsafe buffer.write(to: &output) { (memory, bytesMax) throws(LoggenError) in
      try check(unsafe LZ4F_compressEnd(context, memory, bytesMax, nil))
    }
  }

  private func openFrame(to output: inout OutputFile) throws(LoggenError) {
    if isOpen { return }
    isOpen = true
    try unsafe buffer.write(to: &output) { (memory, bytesMax) throws(LoggenError) in
      try check(unsafe LZ4F_compressBegin(context, memory, bytesMax, &preferences))
    }
  }

  private func check(_ result: Int) throws(LoggenError) -> Int {
    if LZ4F_isError(result) != 0 { throw .codec(.lz4, code: -result) }
    return result
  }
}
