package import ByteBlocks
import Glibc

/// The free part of a block, while a codec fills it.
///
/// Lives inside one call of `UnitDecoder.fill`; the memory is the block's.
@safe struct TextOutput {
  let base: UnsafeMutableRawPointer
  let capacity: Int
  /// Bytes that a whole, empty block takes.
  let blockBytesMax: Int
  /// Bytes written.
  private(set) var count = 0
  /// What the ordered side must check.
  var checks: [FrameCheck] = []

  init(_ memory: UnsafeMutableBufferPointer<UInt8>, blockBytesMax: Int) {
    // An empty buffer may have no address; nothing is ever written to it then.
    unsafe base =
      unsafe UnsafeMutableRawPointer(memory.baseAddress)
      ?? UnsafeMutableRawPointer(bitPattern: 64).unsafelyUnwrapped
    capacity = memory.count
    self.blockBytesMax = blockBytesMax
  }

  var free: Int { capacity - count }
  /// Where the next byte goes.
  var next: UnsafeMutableRawPointer { unsafe base + count }

  /// Takes the `written` bytes that a codec has put at `next`.
  mutating func advance(_ written: Int) {
    precondition(written >= 0 && written <= free, "A codec wrote past its block.")
    count += written
  }

  /// Wipes what a codec wrote behind what it reported: a little, or anything where it failed.
  func wipeOverrun(hasFailed: Bool) { unsafe memset(next, 0, hasFailed ? free : min(free, 512)) }
}

/// A check of an lz4 frame whose blocks were decoded apart, to be made in text order.
package struct FrameCheck: Sendable, Equatable {
  /// Bytes of text in the block before the frame starts or ends.
  package let at: Int
  package let event: Event

  /// The start or the end of a frame.
  package enum Event: Sendable, Equatable {
    /// The frame starts here.
    case begins(hasChecksum: Bool)
    /// The frame's end mark, at `offset` of the archive.
    case ends(offset: UInt64, checksum: UInt32?, contentBytes: UInt64?)
  }
}

/// A block as a decoder filled it: any piece of the text, cut anywhere.
package struct DecodedBlock: ~Copyable {
  /// The text.
  package var block: Block
  /// What the assembler has to check about it.
  var checks: [FrameCheck] = []

  /// A block to be filled.
  package init(_ block: consuming Block) { self.block = block }

  /// The block, for another owner.
  package consuming func takeBlock() -> Block { block }
}
