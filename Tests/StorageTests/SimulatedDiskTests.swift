import Glibc
import SimulatedStorage
import Storage
import Testing

/// The simulated disk forgets what it may forget, and nothing else.
@Suite struct SimulatedDiskTests {
  static func outcomes(_ prepare: (SimulatedStorage) throws -> Void) throws -> Set<String> {
    var outcomes: Set<String> = []
    for seed in 0..<200 {
      let disk = SimulatedDisk(seed: UInt64(seed))
      try prepare(SimulatedStorage(disk))
      disk.losePower()
      let files = disk.filePaths.map { path in
        "\(path)=\(String(decoding: disk.bytes(path) ?? [], as: UTF8.self))"
      }
      outcomes.insert(files.joined(separator: " "))
    }
    return outcomes
  }

  @Test func durableThingsStay() throws {
    let outcomes = try Self.outcomes { storage in
      try storage.put("a", "x")
      try storage.synchroniseFolder(".")
    }
    #expect(outcomes == ["a=x"])
  }

  @Test func namesMayGo() throws {
    let outcomes = try Self.outcomes { storage in
      try storage.put("a", "x")
      _ = try storage.link("a", to: "b")
    }
    #expect(outcomes == ["", "a=x", "b=x", "a=x b=x"])
  }

  @Test func bytesMayTear() throws {
    let outcomes = try Self.outcomes { storage in
      let bytes = Array("xyz".utf8)
      try storage.create("a", bytes.span, durably: false)
      try storage.synchroniseFolder(".")
    }
    #expect(outcomes.isSuperset(of: ["a=", "a=x", "a=xy", "a=xyz"]))
    #expect(outcomes.count > 6)
  }

  @Test func removedNamesMayComeBack() throws {
    let outcomes = try Self.outcomes { storage in
      try storage.put("a", "x")
      try storage.synchroniseFolder(".")
      _ = try storage.remove("a")
    }
    #expect(outcomes == ["", "a=x"])
  }

  @Test func foldersTakeTheirFilesWithThem() throws {
    let outcomes = try Self.outcomes { storage in
      try storage.makeFolder("f")
      try storage.put("f/a", "x")
      try storage.synchroniseFolder("f")
    }
    #expect(outcomes == ["", "f/a=x"])
  }

  @Test func failedSynchronisationLosesTheBytes() throws {
    let outcomes = try Self.outcomes { _ in }
    #expect(outcomes == [""])
    var seen: Set<[UInt8]> = []
    for seed in 0..<100 {
      let disk = SimulatedDisk(seed: UInt64(seed))
      var plan = SimulatedStorage.Plan()
      plan.errors[2] = EIO
      let storage = SimulatedStorage(disk, plan: plan)
      #expect(throws: StorageError.self) { try storage.put("a", "xyz") }
      try storage.synchroniseFile("a")
      try storage.synchroniseFolder(".")
      disk.losePower()
      seen.insert(disk.bytes("a") ?? [])
    }
    #expect(seen.count > 3)
  }

  @Test func stepsEndAndFail() throws {
    let disk = SimulatedDisk(seed: 1)
    var plan = SimulatedStorage.Plan()
    plan.errors[0] = ENOSPC
    plan.endStep = 2
    let storage = SimulatedStorage(disk, plan: plan)
    #expect(throws: StorageError(.makeFolder, "a", errorNumber: ENOSPC)) {
      try storage.makeFolder("a")
    }
    let lock = try #require(try storage.lock("l", .exclusive))
    #expect(throws: StorageError(.list, ".", errorNumber: SimulatedStorage.ended)) {
      _ = try storage.list(".")
    }
    #expect(storage.hasEnded)
    // The locks of a process that ended are free.
    #expect(try SimulatedStorage(disk).lock("l", .exclusive) != nil)
    lock.release()
  }
}
