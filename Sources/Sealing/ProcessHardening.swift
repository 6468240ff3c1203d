import CLinux
import Glibc

/// Keeps keys and names of this process out of crash reports and core files.
package struct ProcessHardening: Equatable, Sendable {
  /// Whether neither a core file nor a debugger of the same account can read the memory.
  package let isUndumpable: Bool
  /// Whether the limit for core files is zero.
  package let isWithoutCoreFiles: Bool
  /// Whether the keys that OpenSSL expands and derives stay out of the swap device.
  package let isLibraryLocked: Bool

  /// The first act of `main`: call it before any thread starts and any key is loaded.
  ///
  /// Swift's crash report prints what the registers point to, which was seen to be a key; setting
  /// the process undumpable does not stop it, since it runs inside. So the fatal signals go back
  /// to the kernel's own handling. An undumpable process can no longer follow its own links under
  /// `/proc/self/fd` unless it is root.
  ///
  /// - Returns: what holds afterwards, for `doctor`; a refusal by the kernel stops nothing.
  @discardableResult
  package static func apply() -> ProcessHardening {
    for number in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGQUIT, SIGSYS] {
      _ = signal(number, SIG_DFL)
    }
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    let limited = unsafe setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none) == 0
    return ProcessHardening(
      isUndumpable: cl_forbid_core_dumps() == 0,
      isWithoutCoreFiles: limited,
      isLibraryLocked: LibraryHeap.isLocked
    )
  }
}
