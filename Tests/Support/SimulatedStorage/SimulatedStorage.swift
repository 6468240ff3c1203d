import Glibc
package import Storage
import Synchronization

/// One process's view of a simulated disk, with faults and an end at chosen steps.
///
/// Each call is one step, but `create` is two or three: open, write, fsync. Steps count from 0.
package final class SimulatedStorage: Storage {
  /// What is to go wrong in a process.
  package struct Plan: Sendable {
    /// The process ends at this step: before its effect, or with half of a write.
    package var endStep: Int?
    /// The process ends so many steps after it gave a file its so-manyeth second name: files,
    /// manifests and commits begin to count there.
    package var endAfterLink: (link: Int, steps: Int)?
    /// Error numbers by step; a write leaves a part, a failed fsync loses the bytes.
    package var errors: [Int: Int32] = [:]
    /// Called before this step: what another process does meanwhile.
    package var interruption: (step: Int, body: @Sendable () -> Void)?

    package init() {}
  }

  private let disk: SimulatedDisk
  private let plan: Plan
  private let process: Int
  private struct Progress {
    var steps = 0
    var links = 0
    var endStep: Int?
    var hasEnded = false
  }
  private let progress: Mutex<Progress>
  /// The error number of every call of a process that has ended.
  package static let ended: Int32 = ESHUTDOWN

  package init(_ disk: SimulatedDisk, plan: Plan = Plan()) {
    self.disk = disk
    self.plan = plan
    progress = Mutex(Progress(endStep: plan.endStep))
    process = disk.state.withLock { $0.next() }
  }

  /// Whether the process reached its end step.
  package var hasEnded: Bool { progress.withLock { $0.hasEnded } }
  /// How many steps the process has made.
  package var stepCount: Int { progress.withLock { $0.steps } }

  /// Ends the process now.
  package func end() {
    progress.withLock { $0.hasEnded = true }
    disk.end(process: process)
  }

  /// Counts a step; returns the error number that it is to fail with, 0 for none.
  private func step() -> Int32 {
    let next: (step: Int, isLast: Bool)? = progress.withLock { progress in
      guard !progress.hasEnded else { return nil }
      progress.steps += 1
      return (progress.steps - 1, progress.endStep == progress.steps - 1)
    }
    guard let (step, isLast) = next else { return Self.ended }
    if let interruption = plan.interruption, interruption.step == step { interruption.body() }
    if isLast {
      end()
      return Self.ended
    }
    return plan.errors[step] ?? 0
  }

  private func step(_ operation: StorageError.Operation, _ path: String) throws(StorageError) {
    let code = step()
    guard code == 0 else { throw StorageError(operation, path, errorNumber: code) }
  }

  /// Changes the disk; an error number other than 0 becomes an error.
  private func change(
    _ operation: StorageError.Operation,
    _ path: String,
    _ body: (inout SimulatedDisk.State) -> Int32
  ) throws(StorageError) {
    let isKnown = disk.state.withLock { $0.entries[path] != nil }
    guard isKnown || StoragePath.isValid(path) else {
      throw StorageError(operation, path, errorNumber: EINVAL)
    }
    try step(operation, path)
    let code = disk.state.withLock { body(&$0) }
    guard code == 0 else { throw StorageError(operation, path, errorNumber: code) }
  }

  // MARK: Folders

  package func makeFolder(_ path: String) throws(StorageError) {
    try change(.makeFolder, path) { state in
      let folder = StoragePath.folder(of: path)
      guard state.isFolder(folder) else { return ENOENT }
      if let entry = state.entries[path] { return entry == .folder ? 0 : ENOTDIR }
      state.change(folder, [(path, .folder)])
      return 0
    }
  }

  package func list(_ path: String) throws(StorageError) -> [String] {
    var names: [String] = []
    try change(.list, path) { state in
      guard state.isFolder(path) else { return ENOENT }
      names = state.names(in: path)
      return 0
    }
    return names
  }

  package func synchroniseFolder(_ path: String) throws(StorageError) {
    try change(.synchronise, path) { state in
      guard state.isFolder(path) else { return ENOENT }
      state.synchronise(folder: path)
      return 0
    }
  }

  @discardableResult
  package func removeFolder(_ path: String) throws(StorageError) -> Bool {
    var isRemoved = false
    try change(.remove, path) { state in
      guard state.entries[path] == .folder, state.names(in: path).isEmpty else { return 0 }
      state.change(StoragePath.folder(of: path), [(path, nil)])
      isRemoved = true
      return 0
    }
    return isRemoved
  }

  // MARK: Files

  package func status(_ path: String) throws(StorageError) -> FileStatus? {
    var status: FileStatus?
    try change(.status, path) { state in
      switch state.entries[path] {
      case .folder: status = FileStatus(kind: .folder, byteCount: 0, modifiedMilliseconds: 0)
      case .file(let number):
        let count = Int64(state.files[number]?.bytes.count ?? 0)
        status = FileStatus(kind: .file, byteCount: count, modifiedMilliseconds: 0)
      case nil: break
      }
      return 0
    }
    return status
  }

  package func read(_ path: String) throws(StorageError) -> [UInt8] {
    var bytes: [UInt8] = []
    try change(.read, path) { state in
      guard case .file(let number)? = state.entries[path] else { return ENOENT }
      bytes = state.files[number]?.bytes ?? []
      return 0
    }
    return bytes
  }

  package func read(_ path: String, _ range: Range<Int64>) throws(StorageError) -> [UInt8] {
    let bytes = try read(path)
    let clamped = range.clamped(to: 0..<Int64(bytes.count))
    return Array(bytes[Int(clamped.lowerBound)..<Int(clamped.upperBound)])
  }

  package func create(
    _ path: String,
    _ bytes: Span<UInt8>,
    durably: Bool
  ) throws(StorageError) {
    let file = try begin(path)
    try file.append(bytes)
    if durably { try file.finish() }
  }

  package func begin(_ path: String) throws(StorageError) -> any GrowingFile {
    var number = 0
    try change(.create, path) { state in
      guard state.isFolder(StoragePath.folder(of: path)) else { return ENOENT }
      guard state.entries[path] == nil else { return EEXIST }
      number = state.next()
      state.files[number] = SimulatedDisk.File()
      state.change(StoragePath.folder(of: path), [(path, .file(number))])
      return 0
    }
    return SimulatedFile(self, number, path)
  }

  private final class SimulatedFile: GrowingFile {
    private let storage: SimulatedStorage
    private let number: Int
    private let path: String

    init(_ storage: SimulatedStorage, _ number: Int, _ path: String) {
      self.storage = storage
      self.number = number
      self.path = path
    }

    func append(_ bytes: Span<UInt8>) throws(StorageError) {
      let bytes = unsafe bytes.withUnsafeBufferPointer { unsafe Array($0) }
      try storage.append(bytes, toFile: number, path)
    }

    func finish() throws(StorageError) { try storage.synchronise(file: number, path) }
  }

  private func append(_ bytes: [UInt8], toFile number: Int, _ path: String) throws(StorageError) {
    let code = step()
    disk.state.withLock { state in
      let count = code == 0 ? bytes.count : state.random.below(bytes.count + 1)
      state.files[number]?.bytes += bytes.prefix(count)
      state.files[number]?.isSynchronised = false
    }
    guard code == 0 else { throw StorageError(.write, path, errorNumber: code) }
  }

  package func synchroniseFile(_ path: String) throws(StorageError) {
    let entry = disk.state.withLock { $0.entries[path] }
    guard case .file(let number)? = entry else {
      throw StorageError(.synchronise, path, errorNumber: ENOENT)
    }
    try synchronise(file: number, path)
  }

  private func synchronise(file number: Int, _ path: String) throws(StorageError) {
    let code = step()
    disk.state.withLock { state in
      guard var file = state.files[number] else { return }
      if code == 0, !file.isLost {
        file.durableBytes = file.bytes
        file.isSynchronised = true
      } else if code != 0, code != Self.ended, !file.isSynchronised {
        file.isLost = true
      }
      state.files[number] = file
    }
    guard code == 0 else { throw StorageError(.synchronise, path, errorNumber: code) }
  }

  package func link(_ source: String, to target: String) throws(StorageError) -> Bool {
    var isFirst = false
    try change(.link, target) { state in
      guard let entry = state.entries[source] else { return ENOENT }
      guard state.entries[target] == nil else { return 0 }
      state.change(StoragePath.folder(of: target), [(target, entry)])
      isFirst = true
      return 0
    }
    if isFirst { countLink() }
    return isFirst
  }

  private func countLink() {
    progress.withLock { progress in
      progress.links += 1
      guard let end = plan.endAfterLink, end.link == progress.links else { return }
      progress.endStep = progress.steps + end.steps
    }
  }

  package func rename(_ source: String, to target: String) throws(StorageError) {
    try change(.rename, target) { state in
      guard let entry = state.entries[source] else { return ENOENT }
      state.change(StoragePath.folder(of: target), [(target, entry), (source, nil)])
      return 0
    }
  }

  @discardableResult
  package func remove(_ path: String) throws(StorageError) -> Bool {
    var isRemoved = false
    try change(.remove, path) { state in
      guard case .file? = state.entries[path] else { return 0 }
      state.change(StoragePath.folder(of: path), [(path, nil)])
      isRemoved = true
      return 0
    }
    return isRemoved
  }

  // MARK: Locks

  package func lock(_ path: String, _ mode: LockMode) throws(StorageError) -> (any StorageLock)? {
    var held: HeldLock?
    try change(.lock, path) { state in
      let folder = StoragePath.folder(of: path)
      guard state.isFolder(folder) else { return ENOENT }
      let file: Int
      if case .file(let number)? = state.entries[path] {
        file = number
      } else {
        file = state.next()
        state.files[file] = SimulatedDisk.File()
        state.change(folder, [(path, .file(file))])
      }
      let others = state.locks.filter { $0.file == file }
      guard others.allSatisfy({ $0.mode == .shared && mode == .shared }) else { return 0 }
      let number = state.next()
      state.locks.append(
        SimulatedDisk.Lock(file: file, process: process, number: number, mode: mode)
      )
      held = HeldLock(self, path, file: file, number: number)
      return 0
    }
    return held
  }

  private final class HeldLock: StorageLock {
    private let storage: SimulatedStorage
    private let path: String
    private let file: Int
    private let number: Int

    init(_ storage: SimulatedStorage, _ path: String, file: Int, number: Int) {
      self.storage = storage
      self.path = path
      self.file = file
      self.number = number
    }

    deinit { release() }

    func append(_ bytes: Span<UInt8>) throws(StorageError) {
      let all = unsafe bytes.withUnsafeBufferPointer { unsafe Array($0) }
      let file = file
      let number = number
      try storage.change(.write, path) { state in
        guard state.locks.contains(where: { $0.number == number }) else { return EBADF }
        state.files[file]?.bytes += all
        state.files[file]?.isSynchronised = false
        return 0
      }
    }

    func release() {
      let number = number
      storage.disk.state.withLock { $0.locks.removeAll { $0.number == number } }
    }
  }

  package func pause(milliseconds: Int) {}
}

extension SimulatedDisk.State {
  func isFolder(_ path: String) -> Bool { path == "." || entries[path] == .folder }

  func names(in folder: String) -> [String] { children[folder]?.sorted() ?? [] }
}
