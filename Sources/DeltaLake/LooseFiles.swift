package import ColumnTables
import Glibc
import Storage

/// A data file that lies in the folder of a table, durable by bytes and name, and that no version
/// lists yet: what one process has made for another one to commit.
///
/// Nobody owns it: as long as nobody commits it, only a vacuum removes it, once it is old enough.
package struct LooseFile: Sendable, Equatable {
  /// The table's name in its lake.
  package let table: String
  package let file: AddedFile
}

/// The files that one task has made.
package struct TaskFiles: Sendable, Equatable {
  package let files: [LooseFile]
  /// What else must be the same when they are committed, as a text of whoever stores them.
  package let rules: String

  package init(files: [LooseFile], rules: String) {
    (self.files, self.rules) = (files, rules)
  }
}

extension Lake {
  /// Begins a data file that is to be committed later, maybe by somebody else; see `store`.
  ///
  /// - Parameter mark: letters, digits and `-`, of this file alone.
  package func beginLoose(
    table name: String, partition: [String: String?], mark: String
  ) throws(DeltaError) -> DraftFile {
    let table = table(name)
    return try DraftFile(
      in: table, partitionColumns: try table.snapshot().partitionColumns, partition: partition,
      mark: mark, announce: { _ throws(DeltaError) in }, leave: {})
  }

  /// Makes a draft durable, by bytes and name.
  ///
  /// - Parameter leftOut: columns of which the log is to say nothing.
  package func store(
    _ draft: DraftFile, of table: String, statistics: TableStatistics?,
    leavingOut leftOut: Set<String> = []
  ) throws(DeltaError) -> LooseFile {
    let file = try draft.added(clock: clock, statistics: statistics, leavingOut: leftOut)
    try self.table(table).synchroniseFolders(of: [file.path])
    return LooseFile(table: table, file: file)
  }

  /// Names the results of the plan that were committed, one a line.
  private func committedPath(_ plan: String) -> String { "\(resultsPath(plan))/committed" }

  private func resultsPath(_ plan: String) -> String { "\(path)/_tasks/\(plan)" }

  /// Stores, durably, the list of files that a task of a plan has made.
  ///
  /// - Returns: its name, for `taskResult`; the same files under the same rules have the same name.
  package func storeTask(
    plan: String, task: Int, _ result: TaskFiles
  ) throws(DeltaError) -> String {
    precondition(StoragePath.isValidName(plan), "A plan's name is one part of a path.")
    let bytes = result.bytes
    let hash = ContentName.hash(of: bytes.span)
    let path = "\(resultsPath(plan))/\(task)-\(hash).json"
    try stored { () throws(StorageError) in
      try storage.makeFolders(resultsPath(plan))
      if try storage.status(path) == nil {
        let mark = DeltaTable.randomID()
        _ = try storage.publish(
          bytes, at: path, temporary: "\(resultsPath(plan))/.\(task)-\(mark).tmp")
      }
      try storage.synchroniseFolder(resultsPath(plan))
    }
    return "\(task)-\(hash)"
  }

  /// What is there of a task's result.
  package enum StoredTask: Sendable, Equatable {
    case files(TaskFiles)
    /// It went when its plan was committed.
    case committed
    /// It was never here, or is damaged.
    case missing
  }

  /// What a task has stored.
  package func taskResult(plan: String, result: String) throws(DeltaError) -> StoredTask {
    guard StoragePath.isValidName(plan), StoragePath.isValidName(result) else { return .missing }
    do throws(StorageError) {
      let bytes = try storage.read("\(resultsPath(plan))/\(result).json")
      return TaskFiles(bytes: bytes).map { .files($0) } ?? .missing
    } catch {
      guard error.errorNumber == ENOENT else { throw .storage(error) }
    }
    return try committedTasks(plan).contains(result) ? .committed : .missing
  }

  private func committedTasks(_ plan: String) throws(DeltaError) -> Set<String> {
    do throws(StorageError) {
      let names = try storage.read(committedPath(plan)).split(separator: UInt8(ascii: "\n"))
      return Set(names.map { String(decoding: $0, as: UTF8.self) })
    } catch {
      guard error.errorNumber == ENOENT else { throw .storage(error) }
      return []
    }
  }

  /// Removes the results of a plan that is committed, and remembers that it was; what cannot be
  /// removed stays.
  package func forgetTasks(plan: String) {
    guard StoragePath.isValidName(plan), let names = try? storage.list(resultsPath(plan)),
      let before = try? committedTasks(plan)
    else { return }
    let results = names.filter { $0.hasSuffix(".json") && !$0.hasPrefix(".") }
    let all = before.union(results.map { String($0.dropLast(5)) }).sorted().joined(separator: "\n")
    let temporary = "\(resultsPath(plan))/.\(DeltaTable.randomID()).tmp"
    guard (try? storage.create(temporary, Array(all.utf8).span)) != nil,
      (try? storage.rename(temporary, to: committedPath(plan))) != nil
    else { return }
    for name in results { _ = try? storage.remove("\(resultsPath(plan))/\(name)") }
  }
}

/// As it is stored.
extension TaskFiles {
  var bytes: [UInt8] {
    JSONWriter.object { json in
      json.member("rules", rules)
      json.name("files")
      json.array { json in
        for loose in files {
          json.object { json in
            json.member("table", loose.table)
            json.name("add")
            loose.file.write(to: &json)
          }
        }
      }
    }.bytes + [UInt8(ascii: "\n")]
  }

  init?(bytes: [UInt8]) {
    guard let json = try? JSONReader.value(of: bytes), let list = json["files"]?.array,
      let rules = json["rules"]?.string
    else { return nil }
    var files: [LooseFile] = []
    for item in list {
      guard let table = item["table"]?.string, let add = item["add"],
        let file = try? AddedFile(add)
      else { return nil }
      files.append(LooseFile(table: table, file: file))
    }
    self.init(files: files, rules: rules)
  }
}

extension Lake {
  /// Whether a file is still there, and what it was.
  package func holds(_ loose: LooseFile) throws(DeltaError) -> Bool {
    let status = try stored { () throws(StorageError) in
      try storage.status("\(table(loose.table).path)/\(loose.file.path)")
    }
    return status?.byteCount == loose.file.byteCount
  }
}

extension RunTransaction {
  /// Adds a file that was stored before, to be committed with the run.
  ///
  /// It stays where it is when the run does not commit, for another try.
  /// - Returns: `false` when the file is gone, or is not what it was.
  package func adopt(_ loose: LooseFile) throws(DeltaError) -> Bool {
    let isLive = snapshot(of: loose.table).liveFiles[loose.file.path] != nil
    if !isLive, try !lake.holds(loose) { return false }
    try change(loose.table) { $0.adopt(loose.file) }
    return true
  }
}
