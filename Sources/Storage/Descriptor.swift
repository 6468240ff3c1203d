import CLinux
import Glibc

/// One open file descriptor, closed when it goes.
struct Descriptor: ~Copyable, Sendable {
  let number: Int32

  /// Takes over `number`.
  init(adopting number: Int32) { self.number = number }

  deinit { close(number) }

  // 1 GiB: below the most that one call to write or read takes.
  private static let callBytesMax = 1 << 30

  /// Writes all bytes; gives 0, or the error number, and then a part may be written.
  func writeAll(_ bytes: Span<UInt8>) -> Int32 {
    // SAFETY: the pointer lives for this call, and `done` never passes the count.
    unsafe bytes.withUnsafeBytes { buffer in
      var done = 0
      while done < buffer.count {
        guard let base = buffer.baseAddress else { return 0 }
        let count = min(buffer.count - done, Self.callBytesMax)
        let written = unsafe write(number, base + done, count)
        if written < 0 {
          if errno == EINTR { continue }
          return errno
        }
        if written == 0 { return EIO }
        done += written
      }
      return 0
    }
  }

  /// Reads up to `count` bytes, fewer where the file ends; `nil` sets `errno`.
  func readAll(from offset: Int64, count: Int) -> [UInt8]? {
    var failed = false
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, done in
      // SAFETY: at most `count` bytes are written, and `done` counts those that were.
      while done < count {
        guard let base = buffer.baseAddress else { return }
        let wanted = min(count - done, Self.callBytesMax)
        let got = unsafe pread(number, base + done, wanted, Int(offset) + done)
        if got < 0 {
          if errno == EINTR { continue }
          failed = true
          return
        }
        if got == 0 { return }
        done += got
      }
    }
    return failed ? nil : bytes
  }

  /// Has the kernel begin to write bytes to the disk, so that `synchronise` finds most of it done.
  ///
  /// No more than a hint: errors show when it ends.
  func startWriting(from offset: Int, count: Int) {
    // Less is written in the time that the call takes.
    guard count >= 1 << 18 else { return }
    cl_start_writing(number, Int64(offset), Int64(count))
  }

  /// fsync, never tried twice: after a failure the kernel may have dropped the bytes.
  func synchronise() -> Int32 {
    while fsync(number) != 0 {
      if errno != EINTR { return errno }
    }
    return 0
  }

  /// What the descriptor stands for; `nil` sets `errno`.
  func status() -> stat? {
    var status = stat()
    return unsafe fstat(number, &status) == 0 ? status : nil
  }

  /// Locks without waiting; gives 0, or the error number.
  func lock(_ mode: LockMode) -> Int32 {
    while flock(number, (mode == .shared ? LOCK_SH : LOCK_EX) | LOCK_NB) != 0 {
      if errno != EINTR { return errno }
    }
    return 0
  }

  /// The names in the folder, sorted by bytes, without `.` and `..`; `nil` sets `errno`.
  func names() -> [String]? {
    // A descriptor of its own: closedir closes what fdopendir took, and the position is its own.
    let copy = unsafe openat(number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard copy >= 0 else { return nil }
    guard let folder = unsafe fdopendir(copy) else {
      close(copy)
      return nil
    }
    defer { unsafe closedir(folder) }
    var names: [String] = []
    while true {
      errno = 0
      guard let entry = unsafe readdir(folder) else { break }
      // SAFETY: the kernel ends the name with a zero inside the entry, which lives until readdir.
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return errno == 0 ? names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } : nil
  }
}
