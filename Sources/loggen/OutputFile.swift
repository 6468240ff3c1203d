import Glibc

/// The file or pipe that a log goes to.
struct OutputFile: ~Copyable {
  private let path: String
  private let descriptor: Int32
  private let isOurs: Bool
  private var isFinished = false
  /// Bytes written so far.
  private(set) var count = 0

  /// Opens `path` anew; `-` is standard output.
  init(path: String) throws(LoggenError) {
    self.path = path == "-" ? "standard output" : path
    isOurs = path != "-"
    let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC
    descriptor = unsafe isOurs ? open(path, flags, 0o644) : STDOUT_FILENO
    if descriptor < 0 { throw .cannotCreate(path: path, code: errno) }
  }

  deinit {
    guard isOurs else { return }
    if !isFinished {
      removeIfRegular()
      close(descriptor)
    }
  }

  /// Writes all of `bytes`.
  mutating func write(_ bytes: Span<UInt8>) throws(LoggenError) {
    var done = 0
    while done < bytes.count {
      let rest = bytes.extracting(done..<bytes.count)
      // SAFETY: the pointer lives for this call, which reads at most `rest.count` bytes.
      let written = unsafe rest.withUnsafeBufferPointer { buffer in
        unsafe Glibc.write(descriptor, buffer.baseAddress, buffer.count)
      }
      if written < 0 {
        if errno == EINTR { continue }
        throw .cannotWrite(path: path, offset: count, code: errno)
      }
      done += written
      count += written
    }
  }

  /// Closes the file; what was written stays.
  mutating func finish() throws(LoggenError) {
    guard isOurs else { return }
    isFinished = true
    if close(descriptor) != 0 { throw .cannotWrite(path: path, offset: count, code: errno) }
  }

  /// A device that was written to must not vanish.
  private func removeIfRegular() {
    var status = stat()
    // SAFETY: fstat fills the structure that it gets.
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return }
    unsafe unlink(path)
  }
}
