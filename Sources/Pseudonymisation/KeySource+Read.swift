import Glibc
package import Sealing

extension KeySource {
  /// The most bytes that are read: 64 digits, an end of line, and one to see that there is more.
  private static let byteCountMax = 67

  /// Reads a key of 32 bytes from a file, descriptor or credential.
  func key() throws(KeySourceFault) -> KeyHandle {
    let text = try secret()
    if text.count == 32 { return try Self.handle(text.bytes) }
    return try Self.handle(hexadecimal: text, byteCounts: [32])
  }

  /// Reads somebody's own key: 16 or 32 bytes as they are, or as hexadecimal digits.
  package func rawKey() throws(KeySourceFault) -> KeyHandle {
    let text = try secret()
    if text.count == 16 || text.count == 32 && !Self.isHexadecimal(text) {
      return try Self.handle(text.bytes)
    }
    return try Self.handle(hexadecimal: text, byteCounts: [16, 32])
  }

  private func secret() throws(KeySourceFault) -> SecretText {
    let file: Int32
    switch self {
    case .file(let path): file = try Self.open(path)
    case .descriptor(let number): file = number
    case .credential(let name):
      guard let folder = unsafe getenv("CREDENTIALS_DIRECTORY") else { throw .noCredentials }
      file = try Self.open(unsafe String(cString: folder) + "/" + name, isCredential: true)
    case .passphrase: throw .wrongType
    }
    defer { close(file) }
    var text = try Self.memory()
    try text.append { (free) throws(KeySourceFault) in
      var count = 0
      while count < free.count {
        // SAFETY: the call writes at most what is left of the memory behind `count`.
        let got = unsafe free.withUnsafeMutableBufferPointer { free in
          unsafe read(file, free.baseAddress.map { unsafe $0 + count }, free.count - count)
        }
        if got == 0 { break }
        if got < 0, errno != EINTR { throw .system(errno: errno) }
        count += max(0, got)
      }
      return count
    }
    return text
  }

  /// Opens a file that this account alone may use.
  ///
  /// systemd keeps credentials as root's, readable for the service by an access list whose mask
  /// shows as the group's rights.
  private static func open(
    _ path: String, isCredential: Bool = false
  ) throws(KeySourceFault) -> Int32 {
    // O_NONBLOCK: opening a pipe that somebody put there must not wait for a writer.
    let file = unsafe Glibc.open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    if file < 0 {
      switch errno {
      case ENOENT: throw .missing
      case ELOOP: throw .symbolicLink
      case ENOTDIR, ENXIO: throw .wrongType
      default: throw .system(errno: errno)
      }
    }
    do throws(KeySourceFault) {
      try check(file, isCredential: isCredential)
      return file
    } catch {
      close(file)
      throw error
    }
  }

  private static func check(_ file: Int32, isCredential: Bool) throws(KeySourceFault) {
    var status = stat()
    guard unsafe fstat(file, &status) == 0 else { throw .system(errno: errno) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .wrongType }
    guard status.st_uid == geteuid() || isCredential && status.st_uid == 0 else {
      throw .wrongOwner(status.st_uid)
    }
    guard status.st_mode & (isCredential ? 0o037 : 0o077) == 0 else {
      throw .tooOpen(mode: status.st_mode & 0o7777)
    }
  }

  private static func isHexadecimal(_ text: borrowing SecretText) -> Bool {
    let bytes = text.bytes
    for index in bytes.indices where !("0123456789abcdef".utf8.contains(bytes[index])) {
      return false
    }
    return true
  }

  private static func handle(
    hexadecimal text: borrowing SecretText, byteCounts: [Int]
  ) throws(KeySourceFault) -> KeyHandle {
    var count = text.count
    let bytes = text.bytes
    while count > 0, bytes[count - 1] == 0x0a || bytes[count - 1] == 0x0d { count -= 1 }
    guard count % 2 == 0, byteCounts.contains(count / 2) else { throw .wrongLength }
    do {
      return try KeyHandle(hexadecimal: bytes.extracting(0..<count), byteCount: count / 2)
    } catch .outOfMemory {
      throw .system(errno: ENOMEM)
    } catch { throw .wrongLength }
  }

  private static func handle(_ bytes: Span<UInt8>) throws(KeySourceFault) -> KeyHandle {
    do { return try KeyHandle(bytes: bytes) } catch { throw .system(errno: ENOMEM) }
  }

  static func memory() throws(KeySourceFault) -> SecretText {
    do { return try SecretText(byteCountMax: byteCountMax) } catch { throw .system(errno: ENOMEM) }
  }
}
