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
}
