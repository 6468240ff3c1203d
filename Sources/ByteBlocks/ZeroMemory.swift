internal import CLinux
internal import Glibc

/// Memory of zero bytes that starts at a cache line: from the heap, or, for much of it, in pages of
/// its own.
///
/// Large tables are read at random places. With huge pages the processor finds such a place without
/// walking through page tables, and the kernel hands out 2 MiB at a time instead of 4 KiB.
@usableFromInline enum ZeroMemory {
  private static let cacheLineBytes = 64
  private static let pageBytes = 4096
  private static let hugePageBytes = 2 << 20
  /// From here on memory has pages of its own, which are zero without being written.
  private static let mappedBytesMin = 128 << 10

  /// `bytes` zero bytes; `nil` without memory.
  ///
  /// - Parameter isDense: whether all of it will be used soon. Then its pages are had at once, in
  ///   a fraction of the time that having them one by one takes.
  @usableFromInline static func allocate(
    _ bytes: Int, isDense: Bool
  ) -> UnsafeMutableRawPointer? {
    guard bytes >= mappedBytesMin else {
      let memory = unsafe aligned_alloc(cacheLineBytes, roundedUp(bytes, to: cacheLineBytes))
      if let memory = unsafe memory { unsafe memset(memory, 0, bytes) }
      return unsafe memory
    }
    let memory = unsafe bytes >= hugePageBytes ? mapHuge(room(bytes)) : map(room(bytes))
    if isDense, let memory = unsafe memory { unsafe cl_populate(memory, room(bytes)) }
    return unsafe memory
  }

  /// Gives back what `allocate` gave for `bytes`.
  @usableFromInline static func free(_ memory: UnsafeMutableRawPointer, _ bytes: Int) {
    if bytes >= mappedBytesMin {
      unsafe munmap(memory, room(bytes))
    } else {
      unsafe Glibc.free(memory)
    }
  }

  /// More of the same memory, zero behind what there was; `nil` when that cannot be had without a
  /// copy, and then nothing has changed.
  @usableFromInline static func extend(
    _ memory: UnsafeMutableRawPointer, _ bytes: Int, to longer: Int
  ) -> UnsafeMutableRawPointer? {
    guard bytes >= mappedBytesMin, longer > bytes else { return nil }
    guard room(longer) > room(bytes) else { return unsafe memory }
    return unsafe bytes >= hugePageBytes
      ? extendHuge(memory, bytes, to: longer) : extendSmall(memory, bytes, to: longer)
  }

  private static func extendSmall(
    _ memory: UnsafeMutableRawPointer, _ bytes: Int, to longer: Int
  ) -> UnsafeMutableRawPointer? {
    guard longer < hugePageBytes else { return nil }
    let moved = unsafe cl_extend_pages(memory, room(bytes), room(longer))
    guard let moved = unsafe moved, unsafe moved != MAP_FAILED else { return nil }
    unsafe cl_populate(moved + room(bytes), room(longer) - room(bytes))
    return unsafe moved
  }

  private static func extendHuge(
    _ memory: UnsafeMutableRawPointer, _ bytes: Int, to longer: Int
  ) -> UnsafeMutableRawPointer? {
    guard let target = unsafe mapHuge(room(longer)) else { return nil }
    // SAFETY: both are whole mappings, of this enum's making; only one of them is left.
    guard unsafe cl_move_pages(memory, room(bytes), target, room(longer)) == 0 else {
      unsafe munmap(target, room(longer))
      return nil
    }
    unsafe madvise(target, room(longer), MADV_HUGEPAGE)
    return unsafe target
  }

  /// Bytes that are mapped for `bytes`.
  private static func room(_ bytes: Int) -> Int { roundedUp(bytes, to: pageBytes) }

  private static func map(_ bytes: Int) -> UnsafeMutableRawPointer? {
    let memory = unsafe mmap(
      nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
    return unsafe memory == MAP_FAILED ? nil : memory
  }

  /// Maps more than is needed, to cut what starts at a huge page out of it.
  private static func mapHuge(_ bytes: Int) -> UnsafeMutableRawPointer? {
    guard let start = unsafe map(bytes + hugePageBytes) else { return nil }
    let before = -Int(bitPattern: start) & (hugePageBytes - 1)
    let memory = unsafe start + before
    // SAFETY: what is unmapped was mapped here, and lies before and behind the memory.
    if before > 0 { unsafe munmap(start, before) }
    if before < hugePageBytes { unsafe munmap(memory + bytes, hugePageBytes - before) }
    unsafe madvise(memory, bytes, MADV_HUGEPAGE)
    return unsafe memory
  }

  private static func roundedUp(_ bytes: Int, to unit: Int) -> Int {
    (bytes + unit - 1) / unit * unit
  }
}
