import CLinux
import Glibc

/// The person who called a program that runs by its set-uid bit: as long as this is not left, files
/// of this thread are opened and made as that person's. For any other program it is nothing.
package struct Caller {
  private let before: UInt32?

  package init() { before = getuid() == geteuid() ? nil : cl_set_file_user(getuid()) }

  /// Goes back to whom the files were before.
  package func leave() {
    if let before { _ = cl_set_file_user(before) }
  }
}
