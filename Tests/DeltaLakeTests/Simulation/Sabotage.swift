import SimulatedStorage
import Storage
import Synchronization

/// A storage that breaks one promise, to show that the simulation notices.
final class SabotagedStorage: Storage {
  enum Bug: String, CaseIterable, Sendable {
    case filesNotSynchronised, foldersNotSynchronised, logFoldersNotSynchronised
    case partitionFoldersNotSynchronised, runsFolderNotSynchronised
    case foldersSynchronisedLater, seenCommitsNotSynchronised, writeErrorsIgnored
    case linkOverwrites, linkAlwaysTaken, locksIgnored, manifestsNotWritten, journalNotWritten
  }

  private let base: any Storage
  private let bug: Bug
  private let postponed = Mutex<String?>(nil)
  private let afterFile = Mutex(false)

  init(_ base: any Storage, _ bug: Bug) {
    self.base = base
    self.bug = bug
  }

  func synchroniseFolder(_ path: String) throws(StorageError) {
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
      if let before { try base.synchroniseFolder(before) }
    default: try base.synchroniseFolder(path)
    }
  }

  func create(_ path: String, _ bytes: Span<UInt8>, durably: Bool) throws(StorageError) {
    do {
      try base.create(path, bytes, durably: durably && bug != .filesNotSynchronised)
    } catch {
      guard bug == .writeErrorsIgnored, error.errorNumber != SimulatedStorage.ended else {
        throw error
      }
    }
  }

  func synchroniseFile(_ path: String) throws(StorageError) {
    afterFile.withLock { $0 = true }
    try base.synchroniseFile(path)
  }

  func link(_ source: String, to target: String) throws(StorageError) -> Bool {
    switch bug {
    case .linkOverwrites:
      try base.rename(source, to: target)
      return true
    case .linkAlwaysTaken: return false
    case .manifestsNotWritten where target.contains("_runs/"): return true
    default: return try base.link(source, to: target)
    }
  }

  func lock(_ path: String, _ mode: LockMode) throws(StorageError) -> (any StorageLock)? {
    let lock = try base.lock(path, mode)
    switch bug {
    case .locksIgnored: return lock ?? NoLock()
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
  func makeFolder(_ path: String) throws(StorageError) { try base.makeFolder(path) }
  func list(_ path: String) throws(StorageError) -> [String] { try base.list(path) }
  func status(_ path: String) throws(StorageError) -> FileStatus? { try base.status(path) }
  func read(_ path: String) throws(StorageError) -> [UInt8] { try base.read(path) }
  func read(_ path: String, _ range: Range<Int64>) throws(StorageError) -> [UInt8] {
    try base.read(path, range)
  }
  func rename(_ source: String, to target: String) throws(StorageError) {
    try base.rename(source, to: target)
  }
  func remove(_ path: String) throws(StorageError) -> Bool { try base.remove(path) }
  func removeFolder(_ path: String) throws(StorageError) -> Bool { try base.removeFolder(path) }
  func pause(milliseconds: Int) { base.pause(milliseconds: milliseconds) }
}
