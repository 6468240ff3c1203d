/// The file system as tables, manifests and locks need it: few calls, each of them one step that
/// either happened or did not.
///
/// Paths are relative to the storage's root and follow `StoragePath`; the root itself is `.`.
/// What a call wrote is durable only after the call that says so: the bytes of a file after
/// `create(… durably: true)` or `synchroniseFile`, a name in a folder after `synchroniseFolder`.
/// Every call may be made from several threads at once.
package protocol Storage: Sendable {
  /// Makes the folder `path` with mode 0700; one that is there already is fine.
  func makeFolder(_ path: String) throws(StorageError)
  /// The names in a folder, sorted by bytes, without `.` and `..`.
  func list(_ path: String) throws(StorageError) -> [String]
  /// What is at `path`; `nil` when nothing is.
  func status(_ path: String) throws(StorageError) -> FileStatus?
  /// The whole file.
  func read(_ path: String) throws(StorageError) -> [UInt8]
  /// The bytes `range` of a file; fewer where the file ends inside of it.
  func read(_ path: String, _ range: Range<Int64>) throws(StorageError) -> [UInt8]
  /// Makes a file with mode 0600 and all `bytes`, and fsyncs it where `durably` says so.
  ///
  /// A name that is taken is an error (`EEXIST`). After any error the file may be there in part.
  func create(_ path: String, _ bytes: Span<UInt8>, durably: Bool) throws(StorageError)
  /// Begins a file with mode 0600, empty; a name that is taken is an error (`EEXIST`).
  func begin(_ path: String) throws(StorageError) -> any GrowingFile
  /// fsync of a file's bytes.
  func synchroniseFile(_ path: String) throws(StorageError)
  /// fsync of a folder: its names become durable, not what they stand for.
  func synchroniseFolder(_ path: String) throws(StorageError)
  /// Gives a file a second name, unless that name is taken.
  ///
  /// - Returns: `false` when `target` was there already. Exactly one of several callers gets
  /// `true`.
  func link(_ source: String, to target: String) throws(StorageError) -> Bool
  /// Renames a file; what was at `target` is gone.
  func rename(_ source: String, to target: String) throws(StorageError)
  /// Removes a file's name.
  ///
  /// - Returns: `false` when there was none.
  @discardableResult
  func remove(_ path: String) throws(StorageError) -> Bool
  /// Removes an empty folder.
  ///
  /// - Returns: `false` when there was none, or it was not empty.
  @discardableResult
  func removeFolder(_ path: String) throws(StorageError) -> Bool
  /// Takes the lock that is the file `path`, made with mode 0600 when it is not there.
  ///
  /// The lock belongs to the object that comes back and goes with it, or with the process. Two
  /// locks of one process exclude each other like those of two.
  /// - Returns: `nil` when somebody else holds it.
  func lock(_ path: String, _ mode: LockMode) throws(StorageError) -> (any StorageLock)?
  /// Sleeps.
  func pause(milliseconds: Int)
}

/// A file that grows piece by piece; whoever began it is the only one to add to it.
package protocol GrowingFile: AnyObject {
  /// Adds bytes, not durably. After an error a part of them may be there.
  func append(_ bytes: Span<UInt8>) throws(StorageError)
  /// fsync of all that was added. Nothing may be added afterwards.
  func finish() throws(StorageError)
}
