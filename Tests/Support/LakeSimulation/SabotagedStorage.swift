import SimulatedStorage
package import Storage
import Synchronization

/// A storage that breaks one promise, to show that the simulation notices.
package final class SabotagedStorage: Storage {
  package enum Bug: String, CaseIterable, Sendable {
    case filesNotSynchronised, foldersNotSynchronised, logFoldersNotSynchronised
    case partitionFoldersNotSynchronised, runsFolderNotSynchronised
    case foldersSynchronisedLater, seenCommitsNotSynchronised, writeErrorsIgnored
    case linkOverwrites, linkAlwaysTaken, locksIgnored, manifestsNotWritten, journalNotWritten
    case livingLockIgnored, commitLockIgnored, removalsForgotten
  }

  private let base: any Storage
  private let bug: Bug
  private let postponed = Mutex<String?>(nil)
  private let afterFile = Mutex(false)

  package init(_ base: any Storage, _ bug: Bug) {
    self.base = base
    self.bug = bug
  }

  package func synchroniseFolder(_ path: String) throws(StorageError) {
    let isLog = path.hasSuffix("_delta_log")
    let isPartition = path.contains("date=")
    let followsFile = afterFile.withLock { flag in
      defer { flag = false }
      return flag
    }
    switch bug {
    case .foldersNotSynchronised: return
    case .logFoldersNotSynchronised where isLog: return
    case .partitionFoldersNotSynchronised where isPartition: return
    case .runsFolderNotSynchronised where path.hasSuffix("_runs"): return
    case .seenCommitsNotSynchronised where followsFile: return
    case .foldersSynchronisedLater:
      let before = postponed.withLock { postponed in
        defer { postponed = path }
        return postponed
      }
      // Until another folder's turn comes.
      if let before, before != path { try base.synchroniseFolder(before) }
    default: try base.synchroniseFolder(path)
    }
  }

  package func create(_ path: String, _ bytes: Span<UInt8>, durably: Bool) throws(StorageError) {
    do {
      try base.create(path, bytes, durably: durably && bug != .filesNotSynchronised)
    } catch {
      guard bug == .writeErrorsIgnored, error.errorNumber != SimulatedStorage.ended else {
        throw error
      }
    }
  }

  package func begin(_ path: String) throws(StorageError) -> any GrowingFile {
    SabotagedFile(try base.begin(path), bug)
  }

  private final class SabotagedFile: GrowingFile {
    private let base: any GrowingFile
    private let bug: Bug

    init(_ base: any GrowingFile, _ bug: Bug) {
      self.base = base
      self.bug = bug
    }

    func append(_ bytes: Span<UInt8>) throws(StorageError) {
      do { try base.append(bytes) } catch {
        guard bug == .writeErrorsIgnored, error.errorNumber != SimulatedStorage.ended else {
          throw error
        }
      }
    }

    func finish() throws(StorageError) {
      if bug != .filesNotSynchronised { try base.finish() }
    }
  }

  package func synchroniseFile(_ path: String) throws(StorageError) {
    afterFile.withLock { $0 = true }
    try base.synchroniseFile(path)
  }

  package func link(_ source: String, to target: String) throws(StorageError) -> Bool {
    switch bug {
    case .linkOverwrites:
      try base.rename(source, to: target)
      return true
    case .linkAlwaysTaken: return false
    case .manifestsNotWritten where target.contains("_runs/"): return true
    default: return try base.link(source, to: target)
    }
  }

  package func lock(_ path: String, _ mode: LockMode) throws(StorageError) -> (any StorageLock)? {
    let lock = try base.lock(path, mode)
    switch bug {
    case .locksIgnored: return lock ?? NoLock()
    case .livingLockIgnored where path.hasSuffix("/.living"): return lock ?? NoLock()
    case .commitLockIgnored where path.hasSuffix("/.commit"): return lock ?? NoLock()
    case .journalNotWritten: return lock.map { SilentLock($0) }
    default: return lock
    }
  }

  private final class NoLock: StorageLock {
    func append(_ bytes: Span<UInt8>) throws(StorageError) {}
    func release() {}
  }

  private final class SilentLock: StorageLock {
    let base: any StorageLock
    init(_ base: any StorageLock) { self.base = base }
    func append(_ bytes: Span<UInt8>) throws(StorageError) {}
    func release() { base.release() }
  }

  // The rest is as it should be.
  package func makeFolder(_ path: String) throws(StorageError) { try base.makeFolder(path) }
  package func list(_ path: String) throws(StorageError) -> [String] { try base.list(path) }
  package func status(_ path: String) throws(StorageError) -> FileStatus? { try base.status(path) }
  package func read(_ path: String) throws(StorageError) -> [UInt8] { try base.read(path) }
  package func read(_ path: String, _ range: Range<Int64>) throws(StorageError) -> [UInt8] {
    try base.read(path, range)
  }
  package func rename(_ source: String, to target: String) throws(StorageError) {
    try base.rename(source, to: target)
  }
  package func remove(_ path: String) throws(StorageError) -> Bool {
    bug == .removalsForgotten && path.hasSuffix(".parquet") ? true : try base.remove(path)
  }
  package func removeFolder(_ path: String) throws(StorageError) -> Bool {
    try base.removeFolder(path)
  }
  package func pause(milliseconds: Int) { base.pause(milliseconds: milliseconds) }
}
