internal import CLinux

/// The heap of the process, where it has to stay small.
public enum HeapMemory {
  /// Pieces from here on have pages of their own.
  private static let mappedBytesMin: Int32 = 4 << 20

  /// From now on large pieces go back to the system when they are freed, and all others that are
  /// free by now do.
  ///
  /// The heap keeps pieces of up to 32 MiB by default, in case somebody wants them again.
  public static func giveBack() {
    cl_give_back_heap(mappedBytesMin)
  }
}
