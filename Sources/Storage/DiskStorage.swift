import CLinux
import Glibc
import Synchronization

/// The real file system below one folder.
///
/// The folder is held open, and every path is resolved below it by the kernel without following
/// symbolic links (`openat2` with `RESOLVE_BENEATH` and `RESOLVE_NO_SYMLINKS`), so a link that
/// somebody puts into the tree while we work leads nowhere.
package final class DiskStorage: Storage {
  /// The folder that all paths are relative to, as it was given; for messages.
  package let rootPath: String
  private let root: Descriptor
  private let hasOpenat2: Bool

  /// Opens the folder `rootPath`, which must be there.
  ///
  /// `walking` resolves paths part by part, as on kernels without `openat2` (before 5.6).
  package init(root rootPath: String, walking: Bool = false) throws(StorageError) {
    let number = unsafe Glibc.open(rootPath, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard number >= 0 else { throw StorageError(.openRoot, rootPath, errorNumber: errno) }
    self.rootPath = rootPath
    root = Descriptor(adopting: number)
    let probe = walking ? -1 : Self.openat2(number, ".", O_PATH | O_DIRECTORY, mode: 0)
    hasOpenat2 = !walking && (probe >= 0 || errno != ENOSYS)
    if probe >= 0 { close(probe) }
  }

  // MARK: Folders

  package func makeFolder(_ path: String) throws(StorageError) {
    let folder = try parent(of: path, .makeFolder)
    let name = StoragePath.name(of: path)
    guard unsafe mkdirat(folder.number, name, 0o700) != 0 else { return }
    guard errno == EEXIST else { throw StorageError(.makeFolder, path, errorNumber: errno) }
    guard try status(path)?.kind == .folder else {
      throw StorageError(.makeFolder, path, errorNumber: ENOTDIR)
    }
  }

  package func list(_ path: String) throws(StorageError) -> [String] {
    guard let names = try opened(path, O_RDONLY | O_DIRECTORY, .list).names() else {
      throw StorageError(.list, path, errorNumber: errno)
    }
    return names
  }

  package func synchroniseFolder(_ path: String) throws(StorageError) {
    let code = try opened(path, O_RDONLY | O_DIRECTORY, .synchronise).synchronise()
    guard code == 0 else { throw StorageError(.synchronise, path, errorNumber: code) }
  }

  @discardableResult
  package func removeFolder(_ path: String) throws(StorageError) -> Bool {
    try unlink(path, flags: AT_REMOVEDIR, accepting: [ENOENT, ENOTEMPTY, EEXIST])
  }

  // MARK: Files

  package func status(_ path: String) throws(StorageError) -> FileStatus? {
    let number = open(path, O_PATH | O_NOFOLLOW)
    if number < 0, errno == ENOENT { return nil }
    guard number >= 0 else { throw StorageError(.status, path, errorNumber: errno) }
    guard let status = Descriptor(adopting: number).status() else {
      throw StorageError(.status, path, errorNumber: errno)
    }
    let kind: FileStatus.Kind =
      switch status.st_mode & S_IFMT {
      case S_IFREG: .file
      case S_IFDIR: .folder
      default: .other
      }
    let modified = status.st_mtim
    return FileStatus(
      kind: kind,
      byteCount: Int64(status.st_size),
      modifiedMilliseconds: Int64(modified.tv_sec) * 1000 + Int64(modified.tv_nsec) / 1_000_000
    )
  }

  package func read(_ path: String) throws(StorageError) -> [UInt8] {
    try read(path, 0..<Int64.max)
  }

  package func read(_ path: String, _ range: Range<Int64>) throws(StorageError) -> [UInt8] {
    guard range.lowerBound >= 0 else { throw StorageError(.read, path, errorNumber: EINVAL) }
    let file = try opened(path, O_RDONLY, .read)
    guard let status = file.status() else { throw StorageError(.read, path, errorNumber: errno) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw StorageError(.read, path, errorNumber: EISDIR)
    }
    let size = Int64(status.st_size)
    let wanted = range.clamped(to: 0..<max(size, 0))
    let bytes = file.readAll(from: wanted.lowerBound, count: Int(wanted.count))
    guard let bytes else { throw StorageError(.read, path, errorNumber: errno) }
    return bytes
  }

  package func create(
    _ path: String,
    _ bytes: Span<UInt8>,
    durably: Bool
  ) throws(StorageError) {
    let file = try begin(path)
    try file.append(bytes)
    if durably { try file.finish() }
  }

  package func begin(_ path: String) throws(StorageError) -> any GrowingFile {
    DiskFile(path, try opened(path, O_WRONLY | O_CREAT | O_EXCL, .create))
  }

  private final class DiskFile: GrowingFile {
    private let path: String
    private let file: Descriptor
    private var byteCount = 0

    init(_ path: String, _ file: consuming Descriptor) {
      self.path = path
      self.file = file
    }

    func append(_ bytes: Span<UInt8>) throws(StorageError) {
      let code = file.writeAll(bytes)
      guard code == 0 else { throw StorageError(.write, path, errorNumber: code) }
      file.startWriting(from: byteCount, count: bytes.count)
      byteCount += bytes.count
    }

    func finish() throws(StorageError) {
      let code = file.synchronise()
      guard code == 0 else { throw StorageError(.synchronise, path, errorNumber: code) }
    }
  }

  package func synchroniseFile(_ path: String) throws(StorageError) {
    let code = try opened(path, O_RDONLY, .synchronise).synchronise()
    guard code == 0 else { throw StorageError(.synchronise, path, errorNumber: code) }
  }

  package func link(_ source: String, to target: String) throws(StorageError) -> Bool {
    let from = try parent(of: source, .link)
    let to = try parent(of: target, .link)
    let result = unsafe linkat(
      from.number,
      StoragePath.name(of: source),
      to.number,
      StoragePath.name(of: target),
      0
    )
    if result == 0 { return true }
    guard errno == EEXIST else { throw StorageError(.link, target, errorNumber: errno) }
    return false
  }

  package func rename(_ source: String, to target: String) throws(StorageError) {
    let from = try parent(of: source, .rename)
    let to = try parent(of: target, .rename)
    let result = unsafe renameat(
      from.number,
      StoragePath.name(of: source),
      to.number,
      StoragePath.name(of: target)
    )
    guard result == 0 else { throw StorageError(.rename, target, errorNumber: errno) }
  }

  @discardableResult
  package func remove(_ path: String) throws(StorageError) -> Bool {
    try unlink(path, flags: 0, accepting: [ENOENT])
  }

  // MARK: Locks

  package func lock(
    _ path: String,
    _ mode: LockMode
  ) throws(StorageError) -> (any StorageLock)? {
    // Who held the lock before may have removed its file: then the lock is of no use, and the
    // next turn makes a new file. Each turn needs such a removal at the same moment.
    for _ in 0..<100 {
      let file = try opened(path, O_RDWR | O_CREAT | O_APPEND, .lock)
      let code = file.lock(mode)
      if code == EWOULDBLOCK { return nil }
      guard code == 0 else { throw StorageError(.lock, path, errorNumber: code) }
      guard let status = file.status() else { throw StorageError(.lock, path, errorNumber: errno) }
      if status.st_nlink > 0 { return FileLock(path, file) }
    }
    throw StorageError(.lock, path, errorNumber: EAGAIN)
  }

  private final class FileLock: StorageLock {
    private let path: String
    private let file: Mutex<Descriptor?>

    init(_ path: String, _ file: consuming sending Descriptor) {
      self.path = path
      self.file = Mutex(file)
    }

    func append(_ bytes: Span<UInt8>) throws(StorageError) {
      // One write of a short text; a Span cannot enter the mutex's closure, an array can.
      let bytes = unsafe bytes.withUnsafeBufferPointer { unsafe Array($0) }
      let code = file.withLock { $0?.writeAll(bytes.span) ?? EBADF }
      guard code == 0 else { throw StorageError(.write, path, errorNumber: code) }
    }

    func release() { file.withLock { $0 = nil } }
  }

  package func pause(milliseconds: Int) { usleep(UInt32(clamping: milliseconds * 1000)) }

  // MARK: Paths

  private func unlink(
    _ path: String,
    flags: Int32,
    accepting codes: Set<Int32>
  ) throws(StorageError) -> Bool {
    let number = openParent(of: path)
    if number < 0, errno == ENOENT { return false }
    guard number >= 0 else { throw StorageError(.remove, path, errorNumber: errno) }
    let folder = Descriptor(adopting: number)
    if unsafe unlinkat(folder.number, StoragePath.name(of: path), flags) == 0 { return true }
    guard codes.contains(errno) else { throw StorageError(.remove, path, errorNumber: errno) }
    return false
  }

  private func opened(
    _ path: String,
    _ flags: Int32,
    _ operation: StorageError.Operation
  ) throws(StorageError) -> Descriptor {
    let number = open(path, flags)
    guard number >= 0 else { throw StorageError(operation, path, errorNumber: errno) }
    return Descriptor(adopting: number)
  }

  private func parent(
    of path: String,
    _ operation: StorageError.Operation
  ) throws(StorageError) -> Descriptor {
    let number = openParent(of: path)
    guard number >= 0 else { throw StorageError(operation, path, errorNumber: errno) }
    return Descriptor(adopting: number)
  }

  private func openParent(of path: String) -> Int32 {
    guard StoragePath.isValid(path), path != "." else {
      errno = EINVAL
      return -1
    }
    return open(StoragePath.folder(of: path), O_PATH | O_DIRECTORY)
  }

  /// Opens `path` below the root; a negative number sets `errno`.
  private func open(_ path: String, _ flags: Int32) -> Int32 {
    guard StoragePath.isValid(path) else {
      errno = EINVAL
      return -1
    }
    let mode: UInt64 = flags & O_CREAT != 0 ? 0o600 : 0
    guard hasOpenat2 else { return walk(path, flags, mode: mode) }
    return Self.openat2(root.number, path, flags, mode: mode)
  }

  private static func openat2(
    _ folder: Int32,
    _ path: String,
    _ flags: Int32,
    mode: UInt64
  ) -> Int32 {
    let resolve = UInt64(RESOLVE_BENEATH) | UInt64(RESOLVE_NO_SYMLINKS)
    // EAGAIN: somebody renamed a folder above us while the kernel walked; 128 times is no chance.
    for _ in 0..<128 {
      let number = unsafe cl_openat2(
        folder,
        path,
        UInt64(UInt32(bitPattern: flags | O_CLOEXEC)),
        mode,
        resolve
      )
      if number >= 0 || (errno != EAGAIN && errno != EINTR) { return number }
    }
    return -1
  }

  /// Opens a path part by part, refusing links; for kernels without `openat2`.
  private func walk(_ path: String, _ flags: Int32, mode: UInt64) -> Int32 {
    let parts = path.split(separator: "/").map(String.init)
    var folder = Descriptor(adopting: unsafe openat(root.number, ".", O_PATH | O_CLOEXEC))
    for part in parts.dropLast() {
      let next = unsafe openat(
        folder.number,
        part,
        O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
      )
      guard next >= 0 else { return -1 }
      folder = Descriptor(adopting: next)
    }
    let name = parts.last ?? "."
    return unsafe openat(
      folder.number,
      name,
      flags | O_NOFOLLOW | O_CLOEXEC,
      mode_t(truncatingIfNeeded: mode)
    )
  }
}
