internal import ByteBlocks
internal import ColumnTables
internal import DeltaLake
internal import ParquetFiles
package import SimulatedStorage
package import Storage
internal import Synchronization
internal import TableCare

/// A lake on a simulated disk, what its users were told, and what must hold therefore.
///
/// Runs take in archives: each time an archive is taken in, its version goes up by one, and its
/// rows replace those before, wherever a compaction has put them. The rows say which archive and
/// version they are, so that two tries of the same version make the same files. Other processes
/// merge files and remove old ones.
package final class SimulatedWorld: Sendable {
  package static let tables = ["usage", "ingests"]
  package static let archives = 3
  package let disk: SimulatedDisk
  private let sabotage: @Sendable (any Storage) -> any Storage
  /// What was acknowledged: archive and version by run.
  private let acknowledged = Mutex<[(archive: Int, version: Int64)]>([])
  private let lostPower = Mutex(false)

  /// What a process is there for.
  package enum Task: Sendable {
    case takeIn(archive: Int)
    case compact
    case vacuum
    /// Another program lays a file out anew, in a commit that belongs to no run.
    case copyAlone
    case checkpoint

    /// About how many files, manifests and commits it names.
    var links: Int {
      switch self {
      case .takeIn: 10
      case .compact: 4
      case .vacuum, .copyAlone, .checkpoint: 1
      }
    }
  }

  package init(disk: SimulatedDisk, sabotage: @escaping @Sendable (any Storage) -> any Storage) {
    self.disk = disk
    self.sabotage = sabotage
  }

  static let schema = Schema([
    Field("date", .date), Field("batch", .string), Field("events", .int64),
  ])

  /// A disk with empty tables, all durable.
  package static func template() throws -> SimulatedDisk {
    let disk = SimulatedDisk(seed: 0)
    let lake = lake(SimulatedStorage(disk))
    for table in tables {
      try lake.table(table).create(
        schema: schema, partitionColumns: ["date"], id: "00000000-0000-4000-8000-000000000000")
    }
    return disk
  }

  static func lake(_ storage: any Storage) -> Lake {
    Lake(
      storage: storage, path: "lake/default", waitMilliseconds: 0, checkpointCommits: 3
    ) { 1_795_219_480_000 }
  }

  static func layout(_ table: String) -> TableLayout {
    TableLayout(name: table, sortedBy: ["batch"], silent: [], createdBy: "simulation")
  }

  /// Two archives share a day, so that compaction puts them into one file.
  static func date(_ archive: Int) -> String { "2026-01-0\(archive / 2 + 1)" }

  static func mark(_ archive: Int) -> String { "archive:\(archive)" }

  static func batch(_ archive: Int, _ version: Int64) -> String { "a\(archive)v\(version)" }

  /// How files of other programs are named.
  static let alone = "alone-"

  static func parts(_ table: String) -> Int { table == "usage" ? 2 : 1 }

  // MARK: Processes

  /// One process: settles what others left, does its task, and tells its user.
  package func process(run: String, _ task: Task, plan: SimulatedStorage.Plan) -> Int {
    let storage = SimulatedStorage(disk, plan: plan)
    let lake = Self.lake(sabotage(storage))
    do {
      try RunRecovery.recover(lake)
      switch task {
      case .takeIn(let archive): try takeIn(lake, run: run, archive: archive)
      case .compact: try compact(lake, run: run)
      case .vacuum: try vacuum(lake)
      case .copyAlone: try copyAlone(lake, run: run)
      case .checkpoint: _ = try lake.checkpoint("usage")
      }
    } catch {
      // A user who is told of an error expects nothing; the next one finds out.
    }
    storage.end()
    return storage.stepCount
  }

  private func takeIn(_ lake: Lake, run: String, archive: Int) throws {
    let transaction = try RunTransaction.begin(lake, run: run, tables: Self.tables)
    do {
      let usage = transaction.snapshot(of: "usage")
      let previous = usage.transactions[Self.mark(archive)]
      let next = (previous ?? 0) + 1
      for table in Self.tables { try replace(archive, with: next, in: table, transaction) }
      try transaction.claim(
        table: "usage", .init(appID: Self.mark(archive), previous: previous, next: next))
      _ = try transaction.commit()
      acknowledged.withLock { $0.append((archive, next)) }
    } catch {
      try transaction.abandon()
      throw error
    }
  }

  private func replace(
    _ archive: Int, with version: Int64, in table: String, _ run: RunTransaction
  ) throws {
    let rewriter = TableRewriter(run, table: table, layout: Self.layout(table))
    _ = try rewriter.removeRows(
      reading: ["batch"],
      mayHold: { file, _ in file.partitionValues["date"] == Self.date(archive) },
      where: { _, rows in
        SimulatedRow.rows(of: rows).map { $0.batch.hasPrefix("a\(archive)v") }
      })
    for part in 0..<Self.parts(table) {
      let row = SimulatedRow(batch: Self.batch(archive, version), events: Int64(part))
      let file = SimulatedFiles.file(of: row, table: table)
      try run.add(
        table: table, bytes: file.bytes.span, partition: ["date": Self.date(archive)],
        statistics: file.statistics)
    }
  }

  private func compact(_ lake: Lake, run: String) throws {
    let transaction = try RunTransaction.begin(lake, run: run, tables: ["usage"])
    do {
      let rewriter = TableRewriter(transaction, table: "usage", layout: Self.layout("usage"))
      _ = try Compaction(rewriter).run()
      var info = CommitInfo(operation: "OPTIMIZE")
      info.changesRows = false
      _ = try transaction.commit(info: ["usage": info])
    } catch {
      try transaction.abandon()
      throw error
    }
  }

  /// Nobody reads older versions here: all that left a table goes, and what its log said of it.
  private func vacuum(_ lake: Lake) throws {
    for table in Self.tables {
      let vacuum = Vacuum(lake, table: table, keepMilliseconds: -1)
      _ = try vacuum.run()
      _ = try vacuum.silence()
    }
  }

  /// It holds off the vacuum, which keeps nothing here, until it is done.
  private func copyAlone(_ lake: Lake, run: String) throws {
    try lake.storage.makeFolders("lake/default/_runs")
    guard let living = try lake.storage.lock("lake/default/_runs/.living", .shared) else { return }
    defer { living.release() }
    let table = lake.table("usage")
    let snapshot = try table.snapshot()
    guard var file = snapshot.files.last else { return }
    let name = Self.alone + run
    var changes = TableChanges()
    changes.remove(file)
    let bytes = try lake.storage.read("\(table.path)/\(file.path)")
    file.path = "\(StoragePath.folder(of: file.path))/\(name).parquet"
    try lake.storage.create("\(table.path)/\(file.path)", bytes.span)
    changes.add(file)
    var info = CommitInfo(operation: "OPTIMIZE")
    info.changesRows = false
    let commit = PreparedCommit(
      table: table, shape: TableShape(snapshot), changes: changes,
      mark: Transaction(appID: name, version: 1), info: info)
    _ = try commit.written().commit()
  }

  package func losePower() {
    lostPower.withLock { $0 = true }
    disk.losePower()
  }

  // MARK: What must hold

  /// What does not hold, in words; empty when all is well.
  ///
  /// Settles the lake first, like each start.
  package func violations() -> [String] {
    do {
      let lake = Self.lake(sabotage(SimulatedStorage(disk)))
      let report = try RunRecovery.recover(lake)
      var found = report.postponed.map { "run \($0) was not settled, though nobody lives" }
      let snapshots = try Self.tables.map { try lake.table($0).snapshot() }
      for (table, snapshot) in zip(Self.tables, snapshots) {
        found += wrongRows(lake.table(table), table, snapshot, usage: snapshots[0])
        found += try wrongCheckpoint(lake.table(table), snapshot)
      }
      found += liesTold(snapshots[0])
      found += leftovers(snapshots)
      return found
    } catch {
      return ["\(error)"]
    }
  }

  private func wrongRows(
    _ delta: DeltaTable, _ table: String, _ snapshot: Snapshot, usage: Snapshot
  ) -> [String] {
    var check = TableVerification()
    var rows: [SimulatedRow] = []
    for file in snapshot.files {
      let path = "\(delta.path)/\(file.path)"
      if let known = VerifiedFiles.rows(of: file, at: path, disk.bytes(path)) {
        rows += known
        continue
      }
      let findings = check.findings.count
      var found: [SimulatedRow] = []
      check.verify(file, of: delta, snapshot) { _, part in found += SimulatedRow.rows(of: part) }
      rows += found
      if check.findings.count == findings, let bytes = disk.bytes(path) {
        VerifiedFiles.note(file, at: path, bytes, rows: found)
      }
    }
    var wanted: [SimulatedRow] = []
    for archive in 0..<Self.archives {
      guard let version = usage.transactions[Self.mark(archive)] else { continue }
      for part in 0..<Self.parts(table) {
        wanted.append(SimulatedRow(batch: Self.batch(archive, version), events: Int64(part)))
      }
    }
    var found = check.findings.map(\.description)
    if found.isEmpty, rows.sorted() != wanted.sorted() {
      found.append("\(table) does not hold just the rows that usage says it has")
    }
    return found
  }

  /// Whether the log is whole, and the last checkpoint what it says.
  private func wrongCheckpoint(_ table: DeltaTable, _ snapshot: Snapshot) throws -> [String] {
    let logPath = "\(table.path)/_delta_log/"
    for version in 0...snapshot.version {
      let digits = String(version)
      let name = String(repeating: "0", count: 20 - digits.count) + digits + ".json"
      guard disk.bytes(logPath + name) != nil else {
        return ["version \(version) of \(table.path) is gone"]
      }
    }
    guard let replayed = try table.snapshotFromTheBeginning(upTo: snapshot.version) else {
      return []
    }
    let isSame =
      replayed.liveFiles == snapshot.liveFiles && replayed.transactions == snapshot.transactions
    return isSame ? [] : ["the checkpoint of \(table.path) is not what the log says"]
  }

  /// What a user was told and is not so.
  private func liesTold(_ usage: Snapshot) -> [String] {
    var found: [String] = []
    let told = acknowledged.withLock { $0 }
    for (archive, version) in told
    where (usage.transactions[Self.mark(archive)] ?? 0) < version {
      found.append("archive \(archive) version \(version) was acknowledged and is gone")
    }
    if Set(told.map { "\($0.archive) \($0.version)" }).count != told.count {
      found.append("the same version was acknowledged twice")
    }
    return found
  }

  private func leftovers(_ snapshots: [Snapshot]) -> [String] {
    let paths = disk.filePaths
    let runs = "lake/default/_runs/"
    var found = paths.filter { $0.hasPrefix(runs) && !$0.hasPrefix(runs + ".") }
    if !lostPower.withLock({ $0 }) {
      // Of a checkpoint's making one file may be left, which the next checkpoint replaces.
      found += paths.filter { $0.hasSuffix(".tmp") && !$0.hasSuffix("checkpoint.tmp") }
      var known: Set<String> = []
      for (table, snapshot) in zip(Self.tables, snapshots) {
        for path in Array(snapshot.liveFiles.keys) + Array(snapshot.removedFiles.keys) {
          known.insert("lake/default/\(table)/\(path)")
        }
      }
      found += paths.filter {
        $0.hasSuffix(".parquet") && !$0.hasSuffix(".checkpoint.parquet") && !known.contains($0)
      }
    }
    // Nobody tidies up after other programs but the vacuum.
    return found.filter { !$0.contains(Self.alone) }.map { "\($0) is left over" }
  }
}
