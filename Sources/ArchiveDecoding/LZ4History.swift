import CLZ4
import Glibc

/// Text that the next block of a linked lz4 frame may refer back to.
///
/// Blocks are decoded straight into the output where they fit, so the last 64 KiB of text lie in
/// the output, or, from before the output was changed, in the memory here:
/// ```
/// 0      64 KiB − bytes        64 KiB            64 KiB + largest block
/// │ unused │ older text ─────────│ a block that does not fit into the output │
/// ```
/// The older text ends where such a block starts, so that it is decoded as one with it.
@safe struct LZ4History {
  static let bytesMax = 64 << 10

  private let memory: UnsafeMutableRawPointer
  /// Bytes of older text.
  private var bytes = 0
  /// Bytes of the frame's text at the end of the output that are not in `memory` yet.
  private var unsavedBytes = 0

  /// `memory` must hold 64 KiB and the largest block, and outlive this value.
  @unsafe init(_ memory: UnsafeMutableRawPointer) { unsafe self.memory = memory }

  /// Where a block is decoded that does not fit into the output.
  var room: UnsafeMutableRawPointer { unsafe memory + Self.bytesMax }

  /// Forgets everything: a new frame starts.
  mutating func clear() {
    bytes = 0
    unsavedBytes = 0
  }

  /// Notes that a block of `count` bytes was added to the output.
  mutating func grow(_ count: Int) { unsavedBytes += count }

  /// The text before `output.next`, as one piece of memory.
  mutating func dictionary(for output: borrowing TextOutput) -> UnsafeRawBufferPointer {
    if bytes == 0 || unsavedBytes >= Self.bytesMax {
      let count = min(unsavedBytes, Self.bytesMax)
      return unsafe UnsafeRawBufferPointer(start: output.next - count, count: count)
    }
    _ = save(from: output)
    return unsafe saved
  }

  /// The text before `room`; valid when all is saved.
  var saved: UnsafeRawBufferPointer {
    unsafe UnsafeRawBufferPointer(start: room - bytes, count: bytes)
  }

  /// Copies the end of the frame's text out of the output, which is about to be handed on.
  ///
  /// - Returns: whether there was anything to copy.
  mutating func save(from output: borrowing TextOutput) -> Bool {
    guard unsavedBytes > 0 else { return false }
    let count = min(unsavedBytes, Self.bytesMax)
    unsafe push(UnsafeRawBufferPointer(start: output.next - count, count: count))
    unsavedBytes = 0
    return true
  }

  /// Appends text, and keeps the last 64 KiB.
  mutating func push(_ text: UnsafeRawBufferPointer) {
    let added = min(text.count, Self.bytesMax)
    guard let base = text.baseAddress, added > 0 else { return }
    let kept = min(bytes, Self.bytesMax - added)
    // SAFETY: all ranges lie in the 64 KiB before `room`, and `kept + added` is at most that.
    unsafe memmove(room - added - kept, room - kept, kept)
    unsafe memcpy(room - added, base + text.count - added, added)
    bytes = kept + added
  }
}
