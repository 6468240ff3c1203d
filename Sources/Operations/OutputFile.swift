internal import Glibc
internal import Storage

/// A file that a verb writes for a person: whole, or not at all.
package final class OutputFile {
  private let file: StreamedFile

  /// - Parameter replaces: whether a file that is there may be replaced.
  package init(_ path: String, replaces: Bool = true) throws(OperationError) {
    try HomeWall.checkOutput(path)
    do throws(StorageError) { file = try StreamedFile(path, replaces: replaces) } catch {
      throw Self.refusal(error)
    }
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

  package func append(_ bytes: [UInt8]) throws(OperationError) {
    do throws(StorageError) { try file.append(bytes.span) } catch { throw OperationError(error) }
  }

  package func finish() throws(OperationError) {
    do throws(StorageError) { try file.finish() } catch { throw OperationError(error) }
  }

  /// Writes a file that is known at once.
  static func write(_ bytes: [UInt8], to path: String) throws(OperationError) {
    let file = try OutputFile(path)
    try file.append(bytes)
    try file.finish()
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
