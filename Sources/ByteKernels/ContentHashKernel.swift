internal import CKernels

/// The faster form of the hash that names archives (XXH3-128).
public enum ContentHashKernel {
  /// Adds `bytes` to a hash by the vector registers that the library does without.
  ///
  /// - Parameter state: an `XXH3_state_t` of the library, reset for 128 bits.
  /// - Returns: `false` when this processor has no such registers; then nothing was added.
  public static func update(
    _ state: OpaquePointer, with bytes: UnsafeRawBufferPointer, level: KernelLevel = .best
  ) -> Bool {
    // SAFETY: the kernel reads as many bytes as there are; the state is the caller's.
    unsafe ck_content_hash_update(
      level.kernel, UnsafeMutableRawPointer(state),
      bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count) != 0
  }

  /// Bytes of a block of the hash.
  public static let blockBytes = Int(CK_HASH_BLOCK)
  /// Numbers that stand for a block.
  public static let lanes = Int(CK_HASH_LANES)

  /// Whether this processor can hash by sums.
  public static func canSum(level: KernelLevel = .best) -> Bool { level >= .avx2 }

  /// Appends what each block of `bytes` adds to a hash, `lanes` numbers, wherever it stands in a
  /// text. What is behind the last whole block does not count.
  ///
  /// - Precondition: `canSum`.
  public static func appendSums(
    of bytes: Span<UInt8>, to sums: inout [UInt64], level: KernelLevel = .best
  ) {
    precondition(canSum(level: level), "This processor cannot hash by sums.")
    let blocks = bytes.count / blockBytes
    sums.append(addingCapacity: blocks * lanes) { target in
      // SAFETY: so many blocks are in `bytes`, and so many numbers fit.
      unsafe target.withUnsafeMutableBufferPointer { target, count in
        guard let to = target.baseAddress else { return }
        unsafe bytes.withUnsafeBufferPointer { bytes in
          if unsafe ck_content_sums(level.kernel, bytes.baseAddress, blocks, to) != 0 {
            count = blocks * lanes
          }
        }
      }
    }
  }

  /// Adds blocks by their sums to a hash that had nothing else so far, in the order of the text.
  /// More than a block must follow, by `update`.
  ///
  /// - Returns: `false` as of `update`, or after other bytes; then nothing was added.
  public static func fold(
    _ sums: [UInt64], into state: OpaquePointer, level: KernelLevel = .best
  ) -> Bool {
    // SAFETY: the kernel reads as many numbers as there are; the state is the caller's.
    unsafe sums.withUnsafeBufferPointer { sums in
      unsafe ck_content_fold(
        level.kernel, UnsafeMutableRawPointer(state), sums.baseAddress, sums.count / lanes) != 0
    }
  }
}
