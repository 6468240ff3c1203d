import Storage

// What a log said of the rows of a file stays in it when the file is erased: how many there were,
// and the bounds of their columns. Where rows went because nobody may know of them, the difference
// to the file that took its place would tell of them. So the log is written anew without that:
//
//   00…3.json   {"add":{"path":"a.parquet","stats":"…"}}   a.parquet is gone  ►  without stats
//   00…4.json   {"remove":{"path":"a.parquet"}}                                  as it was
//
// Each version stays what it is, with its history; `stats` may lack by the protocol.

extension Vacuum {
  /// Takes out of the log, and durably, what it says of the rows of files that are erased.
  ///
  /// Checkpoints that said it go, once there is a newer one. It can be interrupted anywhere and
  /// tried again.
  /// - Returns: `false` when a run lives that reads the log; then nothing was changed.
  package func silence() throws(DeltaError) -> Bool {
    do throws(DeltaError) {
      try settled { _ throws(DeltaError) in
        // Others may write a checkpoint although no run lives.
        let commitLock = try lake.wait(for: lake.commitLockPath, .exclusive)
        defer { commitLock.release() }
        try table.silenceErasedFiles()
      }
      return true
    } catch {
      guard case .busy = error else { throw error }
      return false
    }
  }
}

extension DeltaTable {
  fileprivate func silenceErasedFiles() throws(DeltaError) {
    let snapshot = try self.snapshot()
    var isErased: [String: Bool] = [:]
    // As of a checkpoint, which is made under the same lock: the next one removes what was left.
    let temporary = "\(logPath)/.checkpoint.tmp"
    for version in try logVersions().sorted() {
      guard let bytes = try readIfThere(logFilePath(version)),
        let silent = try silenced(bytes, version, snapshot, &isErased)
      else { continue }
      try stored { () throws(StorageError) in
        try storage.remove(temporary)
        try storage.create(temporary, silent.span)
        try storage.rename(temporary, to: logFilePath(version))
      }
    }
    try stored { () throws(StorageError) in try storage.synchroniseFolder(logPath) }
    try removeOldCheckpoints(snapshot)
  }

  /// A version's bytes without the statistics of erased files; `nil` where there are none in it.
  private func silenced(
    _ bytes: [UInt8], _ version: Int64, _ snapshot: Snapshot, _ isErased: inout [String: Bool]
  ) throws(DeltaError) -> [UInt8]? {
    var silent: [UInt8] = []
    var isChanged = false
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      // The log was read a moment ago: what cannot be now is not ours to change.
      guard let json = try? JSONReader.value(of: Array(line)),
        case .add(var file)? = try? LogAction(json), file.statisticsText != nil,
        try self.isErased(file.path, snapshot, &isErased)
      else {
        silent += line + [UInt8(ascii: "\n")]
        continue
      }
      file.statisticsText = nil
      silent += LogAction.add(file).line
      isChanged = true
    }
    return isChanged ? silent : nil
  }

  private func isErased(
    _ path: String, _ snapshot: Snapshot, _ known: inout [String: Bool]
  ) throws(DeltaError) -> Bool {
    if let isErased = known[path] { return isErased }
    if snapshot.liveFiles[path] != nil { return false }
    let status = try stored { () throws(StorageError) in
      try storage.status("\(self.path)/\(path)")
    }
    known[path] = status == nil
    return status == nil
  }

  /// Writes a checkpoint in the place of those before, which have the same in them.
  private func removeOldCheckpoints(_ snapshot: Snapshot) throws(DeltaError) {
    let mark = ".checkpoint."
    let checkpoints = try stored { () throws(StorageError) in try storage.list(logPath) }
      .filter { !$0.hasPrefix(".") && $0.contains(mark) }
    let old = checkpoints.filter { name in
      guard let digits = name.split(separator: ".").first,
        let version = LogFile.version(digits + ".json")
      else { return false }
      return version <= snapshot.version
    }
    guard !old.isEmpty else { return }
    let written = "\(LogFile.name(snapshot.version).dropLast(5))\(mark)parquet"
    // One of this very version was made before files were erased, but has none that left.
    if !old.contains(written) { try writeCheckpoint(of: snapshot) }
    try stored { () throws(StorageError) in
      for name in old where name != written { try storage.remove("\(logPath)/\(name)") }
      try storage.synchroniseFolder(logPath)
    }
  }
}
