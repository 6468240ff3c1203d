internal import CLinux

/// The heap of the process: fast, or where it has to stay small.
public enum HeapMemory {
  /// Pieces from here on have pages of their own.
  private static let mappedBytesMin: Int32 = 4 << 20

  /// From now on all pieces stay with the process when they are freed, for whoever wants memory
  /// next: having pages from the system anew costs more than using those that are there.
  public static func keep() { cl_keep_heap() }

  /// From now on large pieces go back to the system when they are freed, and all others that are
  /// free by now do.
  ///
  /// Without a word the heap keeps pieces of up to 32 MiB, once it has had them.
  public static func giveBack() {
    cl_give_back_heap(mappedBytesMin)
  }
}
