package import Storage

/// The tables of one tenant: a folder with a folder for each table, and `_runs` for what is being
/// written to several of them at once.
///
/// ```
/// _runs/<run>.lock    locked while the run lives; names each data file before it is made
/// _runs/<run>.json    the manifest: all that the run changes, once its files are durable
/// _runs/.living       locked shared by each living run, alone by who removes what dead runs left
/// _runs/.commit       locked by whoever commits a run or settles a dead one
/// ```
package struct Lake: Sendable {
  package let storage: any Storage
  /// The folder, relative to the storage's root, as `lake/default`.
  package let path: String
  package let engine: String
  package let clock: @Sendable () -> Int64
  /// How long to wait for other processes' locks.
  package let waitMilliseconds: Int
  /// After how many commits a table gets a new checkpoint.
  package let checkpointCommits: Int64

  package init(
    storage: any Storage,
    path: String,
    engine: String = "logveil",
    waitMilliseconds: Int = 60_000,
    checkpointCommits: Int64 = 100,
    clock: @escaping @Sendable () -> Int64 = DeltaTable.systemClock
  ) {
    self.storage = storage
    self.path = path
    self.engine = engine
    self.clock = clock
    self.waitMilliseconds = waitMilliseconds
    self.checkpointCommits = checkpointCommits
  }

  /// The table `name`, which may lie deeper, as `snapshots/may/usage`.
  package func table(_ name: String) -> DeltaTable {
    DeltaTable(storage: storage, path: path + "/" + name, engine: engine, clock: clock)
  }

  /// The names of the tables right below the lake, sorted.
  package func tableNames() throws(DeltaError) -> [String] {
    let names = try stored { () throws(StorageError) in
      try storage.status(path) == nil ? [] : try storage.list(path)
    }
    var tables: [String] = []
    for name in names where !name.hasPrefix("_") && StoragePath.isValidName(name) {
      if try table(name).exists() { tables.append(name) }
    }
    return tables
  }

  /// Tables as they agree with each other: no run is in one of them and not yet in another.
  ///
  /// Finishes dead runs and keeps others from committing meanwhile. Whoever decides by one table
  /// what to do with another must read them together.
  package func snapshots(of tables: [String]) throws(DeltaError) -> [String: Snapshot] {
    try stored { () throws(StorageError) in try storage.makeFolders(runsPath) }
    let commitLock = try wait(for: commitLockPath, .exclusive)
    defer { commitLock.release() }
    _ = try DeadRuns.find(in: self).rollForward()
    var snapshots: [String: Snapshot] = [:]
    for table in tables { snapshots[table] = try self.table(table).snapshot() }
    return snapshots
  }

  var runsPath: String { path + "/_runs" }
  var livingLockPath: String { runsPath + "/.living" }
  var commitLockPath: String { runsPath + "/.commit" }
  func lockPath(_ run: String) -> String { "\(runsPath)/\(run).lock" }
  func manifestPath(_ run: String) -> String { "\(runsPath)/\(run).json" }
  func manifestTemporaryPath(_ run: String) -> String { "\(runsPath)/.\(run).json.tmp" }

  /// Whether `run` can name a run: letters, digits, `-` and `_`, at most 64 of them.
  package static func isValidRunID(_ run: String) -> Bool {
    (1...64).contains(run.utf8.count) && StoragePath.isValidName(run)
      && !run.utf8.contains(where: { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "=") })
  }

  /// Takes a lock, waiting for others.
  func wait(for path: String, _ mode: LockMode) throws(DeltaError) -> any StorageLock {
    let lock = try stored { () throws(StorageError) in
      try storage.lock(path, mode, waitMilliseconds: waitMilliseconds)
    }
    guard let lock else { throw .busy(path: path) }
    return lock
  }

  /// Does `body` while no run lives and none can begin, so that files of no table can go.
  ///
  /// - Returns: `nil` when a run lives; then `body` was not called.
  package func whileNoRunLives<Result>(
    _ body: () throws(DeltaError) -> Result
  ) throws(DeltaError) -> Result? {
    let lock = try stored { () throws(StorageError) in
      try storage.makeFolders(runsPath)
      return try storage.lock(livingLockPath, .exclusive)
    }
    guard let lock else { return nil }
    defer { lock.release() }
    return try body()
  }

  /// Removes all tables and what runs left. A run that lives is an error.
  package func removeAll() throws(DeltaError) {
    guard try stored({ () throws(StorageError) in try storage.status(path) }) != nil else { return }
    let isDone: Void? = try whileNoRunLives { () throws(DeltaError) in
      try stored { () throws(StorageError) in try removeTree(path) }
    }
    guard isDone != nil else { throw .busy(path: path) }
  }

  private func removeTree(_ folder: String) throws(StorageError) {
    for name in try storage.list(folder) {
      let inner = folder + "/" + name
      if try storage.status(inner)?.kind == .folder {
        try removeTree(inner)
      } else {
        try storage.remove(inner)
      }
    }
    try storage.removeFolder(folder)
  }
}
