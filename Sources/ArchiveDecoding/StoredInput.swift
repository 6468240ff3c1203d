import Glibc

/// The stored bytes in front of a codec: a window that moves along the archive.
///
/// ```
/// 0       begin        end        capacity
/// │ passed │ not read   │ free …     │      position = offset of `begin` in the archive
/// ```
/// At least `slackBytes` passed bytes stay in front of `begin`, so that a codec can give back what
/// it took too much.
struct StoredInput: ~Copyable {
  /// Bytes read at once: large enough to hide the system call, small enough for the cache.
  static let chunkBytes = 256 << 10
  static let slackBytes = 64

  let source: any StoredBytes
  let bench: Workbench
  private var readOffset: UInt64
  private var begin = StoredInput.slackBytes
  private var end = StoredInput.slackBytes

  init(_ source: any StoredBytes, at offset: UInt64, bench: Workbench) {
    self.source = source
    self.bench = bench
    readOffset = offset
  }

  /// Bytes in the window.
  var count: Int { end - begin }
  /// Offset in the archive of the first byte in the window.
  var position: UInt64 { readOffset - UInt64(end - begin) }

  /// The first byte in the window; good until the next change of `self`.
  var base: UnsafePointer<UInt8> {
    unsafe UnsafePointer((bench.input.base + begin).assumingMemoryBound(to: UInt8.self))
  }

  /// The bytes in the window.
  var bytes: Span<UInt8> {
    @_lifetime(borrow self)
    get {
      // SAFETY: the bench's memory lives as long as the bench, which `self` holds.
      let buffer = unsafe UnsafeBufferPointer(start: base, count: count)
      return unsafe _overrideLifetime(Span(_unsafeElements: buffer), borrowing: self)
    }
  }

  /// Moves past `count` bytes of the window.
  mutating func consume(_ count: Int) {
    precondition(count >= 0 && count <= self.count, "Consuming more stored bytes than there are.")
    begin += count
  }

  /// Takes back the last `count` bytes consumed.
  mutating func unread(_ count: Int) {
    precondition(count >= 0 && count <= Self.slackBytes, "Taking back more than the slack.")
    begin -= count
  }

  /// Makes sure that the window holds at least `wanted` bytes.
  ///
  /// - Returns: `false` when the archive ends before; the window then holds all the rest.
  mutating func fetch(_ wanted: Int) throws(ArchiveError) -> Bool {
    if count >= wanted { return true }
    let capacity = Self.slackBytes + max(wanted, Self.chunkBytes)
    moveToFront()
    try bench.reserveInput(capacity)
    while count < wanted {
      // SAFETY: `end ..< capacity` is memory of the bench, made large enough above.
      let received = try unsafe source.read(
        at: readOffset,
        into: bench.input.base + end,
        count: capacity - end
      )
      if received == 0 { return false }
      end += received
      bench.noteInput(end)
      readOffset += UInt64(received)
    }
    return true
  }

  private mutating func moveToFront() {
    let base = unsafe bench.input.base
    let slack = min(begin, Self.slackBytes)
    // SAFETY: both ranges lie in the memory: the target ends no further back than the source.
    unsafe memmove(base + Self.slackBytes - slack, base + begin - slack, slack + count)
    end = Self.slackBytes + count
    begin = Self.slackBytes
  }

  /// Moves past `count` bytes, also ones not read yet.
  mutating func skip(_ count: UInt64) throws(ArchiveError) {
    var left = count
    while true {
      let step = min(left, UInt64(self.count))
      begin += Int(step)
      left -= step
      if left == 0 { return }
      if let byteCount = source.byteCount {
        guard left <= byteCount - readOffset else { throw .truncated(offset: byteCount) }
        readOffset += left
        return
      }
      guard try fetch(1) else { throw .truncated(offset: position) }
    }
  }

  /// Reads straight into memory of the caller's, where no codec is in between.
  ///
  /// `target` must be writable for `count` bytes during this call, and the window empty.
  @unsafe mutating func pass(
    into target: UnsafeMutableRawPointer,
    count: Int
  ) throws(ArchiveError) -> Int {
    precondition(self.count == 0, "Passing by bytes that are in the window.")
    let received = try unsafe source.read(at: readOffset, into: target, count: count)
    readOffset += UInt64(received)
    return received
  }

  /// The error for an archive that ends where the window does.
  var truncated: ArchiveError { .truncated(offset: readOffset) }
}
