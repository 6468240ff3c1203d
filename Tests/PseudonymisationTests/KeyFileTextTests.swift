import Sealing
import Testing
import VeiledRecords

@testable import Pseudonymisation

@Suite struct KeyFileTextTests {
  static let root = String(repeating: "0f", count: 32)
  static let first = """
    {"version": 1, "valid_from": null, "created": "2026-11-05T12:00:00Z", "state": "active", \
    "wrap": "none", "root": "\(root)"}
    """
  static let good = """
    {"format": "logveil-keys/1", "tenant": "t", "uuid": "4be0643f-1d98-473b-97cd-ca98a65347dd", \
    "versions": [\(first)]}
    """

  @Test func whatIsWrittenIsRead() throws {
    let keyring = try Keyring.fresh(tenant: "t").adding(validFromDay: 3).adding(validFromDay: 9)
      .destroying(version: 2)
    var text = try SecretText(byteCountMax: 10_000)
    try KeyFileText.write(keyring, into: &text)
    let read = try KeyFileText.read(text.bytes, tenant: "t")
    #expect(read.versions == keyring.versions)
    #expect(read.uuid == keyring.uuid)
    #expect(read.roots.map { $0 != nil } == [true, false, true])
    var again = try SecretText(byteCountMax: 10_000)
    try KeyFileText.write(read, into: &again)
    let isSame = ConstantTime.equal(text.bytes, again.bytes)
    #expect(isSame)
  }

  @Test(arguments: [
    good,
    good.replacing(" ", with: ""),
    good.replacing(" ", with: "\r\n\t "),
    " \n" + good + "\n",
    """
    {"versions":[\(first)],"uuid":"4be0643f-1d98-473b-97cd-ca98a65347dd","tenant":"t",\
    "format":"logveil-keys/1"}
    """,
  ])
  func fieldsComeInAnyOrder(_ text: String) throws {
    #expect(try read(text).newestVersion == 1)
  }

  @Test(arguments: [
    ("\"logveil-keys/1\"", "\"logveil-keys/2\"", "format"), ("format", "Format", "Format"),
    ("\"tenant\": \"t\", ", "", "tenant"),
    ("\"tenant\": \"t\"", "\"tenant\": \"t\", \"tenant\": \"t\"", "tenant"),
    ("4be0643f", "4BE0643F", "uuid"), ("4be0643f-", "4be0643f", "uuid"),
    ("[\(first)]", "[]", "versions"), ("\"version\": 1", "\"version\": 0", "version"),
    ("\"version\": 1, ", "", "version"), ("\"version\": 1", "\"version\": 1000000", "version"),
    ("null", "\"2026-11-05\"", "versions"), ("null", "\"2026-02-30\"", "valid_from"),
    ("null", "\"26-02-01\"", "valid_from"), ("T12:00:00Z", "T12:00:00", "created"),
    ("2026-11-05T", "2026-13-05T", "created"), ("active", "retired", "state"),
    ("active", "destroyed", "root"), ("\"\(root)\"", "null", "root"),
    (root, root.uppercased(), "root"), (root, String(root.dropLast()), "root"),
    (root, root + "0f", "root"), ("none", "kek", "wrap"), ("\"wrap\": \"none\", ", "", "wrap"),
    ("\"state\"", "\"state2\"", "state2"),
    ("\"version\": 1", "\"version\": 1, \"version\": 1", "version"),
    (first, first + ", " + first, "versions"),
    (first, first + ", " + first.replacing("\": 1,", with: "\": 2,"), "versions"),
  ])
  func badFieldsAreNamed(_ old: String, _ new: String, _ field: String) {
    #expect(throws: KeyFileFault.badField(field)) { try read(Self.good.replacing(old, with: new)) }
  }

  @Test func anotherTenantsFileIsRefused() {
    #expect(throws: KeyFileFault.wrongTenant) {
      try read(Self.good.replacing("\"t\"", with: "\"other\""))
    }
  }

  @Test func everyCutIsRefused() throws {
    let bytes = Array(Self.good.utf8)
    for count in 0..<bytes.count {
      #expect(throws: KeyFileFault.self, "\(count) bytes") {
        try read(String(decoding: bytes.prefix(count), as: UTF8.self))
      }
    }
    #expect(throws: KeyFileFault.malformed(offset: bytes.count)) { try read(Self.good + "x") }
  }

  @Test func randomDamageIsAnErrorOrStillAKeyring() {
    var random = SeededRandom(6)
    for _ in 0..<20_000 {
      var bytes = Array(Self.good.utf8)
      for _ in 0...random.below(3) {
        switch random.below(3) {
        case 0: bytes[random.below(bytes.count)] = UInt8(random.below(256))
        case 1: bytes.remove(at: random.below(bytes.count))
        default:
          bytes.insert(Array("{}[],:\"\\0n".utf8)[random.below(10)], at: random.below(bytes.count))
        }
      }
      do throws(KeyFileFault) {
        let keyring = try KeyFileText.read(bytes.span, tenant: "t")
        #expect(!keyring.versions.isEmpty)
      } catch { #expect(!"\(error)".isEmpty) }
    }
  }

  @Test(arguments: [
    (0, "1970-01-01"), (-1, "1969-12-31"), (59, "1970-03-01"), (11_016, "2000-02-29"),
    (20_762, "2026-11-05"), (-719_162, "0001-01-01"), (2_932_896, "9999-12-31"),
    (47_540, "2100-02-28"),
    (47_541, "2100-03-01"),
  ])
  func days(_ day: Int, _ text: String) {
    #expect("\(CivilDay(Int32(day)))" == text)
    #expect(CivilDay(parsing: text)?.daysSince1970 == Int32(day))
  }

  @Test(arguments: [
    "", "2026-11-5", "2026-11-31", "2023-02-29", "2026-00-01", "2026-01-00", "0000-01-01",
    "2026/11/05", "2026-11-0x", "+026-11-05", "2026-11-05 ",
  ])
  func noDays(_ text: String) { #expect(CivilDay(parsing: text) == nil) }

  private func read(_ text: String) throws -> Keyring {
    let bytes = Array(text.utf8)
    return try KeyFileText.read(bytes.span, tenant: "t")
  }
}
