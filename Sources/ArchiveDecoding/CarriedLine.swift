import ByteBlocks
import Glibc

/// The start of a line whose end is in a block to come.
///
/// Holds up to 1 MiB; of a longer line only the length is counted.
struct CarriedLine: ~Copyable {
  private let memory: ScratchBytes
  private var held = 0
  /// Length so far.
  private(set) var byteCount: UInt64 = 0
  /// Offset in the text of its first byte, if there is one.
  private(set) var textOffset: UInt64 = 0

  init() throws(ArchiveError) { memory = try ScratchBytes(capacity: Block.headroomBytes) }

  /// Adds `text`, which stands at `offset`.
  mutating func append(_ text: Span<UInt8>, at offset: UInt64) {
    guard text.count > 0 else { return }
    if byteCount == 0 { textOffset = offset }
    byteCount += UInt64(text.count)
    guard byteCount <= UInt64(memory.capacity) else { return wipe() }
    // SAFETY: `held + text.count` is at most the capacity, checked above.
    unsafe text.withUnsafeBufferPointer { source in
      guard let base = source.baseAddress else { return }
      unsafe memcpy(memory.base + held, base, source.count)
    }
    held += text.count
  }

  /// Puts the line, which must be no longer than it may, in front of `block` and forgets it.
  mutating func move(inFrontOf block: inout Block) {
    guard held > 0 else { return }
    // SAFETY: `held` bytes were written; the span ends with this call.
    let buffer = unsafe UnsafeBufferPointer(
      start: memory.base.assumingMemoryBound(to: UInt8.self),
      count: held
    )
    block.prepend(unsafe Span(_unsafeElements: buffer))
    clear()
  }

  /// Forgets the line.
  mutating func clear() {
    wipe()
    byteCount = 0
  }

  private mutating func wipe() {
    memory.wipe(held)
    held = 0
  }
}
