import ArgumentParser

/// How the text is packed.
enum Codec: String, CaseIterable, ExpressibleByArgument {
  case none
  case zstd
  case lz4
  case gzip
}

/// Whether a block of an lz4 frame may refer to the one before it.
enum LZ4Blocks: String, CaseIterable, ExpressibleByArgument {
  case dependent
  case independent
}

/// Packs text into frames, one behind the other, each with a checksum.
protocol FrameWriter: AnyObject {
  /// Adds `text` to the frame at hand.
  func append(_ text: Span<UInt8>, to output: inout OutputFile) throws(LoggenError)
  /// Ends the frame at hand, which may be empty.
  func endFrame(to output: inout OutputFile) throws(LoggenError)
}

/// Text as it is; a frame means nothing here.
final class PlainText: FrameWriter {
  func append(_ text: Span<UInt8>, to output: inout OutputFile) throws(LoggenError) {
    try output.write(text)
  }

  func endFrame(to output: inout OutputFile) throws(LoggenError) {}
}

/// A piece of memory that a codec writes into; never larger than first asked for.
@safe struct CodecBuffer: ~Copyable {
  let bytesMax: Int
  private let base: UnsafeMutablePointer<UInt8>

  init(bytesMax: Int) {
    self.bytesMax = max(bytesMax, 1)
    unsafe base = UnsafeMutablePointer<UInt8>.allocate(capacity: self.bytesMax)
    unsafe base.initialize(repeating: 0, count: self.bytesMax)
  }

  deinit { unsafe base.deallocate() }

  /// Lets a codec write, and takes as many bytes as it says to `output`.
  func write(
    to output: inout OutputFile,
    _ pack: (UnsafeMutableRawPointer, Int) throws(LoggenError) -> Int
  ) throws(LoggenError) {
    let written = unsafe try pack(UnsafeMutableRawPointer(base), bytesMax)
    precondition(written >= 0 && written <= bytesMax, "A codec wrote past its buffer.")
    // SAFETY: the memory belongs to `self` and is initialised throughout.
    let span = unsafe Span(_unsafeStart: UnsafePointer(base), count: written)
    try output.write(span)
  }
}
