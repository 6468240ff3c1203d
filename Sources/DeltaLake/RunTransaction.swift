package import ColumnTables
import Storage
import Synchronization

/// One run's changes to several tables of a lake: all of them happen, or none.
///
/// Begin it, add files from any thread, then commit or abandon it. As long as the object is there
/// and the process lives, nobody else touches the run's files; what a dead run left is settled by
/// `RunRecovery` at the next start.
package final class RunTransaction: Sendable {
  package let lake: Lake
  package let run: String
  /// The tables that the run may change, in the order in which they commit.
  package let tables: [String]

  private enum Phase { case open, committing, over }
  private struct State {
    var phase = Phase.open
    var addsInFlight = 0
    var temporaryCount = 0
    var changes: [String: TableChanges] = [:]
  }
  private let state = Mutex(State())
  private let runLock: any StorageLock
  private let livingLock: any StorageLock

  private let snapshots: [String: Snapshot]

  private init(
    _ lake: Lake,
    _ run: String,
    _ tables: [String],
    locks: (run: any StorageLock, living: any StorageLock)
  ) throws(DeltaError) {
    self.lake = lake
    self.run = run
    self.tables = tables
    runLock = locks.run
    livingLock = locks.living
    do throws(DeltaError) {
      let isUsed = try stored { () throws(StorageError) in
        let journal = try lake.storage.status(lake.lockPath(run))
        let manifest = try lake.storage.status(lake.manifestPath(run))
        return journal?.byteCount != 0 || manifest != nil
      }
      if isUsed { throw .runExists(run: run) }
      snapshots = try lake.snapshots(of: tables)
    } catch {
      locks.run.release()
      locks.living.release()
      throw error
    }
  }

  deinit { releaseLocks() }

  private func releaseLocks() {
    runLock.release()
    livingLock.release()
  }

  /// Starts a run.
  ///
  /// Call `RunRecovery.recover` before, as each start does.
  /// - Parameters:
  ///   - lake: where the tables are; all of them exist.
  ///   - run: never used before in this lake; see `Lake.isValidRunID`.
  ///   - tables: all that the run may change; the first one with changes decides the run.
  /// - Returns: the run, which lives as long as this object and this process.
  /// - Throws: `runExists` when the name is taken, `busy` when others commit for too long.
  package static func begin(
    _ lake: Lake,
    run: String,
    tables: [String]
  ) throws(DeltaError) -> RunTransaction {
    precondition(Lake.isValidRunID(run), "A run's name is made of letters, digits, - and _.")
    try stored { () throws(StorageError) in try lake.storage.makeFolders(lake.runsPath) }
    let living = try lake.wait(for: lake.livingLockPath, .shared)
    let lock: any StorageLock
    do {
      lock = try lake.wait(for: lake.lockPath(run), .exclusive)
    } catch {
      living.release()
      if case .busy = error { throw .runExists(run: run) }
      throw error
    }
    return try RunTransaction(lake, run, tables, locks: (lock, living))
  }

  /// A table as it was when the run began; all of the run's tables agree.
  package func snapshot(of table: String) -> Snapshot {
    guard let snapshot = snapshots[table] else {
      preconditionFailure("A run names its tables when it begins.")
    }
    return snapshot
  }

  /// The files that the run takes out of tables, by table; those that it adds anew stay.
  package var removedFiles: [String: [String]] {
    state.withLock { state in
      state.changes.mapValues(\.pathsGone).filter { !$0.value.isEmpty }
    }
  }

  // MARK: Changes

  /// Begins a data file that is to be added to a table; see `add`.
  ///
  /// - Parameters:
  ///   - table: the table's name.
  ///   - partition: a value for each partition column; `nil` is null.
  package func begin(
    table: String, partition: [String: String?]
  ) throws(DeltaError) -> DraftFile {
    let number = try enter()
    do throws(DeltaError) {
      return try DraftFile(
        in: lake.table(table), partitionColumns: snapshot(of: table).partitionColumns,
        partition: partition, mark: "\(run).\(number)",
        announce: { [runLock] path throws(DeltaError) in
          let line = RunJournal.line(table: table, file: path)
          try stored { () throws(StorageError) in try runLock.append(line.span) }
        },
        leave: { [self] in leave() })
    } catch {
      leave()
      throw error
    }
  }

  /// Makes a draft durable, to be added to its table when the run commits.
  ///
  /// Files of the same bytes and partition count once. May be called from several threads.
  /// - Parameters:
  ///   - draft: a whole Parquet file without the partition columns.
  ///   - statistics: what the log says of the rows; `nil`: nothing at all.
  ///   - leftOut: columns of which the log says nothing.
  /// - Returns: the file as the log will list it.
  @discardableResult
  package func add(
    _ draft: DraftFile, to table: String, statistics: TableStatistics?,
    leavingOut leftOut: Set<String> = []
  ) throws(DeltaError) -> AddedFile {
    let file = try draft.added(clock: lake.clock, statistics: statistics, leavingOut: leftOut)
    try change(table) { $0.add(file) }
    return file
  }

  /// The same with all bytes of a small file.
  @discardableResult
  package func add(
    table: String, bytes: Span<UInt8>, partition: [String: String?],
    statistics: TableStatistics?, leavingOut leftOut: Set<String> = []
  ) throws(DeltaError) -> AddedFile {
    let draft = try begin(table: table, partition: partition)
    try draft.append(bytes)
    return try add(draft, to: table, statistics: statistics, leavingOut: leftOut)
  }

  /// Takes a file, as a snapshot shows it, out of a table when the run commits.
  package func remove(table: String, file: AddedFile) throws(DeltaError) {
    try change(table) { $0.remove(file) }
  }

  /// Sets an application's mark in a table when the run commits.
  ///
  /// The run conflicts with every other one that set the mark since: so two runs at once cannot
  /// both take in the same thing.
  package func claim(table: String, _ claim: TableChanges.Claim) throws(DeltaError) {
    try change(table) { $0.claim(claim) }
  }

  func change(
    _ table: String,
    _ body: (inout TableChanges) -> Void
  ) throws(DeltaError) {
    precondition(snapshots[table] != nil, "A run names its tables when it begins.")
    _ = try enter()
    state.withLock { state in
      body(&state.changes[table, default: TableChanges()])
      state.addsInFlight -= 1
    }
  }

  private func leave() { state.withLock { $0.addsInFlight -= 1 } }

  /// Counts a change that is under way; gives it a number of its own.
  private func enter() throws(DeltaError) -> Int {
    let number: Int? = state.withLock { state in
      guard state.phase == .open else { return nil }
      state.addsInFlight += 1
      state.temporaryCount += 1
      return state.temporaryCount
    }
    guard let number else { throw .runIsOver(run: run) }
    return number
  }

  // MARK: End

  /// Commits all changes, durably.
  ///
  /// - Parameters:
  ///   - info: what the tables' logs say of the run; `WRITE` where a table is not named.
  ///   - check: called with the changed tables as they are now, while no other run can commit;
  ///     throws when what the run relied on has changed.
  /// - Returns: the version of each table that has changes.
  /// - Throws: after `partlyCommitted` and `outcomeUnknown` the next recovery finishes the run;
  ///   after all else nothing of it is visible. In each case `abandon` is the next step.
  package func commit(
    info: [String: CommitInfo] = [:],
    check: (([String: Snapshot]) throws(DeltaError) -> Void)? = nil
  ) throws(DeltaError) -> [String: Int64] {
    let changes = try close()
    var entries: [(table: String, commit: WrittenCommit)] = []
    for table in tables {
      guard let tableChanges = changes[table], !tableChanges.isEmpty else { continue }
      let shape = TableShape(snapshot(of: table))
      let prepared = PreparedCommit(
        table: lake.table(table),
        shape: shape,
        changes: tableChanges,
        mark: RunManifest.mark(run),
        info: info[table] ?? CommitInfo(operation: "WRITE")
      )
      entries.append((table, try prepared.written()))
    }
    let manifest = RunManifest(run: run, entries: entries)
    let versions = entries.isEmpty ? [:] : try commit(manifest, check)
    try finish()
    return versions
  }

  private func close() throws(DeltaError) -> [String: TableChanges] {
    let changes: [String: TableChanges]? = state.withLock { state in
      guard state.phase == .open else { return nil }
      precondition(state.addsInFlight == 0, "A run commits after its last file.")
      state.phase = .committing
      return state.changes
    }
    guard let changes else { throw .runIsOver(run: run) }
    return changes
  }

  private func commit(
    _ manifest: RunManifest,
    _ check: (([String: Snapshot]) throws(DeltaError) -> Void)?
  ) throws(DeltaError) -> [String: Int64] {
    let commitLock = try lake.wait(for: lake.commitLockPath, .exclusive)
    defer { commitLock.release() }
    // Nobody may come between the tables of a run that died half-way: finish it first.
    _ = try DeadRuns.find(in: lake).rollForward()
    var snapshots: [String: Snapshot] = [:]
    for (table, commit) in manifest.entries {
      let snapshot = try lake.table(table).snapshot(after: snapshot(of: table))
      guard commit.version(in: snapshot) == nil else { throw .runExists(run: run) }
      try commit.check(on: snapshot)
      snapshots[table] = snapshot
    }
    try check?(snapshots)
    try stored { () throws(StorageError) in
      let isFirst = try lake.storage.publish(
        manifest.bytes,
        at: lake.manifestPath(run),
        temporary: lake.manifestTemporaryPath(run)
      )
      precondition(isFirst, "A run has one manifest.")
      try lake.storage.synchroniseFolder(lake.runsPath)
    }
    let versions = try manifest.commitAll(from: snapshots)
    for (table, version) in versions { writeCheckpoint(of: table, version, snapshots[table]) }
    return versions
  }

  /// Writes a checkpoint where the log has grown long since the last one.
  ///
  /// The run is committed: a checkpoint that fails is written by a later one.
  private func writeCheckpoint(of table: String, _ version: Int64, _ before: Snapshot?) {
    guard let before, version - (before.checkpointVersion ?? 0) >= lake.checkpointCommits else {
      return
    }
    let delta = lake.table(table)
    if let snapshot = try? delta.snapshot(after: before) {
      _ = try? delta.writeCheckpoint(of: snapshot)
    }
  }

  /// Removes the manifest and the lock: nothing is left to recover.
  private func finish() throws(DeltaError) {
    state.withLock { $0.phase = .over }
    do {
      try lake.storage.remove(lake.manifestPath(run))
      try lake.storage.synchroniseFolder(lake.runsPath)
      try lake.storage.remove(lake.lockPath(run))
    } catch {
      // The run is committed, in all tables and durably: the next start tidies up.
    }
    releaseLocks()
  }

  /// Ends a run that did not commit, and removes what it left.
  ///
  /// While other runs live, its files stay until the next start finds none. No-op after a commit.
  package func abandon() throws(DeltaError) {
    let isLast = state.withLock { state in
      defer { state.phase = .over }
      return state.phase != .over && state.addsInFlight == 0
    }
    guard isLast else { return }
    releaseLocks()
    _ = try RunRecovery.recover(lake)
  }
}

extension RunManifest {
  /// Commits to all tables, in order; those that have the run already are made durable.
  func commitAll(from snapshots: [String: Snapshot]) throws(DeltaError) -> [String: Int64] {
    var versions: [String: Int64] = [:]
    for (table, commit) in entries {
      do {
        versions[table] = try commit.commit(from: snapshots[table]).version
      } catch {
        if versions.isEmpty { throw error }
        if case .conflict(let table, let conflict) = error {
          throw .cannotRollForward(run: run, table: table, conflict)
        }
        throw .partlyCommitted(run: run, table: table, cause: error.description)
      }
    }
    return versions
  }
}
