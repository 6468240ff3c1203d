import Glibc
import Storage

/// Settles what dead runs left behind; to be called at each start.
package enum RunRecovery {
  /// What a recovery did, by run.
  package struct Report: Sendable, Equatable {
    /// Runs whose first table had them: now all tables do.
    package var rolledForward: [String] = []
    /// Runs that no table has; their files are gone.
    package var dropped: [String] = []
    /// Runs that no table has; their files stay as long as others live, who may share them.
    package var postponed: [String] = []
  }

  /// Rolls dead runs forward or drops them; living ones are not touched.
  ///
  /// Afterwards all tables agree, durably. It can be interrupted anywhere and tried again.
  @discardableResult
  package static func recover(_ lake: Lake) throws(DeltaError) -> Report {
    guard try !DeadRuns.names(in: lake).isEmpty else { return Report() }
    let commitLock = try lake.wait(for: lake.commitLockPath, .exclusive)
    defer { commitLock.release() }
    let dead = try DeadRuns.find(in: lake)
    var report = Report()
    report.rolledForward = try dead.rollForward()
    let doomed = dead.doomed
    guard !doomed.isEmpty else { return report }
    let dropped = try lake.whileNoRunLives { () throws(DeltaError) in try dead.drop() }
    if let dropped { report.dropped = dropped } else { report.postponed = doomed }
    return report
  }
}

/// Runs whose process is gone, their locks held by us.
struct DeadRuns: ~Copyable {
  private let lake: Lake
  private var committed: [RunManifest] = []
  private var dropped: [(run: String, files: [String: Set<String>])] = []
  private var locks: [any StorageLock] = []

  var doomed: [String] { dropped.map(\.run) }

  private init(_ lake: Lake) { self.lake = lake }

  deinit {
    for lock in locks { lock.release() }
  }

  /// The runs, living or dead, that left something, sorted.
  static func names(in lake: Lake) throws(DeltaError) -> [String] {
    let names: [String]
    do {
      names = try lake.storage.list(lake.runsPath)
    } catch {
      guard error.errorNumber == ENOENT else { throw .storage(error) }
      return []
    }
    let runs = names.compactMap { name -> String? in
      guard name.hasSuffix(".lock") || name.hasSuffix(".json") else { return nil }
      return String(name.dropLast(5))
    }
    return Set(runs.filter(Lake.isValidRunID)).sorted()
  }

  /// Finds the dead runs and what is to become of each; a living one holds its own lock.
  static func find(in lake: Lake) throws(DeltaError) -> DeadRuns {
    var dead = DeadRuns(lake)
    for run in try names(in: lake) {
      let lock = try stored { () throws(StorageError) in
        try lake.storage.lock(lake.lockPath(run), .exclusive)
      }
      guard let lock else { continue }
      dead.locks.append(lock)
      try dead.judge(run)
    }
    return dead
  }

  private mutating func judge(_ run: String) throws(DeltaError) {
    let journal = try read(lake.lockPath(run)) ?? []
    let files = RunJournal.files(journal)
    guard let bytes = try read(lake.manifestPath(run)) else {
      dropped.append((run, files))
      return
    }
    guard let manifest = RunManifest(bytes, run: run, lake: lake) else {
      // It was whole once, as it is published in one step. Without it nobody knows what a run
      // that a table has was to do elsewhere.
      guard try !isInAnyTable(run, files) else { throw .malformedManifest(run: run) }
      dropped.append((run, files))
      return
    }
    if try manifest.isDecided() {
      committed.append(manifest)
    } else {
      dropped.append((run, manifest.addedFiles.merging(files) { $0.union($1) }))
    }
  }

  private func read(_ path: String) throws(DeltaError) -> [UInt8]? {
    do {
      return try lake.storage.read(path)
    } catch {
      guard error.errorNumber == ENOENT else { throw .storage(error) }
      return nil
    }
  }

  private func isInAnyTable(
    _ run: String,
    _ files: [String: Set<String>]
  ) throws(DeltaError) -> Bool {
    for name in Set(try lake.tableNames()).union(files.keys).sorted() {
      let table = lake.table(name)
      guard try table.exists() else { continue }
      if try table.snapshot().transactions[run] != nil { return true }
    }
    return false
  }

  // MARK: Forward

  /// Finishes the runs whose first table has them.
  ///
  /// - Returns: their names.
  func rollForward() throws(DeltaError) -> [String] {
    for manifest in committed {
      _ = try manifest.commitAll(from: [:])
      for (_, commit) in manifest.entries {
        _ = try stored { () throws(StorageError) in
          try lake.storage.remove(commit.temporaryPath)
        }
      }
      try forget(manifest.run)
    }
    return committed.map(\.run)
  }

  // MARK: Back

  /// Removes all that the other runs made.
  ///
  /// No run may live meanwhile: it might rely on a file.
  /// - Returns: the runs' names.
  func drop() throws(DeltaError) -> [String] {
    for (run, files) in dropped {
      for (name, files) in files.sorted(by: { $0.key < $1.key }) {
        try removeFiles(files, of: run, in: lake.table(name))
      }
      for name in Set(try lake.tableNames()).union(files.keys).sorted() {
        let log = lake.table(name).logPath
        try removeTemporaries(in: log) { $0.contains(".\(run).") }
        // What is left of a table's making is of use only until there is a table.
        if try lake.table(name).exists() {
          try removeTemporaries(in: log) { $0.hasPrefix(DeltaTable.creationPrefix) }
        }
      }
      try forget(run)
    }
    return doomed
  }

  /// Removes those of `files` that no version of the table knows.
  private func removeFiles(
    _ files: Set<String>,
    of run: String,
    in table: DeltaTable
  ) throws(DeltaError) {
    let isTable = try table.exists()
    let snapshot = isTable ? try table.snapshot() : nil
    var folders: Set<String> = []
    for file in files.sorted() {
      folders.insert(StoragePath.folder(of: "\(table.path)/\(file)"))
      if snapshot?.liveFiles[file] != nil || snapshot?.removedFiles[file] != nil { continue }
      _ = try stored { () throws(StorageError) in
        try lake.storage.remove("\(table.path)/\(file)")
      }
    }
    for folder in folders.sorted() {
      try removeTemporaries(in: folder) { $0.contains(".\(run).") }
    }
  }

  /// Removes the temporary files that `isOurs` takes, durably.
  private func removeTemporaries(
    in folder: String,
    _ isOurs: (String) -> Bool
  ) throws(DeltaError) {
    do {
      for name in try lake.storage.list(folder)
      where name.hasPrefix(".") && name.hasSuffix(".tmp") && isOurs(name) {
        try lake.storage.remove(folder + "/" + name)
      }
      try lake.storage.synchroniseFolder(folder)
    } catch {
      guard error.errorNumber == ENOENT else { throw .storage(error) }
    }
  }

  /// Removes the manifest for good, then the lock file.
  private func forget(_ run: String) throws(DeltaError) {
    try stored { () throws(StorageError) in
      try lake.storage.remove(lake.manifestPath(run))
      try lake.storage.remove(lake.manifestTemporaryPath(run))
      try lake.storage.synchroniseFolder(lake.runsPath)
      try lake.storage.remove(lake.lockPath(run))
    }
  }
}

extension RunManifest {
  /// Whether the first table has the run.
  func isDecided() throws(DeltaError) -> Bool {
    guard let first = entries.first?.commit else { return false }
    let table = first.prepared.table
    guard try table.exists() else { return false }
    return first.version(in: try table.snapshot()) != nil
  }

  /// The files that the run made and adds, by table.
  var addedFiles: [String: Set<String>] {
    var files: [String: Set<String>] = [:]
    for (table, commit) in entries {
      let changes = commit.prepared.changes
      files[table] = Set(changes.adds.map(\.path)).subtracting(changes.adoptedPaths)
    }
    return files
  }
}
