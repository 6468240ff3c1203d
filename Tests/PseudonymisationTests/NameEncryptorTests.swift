import ByteBlocks
import Foundation
import Sealing
import Testing
import VeiledRecords

@testable import Pseudonymisation

@Suite struct NameEncryptorTests {
  private let folder: TemporaryFolder
  private let keyring: Keyring

  init() throws {
    folder = try TemporaryFolder()
    keyring = try Keyring.create(tenant: "default", folder: folder.path).keyring
  }

  @Test(arguments: IdentityKind.allCases) func namesComeBack(_ kind: IdentityKind) throws {
    var random = SeededRandom(UInt64(kind.rawValue) + 1)
    var names = ByteStrings()
    for byteCount in 1...70 { names.append(bytes: random.bytes(byteCount)) }
    for _ in 0..<3000 { names.append(bytes: random.bytes(1 + random.below(40))) }
    names.append(bytes: random.bytes(5000))
    names.append(bytes: [0x80])
    names.append(bytes: [0x80, 0, 0])
    names.append(bytes: [UInt8](repeating: 0, count: 16))
    names.append(bytes: random.bytes(100_000))
    var encryptor = NameEncryptor(keyring)
    var texts = ByteStrings(["already there"])
    try encryptor.encrypt(names, kind: kind, version: 1, into: &texts)
    #expect(texts.count == names.count + 1)
    #expect(texts.string(0) == "already there")
    for index in 0..<names.count {
      let text = texts[index + 1]
      #expect(text.starts(with: [kind.letter, UInt8(ascii: "1"), UInt8(ascii: "-")]))
      let blocks = names.range(index).count / 16 + 2
      #expect(text.count == 3 + Base32.digitCount(byteCount: 16 * blocks))
      #expect(try encryptor.reveal(texts.span(index + 1)) == Array(names[index]))
      #expect(verify(&encryptor, texts.span(index + 1)))
    }
  }

  @Test func namesOfOneLengthClassLookAlike() throws {
    var encryptor = NameEncryptor(keyring)
    var texts = ByteStrings()
    let names = ByteStrings((1...15).map { String(repeating: "n", count: $0) })
    try encryptor.encrypt(names, kind: .user, version: 1, into: &texts)
    for index in 0..<texts.count { #expect(texts.range(index).count == 55) }
    #expect(Set((0..<texts.count).map { texts.string($0) }).count == 15)
  }

  @Test func theSameNameIsTheSameTextInAnyBatch() throws {
    var one = NameEncryptor(keyring)
    var other = NameEncryptor(try Keyring.load(tenant: "default", folder: folder.path))
    let names = (0..<2500).map { String(repeating: "x", count: $0 % 37) + "user\($0)" }
    var together = ByteStrings()
    try one.encrypt(ByteStrings(names), kind: .user, version: 1, into: &together)
    for (index, name) in names.enumerated() {
      var alone = ByteStrings()
      try other.encrypt(ByteStrings([name]), kind: .user, version: 1, into: &alone)
      #expect(alone[0] == together[index])
    }
  }

  @Test func kindsVersionsAndTenantsAreUnlinkable() throws {
    _ = try Keyring.rotate(tenant: "default", folder: folder.path, validFromDay: 20_000)
    let rotated = try Keyring.load(tenant: "default", folder: folder.path)
    let other = try Keyring.create(tenant: "other", folder: folder.path).keyring
    var mine = NameEncryptor(rotated)
    var theirs = NameEncryptor(other)
    var sealed: Set<[UInt8]> = []
    for kind in IdentityKind.allCases {
      for version in [1, 2] { sealed.insert(try digits(&mine, kind, version)) }
      sealed.insert(try digits(&theirs, kind, 1))
    }
    #expect(sealed.count == 12)
  }

  @Test func anotherTenantKindOrVersionIsUnknown() throws {
    let other = try Keyring.create(tenant: "other", folder: folder.path).keyring
    var mine = NameEncryptor(try keyring.adding(validFromDay: 20_000))
    var theirs = NameEncryptor(other)
    var texts = ByteStrings()
    try mine.encrypt(ByteStrings(["anna"]), kind: .user, version: 1, into: &texts)
    let text = texts.string(0)
    #expect(refusal(&theirs, text) == .unknownPseudonym)
    for (prefix, expected) in [
      ("u1", nil), ("p1", VeilError.unknownPseudonym), ("m1", .unknownPseudonym),
      ("i1", .unknownPseudonym), ("u2", .unknownPseudonym), ("u3", .unknownPseudonym),
      ("u999999", .unknownPseudonym), ("u1000000", .malformedPseudonym),
      ("x1", .malformedPseudonym),
    ] { #expect(refusal(&mine, prefix + text.dropFirst(2)) == expected, "\(prefix)") }
  }

  @Test func aPseudonymVerifiesAsItsKindOnly() throws {
    var encryptor = NameEncryptor(keyring)
    for made in IdentityKind.allCases {
      var texts = ByteStrings()
      try encryptor.encrypt(ByteStrings(["anna"]), kind: made, version: 1, into: &texts)
      let passes = IdentityKind.allCases.filter { encryptor.verify(texts.span(0), as: $0) }
      switch made {
      case .user, .privateUser: #expect(passes == [.user, .privateUser])
      case .machine, .ip: #expect(passes == [made])
      }
    }
  }

  @Test func anyChangeIsSeen() throws {
    var encryptor = NameEncryptor(keyring)
    var texts = ByteStrings()
    try encryptor.encrypt(
      ByteStrings(["anna", "anna.schmidt12@corp.example"]),
      kind: .user,
      version: 1,
      into: &texts
    )
    for index in 0..<2 {
      let text = Array(texts[index])
      for place in text.indices {
        for byte in [UInt8(ascii: "a"), UInt8(ascii: "7"), UInt8(ascii: "A"), UInt8(ascii: "=")]
        where byte != text[place] {
          var changed = text
          changed[place] = byte
          #expect(refusal(&encryptor, String(decoding: changed, as: UTF8.self)) != nil)
        }
      }
      for count in text.indices {
        let cut = String(decoding: text.prefix(count), as: UTF8.self)
        #expect(refusal(&encryptor, cut) != nil)
      }
      let text2 = String(decoding: text, as: UTF8.self)
      for wrong in [text2 + "a", text2 + "=", text2.uppercased(), " " + text2] {
        #expect(refusal(&encryptor, wrong) == .malformedPseudonym)
      }
    }
  }

  @Test func aDestroyedVersionStaysUnreadable() throws {
    var encryptor = NameEncryptor(keyring)
    var texts = ByteStrings()
    try encryptor.encrypt(ByteStrings(["anna"]), kind: .user, version: 1, into: &texts)
    _ = try Keyring.rotate(tenant: "default", folder: folder.path, validFromDay: 20_000)
    let left = try Keyring.destroy(version: 1, tenant: "default", folder: folder.path)
    #expect(left.versions.map(\.isDestroyed) == [true, false])
    var later = NameEncryptor(try Keyring.load(tenant: "default", folder: folder.path))
    #expect(refusal(&later, texts.string(0)) == .destroyedVersion(1))
    #expect(throws: VeilError.destroyedVersion(1)) {
      try later.encrypt(ByteStrings(["anna"]), kind: .user, version: 1, into: &texts)
    }
    #expect(throws: VeilError.missingVersion(3)) {
      try later.encrypt(ByteStrings(["anna"]), kind: .user, version: 3, into: &texts)
    }
  }

  @Test func tooLongAndEmptyNames() async throws {
    var encryptor = NameEncryptor(keyring)
    var names = ByteStrings(["anna"])
    names.append(bytes: [UInt8](repeating: 1, count: NameEncryptor.nameBytesMax + 1))
    var texts = ByteStrings()
    #expect(throws: VeilError.nameTooLong(byteCount: NameEncryptor.nameBytesMax + 1)) {
      try encryptor.encrypt(names, kind: .user, version: 1, into: &texts)
    }
    #expect(texts.count == 0)
    try encryptor.encrypt(ByteStrings(), kind: .user, version: 1, into: &texts)
    #expect(texts.count == 0)
    await #expect(processExitsWith: .failure) {
      let folder = try TemporaryFolder()
      var encryptor = NameEncryptor(try Keyring.create(tenant: "t", folder: folder.path).keyring)
      var texts = ByteStrings()
      try encryptor.encrypt(ByteStrings([""]), kind: .user, version: 1, into: &texts)
    }
  }

  /// Fixed for ever: a change here makes every table of every user unjoinable and unreadable.
  ///
  /// The same file is read by the script of docs/pseudonyms.md, see Tests/InteropTests.
  @Test func pseudonymsNeverChange() throws {
    struct Row: Codable {
      let name: String
      let pseudonym: String
    }
    let golden = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "InteropTests/golden")
    let keys = [UInt8](try Data(contentsOf: golden.appending(path: "keys.json")))
    var encryptor = NameEncryptor(try KeyFileText.read(keys.span, tenant: "golden"))
    let rows = try JSONDecoder().decode(
      [Row].self,
      from: Data(contentsOf: golden.appending(path: "pseudonyms.json"))
    )
    #expect(rows.count >= 40)
    for row in rows {
      let text = Array(row.pseudonym.utf8)
      let pseudonym = PseudonymText(parsing: text.span)
      let parsed = try #require(pseudonym)
      var texts = ByteStrings()
      try encryptor.encrypt(
        ByteStrings([row.name]),
        kind: parsed.kind,
        version: parsed.version,
        into: &texts
      )
      #expect(texts.string(0) == row.pseudonym)
      #expect(try encryptor.reveal(texts.span(0)) == Array(row.name.utf8))
    }
  }

  private func digits(
    _ encryptor: inout NameEncryptor,
    _ kind: IdentityKind,
    _ version: Int
  ) throws -> [UInt8] {
    var texts = ByteStrings()
    try encryptor.encrypt(ByteStrings(["anna"]), kind: kind, version: version, into: &texts)
    return Array(texts[0].dropFirst(3))
  }

  private func refusal(_ encryptor: inout NameEncryptor, _ text: String) -> VeilError? {
    let bytes = Array(text.utf8)
    do {
      _ = try encryptor.reveal(bytes.span)
      return nil
    } catch {
      #expect(!encryptor.verify(bytes.span) as Bool)
      return error
    }
  }

  private func verify(_ encryptor: inout NameEncryptor, _ text: Span<UInt8>) -> Bool {
    encryptor.verify(text)
  }
}
