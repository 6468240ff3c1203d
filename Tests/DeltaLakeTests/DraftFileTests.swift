import SimulatedStorage
import Storage
import Testing

@testable import DeltaLake

/// Files that grow piece by piece under a name of their own.
@Suite struct DraftFileTests {
  private let test: TestLake
  private var lake: Lake { test.lake }
  private let partition: [String: String?] = ["date": "2026-01-01"]
  private let folder = "lake/default/usage/date=2026-01-01"

  init() throws { test = try TestLake() }

  private func pieces() -> [[UInt8]] { [Array("one ".utf8), [], Array("two".utf8)] }

  private func draft(_ run: RunTransaction) throws -> DraftFile {
    let draft = try run.begin(table: "usage", partition: partition)
    for piece in pieces() { try draft.append(piece.span) }
    return draft
  }

  @Test func thePiecesMakeTheFileAndItsName() throws {
    let run = try RunTransaction.begin(lake, run: "run-1", tables: ["usage"])
    let file = try run.add(try draft(run), to: "usage", statistics: nil)
    let bytes = Array("one two".utf8)
    let hash = ContentName.hash(of: bytes.span)
    #expect(file.path == "date=2026-01-01/" + ContentName.name(hash: hash))
    #expect(file.byteCount == 7)
    #expect(try lake.storage.read("lake/default/usage/" + file.path) == bytes)
    #expect(try lake.storage.list(folder).count == 1)
    _ = try run.commit()
    #expect(try lake.table("usage").files() == [file])
  }

  @Test func whatIsNotFinishedGoes() throws {
    let run = try RunTransaction.begin(lake, run: "run-1", tables: ["usage"])
    do {
      let draft = try draft(run)
      #expect(try lake.storage.list(folder).count == 1)
      withExtendedLifetime(draft) {}
    }
    #expect(try lake.storage.list(folder).isEmpty)
    #expect(try run.commit().isEmpty)
  }

  @Test func aDraftOfADeadRunIsDropped() throws {
    let disk = SimulatedDisk(seed: 3)
    let alive = SimulatedStorage(disk)
    let first = Lake(storage: alive, path: "lake/default", waitMilliseconds: 0) { TestLake.time }
    try first.table("usage").create(schema: TestLake.schema, partitionColumns: ["date"])
    let run = try RunTransaction.begin(first, run: "run-1", tables: ["usage"])
    let draft = try draft(run)
    alive.end()
    let second = Lake(
      storage: SimulatedStorage(disk), path: "lake/default", waitMilliseconds: 0
    ) { TestLake.time }
    #expect(try second.storage.list(folder).contains { $0.hasSuffix(".data.tmp") })
    #expect(try RunRecovery.recover(second).dropped == ["run-1"])
    #expect(try second.storage.list(folder).isEmpty)
    withExtendedLifetime(draft) {}
  }

  @Test func aFileWithTheSameBytesIsAsGood() throws {
    let run = try RunTransaction.begin(lake, run: "run-1", tables: ["usage"])
    let first = try run.add(try draft(run), to: "usage", statistics: nil)
    let second = try run.add(try draft(run), to: "usage", statistics: nil)
    #expect(first == second)
    #expect(try lake.storage.list(folder).count == 1)
    _ = try run.commit()
    #expect(try lake.table("usage").files().count == 1)
  }

  @Test func nothingCanBeBegunInARunThatIsOver() throws {
    let run = try RunTransaction.begin(lake, run: "run-1", tables: ["usage"])
    _ = try run.commit()
    #expect(throws: DeltaError.runIsOver(run: "run-1")) { try draft(run) }
  }
}
