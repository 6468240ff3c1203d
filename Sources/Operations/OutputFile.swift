internal import Glibc

/// Files that leave the home. They hold pseudonyms, so they are for this account alone.
enum OutputFile {
  /// Makes a folder with mode 0700; one that is there already is fine.
  static func makeFolder(_ path: String) throws(OperationError) {
    guard unsafe mkdir(path, 0o700) != 0, errno != EEXIST else { return }
    throw OperationError(
      .cannotCreate, "\(path): the folder cannot be made (error \(errno)). Nothing was written.")
  }

  /// Writes a file with mode 0600. It is there whole or not at all; what was at `path` is replaced.
  static func write(_ bytes: [UInt8], to path: String) throws(OperationError) {
    let temporary = "\(path).\(getpid()).tmp"
    let file = unsafe open(
      temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard file >= 0 else {
      throw OperationError(
        .cannotCreate, "\(path) cannot be made (error \(errno)). Nothing was written.")
    }
    let isWhole = write(bytes, to: file) && fsync(file) == 0
    let code = errno
    close(file)
    guard isWhole, unsafe rename(temporary, path) == 0 else {
      let number = isWhole ? errno : code
      _ = unsafe unlink(temporary)
      throw OperationError(
        .inputOutput, "\(path) cannot be written (error \(number)). What was there is there still.")
    }
  }

  private static func write(_ bytes: [UInt8], to file: Int32) -> Bool {
    // SAFETY: the buffer has the bytes from `done` on, which are all that is written.
    unsafe bytes.withUnsafeBytes { buffer in
      var done = 0
      while done < buffer.count {
        let count = unsafe Glibc.write(
          file, buffer.baseAddress.map { unsafe $0 + done }, buffer.count - done)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return false }
        done += count
      }
      return true
    }
  }
}
