import Glibc
import Storage

/// Removes files that no reader needs any more from the folder of a table.
///
/// ```
/// live              belongs to the table now                       stays
/// removed           left the table, not longer ago than kept       stays: older versions need it
///                   left the table before that                     goes
/// unknown to log    changed not longer ago than kept               stays: somebody may be writing
///                   older: left by a run that died                 goes
/// ```
/// No run may live meanwhile, as it might rely on a file that it found.
package struct Vacuum: Sendable {
  let lake: Lake
  private let name: String
  private let keepMilliseconds: Int64

  /// How long Delta keeps removed files where nobody says otherwise: 7 days.
  package static let keepMillisecondsDefault: Int64 = 7 * 86_400_000

  /// - Parameters:
  ///   - name: the table's name in the lake.
  ///   - keepMilliseconds: for how long older versions stay readable.
  package init(_ lake: Lake, table name: String, keepMilliseconds: Int64) {
    self.lake = lake
    self.name = name
    self.keepMilliseconds = keepMilliseconds
  }

  /// A file that goes.
  package struct Doomed: Sendable, Equatable {
    /// Relative to the table's folder.
    package let path: String
    package let byteCount: Int64
  }

  var table: DeltaTable { lake.table(name) }

  /// What would go, sorted by path; nothing is changed.
  package func plan() throws(DeltaError) -> [Doomed] {
    let snapshot = try table.snapshot()
    return try doomed(snapshot)
  }

  /// Removes what `plan` tells, durably.
  ///
  /// - Throws: `busy` while a run lives.
  package func run() throws(DeltaError) -> [Doomed] {
    try settled { snapshot throws(DeltaError) in
      let doomed = try doomed(snapshot)
      try remove(doomed.map(\.path))
      return doomed
    }
  }

  /// Removes files that left the table, however short ago: for what must be erased at once.
  ///
  /// Files that the table has again stay.
  /// - Returns: `false` when a run lives that might need them; then nothing was removed.
  package func erase(_ paths: [String]) throws(DeltaError) -> Bool {
    do throws(DeltaError) {
      try settled { snapshot throws(DeltaError) in
        try remove(paths.filter { snapshot.liveFiles[$0] == nil })
      }
      return true
    } catch {
      guard case .busy = error else { throw error }
      return false
    }
  }

  /// Calls `body` while no run lives, with a table that is durable as it is shown.
  func settled<Result>(
    _ body: (Snapshot) throws(DeltaError) -> Result
  ) throws(DeltaError) -> Result {
    try RunRecovery.recover(lake)
    let result = try lake.whileNoRunLives { () throws(DeltaError) in
      // Whoever died since then left a run that may need its files.
      guard try DeadRuns.names(in: lake).isEmpty else { throw .busy(path: lake.runsPath) }
      let snapshot = try table.snapshot()
      // A removal that a power cut takes back would leave a table without its file.
      try table.confirm(snapshot)
      return try body(snapshot)
    }
    guard let result else { throw .busy(path: lake.livingLockPath) }
    return result
  }

  private func doomed(_ snapshot: Snapshot) throws(DeltaError) -> [Doomed] {
    let oldest = table.clock() - keepMilliseconds
    var doomed: [Doomed] = []
    for path in try table.paths(below: ".") where snapshot.liveFiles[path] == nil {
      let status = try stored { () throws(StorageError) in
        try table.storage.status("\(table.path)/\(path)")
      }
      guard let status, status.kind == .file else { continue }
      let left = snapshot.removedFiles[path].map { $0.deletionTimestamp ?? 0 }
      if (left ?? status.modifiedMilliseconds) < oldest {
        doomed.append(Doomed(path: path, byteCount: status.byteCount))
      }
    }
    return doomed
  }

  private func remove(_ paths: [String]) throws(DeltaError) {
    try stored { () throws(StorageError) in
      for path in paths { try table.storage.remove("\(table.path)/\(path)") }
      for folder in Set(paths.map(StoragePath.folder)).sorted() {
        do throws(StorageError) {
          try table.storage.synchroniseFolder("\(table.path)/\(folder)")
        } catch {
          guard error.errorNumber == ENOENT else { throw error }
        }
      }
    }
  }
}

extension DeltaTable {
  /// The data files in the table's folder, whether they belong to it or not, sorted by path.
  package func filesOnDisk() throws(DeltaError) -> [String] {
    try paths(below: ".").filter { $0.hasSuffix(".parquet") }
  }

  /// Data files, and temporary ones of this program, in a folder and those below.
  func paths(below folder: String) throws(DeltaError) -> [String] {
    let place = folder == "." ? path : "\(path)/\(folder)"
    let names = try stored { () throws(StorageError) in try storage.list(place) }
    var paths: [String] = []
    for name in names where !name.hasPrefix("_") && StoragePath.isValidName(name) {
      let path = folder == "." ? name : "\(folder)/\(name)"
      let isTemporary = name.hasPrefix(".") && name.hasSuffix(".tmp")
      if name.hasSuffix(".parquet") && !name.hasPrefix(".") || isTemporary {
        paths.append(path)
      } else if name.contains("="), !name.hasPrefix(".") {
        paths += try self.paths(below: path)
      }
    }
    return paths
  }
}
