internal import Glibc
internal import Storage

/// A file that a verb writes for a person: whole, or not at all.
package final class OutputFile {
  private let file: StreamedFile

  /// - Parameter replaces: whether a file that is there may be replaced.
  package init(_ path: String, replaces: Bool = true) throws(OperationError) {
    try HomeWall.checkOutput(path)
    do throws(StorageError) { file = try StreamedFile(path, replaces: replaces) } catch {
      throw OperationError(error)
    }
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
    guard unsafe mkdir(path, 0o700) != 0, errno != EEXIST else { return }
    throw OperationError(
      .cannotCreate, "\(path): the folder cannot be made (error \(errno)). Nothing was written.")
  }
}
