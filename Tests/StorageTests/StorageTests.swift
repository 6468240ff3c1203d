import Foundation
import SimulatedStorage
import Storage
import Testing

/// What every storage keeps to: the disk in both ways of resolving paths, and the simulated one.
@Suite struct StorageTests {
  enum Kind: String, CaseIterable, Sendable { case disk, walkingDisk, simulated }

  /// A storage of its own for one test; a disk's folder goes with the test.
  final class Place: Sendable {
    let storage: any Storage
    let folder: URL?

    init(_ kind: Kind) throws {
      guard kind != .simulated else {
        storage = SimulatedStorage(SimulatedDisk(seed: 1))
        folder = nil
        return
      }
      let folder = FileManager.default.temporaryDirectory.appending(
        path: "storage-\(UUID().uuidString)"
      )
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
      self.folder = folder
      storage = try DiskStorage(root: folder.path, walking: kind == .walkingDisk)
    }

    deinit { if let folder { try? FileManager.default.removeItem(at: folder) } }
  }

  static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  static func errorNumber(_ body: () throws(StorageError) -> Void) -> Int32 {
    do {
      try body()
      return 0
    } catch { return error.errorNumber }
  }

  @Test(arguments: Kind.allCases) func filesAreMadeReadAndRemoved(_ kind: Kind) throws {
    let place = try Place(kind)
    let storage = place.storage
    try storage.makeFolders("lake/default/usage")
    try storage.makeFolder("lake")
    let text = Self.bytes("0123456789")
    try storage.create("lake/default/a.json", text.span)
    #expect(try storage.read("lake/default/a.json") == text)
    #expect(try storage.read("lake/default/a.json", 3..<5) == Self.bytes("34"))
    #expect(try storage.read("lake/default/a.json", 8..<50) == Self.bytes("89"))
    #expect(try storage.read("lake/default/a.json", 50..<60) == [])
    #expect(try storage.status("lake/default/a.json")?.byteCount == 10)
    #expect(try storage.status("lake/default/a.json")?.kind == .file)
    #expect(try storage.status("lake/default")?.kind == .folder)
    #expect(try storage.status("lake/default/b") == nil)
    #expect(try storage.status("lake/none/b") == nil)
    #expect(try storage.list("lake/default") == ["a.json", "usage"])
    #expect(try storage.list(".") == ["lake"])
    try storage.create("lake/default/empty", [UInt8]().span, durably: false)
    try storage.synchroniseFile("lake/default/empty")
    #expect(try storage.read("lake/default/empty") == [])
    #expect(try storage.remove("lake/default/empty"))
    #expect(try !storage.remove("lake/default/empty"))
    #expect(try !storage.remove("lake/none/empty"))
  }

  @Test(arguments: Kind.allCases) func takenNamesStay(_ kind: Kind) throws {
    let place = try Place(kind)
    let storage = place.storage
    let (one, two) = (Self.bytes("one"), Self.bytes("two"))
    try storage.create("a", one.span)
    #expect(
      Self.errorNumber { () throws(StorageError) in try storage.put("a", "two") } == EEXIST
    )
    try storage.create("b", two.span)
    #expect(try !storage.link("b", to: "a"))
    #expect(try storage.read("a") == one)
    #expect(try storage.link("b", to: "c"))
    try storage.remove("b")
    #expect(try storage.read("c") == two)
    try storage.rename("c", to: "a")
    #expect(try storage.read("a") == two)
    #expect(try storage.list(".") == ["a"])
    #expect(
      Self.errorNumber { () throws(StorageError) in try storage.makeFolder("a") } == ENOTDIR
    )
  }

  @Test(arguments: Kind.allCases) func missingThingsAreNamed(_ kind: Kind) throws {
    let place = try Place(kind)
    let storage = place.storage
    #expect(Self.errorNumber { () throws(StorageError) in _ = try storage.read("a") } == ENOENT)
    #expect(Self.errorNumber { () throws(StorageError) in _ = try storage.list("a") } == ENOENT)
    #expect(Self.errorNumber { () throws(StorageError) in try storage.makeFolder("a/b") } == ENOENT)
    #expect(
      Self.errorNumber { () throws(StorageError) in try storage.synchroniseFile("a") } == ENOENT
    )
    #expect(
      Self.errorNumber { () throws(StorageError) in try storage.synchroniseFolder("a") } == ENOENT
    )
    #expect(
      Self.errorNumber { () throws(StorageError) in _ = try storage.link("a", to: "b") } == ENOENT
    )
    try storage.makeFolder("a")
    try storage.makeFolder("a/b")
    #expect(try !storage.removeFolder("a"))
    #expect(try storage.removeFolder("a/b"))
    #expect(try !storage.removeFolder("a/b"))
  }

  @Test(arguments: Kind.allCases) func locksExclude(_ kind: Kind) throws {
    let place = try Place(kind)
    let storage = place.storage
    let first = try #require(try storage.lock("l", .shared))
    let second = try #require(try storage.lock("l", .shared))
    #expect(try storage.lock("l", .exclusive) == nil)
    first.release()
    #expect(try storage.lock("l", .exclusive, waitMilliseconds: 20) == nil)
    second.release()
    second.release()
    let alone = try #require(try storage.lock("l", .exclusive))
    #expect(try storage.lock("l", .shared) == nil)
    let lines = [Self.bytes("one\n"), Self.bytes("two\n")]
    for line in lines { try alone.append(line.span) }
    #expect(try storage.read("l") == lines[0] + lines[1])
    try storage.remove("l")
    // The file is gone, so whoever comes next gets a new one.
    let next = try #require(try storage.lock("l", .exclusive))
    #expect(try storage.read("l") == [])
    alone.release()
    let line = lines[0]
    let code = Self.errorNumber { () throws(StorageError) in try alone.append(line.span) }
    #expect(code == EBADF)
    next.release()
  }

  @Test(arguments: Kind.allCases)
  func badPathsNeverReachTheFiles(_ kind: Kind) throws {
    let place = try Place(kind)
    let storage = place.storage
    let long = String(repeating: "a", count: 256)
    let paths = [
      "", "..", "../a", "a/..", "a/../b", "/a", "a/", "a//b", "./a", "a/.", "a b", "a\0b", "ä",
      "a%20b", "a\n", long, "b/" + long, String(repeating: "ab/", count: 342) + "a",
    ]
    for path in paths {
      #expect(!StoragePath.isValid(path), "\(path)")
      #expect(
        Self.errorNumber { () throws(StorageError) in try storage.put(path, "x") } == EINVAL
      )
      #expect(Self.errorNumber { () throws(StorageError) in _ = try storage.read(path) } == EINVAL)
      #expect(
        Self.errorNumber { () throws(StorageError) in _ = try storage.lock(path, .shared) }
          == EINVAL
      )
    }
    for path in ["a", "...", "a.b/c=d/_e-F9", ".a", String(repeating: "a", count: 255)] {
      #expect(StoragePath.isValid(path), "\(path)")
    }
  }

  @Test(arguments: [Kind.disk, .walkingDisk]) func linksAreNotFollowed(_ kind: Kind) throws {
    let place = try Place(kind)
    let folder = try #require(place.folder)
    let outside = folder.path + "-outside"
    try FileManager.default.createDirectory(atPath: outside, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: outside) }
    try place.storage.makeFolder("inside")
    for (name, target) in [("out", outside), ("in", folder.path + "/inside"), ("rel", "inside")] {
      try FileManager.default.createSymbolicLink(
        atPath: folder.path + "/" + name,
        withDestinationPath: target
      )
      let code = Self.errorNumber { () throws(StorageError) in
        try place.storage.put(name + "/a", "x")
      }
      #expect([ELOOP, ENOTDIR, EXDEV].contains(code), "\(name): \(code)")
      let folderCode = Self.errorNumber { () throws(StorageError) in
        try place.storage.makeFolder(name)
      }
      #expect(folderCode == ENOTDIR || folderCode == ELOOP, "\(name): \(folderCode)")
    }
    try place.storage.put("inside/real", "x")
    try FileManager.default.createSymbolicLink(
      atPath: folder.path + "/file",
      withDestinationPath: folder.path + "/inside/real"
    )
    let code = Self.errorNumber { () throws(StorageError) in _ = try place.storage.read("file") }
    #expect(code == ELOOP)
    #expect(try FileManager.default.contentsOfDirectory(atPath: outside) == [])
  }

  @Test(arguments: [Kind.disk, .walkingDisk]) func onlyTheOwnerMayLook(_ kind: Kind) throws {
    let place = try Place(kind)
    let folder = try #require(place.folder)
    try place.storage.makeFolder("a")
    try place.storage.put("a/b", "x")
    _ = try place.storage.lock("a/c", .shared)
    for (path, mode) in [("a", 0o700), ("a/b", 0o600), ("a/c", 0o600)] {
      let attributes = try FileManager.default.attributesOfItem(atPath: folder.path + "/" + path)
      #expect(attributes[.posixPermissions] as? Int == mode, "\(path)")
    }
  }

  @Test func bigFilesAreWhole() throws {
    let place = try Place(.disk)
    var random = SeededRandom(seed: 7)
    let bytes = (0..<3_000_001).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    try place.storage.create("big", bytes.span)
    #expect(try place.storage.read("big") == bytes)
    let part = try place.storage.read("big", 2_999_990..<4_000_000)
    #expect(part == Array(bytes[2_999_990...]))
  }

  @Test func threadsAgreeOnOneWinner() throws {
    let place = try Place(.disk)
    let storage = place.storage
    for round in 0..<50 {
      for thread in 0..<4 { try storage.put("t\(round)-\(thread)", "x") }
      let winners = Counter()
      DispatchQueue.concurrentPerform(iterations: 4) { thread in
        if (try? storage.link("t\(round)-\(thread)", to: "w\(round)")) == true { winners.add() }
      }
      #expect(winners.count == 1)
    }
  }

  @Test func missingRootIsNamed() {
    let error = #expect(throws: StorageError.self) {
      _ = try DiskStorage(root: "/nonexistent/home")
    }
    #expect(error?.operation == .openRoot)
    #expect(error?.exitCode == 73)
  }

  @Test(arguments: [
    (StorageError(.write, "a", errorNumber: ENOSPC), Int32(73), "disk is full (ENOSPC)"),
    (StorageError(.create, "a", errorNumber: EACCES), 73, "permission denied (EACCES)"),
    (StorageError(.makeFolder, "a", errorNumber: EROFS), 73, "read-only (EROFS)"),
    (StorageError(.read, "a", errorNumber: EACCES), 74, "permission denied (EACCES)"),
    (StorageError(.synchronise, "a", errorNumber: EIO), 74, "disk reports an error (EIO)"),
    (StorageError(.create, "a", errorNumber: EIO), 74, "Look at the kernel log"),
    (StorageError(.create, "a", errorNumber: EMFILE), 75, "ulimit -n"),
    (StorageError(.link, "a", errorNumber: EOPNOTSUPP), 73, "hard links"),
    (StorageError(.rename, "a", errorNumber: 9999), 74, "errno 9999"),
  ])
  func errorsSayWhatToDo(error: StorageError, exitCode: Int32, words: String) {
    #expect(error.exitCode == exitCode)
    #expect(error.description.contains(words), "\(error)")
    #expect(error.description.hasPrefix("Cannot "))
  }

  final class Counter: @unchecked Sendable {
    private let lock = NSLock()
    private var value = 0
    func add() { lock.withLock { value += 1 } }
    var count: Int { lock.withLock { value } }
  }
}

extension Storage {
  func put(_ path: String, _ text: String) throws(StorageError) {
    let bytes = Array(text.utf8)
    try create(path, bytes.span)
  }
}
