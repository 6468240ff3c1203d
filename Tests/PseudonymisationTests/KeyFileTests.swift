import Foundation
import Glibc
import Testing
import VeiledRecords

@testable import Pseudonymisation

@Suite struct KeyFileTests {
  private let folder: TemporaryFolder
  private var keys: String { folder.path + "/keys" }
  private var file: String { keys + "/default.json" }

  init() throws { folder = try TemporaryFolder() }

  @Test func makesAndReadsTheSameKeys() throws {
    let made = try Keyring.create(tenant: "default", folder: keys)
    #expect(made.isNew)
    let again = try Keyring.create(tenant: "default", folder: keys)
    #expect(!again.isNew)
    let loaded = try Keyring.load(tenant: "default", folder: keys)
    for keyring in [again.keyring, loaded] {
      #expect(keyring.uuid == made.keyring.uuid)
      #expect(keyring.versions == made.keyring.versions)
      #expect(try pseudonym(keyring) == pseudonym(made.keyring))
    }
    #expect(mode(file) == 0o600)
    #expect(mode(keys) == 0o700)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: keys).sorted() == [
        ".lock", "default.json",
      ]
    )
  }

  @Test func everyTenantHasKeysOfItsOwn() throws {
    let one = try Keyring.create(tenant: "one", folder: keys).keyring
    let two = try Keyring.create(tenant: "two", folder: keys).keyring
    #expect(one.uuid != two.uuid)
    let form = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/
    #expect(one.uuid.wholeMatch(of: form) != nil)
  }

  @Test func theFileIsAsDocumented() throws {
    _ = try Keyring.create(tenant: "default", folder: keys)
    _ = try Keyring.rotate(tenant: "default", folder: keys, validFromDay: 20_762)
    _ = try Keyring.destroy(version: 1, tenant: "default", folder: keys)
    let data = try Data(contentsOf: URL(filePath: file))
    let json = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(json["format"] as? String == "logveil-keys/1")
    #expect(json["tenant"] as? String == "default")
    let versions = try #require(json["versions"] as? [[String: Any]])
    #expect(versions.count == 2)
    #expect(versions[0]["valid_from"] is NSNull)
    #expect(versions[0]["root"] is NSNull)
    #expect(versions[0]["state"] as? String == "destroyed")
    #expect(versions[1]["valid_from"] as? String == "2026-11-05")
    #expect((versions[1]["root"] as? String)?.utf8.count == 64)
    #expect(versions[1]["wrap"] as? String == "none")
  }

  @Test func versionsFollowTheDay() throws {
    let keyring = try Keyring.fresh(tenant: "t").adding(validFromDay: 100).adding(validFromDay: 200)
    for (day, version) in [
      (Int32.min, 1), (0, 1), (99, 1), (100, 2), (199, 2), (200, 3), (.max, 3),
    ] {
      #expect(keyring.version(forDay: day) == version, "day \(day)")
    }
    #expect(keyring.newestVersion == 3)
    #expect(try keyring.destroying(version: 2).version(forDay: 150) == 2)
    #expect(throws: VeilError.versionNotNewer(day: 200, newest: 200)) {
      try keyring.adding(validFromDay: 200)
    }
    #expect(throws: VeilError.missingVersion(4)) { try keyring.destroying(version: 4) }
    #expect(throws: VeilError.missingVersion(4)) { try keyring.subkey(kind: .user, version: 4) }
  }

  @Test(arguments: [
    "", ".", "..", "../x", "a/b", ".a", "-a", "A", "ä", "a b", "a\0",
    String(repeating: "a", count: 65),
  ])
  func badTenantNamesAreRefused(_ tenant: String) {
    #expect(fault { try Keyring.create(tenant: tenant, folder: keys) } == .badTenantName)
    #expect(fault { try Keyring.load(tenant: tenant, folder: keys) } == .badTenantName)
  }

  /// What somebody did to a good key file, and how it is refused.
  struct Damage: Sendable, CustomTestStringConvertible {
    let name: String
    let fault: KeyFileFault
    let apply: @Sendable (_ keys: String, _ file: String) throws -> Void
    var testDescription: String { name }
  }

  static let damages: [Damage] =
    [
      Damage(name: "missing file", fault: .missing(.file)) { _, file in
        try FileManager.default.removeItem(atPath: file)
      },
      Damage(name: "missing folder", fault: .missing(.folder)) { keys, _ in
        try FileManager.default.removeItem(atPath: keys)
      },
      Damage(name: "symbolic link", fault: .symbolicLink(.file)) { keys, file in
        try FileManager.default.moveItem(atPath: file, toPath: keys + "/x")
        try FileManager.default.createSymbolicLink(atPath: file, withDestinationPath: "x")
      },
      Damage(name: "dangling link", fault: .symbolicLink(.file)) { _, file in
        try FileManager.default.removeItem(atPath: file)
        try FileManager.default.createSymbolicLink(atPath: file, withDestinationPath: "gone")
      },
      Damage(name: "folder behind a link", fault: .symbolicLink(.folder)) { keys, _ in
        try FileManager.default.moveItem(atPath: keys, toPath: keys + "2")
        try FileManager.default.createSymbolicLink(atPath: keys, withDestinationPath: keys + "2")
      },
      Damage(name: "a folder for a file", fault: .wrongType(.file)) { _, file in
        try FileManager.default.removeItem(atPath: file)
        try FileManager.default.createDirectory(atPath: file, withIntermediateDirectories: false)
      },
      Damage(name: "a file for a folder", fault: .wrongType(.folder)) { keys, _ in
        try FileManager.default.removeItem(atPath: keys)
        try Data().write(to: URL(filePath: keys))
      },
      Damage(name: "a pipe", fault: .wrongType(.file)) { _, file in
        try FileManager.default.removeItem(atPath: file)
        unsafe mkfifo(file, 0o600)
      },
      Damage(name: "hard link", fault: .hardLinked(count: 2)) { keys, file in
        try FileManager.default.linkItem(atPath: file, toPath: keys + "/copy")
      },
      Damage(name: "empty", fault: .empty) { _, file in truncate(file, 0) },
      Damage(name: "too large", fault: .tooLarge(byteCount: 262_145)) { _, file in
        truncate(file, 262_145)
      },
      Damage(name: "owner of the file", fault: .wrongOwner(.file, owner: 12345)) { _, file in
        unsafe chown(file, 12345, 0)
      },
      Damage(name: "owner of the folder", fault: .wrongOwner(.folder, owner: 12345)) { keys, _ in
        unsafe chown(keys, 12345, 0)
      },
    ]
    + [0o640, 0o620, 0o610, 0o604, 0o602, 0o601, 0o644, 0o666, 0o677].map { mode in
      Damage(name: "mode \(String(mode, radix: 8))", fault: .tooOpen(.file, mode: UInt32(mode))) {
        _,
        file in unsafe chmod(file, mode_t(mode))
      }
    }
    + [0o750, 0o705, 0o777].map { mode in
      Damage(
        name: "folder mode \(String(mode, radix: 8))",
        fault: .tooOpen(.folder, mode: UInt32(mode))
      ) { keys, _ in unsafe chmod(keys, mode_t(mode)) }
    }

  @Test(arguments: damages) func damagedFilesAreRefused(_ damage: Damage) throws {
    _ = try Keyring.create(tenant: "default", folder: keys)
    try damage.apply(keys, file)
    // Only root can give files away.
    if case .wrongOwner = damage.fault, geteuid() != 0 { return }
    #expect(fault { try Keyring.load(tenant: "default", folder: keys) } == damage.fault)
    if damage.fault == .missing(.file) || damage.fault == .missing(.folder) { return }
    #expect(fault { try Keyring.create(tenant: "default", folder: keys) } == damage.fault)
    let words = "\(VeilError.keyFile(damage.fault, path: file))"
    #expect(words.contains(file) && words.hasSuffix("."))
  }

  @Test func modesOfTheOwnerAreTaken() throws {
    let made = try Keyring.create(tenant: "default", folder: keys).keyring
    for mode: mode_t in [0o600, 0o400, 0o700] {
      unsafe chmod(file, mode)
      #expect(try Keyring.load(tenant: "default", folder: keys).uuid == made.uuid)
    }
    unsafe chmod(keys, 0o500)
    #expect(try Keyring.load(tenant: "default", folder: keys).uuid == made.uuid)
    unsafe chmod(keys, 0o700)
  }

  @Test func aStrictUmaskChangesNothing() async {
    let path = keys
    await #expect(processExitsWith: .success) { [path = path as String] in
      umask(0o777)
      _ = try Keyring.create(tenant: "default", folder: path)
      _ = try Keyring.rotate(tenant: "default", folder: path, validFromDay: 1)
    }
    #expect(mode(file) == 0o600)
    #expect(mode(keys) == 0o700)
    #expect(mode(keys + "/.lock") == 0o600)
  }

  @Test func leftoversOfADeadProcessAreReplaced() throws {
    unsafe mkdir(keys, 0o700)
    try Data("half".utf8).write(to: URL(filePath: keys + "/.default.json.new"))
    #expect(try Keyring.create(tenant: "default", folder: keys).isNew)
    #expect(!FileManager.default.fileExists(atPath: keys + "/.default.json.new"))
  }

  @Test func manyProcessesMakeOneKey() async throws {
    let path = keys
    await withTaskGroup(of: Void.self) { group in
      for index in 0..<6 {
        group.addTask {
          await #expect(processExitsWith: .success) {
            [path = path as String, index = index as Int] in
            let made = try Keyring.create(tenant: "default", folder: path)
            let line = "\(made.keyring.uuid) \(made.isNew)"
            try Data(line.utf8).write(to: URL(filePath: "\(path)/result-\(index)"))
          }
        }
      }
    }
    let lines = try (0..<6).map {
      try String(contentsOf: URL(filePath: "\(path)/result-\($0)"), encoding: .utf8)
        .split(separator: " ")
    }
    #expect(Set(lines.map { $0[0] }).count == 1)
    #expect(lines.filter { $0[1] == "true" }.count == 1)
  }

  @Test func readersSeeWholeFilesWhileVersionsChange() async throws {
    let path = keys
    _ = try Keyring.create(tenant: "default", folder: path)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for start in [0, 1] {
        group.addTask {
          for day in 0..<15 {
            // Two writers: the later day may come first, and then the earlier one is refused.
            _ = try? Keyring.rotate(
              tenant: "default",
              folder: path,
              validFromDay: Int32(2 * day + start)
            )
          }
        }
      }
      group.addTask {
        var newest = 0
        for _ in 0..<300 {
          let version = try Keyring.load(tenant: "default", folder: path).newestVersion
          #expect(version >= newest)
          newest = version
        }
      }
      try await group.waitForAll()
    }
    let left = try Keyring.load(tenant: "default", folder: path)
    #expect(left.versions.map(\.number) == Array(1...left.newestVersion))
    #expect(left.newestVersion > 15)
  }

  private func pseudonym(_ keyring: Keyring) throws -> [UInt8] {
    let key = try keyring.subkey(kind: .user, version: 1)
    let cipher = try SIVBatch(key: key, associatedData: [keyring.associatedData(kind: .user)])
    var messages = BlockMessages()
    messages.appendPadded(Array("anna".utf8).span)
    try cipher.seal(&messages)
    return messages.sealed(0)
  }

  private func mode(_ path: String) -> Int? {
    try? FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
  }

  private func fault(_ body: () throws -> some Any) -> KeyFileFault? {
    do { _ = try body() } catch VeilError.keyFile(let fault, _) { return fault } catch {}
    return nil
  }
}

private func truncate(_ path: String, _ count: Int) {
  unsafe Glibc.truncate(path, count)
}
