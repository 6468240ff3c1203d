import Glibc

/// The folder of a home, open, and the checks on the state file in it.
///
/// SQLite opens by path. What keeps others from swapping the file between check and opening is the
/// folder: only this account may write in it. The file is looked at by `fstatat` and never opened
/// here, since closing any descriptor of it would give up the locks that SQLite holds on it in
/// this process.
struct StateFile: ~Copyable {
  static let name = "state.sqlite"

  let path: String
  private let folder: Int32
  private let folderPath: String

  /// Opens the folder `home`, which must belong to this account and be writable for it alone.
  init(home: String) throws(GovernanceError) {
    let path = home + "/" + Self.name
    let folder = unsafe open(home, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if folder < 0 {
      throw errno == ENOENT ? .missing(path: path) : Self.refused(home, errno)
    }
    var status = stat()
    guard unsafe fstat(folder, &status) == 0 else {
      let errorNumber = errno
      close(folder)
      throw .cannotOpen(path: home, errorNumber: errorNumber)
    }
    // Others may look into the folder, if its owner wants it so, but not write there.
    if let danger = Self.ownership(status, forbidden: 0o022) {
      close(folder)
      throw .unsafePlace(path: home, danger)
    }
    self.path = path
    self.folder = folder
    self.folderPath = home
  }

  /// Makes the folder `home` for this account alone where it is missing, not the folders above.
  static func makeFolder(_ home: String) throws(GovernanceError) {
    if unsafe mkdir(home, 0o700) != 0, errno != EEXIST { throw refused(home, errno) }
  }

  // Closing also gives up the lock.
  deinit { close(folder) }

  /// Whether the state file is there.
  ///
  /// Throws where it, or a file that SQLite keeps beside it, could be read or changed by
  /// others, is a link, or has another name somewhere.
  func check() throws(GovernanceError) -> Bool {
    let isThere = try check(Self.name)
    for suffix in ["-wal", "-shm", "-journal"] { _ = try check(Self.name + suffix) }
    return isThere
  }

  /// Makes an empty state file where none is, for this account alone.
  func create() throws(GovernanceError) {
    // mknodat makes a plain file without opening it.
    if unsafe mknodat(folder, Self.name, S_IFREG | 0o600, 0) != 0 {
      if errno == EEXIST { return }
      throw Self.refused(path, errno)
    }
    // Whatever the umask took away from the owner.
    if unsafe fchmodat(folder, Self.name, 0o600, 0) != 0 { throw Self.refused(path, errno) }
    if fsync(folder) != 0 { throw .cannotOpen(path: folderPath, errorNumber: errno) }
  }

  /// Keeps other processes from making or migrating the state while `self` lives.
  func lock(waitMilliseconds: Int) throws(GovernanceError) {
    var waited = 0
    while flock(folder, LOCK_EX | LOCK_NB) != 0 {
      if errno == EINTR { continue }
      guard errno == EWOULDBLOCK else { throw Self.refused(folderPath, errno) }
      guard waited < waitMilliseconds else {
        throw .busy(path: path, milliseconds: waitMilliseconds)
      }
      usleep(5000)
      waited += 5
    }
  }

  private func check(_ name: String) throws(GovernanceError) -> Bool {
    var status = stat()
    let path = folderPath + "/" + name
    if unsafe fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0 {
      if errno == ENOENT { return false }
      throw Self.refused(path, errno)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw .unsafePlace(path: path, .notRegular)
    }
    if let danger = Self.ownership(status, forbidden: 0o077) {
      throw .unsafePlace(path: path, danger)
    }
    // A file that SQLite removes at this moment has no name any more.
    guard status.st_nlink <= 1 else {
      throw .unsafePlace(path: path, .linked(count: UInt64(status.st_nlink)))
    }
    return true
  }

  /// Whether the file system that `path` is on takes no changes.
  static func isReadOnly(_ path: String) -> Bool {
    unsafe access(path, W_OK) != 0 && errno == EROFS
  }

  private static func ownership(_ status: stat, forbidden: UInt32) -> GovernanceError.Danger? {
    if status.st_uid != geteuid() { return .foreignOwner(uid: status.st_uid) }
    if status.st_mode & forbidden != 0 { return .openToOthers(mode: status.st_mode & 0o7777) }
    return nil
  }

  private static func refused(_ path: String, _ errorNumber: Int32) -> GovernanceError {
    switch errorNumber {
    case EACCES, EPERM: .accessRefused(path: path)
    case ENOSPC, EDQUOT: .cannotWrite(path: path, .diskFull)
    case EROFS: .cannotWrite(path: path, .readOnly)
    default: .cannotOpen(path: path, errorNumber: errorNumber)
    }
  }
}
