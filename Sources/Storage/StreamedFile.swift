import Glibc

/// A file that grows piece by piece beside its final name, and takes that name when it is whole.
///
/// Until `finish` returns nothing is at the final name, or what was there before. Without it the
/// piece that was written goes with its owner. Where the program runs by its set-uid bit all is
/// done as the person who called it: the file is that person's, and lies where that person may
/// write.
package final class StreamedFile {
  /// As it was given; for messages.
  package let path: String
  private let temporary: String
  private var descriptor: Descriptor?

  /// Begins a file with mode 0600.
  ///
  /// - Parameter replaces: whether a file at `path` may be replaced; else it is an error.
  package init(_ path: String, replaces: Bool) throws(StorageError) {
    self.path = path
    let caller = Caller()
    defer { caller.leave() }
    var status = stat()
    if unsafe lstat(path, &status) == 0 {
      try Self.check(status, path)
      guard replaces else { throw StorageError(.create, path, errorNumber: EEXIST) }
    }
    let folder = path.contains("/") ? path.prefix { _ in true }.upToLast("/") : ""
    temporary = "\(folder).\(path.dropFirst(folder.count)).\(getpid()).tmp"
    unsafe unlink(temporary)
    let number = unsafe Glibc.open(
      temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard number >= 0 else { throw StorageError(.create, path, errorNumber: errno) }
    descriptor = Descriptor(adopting: number)
  }

  /// Refuses what is no file: a link might lead anywhere, and a pipe or a device is never whole.
  private static func check(_ status: stat, _ path: String) throws(StorageError) {
    switch status.st_mode & S_IFMT {
    case S_IFREG: return
    case S_IFLNK: throw StorageError(.create, path, errorNumber: ELOOP)
    case S_IFDIR: throw StorageError(.create, path, errorNumber: EISDIR)
    default: throw StorageError(.create, path, errorNumber: ENODEV)
    }
  }

  deinit {
    guard descriptor != nil else { return }
    let caller = Caller()
    _ = unsafe unlink(temporary)
    caller.leave()
  }

  /// Adds bytes.
  package func append(_ bytes: Span<UInt8>) throws(StorageError) {
    let code = descriptor?.writeAll(bytes) ?? EBADF
    guard code == 0 else { throw StorageError(.write, path, errorNumber: code) }
  }

  /// Makes the file durable and gives it its name.
  package func finish() throws(StorageError) {
    let code = descriptor?.synchronise() ?? EBADF
    guard code == 0 else { throw StorageError(.synchronise, path, errorNumber: code) }
    let caller = Caller()
    defer { caller.leave() }
    guard unsafe rename(temporary, path) == 0 else {
      throw StorageError(.rename, path, errorNumber: errno)
    }
    descriptor = nil
  }
}

extension Substring {
  /// The text up to the last `separator` and with it.
  fileprivate func upToLast(_ separator: Character) -> String {
    lastIndex(of: separator).map { String(self[...$0]) } ?? ""
  }
}
