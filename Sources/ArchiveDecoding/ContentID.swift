internal import ByteKernels
import CXXHash

/// XXH3-128 of a text or of stored bytes: what names an archive.
package struct ContentID: Hashable, Sendable, CustomStringConvertible {
  /// The upper half.
  package let high: UInt64
  /// The lower half.
  package let low: UInt64

  /// The id with these halves.
  package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// The hash of `bytes`.
  package init(of bytes: Span<UInt8>) {
    // SAFETY: the buffer lives for this call.
    let hash = unsafe bytes.withUnsafeBufferPointer {
      unsafe XXH3_128bits($0.baseAddress, $0.count)
    }
    self.init(high: hash.high64, low: hash.low64)
  }

  /// 32 lower-case hex digits, as `xxhsum -H2` prints them.
  package var hex: String {
    var digits: [UInt8] = []
    digits.reserveCapacity(32)
    for place in 0..<32 {
      let half = place < 16 ? high : low
      let digit = UInt8(half >> UInt64(60 - place % 16 * 4) & 15)
      digits.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
    }
    return String(decoding: digits, as: UTF8.self)
  }
  /// The same as `hex`.
  package var description: String { hex }
}

/// Makes a `ContentID` piece by piece.
@safe struct ContentHasher: ~Copyable, @unchecked Sendable {
  // SAFETY: owned by this value alone.
  private let raw: OpaquePointer

  init() throws(ArchiveError) {
    guard let raw = unsafe XXH3_createState() else { throw .outOfMemory }
    unsafe self.raw = raw
    _ = unsafe XXH3_128bits_reset(raw)
  }

  deinit { _ = unsafe XXH3_freeState(raw) }

  mutating func update(_ bytes: Span<UInt8>) {
    // SAFETY: the buffer lives for this call.
    unsafe bytes.withUnsafeBufferPointer { unsafe update(UnsafeRawBufferPointer($0)) }
  }

  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count > 0, unsafe !ContentHashKernel.update(raw, with: bytes) else { return }
    _ = unsafe XXH3_128bits_update(raw, bytes.baseAddress, bytes.count)
  }

  /// Adds blocks by their sums; to be called before `update`, with which more than a block must
  /// follow.
  mutating func fold(_ sums: [UInt64]) {
    let isDone = unsafe ContentHashKernel.fold(sums, into: raw)
    precondition(isDone, "Sums of blocks do not follow other bytes.")
  }

  /// The id of all bytes so far.
  var id: ContentID {
    let hash = unsafe XXH3_128bits_digest(raw)
    return ContentID(high: hash.high64, low: hash.low64)
  }
}

/// XXH32 piece by piece: the checksum of lz4.
@safe struct LZ4Checksum: ~Copyable, @unchecked Sendable {
  // SAFETY: owned by this value alone.
  private let raw: OpaquePointer

  init() throws(ArchiveError) {
    guard let raw = unsafe XXH32_createState() else { throw .outOfMemory }
    unsafe self.raw = raw
    _ = unsafe XXH32_reset(raw, 0)
  }

  deinit { _ = unsafe XXH32_freeState(raw) }

  mutating func reset() { _ = unsafe XXH32_reset(raw, 0) }

  mutating func update(_ bytes: Span<UInt8>) {
    // SAFETY: the buffer lives for this call.
    unsafe bytes.withUnsafeBufferPointer { unsafe update(UnsafeRawBufferPointer($0)) }
  }

  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count > 0 else { return }
    _ = unsafe XXH32_update(raw, bytes.baseAddress, bytes.count)
  }

  var value: UInt32 { unsafe XXH32_digest(raw) }

  /// The checksum of `bytes` at once.
  static func of(_ bytes: Span<UInt8>) -> UInt32 {
    // SAFETY: the buffer lives for this call.
    unsafe bytes.withUnsafeBufferPointer { unsafe XXH32($0.baseAddress, $0.count, 0) }
  }
}
