import CLinux
import Glibc

/// A file that grows piece by piece, and takes its name when it is whole.
///
/// Until `finish` returns nothing is at the final name, or what was there before. Meanwhile it has
/// no name, so that nothing is left whatever ends the process; where the file system knows no such
/// files, it has one that nobody can foresee, and `discard` is for signals. Where the program runs
/// by its set-uid bit all is done as the person who called it: the file is that person's, and lies
/// where that person may write.
package final class StreamedFile: Sendable {
  /// As it was given; for messages.
  package let path: String
  private let replaces: Bool
  /// Beside the final name.
  private let temporary: String
  /// Whether the file has its temporary name from the beginning.
  package let isNamed: Bool
  private let descriptor: Descriptor

  /// Begins a file.
  ///
  /// - Parameters:
  ///   - mode: who may read it, whatever the mask of the process.
  ///   - replaces: whether a file at `path` may be replaced; else it is an error.
  package init(_ path: String, mode: UInt32 = 0o600, replaces: Bool) throws(StorageError) {
    self.path = path
    self.replaces = replaces
    let caller = Caller()
    defer { caller.leave() }
    var status = stat()
    if unsafe lstat(path, &status) == 0 {
      try Self.check(status, path)
      guard replaces else { throw StorageError(.create, path, errorNumber: EEXIST) }
    }
    let folder = path.contains("/") ? path.prefix { _ in true }.upToLast("/") : ""
    let chance = String(UInt64.random(in: 0...UInt64.max), radix: 16)
    temporary = "\(folder).\(path.dropFirst(folder.count)).\(chance).tmp"
    var number = unsafe Glibc.open(
      folder.isEmpty ? "." : folder, O_WRONLY | O_CLOEXEC | cl_nameless, 0o600)
    isNamed = number < 0 && [EOPNOTSUPP, EISDIR].contains(errno)
    if isNamed {
      number = unsafe Glibc.open(
        temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    }
    guard number >= 0, fchmod(number, mode) == 0 else {
      throw StorageError(.create, path, errorNumber: errno)
    }
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

  deinit { discard() }

  /// Takes the temporary name away, where there is one.
  package func discard() {
    guard isNamed else { return }
    let caller = Caller()
    _ = unsafe unlink(temporary)
    caller.leave()
  }

  /// Adds bytes.
  package func append(_ bytes: Span<UInt8>) throws(StorageError) {
    let code = descriptor.writeAll(bytes)
    guard code == 0 else { throw StorageError(.write, path, errorNumber: code) }
  }

  /// Makes the file durable and gives it its name.
  package func finish() throws(StorageError) {
    let code = descriptor.synchronise()
    guard code == 0 else { throw StorageError(.synchronise, path, errorNumber: code) }
    let caller = Caller()
    defer { caller.leave() }
    // A link never takes the place of a file, a new name does.
    if !isNamed, link(as: path) { return }
    guard isNamed || replaces && errno == EEXIST && link(as: temporary),
      unsafe rename(temporary, path) == 0
    else { throw StorageError(.rename, path, errorNumber: errno) }
  }

  /// Gives the file a name; `false` sets `errno`.
  private func link(as name: String) -> Bool {
    let file = "/proc/self/fd/\(descriptor.number)"
    return unsafe linkat(AT_FDCWD, file, AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0
  }
}

extension Substring {
  /// The text up to the last `separator` and with it.
  fileprivate func upToLast(_ separator: Character) -> String {
    lastIndex(of: separator).map { String(self[...$0]) } ?? ""
  }
}
