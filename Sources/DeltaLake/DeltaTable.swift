import Glibc
package import Storage

/// One Delta table: a folder of Parquet files and the log that says which of them count.
///
/// A value that only knows where the table is; each call looks at the log afresh.
package struct DeltaTable: Sendable {
  package let storage: any Storage
  /// The table's folder, relative to the storage's root.
  package let path: String
  /// Milliseconds since 1970, for what the log says of time.
  package let clock: @Sendable () -> Int64
  /// The program's name in the log, as `logveil/0.1.0`.
  package let engine: String

  package init(
    storage: any Storage,
    path: String,
    engine: String = "logveil",
    clock: @escaping @Sendable () -> Int64 = DeltaTable.systemClock
  ) {
    self.storage = storage
    self.path = path
    self.engine = engine
    self.clock = clock
  }

  /// The system's clock.
  package static let systemClock: @Sendable () -> Int64 = {
    var now = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &now)
    return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
  }

  var logPath: String { path + "/" + LogFile.folderName }

  func logFilePath(_ version: Int64) -> String { logPath + "/" + LogFile.name(version) }

  // MARK: Reading

  /// Whether there is a table.
  package func exists() throws(DeltaError) -> Bool {
    try stored { () throws(StorageError) in
      if try storage.status(logFilePath(0)) != nil { return true }
      // Other programs cut the log behind a checkpoint.
      return try storage.status("\(logPath)/_last_checkpoint") != nil
    }
  }

  /// The table as it is now.
  ///
  /// What it says may not be durable yet; see `confirm` before anybody relies on it.
  /// - Complexity: reads the last checkpoint and the log behind it.
  package func snapshot() throws(DeltaError) -> Snapshot {
    if var snapshot = try checkpointSnapshot() {
      while let commit = try commit(snapshot.version + 1) { try snapshot.apply(commit) }
      try checkEnd(snapshot.version + 1)
      return snapshot
    }
    try checkBeginning()
    var commits: [LogCommit] = []
    while let commit = try commit(Int64(commits.count)) { commits.append(commit) }
    try checkEnd(Int64(commits.count))
    return try Snapshot(table: path, first: commits)
  }

  /// The table as it is now, from what it was.
  ///
  /// - Complexity: reads only the commits since `earlier`.
  package func snapshot(after earlier: Snapshot) throws(DeltaError) -> Snapshot {
    precondition(earlier.table == path, "This is another table's snapshot.")
    var snapshot = earlier
    while let commit = try commit(snapshot.version + 1) { try snapshot.apply(commit) }
    return snapshot
  }

  /// The files that belong to the table now, sorted by path.
  package func files() throws(DeltaError) -> [AddedFile] { try snapshot().files }

  /// What each version says of itself, newest first.
  package func history() throws(DeltaError) -> [HistoryEntry] {
    guard try exists() else { throw .noTable(table: path) }
    let first = try logVersions().min() ?? 0
    var entries: [HistoryEntry] = []
    while let commit = try commit(first + Int64(entries.count)) {
      entries.append(HistoryEntry(version: commit.version, info: commit.info))
    }
    try checkEnd(first + Int64(entries.count))
    return entries.reversed()
  }

  /// Makes durable what a snapshot says, before anybody is told that it holds.
  ///
  /// Another process may have written the last commit and not yet have finished.
  package func confirm(_ snapshot: Snapshot) throws(DeltaError) {
    try confirm(version: snapshot.version)
  }

  func confirm(version: Int64) throws(DeltaError) {
    do {
      try storage.synchroniseFile(logFilePath(version))
    } catch {
      // Cut behind a checkpoint, which is durable.
      guard error.errorNumber == ENOENT else { throw .storage(error) }
    }
    try stored { () throws(StorageError) in try storage.synchroniseFolder(logPath) }
  }

  /// One version's actions; `nil` when there is no such version.
  func commit(_ version: Int64) throws(DeltaError) -> LogCommit? {
    let bytes: [UInt8]
    do {
      bytes = try storage.read(logFilePath(version))
    } catch {
      guard error.errorNumber == ENOENT else { throw .storage(error) }
      return nil
    }
    return try LogFile.commit(bytes, table: path, version: version)
  }

  /// What is wrong in the files of the log, line by line: lines that cannot be read, and actions
  /// that the protocol does not know, which readers pass over.
  package func logProblems() throws(DeltaError) -> [String] {
    var problems: [String] = []
    for version in try logVersions().sorted() {
      do throws(DeltaError) {
        for (line, name) in try commit(version)?.unknown ?? [] {
          problems.append(
            "version \(version), line \(line): the protocol knows no action \"\(name)\"")
        }
      } catch {
        if case .storage = error { throw error }
        problems.append(error.description)
      }
    }
    return problems
  }

  func logVersions() throws(DeltaError) -> [Int64] {
    do {
      return try storage.list(logPath).compactMap(LogFile.version)
    } catch {
      guard error.errorNumber == ENOENT else { throw .storage(error) }
      return []
    }
  }

  /// Tells a log without its beginning from one that is not there.
  private func checkBeginning() throws(DeltaError) {
    if try stored({ () throws(StorageError) in try storage.status(logFilePath(0)) != nil }) {
      return
    }
    guard let first = try logVersions().min() else { throw .noTable(table: path) }
    // Meanwhile somebody may have made the table.
    if first > 0 { throw .logBeginningMissing(table: path, first: first) }
  }

  /// Makes sure that nothing lies behind `version`, the first one that was not there.
  private func checkEnd(_ version: Int64) throws(DeltaError) {
    guard try logVersions().contains(where: { $0 > version }) else { return }
    // Others may have committed since; the version is missing only if it still is.
    let isThere = try stored { () throws(StorageError) in
      try storage.status(logFilePath(version)) != nil
    }
    if !isThere { throw .logGap(table: path, version: version) }
  }
}

/// One version of a table's history.
package struct HistoryEntry: Sendable, Equatable {
  package var version: Int64
  /// Milliseconds since 1970; `nil` where the writer did not say.
  package var timestamp: Int64?
  package var operation: String
  package var parameters: [String: String]
  package var metrics: [String: String]
  package var engine: String?
  package var userMetadata: String?

  init(version: Int64, info: CommitInfo?) {
    self.version = version
    timestamp = info?.timestamp
    operation = info?.operation ?? "UNKNOWN"
    parameters = info?.parameters ?? [:]
    metrics = info?.metrics ?? [:]
    engine = info?.engine
    userMetadata = info?.userMetadata
  }
}
