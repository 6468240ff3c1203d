import ByteBlocks
import Glibc

/// The start of a line whose end is in a block to come; of a record over several lines all lines.
///
/// Holds up to 1 MiB; of more only the length is counted.
struct CarriedLine: ~Copyable {
  /// `nil` until there is a line: most small archives never have one.
  private var memory: ScratchBytes?
  private var held = 0
  /// Length so far.
  private(set) var byteCount: UInt64 = 0
  /// Offset in the text of its first byte, if there is one.
  private(set) var textOffset: UInt64 = 0

  /// Offsets in the text behind each newline.
  private var laterStarts: [UInt64] = []

  /// Adds `text`, which stands at `offset`.
  mutating func append(_ text: Span<UInt8>, at offset: UInt64) throws(ArchiveError) {
    guard text.count > 0 else { return }
    if byteCount == 0 { textOffset = offset }
    for index in text.indices where text[index] == UInt8(ascii: "\n") {
      laterStarts.append(offset + UInt64(index) + 1)
    }
    byteCount += UInt64(text.count)
    guard byteCount <= UInt64(Block.headroomBytes) else { return wipe() }
    if memory?.capacity == nil { memory = try ScratchBytes(capacity: Block.headroomBytes) }
    guard let memory = unsafe memory?.base else { return }
    // SAFETY: `held + text.count` is at most the capacity, checked above.
    unsafe text.withUnsafeBufferPointer { source in
      guard let base = source.baseAddress else { return }
      unsafe memcpy(memory + held, base, source.count)
    }
    held += text.count
  }

  /// Puts the line, which must be no longer than it may, in front of `block` and forgets it.
  mutating func move(inFrontOf block: inout Block) {
    guard held > 0, let base = unsafe memory?.base else { return }
    // SAFETY: `held` bytes were written; the span ends with this call.
    let buffer = unsafe UnsafeBufferPointer(
      start: base.assumingMemoryBound(to: UInt8.self),
      count: held
    )
    block.prepend(unsafe Span(_unsafeElements: buffer))
    clear()
  }

  /// The lines that are here, without their newlines.
  var lines: [OverlongLine] {
    let starts = [textOffset] + laterStarts.filter { $0 < textOffset + byteCount }
    let ends = starts.dropFirst().map { $0 - 1 } + [textOffset + byteCount]
    return zip(starts, ends).map { OverlongLine(textOffset: $0, byteCount: $1 - $0) }
  }

  /// Forgets the line.
  mutating func clear() {
    wipe()
    laterStarts.removeAll(keepingCapacity: true)
    byteCount = 0
  }

  private mutating func wipe() {
    memory?.wipe(held)
    held = 0
  }
}
