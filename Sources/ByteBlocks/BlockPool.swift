import Glibc
import Synchronization

/// A fixed number of blocks, made when first needed and used again and again.
///
/// The pool is what bounds the text in memory: whoever finds it empty works off a filled block
/// first. Blocks return to it by themselves when they go out of scope.
@safe public final class BlockPool: Sendable {
  /// Blocks in all.
  public let blocksMax: Int
  /// Bytes of text that each block takes.
  public let textBytesMax: Int

  @safe private struct Idle: @unchecked Sendable {
    // SAFETY: owned by the pool, handed to one block at a time.
    var memories: [UnsafeMutableRawPointer] = unsafe []
    var made = 0
  }
  private let idle = Mutex(Idle())

  /// A pool of at most `blocksMax` blocks of `textBytesMax` bytes of text.
  public init(blocksMax: Int, textBytesMax: Int) {
    precondition(blocksMax > 0 && textBytesMax > 0, "A pool needs at least one block of one byte.")
    self.blocksMax = blocksMax
    self.textBytesMax = textBytesMax
  }

  deinit {
    let bytes = memoryBytes
    idle.withLock { idle in
      while let memory = unsafe idle.memories.popLast() { unsafe munmap(memory, bytes) }
    }
  }

  private var memoryBytes: Int { Block.headroomBytes + textBytesMax + Block.paddingBytes }

  /// Blocks that can be taken right now.
  public var freeCount: Int {
    idle.withLock { unsafe $0.memories.count + blocksMax - $0.made }
  }

  /// An empty block, or `nil` when all are in use.
  public func take() -> Block? {
    let memory: UnsafeMutableRawPointer? = unsafe idle.withLock { idle in
      if let memory = unsafe idle.memories.popLast() { return unsafe memory }
      guard idle.made < blocksMax, let memory = unsafe Self.map(memoryBytes) else { return nil }
      idle.made += 1
      return unsafe memory
    }
    guard let memory = unsafe memory else { return nil }
    return unsafe Block(memory: memory, textBytesMax: textBytesMax, pool: self)
  }

  func giveBack(_ memory: UnsafeMutableRawPointer) {
    idle.withLock { unsafe $0.memories.append(memory) }
  }

  private static func map(_ bytes: Int) -> UnsafeMutableRawPointer? {
    let memory = unsafe mmap(
      nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
    guard let memory = unsafe memory, unsafe memory != MAP_FAILED else { return nil }
    unsafe madvise(memory, bytes, MADV_DONTDUMP)
    return unsafe memory
  }
}
