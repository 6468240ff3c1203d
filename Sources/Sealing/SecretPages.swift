import COpenSSL
import Glibc

/// Memory for secrets: pages of its own, locked where the limit allows, in no core dump, and wiped
/// before they go back to the system.
///
/// A page each keeps secrets off the heap, where a stray copy or a neighbour's overrun could carry
/// them away. Reading and writing stay inside this room.
@safe struct SecretPages: ~Copyable {
  let byteCount: Int
  /// Whether the pages can never reach the swap device.
  let isLocked: Bool
  private let pages: UnsafeMutableRawPointer
  private let mappedBytes: Int

  /// Zeroed memory for `byteCount` bytes, at least one.
  init(byteCount: Int) throws(SealingError) {
    precondition(byteCount > 0, "A secret has at least one byte.")
    let pageBytes = 4096
    guard byteCount <= Int.max - pageBytes else { throw .outOfMemory(byteCount: byteCount) }
    let mappedBytes = (byteCount + pageBytes - 1) / pageBytes * pageBytes
    let pages = unsafe mmap(
      nil,
      mappedBytes,
      PROT_READ | PROT_WRITE,
      MAP_PRIVATE | MAP_ANONYMOUS,
      -1,
      0
    )
    guard let pages = unsafe pages, unsafe pages != MAP_FAILED else {
      throw .outOfMemory(byteCount: byteCount)
    }
    // Both are best effort: RLIMIT_MEMLOCK may be used up, and then wiping still holds.
    isLocked = unsafe mlock(pages, mappedBytes) == 0
    _ = unsafe madvise(pages, mappedBytes, MADV_DONTDUMP)
    unsafe self.pages = pages
    self.mappedBytes = mappedBytes
    self.byteCount = byteCount
  }

  deinit {
    unsafe OPENSSL_cleanse(pages, mappedBytes)
    unsafe munmap(pages, mappedBytes)
  }

  /// The bytes, to read.
  var bytes: Span<UInt8> {
    @_lifetime(borrow self)
    get {
      // SAFETY: the pages live as long as `self` and the kernel zeroed them.
      let buffer = unsafe UnsafeBufferPointer(
        start: pages.assumingMemoryBound(to: UInt8.self),
        count: byteCount
      )
      return unsafe _overrideLifetime(Span(_unsafeElements: buffer), borrowing: self)
    }
  }

  /// The bytes from `start` on, to write.
  @_lifetime(&self)
  mutating func mutableBytes(from start: Int = 0) -> MutableSpan<UInt8> {
    precondition(start >= 0 && start <= byteCount, "Writing behind the end of a secret.")
    // SAFETY: as in `bytes`; `self` is borrowed exclusively while the span lives.
    let buffer = unsafe UnsafeMutableBufferPointer(
      start: pages.assumingMemoryBound(to: UInt8.self) + start,
      count: byteCount - start
    )
    return unsafe _overrideLifetime(MutableSpan(_unsafeElements: buffer), mutating: &self)
  }

  /// Where the bytes start, for calls of OpenSSL; valid while `self` lives.
  var address: UnsafeMutablePointer<UInt8> {
    unsafe pages.assumingMemoryBound(to: UInt8.self)
  }
}
