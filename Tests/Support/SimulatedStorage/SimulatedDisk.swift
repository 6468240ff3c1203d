import Storage
import Synchronization

/// A disk that keeps only what the rules of POSIX promise.
///
/// - A file's bytes are durable after fsync of the file; before that a power cut may leave any
///   part of them, or garbage.
/// - A name is durable after fsync of its folder; before that each change of a folder survives a
///   power cut or not, independently of the others.
/// - After a failed fsync of a file its bytes are lost, whatever a later fsync says.
///
/// Everything is drawn from a seed, so that a schedule can be replayed.
package final class SimulatedDisk: Sendable {
  struct File {
    var bytes: [UInt8] = []
    var durableBytes: [UInt8] = []
    var isSynchronised = true
    var isLost = false
  }
  enum Entry: Equatable {
    case folder
    case file(Int)
  }
  /// Changes of one folder that survive together or not at all.
  struct Change { var entries: [(path: String, entry: Entry?)] }
  struct Lock {
    var file: Int
    var process: Int
    var number: Int
    var mode: LockMode
  }

  struct State {
    var random: SeededRandom
    var files: [Int: File] = [:]
    var entries: [String: Entry] = [:]
    /// The names in each folder, as `entries` has them.
    var children: [String: Set<String>] = [:]
    var durableEntries: [String: Entry] = [:]
    var pending: [String: [Change]] = [:]
    var locks: [Lock] = []
    var counter = 0

    mutating func next() -> Int {
      counter += 1
      return counter
    }
  }
  let state: Mutex<State>

  /// An empty disk.
  package init(seed: UInt64) { state = Mutex(State(random: SeededRandom(seed: seed))) }

  private init(_ state: State) { self.state = Mutex(state) }

  /// A disk with the same content, on which chance goes another way.
  package func copy(seed: UInt64) -> SimulatedDisk {
    var copy = state.withLock { $0 }
    copy.random = SeededRandom(seed: seed)
    return SimulatedDisk(copy)
  }

  /// Ends a process: its locks are free, all that it wrote stays in the page cache.
  func end(process: Int) {
    state.withLock { $0.locks.removeAll { $0.process == process } }
  }

  /// Cuts the power: only durable things are left, and of the others what chance says.
  package func losePower() { state.withLock { $0.losePower() } }

  /// All that a process can see: each file with its bytes, each folder with nothing.
  package var content: [String: [UInt8]?] {
    state.withLock { state in
      state.entries.mapValues { entry in
        if case .file(let number) = entry { state.files[number]?.bytes } else { nil }
      }
    }
  }

  /// All paths of files, sorted.
  package var filePaths: [String] {
    state.withLock { state in
      state.entries.filter { $0.value != .folder }.keys.sorted()
    }
  }

  /// The bytes of a file, as a process would see them.
  package func bytes(_ path: String) -> [UInt8]? {
    state.withLock { state in
      guard case .file(let number)? = state.entries[path] else { return nil }
      return state.files[number]?.bytes
    }
  }
}

extension SimulatedDisk.State {
  mutating func losePower() {
    locks = []
    for folder in pending.keys.sorted() {
      for change in pending[folder] ?? [] where random.isTrue(percent: 50) {
        for (path, entry) in change.entries { durableEntries[path] = entry }
      }
    }
    pending = [:]
    // What lies in a folder that is gone is gone.
    var isKept = [".": true]
    let kept = durableEntries.filter { path, _ in
      isFolderKept(StoragePath.folder(of: path), &isKept)
    }
    entries = kept
    durableEntries = kept
    children = [:]
    for path in kept.keys {
      children[StoragePath.folder(of: path), default: []].insert(StoragePath.name(of: path))
    }
    for number in files.filter({ !$0.value.isSynchronised || $0.value.isLost }).keys.sorted() {
      guard var file = files[number] else { continue }
      file.bytes = torn(file)
      file.durableBytes = file.bytes
      file.isSynchronised = true
      file.isLost = false
      files[number] = file
    }
  }

  /// Whether a folder and all above it are durable; what is known of others is in `known`.
  private func isFolderKept(_ path: String, _ known: inout [String: Bool]) -> Bool {
    if let isKept = known[path] { return isKept }
    let isKept =
      durableEntries[path] == .folder && isFolderKept(StoragePath.folder(of: path), &known)
    known[path] = isKept
    return isKept
  }

  /// What a power cut leaves of bytes that were not synchronised.
  private mutating func torn(_ file: SimulatedDisk.File) -> [UInt8] {
    let prefix = file.bytes.prefix(random.below(file.bytes.count + 1))
    switch random.below(4) {
    case 0: return file.durableBytes
    case 1: return Array(prefix)
    case 2: return prefix + [UInt8](repeating: 0, count: file.bytes.count - prefix.count)
    default:
      return prefix + (prefix.count..<file.bytes.count).map { _ in UInt8(random.below(256)) }
    }
  }

  /// Changes names, at once in the page cache, later on disk.
  mutating func change(_ folder: String, _ entries: [(path: String, entry: SimulatedDisk.Entry?)]) {
    for (path, entry) in entries {
      self.entries[path] = entry
      let name = StoragePath.name(of: path)
      if entry == nil {
        children[folder]?.remove(name)
      } else {
        children[folder, default: []].insert(name)
      }
    }
    pending[folder, default: []].append(SimulatedDisk.Change(entries: entries))
  }

  mutating func synchronise(folder: String) {
    for change in pending.removeValue(forKey: folder) ?? [] {
      for (path, entry) in change.entries { durableEntries[path] = entry }
    }
  }
}

/// A small generator of chance (SplitMix64): the same seed, the same draws.
package struct SeededRandom: RandomNumberGenerator, Sendable {
  private var state: UInt64

  package init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 &+ 0x1234_5678 }

  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  /// A number from 0 to below `bound`.
  package mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

  package mutating func isTrue(percent: Int) -> Bool { below(100) < percent }
}
