import ColumnTables
import DeltaLake
import SimulatedStorage
import Storage
import Synchronization

/// A lake on a simulated disk, what its users were told, and what must hold therefore.
///
/// Runs take in archives; each time an archive is taken in, its version goes up by one and its
/// rows replace those before. The bytes of its files say which archive and version they are, so
/// that two tries of the same version make the same files.
final class SimulatedWorld: Sendable {
  static let tables = ["usage", "ingests"]
  static let archives = 3
  let disk: SimulatedDisk
  private let sabotage: @Sendable (any Storage) -> any Storage
  /// What was acknowledged: archive and version by run.
  private let acknowledged = Mutex<[(archive: Int, version: Int64)]>([])
  private let lostPower = Mutex(false)

  init(disk: SimulatedDisk, sabotage: @escaping @Sendable (any Storage) -> any Storage) {
    self.disk = disk
    self.sabotage = sabotage
  }

  /// A disk with empty tables, all durable.
  static func template() throws -> SimulatedDisk {
    let disk = SimulatedDisk(seed: 0)
    let lake = lake(SimulatedStorage(disk))
    for table in tables {
      try lake.table(table).create(
        schema: Schema([Field("date", .date), Field("events", .int64)]),
        partitionColumns: ["date"],
        id: "00000000-0000-4000-8000-000000000000"
      )
    }
    return disk
  }

  static func lake(_ storage: any Storage) -> Lake {
    Lake(storage: storage, path: "lake/default", waitMilliseconds: 0) { 1_795_219_480_000 }
  }

  static func partition(_ archive: Int) -> String { "2026-01-0\(archive + 1)" }

  static func mark(_ archive: Int) -> String { "archive:\(archive)" }

  static func bytes(_ table: String, _ archive: Int, _ version: Int64, part: Int) -> [UInt8] {
    Array("\(table) archive \(archive) version \(version) part \(part) ........".utf8)
  }

  /// One process: settles what others left, takes in one archive, and tells its user.
  func process(run: String, archive: Int, plan: SimulatedStorage.Plan) {
    let storage = SimulatedStorage(disk, plan: plan)
    let lake = Self.lake(sabotage(storage))
    do {
      try RunRecovery.recover(lake)
      try takeIn(lake, run: run, archive: archive)
    } catch {
      // A user who is told of an error expects nothing; the next one finds out.
    }
    storage.end()
  }

  private func takeIn(_ lake: Lake, run: String, archive: Int) throws {
    let transaction = try RunTransaction.begin(lake, run: run, tables: Self.tables)
    do {
      let usage = transaction.snapshot(of: "usage")
      let previous = usage.transactions[Self.mark(archive)]
      let next = (previous ?? 0) + 1
      for table in Self.tables {
        let snapshot = transaction.snapshot(of: table)
        for file in snapshot.files where file.path.hasPrefix("date=\(Self.partition(archive))/") {
          try transaction.remove(table: table, file: file)
        }
        for part in 0..<(table == "usage" ? 2 : 1) {
          let bytes = Self.bytes(table, archive, next, part: part)
          try transaction.add(
            table: table,
            bytes: bytes.span,
            partition: ["date": Self.partition(archive)],
            statistics: nil
          )
        }
      }
      try transaction.claim(
        table: "usage",
        .init(appID: Self.mark(archive), previous: previous, next: next)
      )
      _ = try transaction.commit()
      acknowledged.withLock { $0.append((archive, next)) }
    } catch {
      try transaction.abandon()
      throw error
    }
  }

  func losePower() {
    lostPower.withLock { $0 = true }
    disk.losePower()
  }

  /// What does not hold, in words; empty when all is well.
  ///
  /// Settles the lake first, like each start.
  func violations() -> [String] {
    do {
      let lake = Self.lake(sabotage(SimulatedStorage(disk)))
      let report = try RunRecovery.recover(lake)
      var found = report.postponed.map { "run \($0) was not settled, though nobody lives" }
      let snapshots = try Self.tables.map { try lake.table($0).snapshot() }
      found += tablesDisagree(snapshots)
      found += liesTold(snapshots[0])
      found += leftovers(snapshots)
      return found
    } catch {
      return ["\(error)"]
    }
  }

  private func tablesDisagree(_ snapshots: [Snapshot]) -> [String] {
    var found: [String] = []
    for (table, snapshot) in zip(Self.tables, snapshots) {
      var contents: [String: Set<[UInt8]>] = [:]
      for file in snapshot.files {
        guard let bytes = disk.bytes("lake/default/\(table)/\(file.path)") else {
          found.append("\(table) lists \(file.path), which is not there")
          continue
        }
        let isNew = contents[StoragePath.folder(of: file.path), default: []].insert(bytes).inserted
        if !isNew { found.append("\(table) holds \(file.path) twice") }
      }
      for archive in 0..<Self.archives {
        var wanted: Set<[UInt8]> = []
        if let version = snapshots[0].transactions[Self.mark(archive)] {
          for part in 0..<(table == "usage" ? 2 : 1) {
            wanted.insert(Self.bytes(table, archive, version, part: part))
          }
        }
        if contents["date=\(Self.partition(archive))"] ?? [] != wanted {
          found.append("\(table) does not hold just what usage says of archive \(archive)")
        }
      }
    }
    return found
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
    var found = paths.filter { $0.contains("/_runs/") && !$0.contains("/_runs/.") }
    if !lostPower.withLock({ $0 }) {
      found += paths.filter { $0.hasSuffix(".tmp") }
      var known: Set<String> = []
      for (table, snapshot) in zip(Self.tables, snapshots) {
        for path in Array(snapshot.liveFiles.keys) + Array(snapshot.removedFiles.keys) {
          known.insert("lake/default/\(table)/\(path)")
        }
      }
      found += paths.filter { $0.hasSuffix(".parquet") && !known.contains($0) }
    }
    return found.map { "\($0) is left over" }
  }
}

/// One seed's story: some processes, each of which may fail, end, or be interrupted by another
/// one; power cuts between them; and at the end all must hold, also after a last power cut.
struct SimulatedSchedule {
  let seed: UInt64
  let template: SimulatedDisk
  var sabotage: @Sendable (any Storage) -> any Storage = { $0 }
  // A whole process makes about this many steps.
  private static let stepsMax = 170

  init(
    seed: UInt64,
    template: SimulatedDisk,
    sabotage: @escaping @Sendable (any Storage) -> any Storage = { $0 }
  ) {
    self.seed = seed
    self.template = template
    self.sabotage = sabotage
  }

  /// What went wrong; empty when nothing did.
  func violations() -> [String] {
    var random = SeededRandom(seed: seed)
    let world = SimulatedWorld(disk: template.copy(seed: seed), sabotage: sabotage)
    for round in 0..<(random.isTrue(percent: 60) ? 1 : 2) {
      let archive = random.below(SimulatedWorld.archives)
      let plan = plan(&random, world, run: "run-\(round)", depth: 0)
      world.process(run: "run-\(round)", archive: archive, plan: plan)
      if random.isTrue(percent: 40) { world.losePower() }
    }
    let found = world.violations()
    guard found.isEmpty else { return found }
    world.losePower()
    return world.violations().map { "after a power cut: \($0)" }
  }

  private func plan(
    _ random: inout SeededRandom,
    _ world: SimulatedWorld,
    run: String,
    depth: Int
  ) -> SimulatedStorage.Plan {
    var plan = SimulatedStorage.Plan()
    if random.isTrue(percent: 50) { plan.endStep = random.below(Self.stepsMax) }
    if random.isTrue(percent: 30) {
      // EIO, ENOSPC, EMFILE.
      plan.errors[random.below(Self.stepsMax)] = [5, 28, 24][random.below(3)]
    }
    if depth < 2, random.isTrue(percent: 35) {
      let archive = random.below(SimulatedWorld.archives)
      let other = run + "-\(depth)"
      let otherPlan = self.plan(&random, world, run: other, depth: depth + 1)
      plan.interruption = (
        random.below(Self.stepsMax),
        { world.process(run: other, archive: archive, plan: otherPlan) }
      )
    }
    return plan
  }
}
