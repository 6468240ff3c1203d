import Glibc
import Sealing

/// The folder of key files, open: the only place of this room that calls the system.
///
/// What is checked is what was opened, never a path: owner, mode, links and type are asked of the
/// descriptor, and symbolic links are not followed.
struct KeyFolder: ~Copyable {
  private let descriptor: Int32
  private var lockDescriptor: Int32 = -1

  /// Opens the folder at `path`, which must belong to this account alone.
  init(_ path: String) throws(KeyFileFault) {
    let descriptor: Int32
    do throws(KeyFileFault) {
      descriptor = try KeyFolder.opened(.folder) {
        unsafe Glibc.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
      }
    } catch {
      throw KeyFolder.isLink(path) ? .symbolicLink(.folder) : error
    }
    do throws(KeyFileFault) {
      _ = try KeyFolder.checked(descriptor, .folder)
    } catch {
      close(descriptor)
      throw error
    }
    self.descriptor = descriptor
  }

  deinit {
    // Closing the lock's descriptor gives up the lock.
    if lockDescriptor >= 0 { close(lockDescriptor) }
    close(descriptor)
  }

  /// Makes the folder at `path` where it is missing, not the folders above it.
  static func make(_ path: String) throws(KeyFileFault) {
    // The second call gives back what the umask took away.
    if unsafe mkdir(path, 0o700) == 0 {
      if unsafe chmod(path, 0o700) != 0 { throw .system(errno: errno) }
    } else if errno != EEXIST {
      throw errno == ENOENT ? .missing(.folder) : .system(errno: errno)
    }
  }

  /// Waits until no other process writes here, and keeps others from it while `self` lives.
  mutating func lock() throws(KeyFileFault) {
    let lock = unsafe openat(descriptor, ".lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
    if lock < 0 { throw .system(errno: errno) }
    lockDescriptor = lock
    // Whatever the umask took away; a lock of another account stays as it is.
    _ = fchmod(lock, 0o600)
    while flock(lock, LOCK_EX) != 0 {
      if errno != EINTR { throw .system(errno: errno) }
    }
  }

  /// Reads the keys of `tenant`.
  func read(tenant: String) throws(KeyFileFault) -> Keyring {
    var attempts = 0
    while true {
      attempts += 1
      do throws(KeyFileFault) {
        return try readOnce(tenant: tenant)
      } catch {
        // A file that is replaced is wiped in its old place: then the new one is there already.
        switch error {
        case .malformed, .changed, .badField: if attempts == 3 { throw error }
        default: throw error
        }
      }
    }
  }

  /// Writes a tenant's keys, durable when this returns; the lock must be held.
  func write(_ keyring: Keyring, replacing: Bool) throws(KeyFileFault) {
    precondition(lockDescriptor >= 0, "Key files are written under the lock only.")
    let name = keyring.tenant + ".json"
    let temporary = ".\(name).new"
    var text = try KeyFolder.text()
    do { try KeyFileText.write(keyring, into: &text) } catch {
      throw .system(errno: ENOMEM)
    }
    // Nobody else writes here now, so a file of this name was left by a process that died.
    _ = unsafe unlinkat(descriptor, temporary, 0)
    do throws(KeyFileFault) {
      try writeDurably(text.bytes, to: temporary)
      let old = replacing ? unsafe openat(descriptor, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC) : -1
      defer { if old >= 0 { close(old) } }
      if unsafe renameat(descriptor, temporary, descriptor, name) != 0 {
        throw .system(errno: errno)
      }
      if fsync(descriptor) != 0 { throw .system(errno: errno) }
      if old >= 0 { KeyFolder.wipe(old) }
    } catch {
      _ = unsafe unlinkat(descriptor, temporary, 0)
      throw error
    }
  }
}

extension KeyFolder {
  private func readOnce(tenant: String) throws(KeyFileFault) -> Keyring {
    let folder = descriptor
    // O_NONBLOCK: opening a pipe that somebody put there must not wait for a writer.
    let file = try KeyFolder.opened(.file) {
      unsafe openat(folder, tenant + ".json", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    }
    defer { close(file) }
    let byteCount = try KeyFolder.checked(file, .file)
    var text = try KeyFolder.text()
    try text.append { (free) throws(KeyFileFault) in try KeyFolder.fill(&free, from: file) }
    guard text.count == byteCount else { throw .changed }
    return try KeyFileText.read(text.bytes, tenant: tenant)
  }

  /// Checks what was opened.
  ///
  /// - Returns: its length.
  private static func checked(
    _ descriptor: Int32,
    _ place: KeyFileFault.Place
  ) throws(KeyFileFault) -> Int {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw .system(errno: errno) }
    guard status.st_mode & S_IFMT == (place == .file ? S_IFREG : S_IFDIR) else {
      throw .wrongType(place)
    }
    guard status.st_uid == geteuid() else { throw .wrongOwner(place, owner: status.st_uid) }
    guard status.st_mode & 0o077 == 0 else {
      throw .tooOpen(place, mode: status.st_mode & 0o7777)
    }
    if place == .folder { return 0 }
    guard status.st_nlink == 1 else { throw .hardLinked(count: UInt64(status.st_nlink)) }
    guard status.st_size > 0 else { throw .empty }
    guard status.st_size <= KeyFile.byteCountMax else {
      throw .tooLarge(byteCount: Int64(status.st_size))
    }
    return Int(status.st_size)
  }

  /// Opens by `open`, and tells the refusals apart that mean something here.
  private static func opened(
    _ place: KeyFileFault.Place,
    _ open: () -> Int32
  ) throws(KeyFileFault) -> Int32 {
    let descriptor = open()
    if descriptor >= 0 { return descriptor }
    switch errno {
    case ENOENT: throw .missing(place)
    case ELOOP: throw .symbolicLink(place)
    // ENXIO: a socket.
    case ENOTDIR, ENXIO: throw .wrongType(place)
    default: throw .system(errno: errno)
    }
  }

  /// Whether `path` is a symbolic link, which O_DIRECTORY with O_NOFOLLOW takes for a file.
  private static func isLink(_ path: String) -> Bool {
    var status = stat()
    return unsafe lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
  }

  private func writeDurably(_ bytes: Span<UInt8>, to name: String) throws(KeyFileFault) {
    let file = unsafe openat(
      descriptor,
      name,
      O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
      0o600
    )
    if file < 0 { throw .system(errno: errno) }
    defer { close(file) }
    // Whatever the umask took away from the owner.
    if fchmod(file, 0o600) != 0 { throw .system(errno: errno) }
    var offset = 0
    while offset < bytes.count {
      // SAFETY: the buffer lives for this call, which reads at most its length.
      let written = unsafe bytes.extracting(offset...).withUnsafeBufferPointer {
        unsafe Glibc.write(file, $0.baseAddress, $0.count)
      }
      if written < 0, errno != EINTR { throw .system(errno: errno) }
      offset += max(0, written)
    }
    if fsync(file) != 0 { throw .system(errno: errno) }
  }

  /// Reads up to the end of the file.
  ///
  /// - Returns: how many bytes it had.
  private static func fill(
    _ target: inout MutableSpan<UInt8>,
    from file: Int32
  ) throws(KeyFileFault) -> Int {
    var count = 0
    while count < target.count {
      // SAFETY: the call writes at most what is left of the target behind `count`.
      let got = unsafe target.withUnsafeMutableBufferPointer { target in
        unsafe Glibc.read(file, target.baseAddress.map { unsafe $0 + count }, target.count - count)
      }
      if got == 0 { return count }
      if got < 0, errno != EINTR { throw .system(errno: errno) }
      count += max(0, got)
    }
    return count
  }

  /// Overwrites a file that has no name any more, as far as the file system does such a thing in
  /// place.
  ///
  /// What is lost if this fails is not the keys, so a failure stops nothing.
  private static func wipe(_ file: Int32) {
    var status = stat()
    guard unsafe fstat(file, &status) == 0, status.st_size > 0,
      status.st_size <= KeyFile.byteCountMax
    else { return }
    let zeros = [UInt8](repeating: 0, count: Int(status.st_size))
    // SAFETY: the array has as many bytes as are written.
    _ = unsafe pwrite(file, zeros, zeros.count, 0)
    _ = fsync(file)
  }

  /// Memory for the text of a key file, and one byte more to see that it is longer.
  private static func text() throws(KeyFileFault) -> SecretText {
    do {
      return try SecretText(byteCountMax: KeyFile.byteCountMax + 1)
    } catch { throw .system(errno: ENOMEM) }
  }
}

/// Words for error numbers.
enum SystemError {
  static let outOfMemory = ENOMEM

  /// What the C library says of `number`.
  static func text(_ number: Int32) -> String {
    // SAFETY: the C library returns a string that lives until the next call of this thread.
    unsafe String(cString: strerror(number))
  }
}
