import Glibc

/// Memory for stored bytes and for text on its way into a block.
///
/// It may hold clear names, so it is left out of core dumps; whoever keeps it wipes it after use.
/// Pages that nobody writes to cost nothing.
@safe struct ScratchBytes: ~Copyable {
  let base: UnsafeMutableRawPointer
  let capacity: Int

  init(capacity: Int) throws(ArchiveError) {
    let memory = unsafe mmap(
      nil,
      capacity,
      PROT_READ | PROT_WRITE,
      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
      -1,
      0
    )
    guard let memory = unsafe memory, unsafe memory != MAP_FAILED else { throw .outOfMemory }
    unsafe madvise(memory, capacity, MADV_DONTDUMP)
    unsafe base = memory
    self.capacity = capacity
  }

  deinit { unsafe munmap(base, capacity) }

  /// Makes the first `count` bytes zero.
  func wipe(_ count: Int) { unsafe memset(base, 0, min(count, capacity)) }
}
