import CISAL

/// Gzip members, packed by ISA-L.
@safe final class GzipMembers: FrameWriter {
  private static let level: UInt32 = 2
  /// ISAL_DEF_LVL2_DEFAULT: what the library wants as working memory at level 2, rounded up.
  private static let levelBytes = 1 << 19

  private let stream: UnsafeMutablePointer<isal_zstream>
  private let levelMemory: UnsafeMutablePointer<UInt8>
  private let buffer = CodecBuffer(bytesMax: 1 << 17)

  init() {
    unsafe stream = UnsafeMutablePointer<isal_zstream>.allocate(capacity: 1)
    unsafe levelMemory = UnsafeMutablePointer<UInt8>.allocate(capacity: Self.levelBytes)
    unsafe levelMemory.initialize(repeating: 0, count: Self.levelBytes)
    startMember()
  }

  deinit {
    unsafe stream.deallocate()
    unsafe levelMemory.deallocate()
  }

  func append(_ text: Span<UInt8>, to output: inout OutputFile) throws(LoggenError) {
    if text.isEmpty { return }
    try pack(text, isLast: false, to: &output)
  }

  func endFrame(to output: inout OutputFile) throws(LoggenError) {
    let nothing: [UInt8] = []
    try pack(nothing.span, isLast: true, to: &output)
    startMember()
  }

  private func startMember() {
    // SAFETY: both pointers are owned by `self`; the level memory has the size told.
    unsafe isal_deflate_init(stream)
    unsafe stream.pointee.gzip_flag = UInt16(IGZIP_GZIP)
    unsafe stream.pointee.level = Self.level
    unsafe stream.pointee.level_buf = levelMemory
    unsafe stream.pointee.level_buf_size = UInt32(Self.levelBytes)
  }

  /// Hands `text` to the library until it has taken all of it, and at the end given back all.
  private func pack(
    _ text: Span<UInt8>,
    isLast: Bool,
    to output: inout OutputFile
  ) throws(LoggenError) {
    var done = 0
    var isBusy = true
    while isBusy {
      let rest = text.extracting(done..<text.count)
      try unsafe buffer.write(to: &output) { (memory, bytesMax) throws(LoggenError) in
        // SAFETY: text and buffer live for this call and have the sizes told.
        let result = unsafe rest.withUnsafeBufferPointer { bytes in
          unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress)
          unsafe stream.pointee.avail_in = UInt32(bytes.count)
          unsafe stream.pointee.next_out = memory.assumingMemoryBound(to: UInt8.self)
          unsafe stream.pointee.avail_out = UInt32(bytesMax)
          unsafe stream.pointee.end_of_stream = isLast ? 1 : 0
          return unsafe isal_deflate(stream)
        }
        if result != COMP_OK { throw .codec(.gzip, code: Int(result)) }
        done = unsafe text.count - Int(stream.pointee.avail_in)
        isBusy = unsafe done < text.count || stream.pointee.avail_out == 0
        return unsafe bytesMax - Int(stream.pointee.avail_out)
      }
    }
  }
}
