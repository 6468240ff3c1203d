import Foundation
import GRDB
import Testing

@testable import Governance

/// What happens when a record cannot be written: a typed error, and nothing was added.
@Suite struct RefusalTests {
  @Test func saysThatItIsLocked() throws {
    let home = try TemporaryHome()
    let state = try home.makeState(busyMilliseconds: 50)
    let other = try home.connect()
    try other.writeWithoutTransaction { database in
      try database.execute(sql: "BEGIN IMMEDIATE")
      let error = failure { try state.log.append(parseRecord(0)) }
      #expect(error == .busy(path: home.file, milliseconds: 50))
      #expect(error?.exitCode == 75)
      // Readers are not held up.
      #expect(try state.log.list().count == 1)
      try database.execute(sql: "ROLLBACK")
    }
    #expect(try state.log.append(parseRecord(0)) == 2)
    #expect(try state.log.verifyChain() == nil)
  }

  @Test func waitsForTheLock() async throws {
    let home = try TemporaryHome()
    let state = try home.makeState(busyMilliseconds: 300_000)
    let other = try home.connect()
    try await other.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
    async let sequence = Task.detached { try state.log.append(parseRecord(0)) }.value
    try await Task.sleep(for: .milliseconds(100))
    try await other.writeWithoutTransaction { try $0.execute(sql: "COMMIT") }
    #expect(try await sequence == 2)
  }

  @Test(.enabled(if: canMount, "only root can mount"))
  func saysThatTheFileSystemIsReadOnly() throws {
    let mount = try Mount(kibibytes: 4096)
    let home = try TemporaryHome(under: mount.path)
    var before: [GovernanceEntry] = []
    do {
      let state = try home.makeState(busyMilliseconds: 100)
      try state.log.append(parseRecord(0))
      before = try state.log.list()
    }
    try mount.remount("ro")
    let error = failure { try home.open().log.append(parseRecord(1)) }
    #expect([73, 74, 77].contains(error?.exitCode), "\(String(describing: error))")
    try mount.remount("rw")
    #expect(try home.open().log.list() == before)
  }

  @Test(.enabled(if: canMount, "only root can mount"))
  func saysThatTheDiskIsFull() throws {
    let mount = try Mount(kibibytes: 1024)
    let home = try TemporaryHome(under: mount.path)
    let state = try home.makeState()
    var appended = 1
    var record = parseRecord(0)
    record.justification = String(repeating: "because ", count: 2000)
    var found: GovernanceError?
    while found == nil, appended < 1000 {
      found = failure { try state.log.append(record) }
      if found == nil { appended += 1 }
    }
    #expect(found == .cannotWrite(path: home.file, .diskFull))
    #expect(found?.exitCode == 73)
    #expect(appended > 10)
    #expect(try state.log.list().count == appended)
    #expect(try state.log.verifyChain() == nil)
    // Many at once go as one.
    #expect(failure { try state.log.append([record, record, record]) }?.exitCode == 73)
    try mount.remount("size=4096k")
    #expect(try state.log.append(record) == Int64(appended + 1))
    #expect(try home.open().log.verifyChain() == nil)
  }

  /// The same without root: the system refuses to let the file grow.
  @Test func saysThatAWriteFailed() async throws {
    let home = try TemporaryHome()
    _ = try home.makeState()
    let path = home.path
    await #expect(processExitsWith: .success) { [path = path as String] in
      let state = try GovernanceState.open(home: path)
      var limit = rlimit(rlim_cur: 256 * 1024, rlim_max: 256 * 1024)
      _ = signal(SIGXFSZ, SIG_IGN)
      _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      var record = parseRecord(0)
      record.justification = String(repeating: "because ", count: 2000)
      var appended = 1
      var found: GovernanceError?
      while found == nil, appended < 1000 {
        found = failure { try state.log.append(record) }
        if found == nil { appended += 1 }
      }
      try #require([73, 74].contains(found?.exitCode))
      try #require(try state.log.list().count == appended)
    }
    #expect(try home.open().log.verifyChain() == nil)
    #expect(try home.open().log.list().count > 1)
  }

  @Test(.enabled(if: geteuid() != 0, "root may write to every file"))
  func saysThatTheFileIsReadOnly() throws {
    let home = try TemporaryHome()
    _ = try home.makeState()
    unsafe chmod(home.file, 0o400)
    let error = failure { try home.open().log.append(parseRecord(1)) }
    #expect([73, 77].contains(error?.exitCode))
    unsafe chmod(home.file, 0o600)
    #expect(try home.open().log.list().count == 1)
  }

  /// A process that dies in the middle of a transaction leaves nothing of it.
  @Test func forgetsWhatWasNotCommitted() async throws {
    let home = try TemporaryHome()
    _ = try home.makeState()
    let path = home.path
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
      let state = try GovernanceState.open(home: path)
      try state.log.append(parseRecord(1))
      try state.state.write { database in
        _ = try state.log.append([parseRecord(2)], in: database)
        kill(getpid(), SIGKILL)
      }
    }
    #expect(try home.open().log.append(parseRecord(3)) == 3)
    #expect(
      try home.open().log.list().map(\.target) == [
        "alice", parseRecord(1).target, parseRecord(3).target,
      ])
    #expect(try home.open().log.verifyChain() == nil)
  }
}

private let canMount: Bool = geteuid() == 0 && (try? Mount(kibibytes: 64)) != nil

/// A small file system in memory, unmounted when it goes.
private final class Mount {
  struct Failed: Error {}
  let path: String

  init(kibibytes: Int) throws {
    path = FileManager.default.temporaryDirectory.path + "/logveil-mount-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try run("/bin/mount", "-t", "tmpfs", "-o", "size=\(kibibytes)k,mode=700", "tmpfs", path)
  }

  deinit {
    try? run("/bin/umount", "-l", path)
    try? FileManager.default.removeItem(atPath: path)
  }

  func remount(_ option: String) throws { try run("/bin/mount", "-o", "remount,\(option)", path) }

  private func run(_ program: String, _ arguments: String...) throws {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    if process.terminationStatus != 0 { throw Failed() }
  }
}
