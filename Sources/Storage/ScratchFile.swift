import CLinux
import Glibc
import Synchronization

/// A file without a name: for bytes that are too many for memory and of no use to anybody else.
///
/// It is gone with its owner, whatever ends the process. May be used from several threads.
package final class ScratchFile: Sendable {
  private let descriptor: Descriptor
  private let folder: String
  private let end = Mutex(Int64(0))

  /// A file on the disk of the folder at `path`.
  package init(in path: String) throws(StorageError) {
    var number = unsafe Glibc.open(path, O_RDWR | O_CLOEXEC | cl_nameless, 0o600)
    // Not every file system knows files without a name.
    if number < 0, [EOPNOTSUPP, EISDIR, ENOENT].contains(errno) { number = Self.unnamed(in: path) }
    guard number >= 0 else { throw StorageError(.create, path, errorNumber: errno) }
    descriptor = Descriptor(adopting: number)
    folder = path
  }

  /// A file whose name is gone as soon as it is open; a negative number sets `errno`.
  static func unnamed(in folder: String) -> Int32 {
    for _ in 0..<100 {
      let path = "\(folder)/.scratch-\(UInt64.random(in: 0...UInt64.max)).tmp"
      let number = unsafe Glibc.open(
        path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
      if number >= 0 { _ = unsafe unlink(path) }
      if number >= 0 || errno != EEXIST { return number }
    }
    return -1
  }

  /// Adds bytes; returns where they are.
  package func append(_ bytes: Span<UInt8>) throws(StorageError) -> Int64 {
    let (offset, code) = end.withLock { end in
      let start = end
      let code = descriptor.writeAll(bytes)
      if code == 0 { end += Int64(bytes.count) }
      return (start, code)
    }
    guard code == 0 else { throw StorageError(.write, folder, errorNumber: code) }
    return offset
  }

  /// Bytes that were added before.
  package func read(_ offset: Int64, count: Int) throws(StorageError) -> [UInt8] {
    guard let bytes = descriptor.readAll(from: offset, count: count) else {
      throw StorageError(.read, folder, errorNumber: errno)
    }
    guard bytes.count == count else { throw StorageError(.read, folder, errorNumber: EIO) }
    return bytes
  }
}
