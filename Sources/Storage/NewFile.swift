import CLinux
import Glibc

/// Small files that are not there yet: whole, or not at all, whatever ends the process.
package enum NewFile {
  /// Writes a file with mode 0600, durably.
  ///
  /// It has no name before all of it is written, so that nothing lies about when the process is
  /// killed; a file system that knows no such files gives it another name until then.
  /// - Throws: `EEXIST` where something is at `path`.
  package static func write(_ bytes: Span<UInt8>, to path: String) throws(StorageError) {
    let end = path.utf8.lastIndex(of: UInt8(ascii: "/"))
    let folder = end.map { String(path[...$0]) } ?? "./"
    var number = unsafe open(folder, O_WRONLY | O_CLOEXEC | cl_nameless, 0o600)
    var draft: String?
    if number < 0, errno == EOPNOTSUPP || errno == EISDIR {
      let name = "\(folder).\(path.dropFirst(end == nil ? 0 : folder.count)).\(getpid()).tmp"
      number = unsafe open(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
      draft = name
    }
    guard number >= 0 else { throw StorageError(.create, path, errorNumber: errno) }
    let file = Descriptor(adopting: number)
    defer { if let draft { _ = unsafe unlink(draft) } }
    var code = file.writeAll(bytes)
    guard code == 0 else { throw StorageError(.write, path, errorNumber: code) }
    code = file.synchronise()
    guard code == 0 else { throw StorageError(.synchronise, path, errorNumber: code) }
    let name = draft ?? "/proc/self/fd/\(number)"
    guard unsafe linkat(AT_FDCWD, name, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0 else {
      throw StorageError(.create, path, errorNumber: errno)
    }
    do throws(StorageError) { try synchronise(folder) } catch {
      _ = unsafe unlink(path)
      throw error
    }
  }

  private static func synchronise(_ folder: String) throws(StorageError) {
    let number = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard number >= 0 else { throw StorageError(.synchronise, folder, errorNumber: errno) }
    let code = Descriptor(adopting: number).synchronise()
    guard code == 0 else { throw StorageError(.synchronise, folder, errorNumber: code) }
  }
}
