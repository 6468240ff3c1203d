import Foundation
import GRDB
import Testing

@testable import Governance

@Suite struct StateFileTests {
  @Test func makesAPrivateFile() throws {
    let home = try TemporaryHome()
    let state = try home.makeState()
    try state.log.append(parseRecord(0))
    for name in ["state.sqlite", "state.sqlite-wal", "state.sqlite-shm"] {
      let attributes = try FileManager.default.attributesOfItem(atPath: home.path + "/" + name)
      #expect(attributes[.posixPermissions] as? Int == 0o600, "\(name)")
    }
    let settings = try state.state.read { database in
      try ["journal_mode", "synchronous", "secure_delete", "trusted_schema", "foreign_keys"].map {
        try String.fetchOne(database, sql: "PRAGMA \($0)") ?? ""
      }
    }
    #expect(settings == ["wal", "2", "1", "0", "1"])
  }

  @Test func opensOnlyWhatWasMade() throws {
    let home = try TemporaryHome()
    let missing = GovernanceError.missing(path: home.file)
    #expect(failure { _ = try GovernanceState.open(home: home.path) } == missing)
    #expect(!FileManager.default.fileExists(atPath: home.file))
    #expect(
      failure { _ = try GovernanceState.open(home: home.path + "/no") }
        == .missing(path: home.path + "/no/state.sqlite"))
    // An empty file is what an interrupted making leaves.
    _ = FileManager.default.createFile(
      atPath: home.file, contents: Data(), attributes: [.posixPermissions: 0o600])
    #expect(failure { _ = try GovernanceState.open(home: home.path) } == missing)
    _ = try GovernanceState(home: home.path, creating: true, busyMilliseconds: 100)
    #expect(failure { _ = try GovernanceState.open(home: home.path) } == missing)
    #expect(try GovernanceState.create(home: home.path, by: alice).isNew)
    #expect(try !GovernanceState.create(home: home.path, by: bob).isNew)
    #expect(try GovernanceState.open(home: home.path).admins().map(\.account) == ["alice"])
  }

  @Test func makesTheFolderButNotThoseAbove() throws {
    let home = try TemporaryHome()
    #expect(try GovernanceState.create(home: home.path + "/a", by: alice).isNew)
    let attributes = try FileManager.default.attributesOfItem(atPath: home.path + "/a")
    #expect(attributes[.posixPermissions] as? Int == 0o700)
    #expect(
      failure { _ = try GovernanceState.create(home: home.path + "/b/c", by: alice) }
        == .cannotOpen(path: home.path + "/b/c", errorNumber: ENOENT))
  }

  @Test(arguments: [0o601, 0o604, 0o602, 0o610, 0o640, 0o660, 0o666, 0o777])
  func refusesFilesOpenToOthers(mode: Int) throws {
    let home = try TemporaryHome()
    _ = try home.makeState()
    unsafe chmod(home.file, UInt32(mode))
    let expected = GovernanceError.unsafePlace(
      path: home.file, .openToOthers(mode: UInt32(mode)))
    #expect(failure { _ = try GovernanceState.open(home: home.path) } == expected)
    #expect(failure { _ = try GovernanceState.create(home: home.path, by: alice) } == expected)
    #expect(expected.exitCode == 77)
  }

  @Test(arguments: [0o702, 0o720, 0o777, 0o1777])
  func refusesFoldersThatOthersMayChange(mode: Int) throws {
    let home = try TemporaryHome()
    _ = try home.makeState()
    unsafe chmod(home.path, UInt32(mode))
    #expect(
      failure { _ = try GovernanceState.open(home: home.path) }
        == .unsafePlace(path: home.path, .openToOthers(mode: UInt32(mode))))
    unsafe chmod(home.path, 0o755)
    _ = try GovernanceState.open(home: home.path)
  }

  @Test(arguments: ["state.sqlite", "state.sqlite-wal", "state.sqlite-shm", "state.sqlite-journal"])
  func refusesLinks(name: String) throws {
    let home = try TemporaryHome()
    do { _ = try home.makeState() }
    let path = home.path + "/" + name
    let target = home.path + "/target"
    try? FileManager.default.removeItem(atPath: path)
    _ = FileManager.default.createFile(
      atPath: target, contents: Data(), attributes: [.posixPermissions: 0o600])
    unsafe symlink(target, path)
    #expect(
      failure { _ = try GovernanceState.open(home: home.path) }
        == .unsafePlace(path: path, .notRegular))
    unsafe unlink(path)
    unsafe link(target, path)
    #expect(
      failure { _ = try GovernanceState.open(home: home.path) }
        == .unsafePlace(path: path, .linked(count: 2)))
    unsafe unlink(path)
    unsafe mkdir(path, 0o700)
    #expect(
      failure { _ = try GovernanceState.open(home: home.path) }
        == .unsafePlace(path: path, .notRegular))
  }

  @Test(.enabled(if: geteuid() == 0, "only root can give files away"))
  func refusesForeignFiles() throws {
    let home = try TemporaryHome()
    _ = try home.makeState()
    unsafe chown(home.file, 1234, 0)
    #expect(
      failure { _ = try GovernanceState.open(home: home.path) }
        == .unsafePlace(path: home.file, .foreignOwner(uid: 1234)))
    unsafe chown(home.file, 0, 0)
    unsafe chown(home.path, 1234, 0)
    #expect(
      failure { _ = try GovernanceState.open(home: home.path) }
        == .unsafePlace(path: home.path, .foreignOwner(uid: 1234)))
  }

  @Test func refusesDamagedFiles() throws {
    let home = try TemporaryHome()
    do { _ = try home.makeState() }
    try Data(repeating: 65, count: 8192).write(to: URL(filePath: home.file))
    unsafe chmod(home.file, 0o600)
    let error = failure { _ = try GovernanceState.open(home: home.path) }
    #expect(error == .corrupt(path: home.file))
    #expect(error?.exitCode == 74)
  }
}

@Suite struct MigrationTests {
  @Test func keepsTheLogOfAnOlderState() throws {
    let home = try TemporaryHome()
    let record = parseRecord(1)
    do {
      let file = try StateFile(home: home.path)
      try file.create()
      let queue = try home.connect()
      try StateSchema.migrator(EpochKeys(home: home.path)).migrate(queue, upTo: "1 governance log")
      try queue.write { database in
        let hash = try RecordHash.of(
          sequence: 1,
          fields: [
            "t", record.action.rawValue, record.target, record.initiator, record.tenant,
            record.status.rawValue, nil, nil,
          ].map { $0.map { Array($0.utf8) } }, previous: RecordHash.start)
        try database.execute(
          sql: "INSERT INTO governance VALUES (1, 't', ?, ?, ?, ?, ?, NULL, NULL, ?)",
          arguments: [
            record.action.rawValue, record.target, record.initiator, record.tenant,
            record.status.rawValue, RecordHash.text(hash),
          ])
      }
    }
    let state = try GovernanceState.open(home: home.path)
    #expect(try state.log.append(parseRecord(2)) == 2)
    #expect(try state.log.verifyChain() == nil)
    #expect(try state.log.list().map(\.target) == [record.target, parseRecord(2).target])
    #expect(try state.admins().isEmpty)
  }

  @Test func leavesANewerStateAlone() throws {
    let home = try TemporaryHome()
    do { _ = try home.makeState() }
    try home.connect().write {
      try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('99 later')")
    }
    let error = failure { _ = try GovernanceState.open(home: home.path) }
    #expect(error == .newerSchema(path: home.file))
    #expect(error?.exitCode == 78)
  }

  @Test func namesAreNeverChanged() {
    #expect(
      StateSchema.migrator(EpochKeys(home: "/nowhere")).migrations == [
        "1 governance log", "2 admins, sources and settings", "3 epochs, requests and uses",
        "4 groups and rules", "5 realms of before", "6 apps and what is stated of them",
        "7 releases", "8 addresses of apps",
      ])
  }
}
