import Storage

// A commit's life: prepared → written → committed. Each state is a type, made only by the step
// before it, so that no log can name a file that is not on disk.

/// A commit of which everything is known; its files may not be durable by name.
package struct PreparedCommit: Sendable {
  let table: DeltaTable
  let shape: TableShape
  let changes: TableChanges
  /// Marks this very commit: the table takes it once, however often it is tried.
  let mark: Transaction
  let info: CommitInfo

  /// A commit of `changes`, whose files were made for `shape`.
  ///
  /// The `mark` is unique to the commit; its `appID` is a valid file name.
  package init(
    table: DeltaTable,
    shape: TableShape,
    changes: TableChanges,
    mark: Transaction,
    info: CommitInfo
  ) {
    precondition(StoragePath.isValidName(mark.appID), "A commit's mark names its temporary file.")
    self.table = table
    self.shape = shape
    self.changes = changes.sorted()
    self.mark = mark
    var info = info
    info.timestamp = info.timestamp ?? table.clock()
    info.engine = info.engine ?? table.engine
    self.info = info
  }

  /// Makes the names of all added files durable; their bytes are since they were stored.
  package func written() throws(DeltaError) -> WrittenCommit {
    try table.synchroniseFolders(of: changes.adds.map(\.path))
    return WrittenCommit(self)
  }
}

/// A commit whose files are durable, by bytes and name.
package struct WrittenCommit: Sendable {
  let prepared: PreparedCommit

  /// The state of a commit that a durable manifest lists, or that `written` has just reached.
  init(_ prepared: PreparedCommit) { self.prepared = prepared }

  /// Where the commit's bytes lie until they get their version.
  var temporaryPath: String { "\(prepared.table.logPath)/.\(prepared.mark.appID).commit.tmp" }

  /// Puts the commit into the log, once and durably.
  ///
  /// When another commit comes first, this one is checked against it and tried as the next
  /// version; one that is in the log already is made durable before it is reported.
  /// - Parameters:
  ///   - start: a snapshot to start from; read afresh where `nil`.
  ///   - attemptsMax: how often others may come first.
  /// - Returns: the version that holds the commit.
  /// - Throws: `conflict` when the commit does not fit what others committed meanwhile;
  ///   `outcomeUnknown` when it is visible, but could not be made durable.
  package func commit(
    from start: Snapshot? = nil,
    attemptsMax: Int = 1000
  ) throws(DeltaError) -> CommittedVersion {
    let table = prepared.table
    var snapshot = if let start { start } else { try table.snapshot() }
    var staged: [UInt8] = []
    for _ in 0..<attemptsMax {
      snapshot = try table.snapshot(after: snapshot)
      if let version = version(in: snapshot) {
        try table.confirm(version: version)
        return CommittedVersion(table: table.path, version: version, isNew: false)
      }
      let bytes = try bytes(on: snapshot)
      let version = snapshot.version + 1
      if bytes != staged {
        try stage(bytes)
        staged = bytes
      }
      // No version may outlive the one before it, which its writer may not have made durable.
      try table.confirm(version: snapshot.version)
      if try publish(as: version) {
        return CommittedVersion(table: table.path, version: version, isNew: true)
      }
    }
    throw .tooManyAttempts(table: table.path, attempts: attemptsMax)
  }

  /// The version that holds this commit; `nil` when none does.
  func version(in snapshot: Snapshot) -> Int64? {
    guard let mark = snapshot.transactions[prepared.mark.appID], mark >= prepared.mark.version
    else { return nil }
    return snapshot.transactionCommits[prepared.mark.appID]
  }

  /// Whether the commit fits the table as `snapshot` shows it; throws what is in its way.
  func check(on snapshot: Snapshot) throws(DeltaError) {
    if version(in: snapshot) == nil {
      _ = try prepared.changes.rebased(on: snapshot, shape: prepared.shape)
    }
  }

  private func stage(_ bytes: [UInt8]) throws(DeltaError) {
    let storage = prepared.table.storage
    try stored { () throws(StorageError) in
      try storage.remove(temporaryPath)
      try storage.create(temporaryPath, bytes.span)
    }
  }

  /// Gives the staged bytes their version, durably; `false` when another commit has it.
  private func publish(as version: Int64) throws(DeltaError) -> Bool {
    let table = prepared.table
    let isFirst = try stored { () throws(StorageError) in
      try table.storage.link(temporaryPath, to: table.logFilePath(version))
    }
    guard isFirst else { return false }
    do {
      try table.storage.remove(temporaryPath)
      try table.storage.synchroniseFolder(table.logPath)
    } catch {
      throw .outcomeUnknown(table: table.path, version: version, error)
    }
    return true
  }

  /// The log's lines for this commit on top of `snapshot`.
  private func bytes(on snapshot: Snapshot) throws(DeltaError) -> [UInt8] {
    let changes = try prepared.changes.rebased(on: snapshot, shape: prepared.shape)
    let time = prepared.info.timestamp ?? 0
    var info = prepared.info
    info.isBlindAppend = changes.removes.isEmpty
    info.metrics.merge(changes.metrics) { given, _ in given }
    var actions: [LogAction] = [.commitInfo(info)]
    let marks =
      [prepared.mark] + changes.claims.map { Transaction(appID: $0.appID, version: $0.next) }
    for mark in marks {
      let mark = Transaction(appID: mark.appID, version: mark.version, lastUpdated: time)
      actions.append(.transaction(mark))
    }
    for file in changes.removes {
      actions.append(
        .remove(
          RemovedFile(
            path: file.path,
            deletionTimestamp: time,
            partitionValues: file.partitionValues,
            byteCount: file.byteCount,
            changesRows: info.changesRows
          )
        )
      )
    }
    for var file in changes.adds {
      file.changesRows = info.changesRows
      actions.append(.add(file))
    }
    return actions.reduce(into: []) { $0 += $1.line }
  }
}

extension TableChanges {
  /// What every commit can say of its own size.
  fileprivate var metrics: [String: String] {
    [
      "numFiles": String(adds.count), "numRemovedFiles": String(removes.count),
      "numOutputBytes": String(adds.reduce(0) { $0 + $1.byteCount }),
    ]
  }
}

/// A commit that is in the log and durable.
package struct CommittedVersion: Sendable, Equatable {
  /// The table's folder.
  package let table: String
  package let version: Int64
  /// Whether this call put it there; `false` when it was there already.
  package let isNew: Bool
}
