import Glibc

/// One piece of an archive's text, in memory of its own.
///
/// ```
/// 0              start                 end          bytesMax
/// │ headroom  … │ whole lines of text │ free …     │ padding │
/// ```
/// A decoder fills the block behind its headroom; the unfinished line at the end of the block
/// before it is then copied in front, so that every block starts and ends at a line end without
/// moving its text. Pages that nobody writes to cost no memory, so the headroom is as long as the
/// longest line allowed.
///
/// The text may hold clear names: the memory is left out of core dumps, and wiped when the block
/// goes back to its pool.
@safe public struct Block: ~Copyable {
  /// Bytes in front of the text: the longest line that can be carried over, 1 MiB.
  public static let headroomBytes = 1 << 20
  /// Bytes behind the text that may be read, never used: one vector register of the kernels.
  public static let paddingBytes = 64

  /// Bytes of text that a decoder may put into the block.
  public let textBytesMax: Int
  /// Offset of the first byte of text.
  public private(set) var start: Int
  /// Offset behind the last byte of text.
  public private(set) var end: Int

  /// Where the memory starts: for the Swift face of the kernels, while the block is borrowed.
  @unsafe public let memory: UnsafeMutableRawPointer
  private let pool: BlockPool

  init(memory: UnsafeMutableRawPointer, textBytesMax: Int, pool: BlockPool) {
    unsafe self.memory = memory
    self.textBytesMax = textBytesMax
    self.pool = pool
    start = Block.headroomBytes
    end = Block.headroomBytes
  }

  deinit {
    unsafe memset(memory + start, 0, end - start)
    unsafe pool.giveBack(memory)
  }

  /// Number of bytes of text.
  public var count: Int { end - start }
  /// Bytes that still fit behind the text.
  public var freeBytes: Int { Block.headroomBytes + textBytesMax - end }

  /// Everything from the start of the memory to the end of the text.
  ///
  /// Field ranges count from here. What lies before `start` is no text.
  public var memoryBytes: Span<UInt8> {
    @_lifetime(borrow self)
    get {
      // SAFETY: the memory lives as long as `self` and is initialised (zero pages) throughout.
      let buffer = unsafe UnsafeBufferPointer(
        start: memory.assumingMemoryBound(to: UInt8.self), count: end)
      return unsafe _overrideLifetime(Span(_unsafeElements: buffer), borrowing: self)
    }
  }

  /// The text.
  public var text: Span<UInt8> {
    @_lifetime(borrow self)
    get { memoryBytes.extracting(start..<end) }
  }

  /// Where the line that starts at `start` ends: at its newline, or with the text.
  public func lineEnd(from start: Int) -> Int {
    precondition(start >= self.start && start <= end, "Outside of the text.")
    // SAFETY: what is searched is text of this block, which lives for this call.
    guard let found = unsafe memchr(memory + start, Int32(UInt8(ascii: "\n")), end - start) else {
      return end
    }
    return unsafe UnsafeRawPointer(found) - UnsafeRawPointer(memory)
  }

  /// Lets `fill` write behind the text, and takes as many bytes as it says.
  ///
  /// - Parameter fill: gets the free bytes, returns how many of them it wrote.
  public mutating func append<Failure: Error>(
    _ fill: (inout MutableSpan<UInt8>) throws(Failure) -> Int
  ) throws(Failure) {
    // SAFETY: the buffer is the free part of memory that `self` owns, for this call only.
    let free = unsafe UnsafeMutableBufferPointer(
      start: (memory + end).assumingMemoryBound(to: UInt8.self), count: freeBytes)
    var span = unsafe MutableSpan(_unsafeElements: free)
    let written = try fill(&span)
    precondition(written >= 0 && written <= freeBytes, "A decoder wrote past its block.")
    end += written
  }

  /// Copies `bytes` right in front of the text.
  public mutating func prepend(_ bytes: Span<UInt8>) {
    precondition(bytes.count <= start, "The headroom of a block is too small.")
    start -= bytes.count
    // SAFETY: the source belongs to another block; the target range was checked above.
    unsafe bytes.withUnsafeBufferPointer { source in
      guard let base = source.baseAddress else { return }
      unsafe memcpy(memory + start, base, source.count)
    }
  }

  /// Puts another byte at `place` of the text.
  public mutating func replace(_ place: Int, with byte: UInt8) {
    precondition(place >= 0 && place < count, "Outside of the text.")
    unsafe memory.storeBytes(of: byte, toByteOffset: start + place, as: UInt8.self)
  }

  /// Drops the first `count` bytes of text.
  public mutating func dropFirst(_ count: Int) {
    precondition(count >= 0 && count <= self.count, "Dropping more text than there is.")
    unsafe memset(memory + start, 0, count)
    start += count
  }

  /// Drops the last `count` bytes of text.
  public mutating func dropLast(_ count: Int) {
    precondition(count >= 0 && count <= self.count, "Dropping more text than there is.")
    end -= count
    unsafe memset(memory + end, 0, count)
  }
}
