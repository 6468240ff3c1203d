package import Storage

/// Why a table could not be read or a commit not made.
///
/// Paths are relative to the storage's root.
package enum DeltaError: Error, Equatable, CustomStringConvertible {
  /// A call to the file system failed; nothing of the commit is visible.
  case storage(StorageError)
  /// There is no table.
  case noTable(table: String)
  /// The log does not start with version 0, so it needs a checkpoint to be read.
  case logBeginningMissing(table: String, first: Int64)
  /// A version is missing between others.
  case logGap(table: String, version: Int64)
  /// A line of the log is no JSON. Lines count from 1, offsets from the start of the file.
  case malformedLog(table: String, version: Int64, line: Int, offset: Int)
  /// An action is not as the protocol says.
  case malformedAction(table: String, version: Int64, line: Int, problem: ActionProblem)
  /// A checkpoint cannot be read or written.
  case unusableCheckpoint(table: String, version: Int64, reason: String)
  /// The log says nothing of the table's columns or protocol.
  case incompleteLog(table: String)
  /// The table asks for more than this program knows.
  case unsupportedProtocol(table: String, reader: Int64, writer: Int64, features: [String])
  /// A column's type is not for this program.
  case unsupportedColumn(table: String, column: String, type: String)
  /// The table's columns are not readable.
  case malformedSchema(table: String)
  /// A table is there, but with other columns or another partitioning.
  case schemaDiffers(table: String)
  /// A file cannot belong to the table: its partition values are not those of its columns.
  case badPartition(table: String, column: String)
  /// A file with the name of these bytes holds others.
  case storedFileDiffers(path: String)
  /// Somebody else changed what this commit relies on.
  case conflict(table: String, Conflict)
  /// Others committed each time before we could.
  case tooManyAttempts(table: String, attempts: Int)
  /// Another process holds what is needed, for longer than we wait.
  case busy(path: String)
  /// A run of this name lives, or one of that name was not cleaned up yet.
  case runExists(run: String)
  /// The run has been committed or abandoned.
  case runIsOver(run: String)
  /// A commit is visible, but may not survive a power cut; the next start settles it.
  case outcomeUnknown(table: String, version: Int64, StorageError)
  /// A run is committed, but not yet in all of its tables; the next start finishes it.
  case partlyCommitted(run: String, table: String, cause: String)
  /// A run is committed in one table, and another one changed so that it cannot follow.
  case cannotRollForward(run: String, table: String, Conflict)
  /// The manifest of a run that was committed cannot be read.
  case malformedManifest(run: String)

  /// What a commit relied on and found changed.
  package enum Conflict: Equatable, Sendable {
    /// The columns or the partitioning.
    case schemaChanged
    /// The table takes no removals any more.
    case appendOnly
    /// An application's mark is not the one expected.
    case transactionTaken(appID: String)
    /// A file to be removed is gone.
    case fileGone(path: String)
  }

  /// Whether somebody else came first, so that the same may work when it is done once more.
  package var isConflict: Bool {
    if case .conflict = self { true } else { false }
  }

  var isUnusableCheckpoint: Bool {
    if case .unusableCheckpoint = self { true } else { false }
  }

  /// The exit code that fits: 75 try again, 73 and 74 as the file system says, else 1.
  package var exitCode: Int32 {
    switch self {
    case .storage(let error), .outcomeUnknown(_, _, let error): error.exitCode
    case .conflict, .tooManyAttempts, .busy, .runExists, .partlyCommitted: 75
    default: 1
    }
  }
}

extension DeltaError {
  package var description: String {
    switch self {
    case .storage(let error): error.description
    case .noTable(let table): "There is no table at \(table). Run an ingest first."
    case .logBeginningMissing(let table, let first):
      "The log of \(table) starts at version \(first), not 0: it was cut behind a checkpoint. "
        + "Nothing was changed; restore the older log files, or read it with another program."
    case .logGap(let table, let version):
      "The log of \(table) has no version \(version), but later ones. Nothing was changed; "
        + "restore that file from a backup."
    case .malformedLog(let table, let version, let line, let offset):
      "Version \(version) of \(table) is damaged in line \(line), at byte \(offset). "
        + "Nothing was changed; restore that file from a backup."
    case .malformedAction(let table, let version, let line, let problem):
      "Version \(version) of \(table) has an action in line \(line) that cannot be used "
        + "(\(problem.words)). Nothing was changed."
    case .unusableCheckpoint(let table, let version, let reason):
      "The checkpoint of version \(version) of \(table) cannot be used: \(reason)"
    case .incompleteLog(let table):
      "The log of \(table) does not say what its columns are. Nothing was changed."
    case .unsupportedProtocol(let table, let reader, let writer, let features):
      "\(table) asks for reader version \(reader) and writer version \(writer)"
        + (features.isEmpty ? "" : " with \(features.joined(separator: ", "))")
        + "; this program knows 1 and 2 without features. Nothing was changed."
    case .unsupportedColumn(let table, let column, let type):
      "Column \(column) of \(table) is of type \(type), which this program does not know."
    case .malformedSchema(let table): "The columns of \(table) cannot be read from its log."
    case .schemaDiffers(let table):
      "\(table) is there with other columns or another partitioning. Nothing was changed; "
        + "it was made by another version of this program."
    case .badPartition(let table, let column):
      "A file for \(table) has no usable value for the partition column \(column)."
    case .storedFileDiffers(let path):
      "\(path) does not hold the bytes that its name stands for: it is damaged. "
        + "Nothing was overwritten; remove it if no table lists it."
    default: commitDescription
    }
  }

  private var commitDescription: String {
    switch self {
    case .conflict(let table, let conflict):
      "Somebody else changed \(table) meanwhile: \(conflict.words). "
        + "Nothing was committed; run the command again."
    case .tooManyAttempts(let table, let attempts):
      "Others committed to \(table) \(attempts) times before this command could. "
        + "Nothing was committed; run the command again."
    case .busy(let path):
      "Another command holds \(path). Nothing was changed; run this one again later."
    case .runExists(let run): "A run \(run) is under way already. Wait for it, or use another name."
    case .runIsOver(let run): "The run \(run) is over: it takes no more files."
    case .outcomeUnknown(let table, let version, let error):
      "Version \(version) of \(table) is written, but may not survive a power cut. "
        + "The next start settles it. \(error)"
    case .partlyCommitted(let run, let table, let cause):
      "The run \(run) is committed, but \(table) does not have it yet: \(cause) "
        + "Nothing is lost; the next start finishes it."
    case .cannotRollForward(let run, let table, let conflict):
      "The run \(run) is committed, but \(table) cannot follow: \(conflict.words). Another program "
        + "rewrote that table; undo its last version, then run the command again."
    case .malformedManifest(let run):
      "The manifest of run \(run), which was committed in part, cannot be read. "
        + "Restore _runs/\(run).json from a backup; until then nothing is changed."
    default: ""
    }
  }
}

extension DeltaError.Conflict {
  fileprivate var words: String {
    switch self {
    case .schemaChanged: "it has other columns or another partitioning"
    case .appendOnly: "it is append-only now"
    case .transactionTaken(let appID): "\(appID) is in it already"
    case .fileGone(let path): "its file \(path) is gone"
    }
  }
}

extension ActionProblem {
  fileprivate var words: String {
    switch self {
    case .member(let name): name
    case .path: "path"
    }
  }
}

/// Calls the file system in the words of this room.
func stored<Result>(_ body: () throws(StorageError) -> Result) throws(DeltaError) -> Result {
  do { return try body() } catch { throw .storage(error) }
}
