import CISAL
import CZstd
import Glibc
import Synchronization

/// Codec contexts and buffers, used again from archive to archive.
///
/// There are as many as decoders were ever alive at once; each is wiped before it is lent again.
/// Taking and giving back hold a lock for a moment.
package final class DecoderPool: Sendable {
  // SAFETY: a bench in here is in nobody else's hands.
  @safe private struct Idle: @unchecked Sendable { var benches: [Workbench] = [] }
  private let idle = Mutex(Idle())

  /// An empty pool.
  package init() {}

  /// Number of decoders' worth of memory that nobody uses right now.
  package var idleCount: Int { idle.withLock { $0.benches.count } }

  func take() throws(ArchiveError) -> Workbench {
    if let bench = idle.withLock({ Taken(bench: $0.benches.popLast()) }).bench { return bench }
    return try Workbench()
  }

  func giveBack(_ bench: Workbench) {
    bench.tidy()
    let taken = Taken(bench: bench)
    idle.withLock { idle in
      if let bench = taken.bench { idle.benches.append(bench) }
    }
  }

  // SAFETY: carries the only reference to a bench through the lock.
  @safe private struct Taken: @unchecked Sendable { var bench: Workbench? }
}

/// What one decoder works with; belongs to one decoder at a time.
final class Workbench {
  /// Stored bytes between the source and the codec.
  private(set) var input: ScratchBytes
  /// Text that does not go straight into a block; made when first needed.
  private(set) var scratch: ScratchBytes
  private var zstdContext: ZstdContext?
  private var inflateContext: InflateContext?
  private var checksumContext: ChecksumContext?
  private var inputUsed = 0
  private var scratchUsed = 0

  init() throws(ArchiveError) {
    input = try ScratchBytes(capacity: StoredInput.slackBytes + StoredInput.chunkBytes)
    scratch = try ScratchBytes(capacity: 1 << 12)
  }

  /// Makes room for `bytes` of input; keeps what is in there.
  func reserveInput(_ bytes: Int) throws(ArchiveError) {
    guard input.capacity < bytes else { return }
    let larger = try ScratchBytes(capacity: bytes)
    // SAFETY: both pieces of memory are owned here, and `larger` is the larger one.
    unsafe memcpy(larger.base, input.base, input.capacity)
    input = larger
  }

  /// At least `bytes` of scratch memory, which stay where they are as long as nobody asks for more.
  func scratch(_ bytes: Int) throws(ArchiveError) -> UnsafeMutableRawPointer {
    if scratch.capacity < bytes { scratch = try ScratchBytes(capacity: bytes) }
    return unsafe scratch.base
  }

  /// Notes that the input was written to up to `bytes`, to be wiped later.
  func noteInput(_ bytes: Int) { inputUsed = max(inputUsed, bytes) }

  /// Notes that the scratch memory was written to up to `bytes`, to be wiped later.
  func noteScratch(_ bytes: Int) { scratchUsed = max(scratchUsed, bytes) }

  func zstd() throws(ArchiveError) -> ZstdContext {
    if let zstdContext { return zstdContext }
    let made = try ZstdContext()
    zstdContext = made
    return made
  }

  func inflate() throws(ArchiveError) -> InflateContext {
    if let inflateContext { return inflateContext }
    let made = try InflateContext()
    inflateContext = made
    return made
  }

  func checksum() throws(ArchiveError) -> ChecksumContext {
    if let checksumContext { return checksumContext }
    let made = try ChecksumContext()
    checksumContext = made
    return made
  }

  /// Wipes what the last archive left, and lets go of what only a few archives need.
  func tidy() {
    input.wipe(inputUsed)
    inputUsed = 0
    scratch.wipe(scratchUsed)
    scratchUsed = 0
    inflateContext?.wipe()
    if let zstdContext, zstdContext.byteCount > ZstdContext.keptBytesMax { self.zstdContext = nil }
  }
}

/// One zstd decompression context.
@safe final class ZstdContext {
  /// A context with a larger window than common ones is freed after use.
  static let keptBytesMax = 12 << 20
  let raw: OpaquePointer

  init() throws(ArchiveError) {
    guard let raw = unsafe ZSTD_createDCtx() else { throw .outOfMemory }
    unsafe self.raw = raw
  }

  deinit { unsafe ZSTD_freeDCtx(raw) }

  var byteCount: Int { unsafe ZSTD_sizeof_DCtx(raw) }

  /// Forgets the frame it was in.
  func reset(windowLogMax: Int) {
    _ = unsafe ZSTD_DCtx_reset(raw, ZSTD_reset_session_and_parameters)
    _ = unsafe ZSTD_DCtx_setParameter(raw, ZSTD_d_windowLogMax, Int32(windowLogMax))
  }
}

/// One ISA-L state for deflate data with a gzip checksum.
@safe final class InflateContext {
  let raw: UnsafeMutablePointer<inflate_state>

  init() throws(ArchiveError) {
    guard let memory = unsafe calloc(1, MemoryLayout<inflate_state>.size) else {
      throw .outOfMemory
    }
    unsafe raw = memory.bindMemory(to: inflate_state.self, capacity: 1)
    unsafe isal_inflate_init(raw)
  }

  deinit { unsafe free(raw) }

  private var isUsed = false

  /// Gets ready for the next member.
  func reset() {
    isUsed = true
    unsafe isal_inflate_reset(raw)
    unsafe raw.pointee.crc_flag = UInt32(ISAL_GZIP_NO_HDR)
  }

  /// The state keeps the last 32 KiB of text.
  func wipe() {
    guard isUsed else { return }
    isUsed = false
    unsafe memset(raw, 0, MemoryLayout<inflate_state>.size)
    unsafe isal_inflate_init(raw)
  }
}

/// One running lz4 checksum.
final class ChecksumContext {
  var checksum: LZ4Checksum
  init() throws(ArchiveError) { checksum = try LZ4Checksum() }
}
