import ByteBlocks
import Foundation
import Sealing
import Testing
import VeiledRecords

@testable import Pseudonymisation

/// Keys that are wrapped at rest, carried to other homes, and brought along.
@Suite struct KeyWrappingTests {
  private let folder: TemporaryFolder
  private var keys: String { folder.path + "/keys" }
  private var file: String { keys + "/default.json" }

  init() throws { folder = try TemporaryFolder() }

  /// A key-encryption key in a file of its own name, as each is asked for once in a process.
  private func kek(_ bytes: [UInt8] = (0..<32).map { _ in .random(in: 0...255) }) throws -> String {
    let path = folder.path + "/" + UUID().uuidString
    try Data(bytes).write(to: URL(filePath: path))
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    return path
  }

  private func wrapping(_ path: String) throws -> KeyWrapping {
    try KeyWrapping.new(.file(path), purpose: "a test")
  }

  private func text() throws -> String { try String(contentsOfFile: file, encoding: .utf8) }

  private func pseudonym(_ keyring: Keyring, version: Int = 1) throws -> String {
    var encryptor = NameEncryptor(keyring)
    return try one(&encryptor, version)
  }

  private func one(_ encryptor: inout NameEncryptor, _ version: Int) throws -> String {
    var names = ByteStrings()
    names.append(bytes: Array("anna".utf8).span)
    var texts = ByteStrings()
    try encryptor.encrypt(names, kind: .user, version: version, into: &texts)
    return texts.string(0)
  }

  @Test func wrappedKeysAreTheSameKeys() throws {
    let path = try kek()
    let made = try Keyring.create(
      tenant: "default", folder: keys, wrapping: try wrapping(path)
    ).keyring
    let before = try text()
    #expect(before.contains("\"kek\": {\"source\": \"file:\(path)\"}"))
    #expect(before.contains("\"wrap\": \"aes256-wrap-pad\""))
    let loaded = try Keyring.load(tenant: "default", folder: keys)
    #expect(try pseudonym(loaded) == pseudonym(made))
    _ = try Keyring.rotate(tenant: "default", folder: keys, validFromDay: 20_000)
    let plain = try Keyring.rewrap(tenant: "default", folder: keys, wrapping: nil)
    #expect(try text().contains("\"wrap\": \"none\"") && !text().contains("kek"))
    #expect(try pseudonym(plain) == pseudonym(made))
    let again = try Keyring.rewrap(
      tenant: "default", folder: keys, wrapping: try wrapping(try kek()))
    #expect(try pseudonym(again, version: 2) == pseudonym(plain, version: 2))
    #expect(again.versions.count == 2)
  }

  @Test func anotherKeyOrAChangedByteOpensNothing() throws {
    let path = try kek()
    _ = try Keyring.create(tenant: "default", folder: keys, wrapping: try wrapping(path))
    let good = try text()
    let other = good.replacing(path, with: try kek())
    let root = try #require(good.firstMatch(of: /"root": "([0-9a-f]{80})"/)).1
    let last = root.last == "0" ? "1" : "0"
    let changed = good.replacing(root, with: root.dropLast() + last)
    for bad in [other, changed] {
      try bad.write(toFile: file, atomically: false, encoding: .utf8)
      #expect {
        try Keyring.load(tenant: "default", folder: keys)
      } throws: { error in
        guard case VeilError.keyFile(.notUnwrapped, _) = error else { return false }
        return true
      }
    }
  }

  @Test func aKeyEncryptionKeyMayBeWrittenInDigits() throws {
    let bytes = (0..<32).map { _ in UInt8.random(in: 0...255) }
    let digits = Array((Hex.text(bytes) + "\n").utf8)
    let one = try wrapping(try kek(bytes))
    let other = try wrapping(try kek(digits))
    #expect(one.key.isSame(as: other.key))
  }

  struct Refusal: Sendable {
    let name: String
    let mode: Int
    let bytes: Int
    let fault: KeySourceFault
  }

  @Test(arguments: [
    Refusal(name: "open", mode: 0o640, bytes: 32, fault: .tooOpen(mode: 0o640)),
    Refusal(name: "short", mode: 0o600, bytes: 31, fault: .wrongLength),
    Refusal(name: "long", mode: 0o600, bytes: 33, fault: .wrongLength),
    Refusal(name: "huge", mode: 0o600, bytes: 5000, fault: .wrongLength),
    Refusal(name: "empty", mode: 0o600, bytes: 0, fault: .wrongLength),
    Refusal(name: "none", mode: 0, bytes: -1, fault: .missing),
    Refusal(name: "link", mode: 0, bytes: -2, fault: .symbolicLink),
    Refusal(name: "folder", mode: 0, bytes: -3, fault: .wrongType),
  ])
  func badSourcesHaveTheirOwnWords(refusal: Refusal) throws {
    let path = folder.path + "/" + refusal.name
    switch refusal.bytes {
    case -1: break
    case -2: try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/x")
    case -3:
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    default:
      try Data(repeating: 1, count: refusal.bytes).write(to: URL(filePath: path))
      try FileManager.default.setAttributes(
        [.posixPermissions: refusal.mode], ofItemAtPath: path)
    }
    #expect(throws: VeilError.keySource(refusal.fault, source: "file:\(path)")) {
      try wrapping(path)
    }
    #expect(!refusal.fault.description.isEmpty)
  }

  @Test(arguments: [
    "", "file:", "file:relative", "fd:", "fd:-1", "fd:x", "credential:", "credential:../x",
    "credential:..", "passphrase:x", "env:KEY", "file:/a\"b", "file:/a\\b", "file:/a\nb",
  ])
  func noSources(_ text: String) { #expect(KeySource(text) == nil) }

  @Test(arguments: ["file:/etc/logveil/kek", "fd:3", "credential:kek", "passphrase"])
  func sources(_ text: String) { #expect(KeySource(text)?.description == text) }

  @Test(arguments: [16, 32]) func ownKeysComeRaw(byteCount: Int) throws {
    let bytes = [UInt8](repeating: 0xa5, count: byteCount)
    let root = try KeySource.file(try kek(bytes)).rawKey()
    #expect(root.byteCount == byteCount)
    let digits = try KeySource.file(try kek(Array(Hex.text(bytes).utf8))).rawKey()
    #expect(digits.isSame(as: root))
    let made = try Keyring.create(tenant: "default", folder: keys, root: root).keyring
    #expect(try text().contains("\"root\": \"\(Hex.text(bytes))\""))
    #expect(try pseudonym(Keyring.load(tenant: "default", folder: keys)) == pseudonym(made))
    #expect(throws: KeySourceFault.wrongLength) {
      try KeySource.file(try kek(bytes + [1])).rawKey()
    }
  }

  @Test func exportsAreTakenInElsewhere() throws {
    _ = try Keyring.create(tenant: "default", folder: keys)
    let full = try Keyring.rotate(tenant: "default", folder: keys, validFromDay: 100)
    let transfer = try wrapping(try kek())
    let export = try full.exported(nil, wrapping: transfer)
    #expect(throws: VeilError.missingVersion(7)) { try full.exported([7], wrapping: transfer) }

    let there = folder.path + "/there"
    let (taken, added) = try Keyring.take(
      export, from: nil, tenant: "moved", folder: there, wrapping: nil)
    #expect(added == [1, 2] && taken.uuid == full.uuid)
    #expect(try pseudonym(taken, version: 2) == pseudonym(full, version: 2))
    #expect(throws: VeilError.badImport(.nothingNew)) {
      try Keyring.take(export, from: nil, tenant: "moved", folder: there, wrapping: nil)
    }
    // A later version comes alone.
    let third = try Keyring.rotate(tenant: "default", folder: keys, validFromDay: 200)
    let part = try third.exported([3], wrapping: transfer)
    #expect(throws: VeilError.badImport(.notWhole)) {
      try Keyring.take(part, from: nil, tenant: "fresh", folder: there, wrapping: nil)
    }
    let more = try Keyring.take(part, from: nil, tenant: "moved", folder: there, wrapping: nil)
    #expect(more.added == [3] && more.keyring.versions == third.versions)
    // What was destroyed stays so.
    _ = try Keyring.destroy(version: 3, tenant: "moved", folder: there)
    #expect(throws: VeilError.badImport(.destroyed(3))) {
      try Keyring.take(part, from: nil, tenant: "moved", folder: there, wrapping: nil)
    }
  }

  @Test func foreignAndPlainKeysAreNotTaken() throws {
    let one = try Keyring.create(tenant: "one", folder: keys).keyring
    let two = try Keyring.create(tenant: "two", folder: keys).keyring
    let transfer = try wrapping(try kek())
    #expect(throws: VeilError.badImport(.otherTenant)) {
      try Keyring.take(
        try two.exported(nil, wrapping: transfer), from: nil, tenant: "one", folder: keys,
        wrapping: nil)
    }
    let plain = try Data(contentsOf: URL(filePath: keys + "/two.json"))
    #expect(throws: VeilError.badImport(.plain)) {
      try Keyring.take(Array(plain), from: nil, tenant: "x", folder: keys, wrapping: nil)
    }
    // Another key under the same number, by a keyring that forked.
    let fork = folder.path + "/fork"
    _ = try Keyring.take(
      try one.exported(nil, wrapping: transfer), from: nil, tenant: "one", folder: fork,
      wrapping: nil)
    _ = try Keyring.rotate(tenant: "one", folder: keys, validFromDay: 5)
    let forked = try Keyring.rotate(tenant: "one", folder: fork, validFromDay: 5)
    #expect(throws: VeilError.badImport(.otherKey(2))) {
      try Keyring.take(
        try forked.exported(nil, wrapping: transfer), from: nil, tenant: "one", folder: keys,
        wrapping: nil)
    }
  }

  @Test func auditCodesAreKeyed() throws {
    let keyring = try Keyring.fresh(tenant: "t")
    let text = Array("anna".utf8)
    let code = try #require(try keyring.auditCode(of: text.span))
    #expect(code.wholeMatch(of: /hmac1:[0-9a-f]{32}/) != nil)
    #expect(try keyring.auditCode(of: text.span) == code)
    #expect(try keyring.auditCode(of: Array("Anna".utf8).span) != code)
    #expect(try Keyring.fresh(tenant: "t").auditCode(of: text.span) != code)
    #expect(try keyring.destroying(version: 1).auditCode(of: text.span) == nil)
  }
}
