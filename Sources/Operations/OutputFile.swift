internal import Glibc
internal import StagedExecution
internal import Storage

/// A file that a verb writes for a person: whole, or not at all.
package final class OutputFile {
  private let file: StreamedFile
  /// Takes the temporary name away where the process is ended.
  private let watch: SignalWatch?

  /// - Parameters:
  ///   - mode: who may read it.
  ///   - replaces: whether a file that is there may be replaced.
  package init(
    _ path: String, mode: UInt32 = 0o600, replaces: Bool = true
  ) throws(OperationError) {
    try HomeWall.checkOutput(path)
    do throws(StorageError) {
      let file = try StreamedFile(path, mode: mode, replaces: replaces)
      self.file = file
      watch =
        !file.isNamed
        ? nil
        : SignalWatch([SIGINT, SIGTERM]) { _ in
          file.discard()
          Signals.end()
        }
    } catch { throw Self.refusal(error) }
  }

  /// What is wrong with a path that a person named, which has nothing to do with the home.
  private static func refusal(_ error: StorageError) -> OperationError {
    let why: String? =
      switch error.errorNumber {
      case EEXIST: "It is there already. Nothing was written; name another file."
      case ELOOP:
        "It is a symbolic link, which might lead anywhere. Nothing was written; name a file."
      case EISDIR: "It is a folder. Nothing was written; name a file."
      case ENODEV:
        "It is a device, a pipe or a socket, where nothing appears whole. Nothing was written; "
          + "name a file."
      case ENOENT, ENOTDIR: "Its folder is not there. Nothing was written; make it first."
      case EACCES, EPERM, EROFS:
        "Its folder may not be written. Nothing was written; name another one."
      default: nil
      }
    guard let why else { return OperationError(error) }
    return OperationError(ExitCode(rawValue: error.exitCode) ?? .failure, "\(error.path): \(why)")
  }

  /// Refuses paths at which no file could be written, before work is done that is done once.
  static func check(_ outputs: [ReportOutput]) throws(OperationError) {
    for path in outputs.compactMap(\.path) { _ = try OutputFile(path) }
  }

  package func append(_ bytes: [UInt8]) throws(OperationError) {
    do throws(StorageError) { try file.append(bytes.span) } catch { throw OperationError(error) }
  }

  package func finish() throws(OperationError) {
    do throws(StorageError) { try file.finish() } catch { throw OperationError(error) }
  }

  /// Writes a file that is known at once.
  package static func write(
    _ bytes: [UInt8], to path: String, mode: UInt32 = 0o600
  ) throws(OperationError) {
    let file = try OutputFile(path, mode: mode)
    try file.append(bytes)
    try file.finish()
  }

  /// Adds a line to a file in one step, so that lines of two programs do not mix; a file that is
  /// not there is made, readable for its group.
  ///
  /// - Returns: whether it was added.
  package static func append(line: [UInt8], to path: String) throws(OperationError) -> Bool {
    try HomeWall.checkOutput(path)
    let caller = Caller()
    let file = unsafe open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o640)
    caller.leave()
    guard file >= 0 else { return false }
    defer { close(file) }
    // SAFETY: the array lives for this call.
    return unsafe Glibc.write(file, line, line.count) == line.count
  }

  /// The bytes of a file, as far as the person who called may read it; `nil` where there is none.
  package static func earlier(at path: String) -> [UInt8]? {
    let caller = Caller()
    defer { caller.leave() }
    var files = FoundFiles()
    files.add(path)
    return files.paths.first == path ? files.bytes(of: path) : nil
  }

  /// Makes a folder with mode 0700; one that is there already is fine.
  static func makeFolder(_ path: String) throws(OperationError) {
    try HomeWall.checkOutput(path + "/file")
    let caller = Caller()
    defer { caller.leave() }
    if unsafe mkdir(path, 0o700) == 0 { return }
    if errno == EEXIST {
      var status = stat()
      if unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { return }
      throw OperationError(
        .cannotCreate, "\(path) is no folder. Nothing was written; name a folder.")
    }
    throw OperationError(
      .cannotCreate, "\(path): the folder cannot be made (error \(errno)). Nothing was written.")
  }
}
