import Glibc
import LakeSimulation
import SimulatedStorage
import Storage
import Testing

/// `LOGVEIL_SIMULATED_SEED=n swift test --filter ReplayTests` tells the story of one schedule.
@Suite struct ReplayTests {
  @Test(.enabled(if: seed != nil)) func tellsTheStory() throws {
    let template = try SimulatedWorld.template()
    let schedule = SimulatedSchedule(seed: Self.seed ?? 0, template: template) {
      TracedStorage($0)
    }
    print(schedule.violations())
  }

  static let seed: UInt64? = unsafe getenv("LOGVEIL_SIMULATED_SEED").flatMap {
    unsafe UInt64(String(cString: $0))
  }
}

/// Prints each call that changes the disk, and each that fails.
final class TracedStorage: Storage {
  private let base: any Storage
  private let name: String

  init(_ base: any Storage) {
    self.base = base
    name = String(UInt(bitPattern: ObjectIdentifier(base as AnyObject).hashValue) % 997)
  }

  private func told<Result>(
    _ words: String,
    _ body: () throws(StorageError) -> Result
  ) throws(StorageError) -> Result {
    do {
      let result = try body()
      print(name, words, result)
      return result
    } catch {
      print(name, words, "FAILED", error.errorNumber)
      throw error
    }
  }

  func makeFolder(_ path: String) throws(StorageError) {
    try told("makeFolder \(path)") { () throws(StorageError) in try base.makeFolder(path) }
  }
  func synchroniseFolder(_ path: String) throws(StorageError) {
    try told("syncFolder \(path)") { () throws(StorageError) in try base.synchroniseFolder(path) }
  }
  func synchroniseFile(_ path: String) throws(StorageError) {
    try told("syncFile \(path)") { () throws(StorageError) in try base.synchroniseFile(path) }
  }
  func link(_ source: String, to target: String) throws(StorageError) -> Bool {
    try told("link \(target)") { () throws(StorageError) in try base.link(source, to: target) }
  }
  func remove(_ path: String) throws(StorageError) -> Bool {
    try told("remove \(path)") { () throws(StorageError) in try base.remove(path) }
  }
  func removeFolder(_ path: String) throws(StorageError) -> Bool {
    try told("removeFolder \(path)") { () throws(StorageError) in try base.removeFolder(path) }
  }
  func rename(_ source: String, to target: String) throws(StorageError) {
    try told("rename \(target)") { () throws(StorageError) in
      try base.rename(source, to: target)
    }
  }
  func lock(_ path: String, _ mode: LockMode) throws(StorageError) -> (any StorageLock)? {
    let lock = try base.lock(path, mode)
    print(name, "lock \(path) \(mode) \(lock != nil)")
    return lock
  }
  func list(_ path: String) throws(StorageError) -> [String] {
    try told("list \(path)") { () throws(StorageError) in try base.list(path) }
  }
  func status(_ path: String) throws(StorageError) -> FileStatus? { try base.status(path) }
  func read(_ path: String) throws(StorageError) -> [UInt8] {
    try base.read(path)
  }
  func read(_ path: String, _ range: Range<Int64>) throws(StorageError) -> [UInt8] {
    try base.read(path, range)
  }
  func create(_ path: String, _ bytes: Span<UInt8>, durably: Bool) throws(StorageError) {
    do {
      try base.create(path, bytes, durably: durably)
      print(name, "create \(path)")
    } catch {
      print(name, "create \(path) FAILED \(error.errorNumber)")
      throw error
    }
  }
  func begin(_ path: String) throws(StorageError) -> any GrowingFile {
    try told("begin \(path)") { () throws(StorageError) in try base.begin(path) }
  }
  func pause(milliseconds: Int) { base.pause(milliseconds: milliseconds) }
}
