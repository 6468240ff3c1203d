import Glibc
import ParquetFiles
import Storage

/// A checkpoint that was written.
package struct WrittenCheckpoint: Sendable, Equatable {
  package let version: Int64
  /// Actions in it.
  package let actions: Int
  package let byteCount: Int
}

extension DeltaTable {
  private static let lastName = "_last_checkpoint"
  private static let hashTag = "logveil.hash"

  /// What `_last_checkpoint` says; other writers may say less.
  private struct LastCheckpoint {
    var version: Int64
    var files: Int64?
    var hash: String?
  }

  private func checkpointPath(_ version: Int64) -> String {
    "\(logPath)/\(LogFile.name(version).dropLast(5)).checkpoint.parquet"
  }

  // MARK: Writing

  /// Writes a checkpoint of `snapshot`, durably, and points readers to it.
  ///
  /// To be called by one process at a time, as under a lake's lock for commits. It may fail
  /// anywhere without harm: readers then read more of the log.
  @discardableResult
  func writeCheckpoint(of snapshot: Snapshot) throws(DeltaError) -> WrittenCheckpoint {
    // A table that says itself how long removed files are kept keeps them all in the log.
    let isStandard = snapshot.metadata.configuration["delta.deletedFileRetentionDuration"] == nil
    let actions = CheckpointFile.actions(
      of: snapshot, removedSince: isStandard ? clock() - Vacuum.keepMillisecondsDefault : nil)
    let bytes: [UInt8]
    do { bytes = try CheckpointFile.bytes(actions, engine: "logveil") } catch {
      throw .unusableCheckpoint(
        table: path, version: snapshot.version, reason: error.description)
    }
    let hash = ContentName.hash(of: bytes.span)
    let last = JSONWriter.object { json in
      json.member("version", snapshot.version)
      json.member("size", Int64(actions.count))
      json.member("sizeInBytes", Int64(bytes.count))
      json.member("numOfAddFiles", Int64(snapshot.liveFiles.count))
      // Not all of a Parquet file has checksums of its own: a flipped bit in the footer may hide a
      // column. Other programs pass tags over.
      json.member("tags", [Self.hashTag: hash])
    }.bytes
    // What it stands for must outlive a power cut before it does.
    try confirm(snapshot)
    try stored { () throws(StorageError) in
      _ = try storage.publish(
        bytes, at: checkpointPath(snapshot.version), temporary: "\(logPath)/.checkpoint.tmp")
      try storage.synchroniseFolder(logPath)
      let temporary = "\(logPath)/.last_checkpoint.tmp"
      try storage.remove(temporary)
      try storage.create(temporary, last.span)
      try storage.rename(temporary, to: "\(logPath)/\(Self.lastName)")
      try storage.synchroniseFolder(logPath)
    }
    return WrittenCheckpoint(
      version: snapshot.version, actions: actions.count, byteCount: bytes.count)
  }

  // MARK: Reading

  /// The table as of its last checkpoint; `nil` when there is none, or when it cannot be read and
  /// the log goes back to the beginning.
  func checkpointSnapshot() throws(DeltaError) -> Snapshot? {
    let hasBeginning = try stored { () throws(StorageError) in
      try storage.status(logFilePath(0)) != nil
    }
    guard let last = try lastCheckpoint(searching: !hasBeginning) else { return nil }
    do throws(DeltaError) {
      return try checkpointSnapshot(last)
    } catch {
      if hasBeginning, error.isUnusableCheckpoint { return nil }
      throw error
    }
  }

  /// Why readers cannot use the last checkpoint, in words; `nil` where they can, or need none.
  package func checkpointProblem() throws(DeltaError) -> String? {
    guard let bytes = try readIfThere("\(logPath)/\(Self.lastName)") else { return nil }
    guard let json = try? JSONReader.value(of: bytes) else { return "\(Self.lastName) is no JSON" }
    if json["parts"] != nil { return nil }  // Of another program; it is not read here.
    guard let last = try lastCheckpoint(searching: false) else {
      return "\(Self.lastName) names no version"
    }
    do throws(DeltaError) { _ = try checkpointSnapshot(last) } catch {
      if error.isUnusableCheckpoint { return error.description }
      throw error
    }
    return nil
  }

  private func checkpointSnapshot(_ last: LastCheckpoint) throws(DeltaError) -> Snapshot {
    let version = last.version
    func unusable(_ reason: String) -> DeltaError {
      .unusableCheckpoint(table: path, version: version, reason: reason)
    }
    let bytes: [UInt8]
    do throws(StorageError) { bytes = try storage.read(checkpointPath(version)) } catch {
      throw error.errorNumber == ENOENT ? unusable(error.description) : .storage(error)
    }
    let hash = ContentName.hash(of: bytes.span)
    if let written = last.hash, written != hash {
      throw unusable("its bytes are not those that were written")
    }
    let actions: [LogAction]
    do throws(CheckpointFile.Problem) { actions = try CheckpointFile.actions(in: bytes) } catch {
      throw unusable(error.words)
    }
    let files = actions.count { if case .add = $0 { true } else { false } }
    guard last.files ?? Int64(files) == files else { throw unusable("files are missing in it") }
    do throws(DeltaError) {
      return try Snapshot(
        table: path, checkpoint: LogCommit(version: version, actions: actions))
    } catch {
      if case .incompleteLog = error { throw unusable(error.description) }
      throw error
    }
  }

  /// The last checkpoint that is one file.
  private func lastCheckpoint(searching: Bool) throws(DeltaError) -> LastCheckpoint? {
    if let bytes = try readIfThere("\(logPath)/\(Self.lastName)"),
      let json = try? JSONReader.value(of: bytes), json["parts"] == nil,
      let version = json["version"]?.integer, version >= 0
    {
      return LastCheckpoint(
        version: version, files: json["numOfAddFiles"]?.integer,
        hash: json["tags"]?[Self.hashTag]?.string)
    }
    guard searching else { return nil }
    let suffix = ".checkpoint.parquet"
    do throws(StorageError) {
      let newest = try storage.list(logPath).compactMap { name in
        name.hasSuffix(suffix)
          ? LogFile.version(String(name.dropLast(suffix.count)) + ".json") : nil
      }.max()
      return newest.map { LastCheckpoint(version: $0) }
    } catch {
      guard error.errorNumber == ENOENT else { throw .storage(error) }
      return nil
    }
  }

  /// The table by its log alone, as of `version`; `nil` when there is no checkpoint to compare it
  /// with, or when the log does not go back to the beginning.
  package func snapshotFromTheBeginning(upTo version: Int64) throws(DeltaError) -> Snapshot? {
    guard try lastCheckpoint(searching: false) != nil else { return nil }
    var commits: [LogCommit] = []
    while Int64(commits.count) <= version, let commit = try commit(Int64(commits.count)) {
      commits.append(commit)
    }
    guard Int64(commits.count) == version + 1 else { return nil }
    return try Snapshot(table: path, first: commits)
  }

  func readIfThere(_ path: String) throws(DeltaError) -> [UInt8]? {
    do { return try storage.read(path) } catch {
      guard error.errorNumber == ENOENT else { throw .storage(error) }
      return nil
    }
  }
}

extension Lake {
  /// Writes a checkpoint of a table as it is now.
  package func checkpoint(_ name: String) throws(DeltaError) -> WrittenCheckpoint {
    try stored { () throws(StorageError) in try storage.makeFolders(runsPath) }
    let commitLock = try wait(for: commitLockPath, .exclusive)
    defer { commitLock.release() }
    let table = table(name)
    return try table.writeCheckpoint(of: try table.snapshot())
  }
}

extension CheckpointFile.Problem {
  fileprivate var words: String {
    switch self {
    case .file(let error): error.description
    case .action(.member(let name)): "the member \(name) is missing or of another type"
    case .action(.path): "a path leads out of the table"
    }
  }
}
