internal import CLinux
internal import Glibc

/// Memory of zero bytes that starts at a cache line: from the heap, or, for much of it, in pages of
/// its own.
///
/// The pages are of the usual size. Huge ones would spare walks through page tables, but on a
/// virtual machine that gives idle memory back to its host each of them is first fetched from
/// there, at several times the price of the small pages in it.
@usableFromInline enum ZeroMemory {
  private static let cacheLineBytes = 64
  private static let wordBytes = MemoryLayout<Int>.size
  private static let pageBytes = 4096
  /// From here on memory has pages of its own, which are zero without being written.
  private static let mappedBytesMin = 128 << 10
  /// Memory that grows gets its new pages at once as long as they are this few: much of a large
  /// table's room may never be used.
  private static let populatedBytesMax = 1 << 20

  /// `bytes` zero bytes; `nil` without memory.
  ///
  /// - Parameter isDense: whether all of it will be used soon. Then its pages are had at once, in
  ///   a fraction of the time that having them one by one takes.
  @usableFromInline static func allocate(
    _ bytes: Int, isDense: Bool
  ) -> UnsafeMutableRawPointer? {
    guard bytes >= mappedBytesMin else { return unsafe fromHeap(bytes) }
    let memory = unsafe mmap(
      nil, room(bytes), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
    guard let memory = unsafe memory, unsafe memory != MAP_FAILED else { return nil }
    if isDense { unsafe cl_populate(memory, room(bytes)) }
    return unsafe memory
  }

  /// Gives back what `allocate` gave for `bytes`.
  @usableFromInline static func free(_ memory: UnsafeMutableRawPointer, _ bytes: Int) {
    if bytes >= mappedBytesMin {
      unsafe munmap(memory, room(bytes))
    } else {
      // SAFETY: `fromHeap` put the piece's address there.
      unsafe Glibc.free((memory - wordBytes).load(as: UnsafeMutableRawPointer?.self))
    }
  }

  /// A piece of the heap, with its address in front of where a cache line starts in it:
  /// `aligned_alloc` would cut two more pieces off each and give them back.
  private static func fromHeap(_ bytes: Int) -> UnsafeMutableRawPointer? {
    guard let piece = unsafe malloc(bytes + wordBytes + cacheLineBytes) else { return nil }
    let start = unsafe (piece + wordBytes).alignedUp(toMultipleOf: cacheLineBytes)
    unsafe (start - wordBytes).storeBytes(of: piece, as: UnsafeMutableRawPointer?.self)
    unsafe memset(start, 0, bytes)
    return unsafe start
  }

  /// More of the same memory, zero behind what there was; `nil` when that cannot be had without a
  /// copy, and then nothing has changed.
  @usableFromInline static func extend(
    _ memory: UnsafeMutableRawPointer, _ bytes: Int, to longer: Int
  ) -> UnsafeMutableRawPointer? {
    guard bytes >= mappedBytesMin, longer > bytes else { return nil }
    let moved = unsafe cl_extend_pages(memory, room(bytes), room(longer))
    guard let moved = unsafe moved, unsafe moved != MAP_FAILED else { return nil }
    let newBytes = room(longer) - room(bytes)
    if newBytes <= populatedBytesMax { unsafe cl_populate(moved + room(bytes), newBytes) }
    return unsafe moved
  }

  /// Has the pages of a part of what `allocate` gave for `bytes`; what lies on the heap has them.
  @usableFromInline static func prepare(
    _ memory: UnsafeMutableRawPointer, _ allBytes: Int, bytes: Range<Int>
  ) {
    guard allBytes >= mappedBytesMin else { return }
    let first = bytes.lowerBound / pageBytes * pageBytes
    unsafe cl_populate(memory + first, roundedUp(bytes.upperBound - first, to: pageBytes))
  }

  /// Bytes that are mapped for `bytes`.
  private static func room(_ bytes: Int) -> Int { roundedUp(bytes, to: pageBytes) }

  private static func roundedUp(_ bytes: Int, to unit: Int) -> Int {
    (bytes + unit - 1) / unit * unit
  }
}
