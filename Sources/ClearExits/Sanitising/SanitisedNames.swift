internal import ByteBlocks
internal import ByteKernels
internal import ClearRecords
internal import IdentityRules
internal import Pseudonymisation
internal import VeiledRecords

/// Pseudonyms of names as they stand in logs, each made once and known by a number.
final class SanitisedNames {
  /// The number of what names nobody, or is a pseudonym already.
  static let nobody: UInt32 = 0
  /// The number of `-`, which stands in place of passwords.
  static let dash: UInt32 = 1
  /// The number of what looks like a pseudonym, but that no key of ours has made.
  static let foreign: UInt32 = 2
  /// A name that was not met yet.
  static let unknown = DictionaryTable.absent
  private static let bytesMax = 64 << 20
  /// What a spelling takes beside its bytes.
  private static let spellingOverhead = 64

  /// The key version of the event at hand.
  var version: Int {
    didSet { if version != oldValue { table = Self.table(version, &tables) } }
  }
  private let canonical: CanonicalNames
  private let privateUsers: GroupMembers?
  private let people: PersonMap?
  private var encryptor: NameEncryptor
  private var texts = ByteStrings(["", "-", "-"])
  /// How each name may stand elsewhere, by its number, where that was asked.
  private var spellings: [[NameSpellings.Spelling]?] = []
  private var spellingBytes = 0
  /// Pseudonyms in logs, and whether keys of ours have made them.
  private var pseudonyms = NameTable()
  private var tables: [Int: NameTable] = [:]
  /// That of `version`.
  private var table: NameTable

  init(_ keyring: Keyring, _ options: Sanitiser.Options) {
    canonical = options.canonical
    privateUsers = options.privateUsers
    people = options.people
    encryptor = NameEncryptor(keyring)
    version = keyring.newestVersion
    table = Self.table(version, &tables)
  }

  private static func table(_ version: Int, _ tables: inout [Int: NameTable]) -> NameTable {
    if let table = tables[version] { return table }
    let table = NameTable()
    tables[version] = table
    return table
  }

  /// The number of the pseudonym of a name.
  func number(of raw: Span<UInt8>) throws(VeilError) -> UInt32 {
    if let number = table.find(raw) { return number }
    if isForeign(raw) { return Self.foreign }
    let text = try made(raw)
    let number = text == nil ? Self.nobody : UInt32(texts.count)
    table.add(raw, number)
    if let text { texts.append(bytes: text) }
    return number
  }

  /// Whether a name looks like a pseudonym, but is none that keys of ours have made for a user: a
  /// run refuses such an event.
  func isForeign(_ raw: Span<UInt8>) -> Bool {
    guard PseudonymText.looksLikeOne(raw) else { return false }
    if let known = pseudonyms.find(raw) { return known != 0 }
    let isForeign = !encryptor.verify(raw, as: .user)
    pseudonyms.add(raw, isForeign ? 1 : 0)
    return isForeign
  }

  /// How a name with a number may stand in other places.
  func spellings(of raw: Span<UInt8>, _ number: UInt32) -> [NameSpellings.Spelling] {
    let place = Int(number)
    if place < spellings.count, let known = spellings[place] { return known }
    let all = NameSpellings.all(of: raw, bytesMin: OwnName.bytesMin, canonical)
    spellingBytes += all.reduce(0) { $0 + $1.bytes.count + Self.spellingOverhead }
    if spellingBytes > Self.bytesMax {
      spellings = []
      spellingBytes = 0
    }
    if spellings.count <= place {
      spellings.append(contentsOf: repeatElement(nil, count: place + 1 - spellings.count))
    }
    spellings[place] = all
    return all
  }

  /// Looks up the users of all records at once; `numbers` gets `unknown` for those not met yet.
  func find(_ batch: borrowing RecordBatch, _ numbers: inout Buffer<UInt32>) {
    if numbers.count < batch.count { numbers = Buffer(count: batch.count) }
    table.find(batch, &numbers)
  }

  /// Appends the text of a number.
  func append(_ number: UInt32, to bytes: inout [UInt8]) {
    bytes.append(contentsOf: texts[Int(number)])
  }

  /// Numbers that were given before are void afterwards.
  func forgetIfLarge() {
    guard texts.byteCount > Self.bytesMax else { return }
    spellings = []
    spellingBytes = 0
    pseudonyms = NameTable()
    tables = [:]
    table = Self.table(version, &tables)
    texts = ByteStrings(["", "-", "-"])
  }

  private func made(_ raw: Span<UInt8>) throws(VeilError) -> [UInt8]? {
    var name: [UInt8] = []
    if PseudonymText.looksLikeOne(raw) { return nil }
    guard canonical.canonicalise(raw, into: &name) == .name else { return nil }
    name = people?.person(of: name) ?? name
    var texts = ByteStrings()
    var list = ByteStrings()
    list.append(bytes: name.span)
    let kind: IdentityKind = privateUsers?.contains(name) == true ? .privateUser : .user
    try encryptor.encrypt(list, kind: kind, version: version, into: &texts)
    return Array(texts[0])
  }
}

/// Holds clear names: wiped when it goes.
private final class NameTable {
  private var table = DictionaryTable()

  func find(_ name: Span<UInt8>) -> UInt32? { table.find(name) }
  func add(_ name: Span<UInt8>, _ number: UInt32) { table.add(name, number) }

  func find(_ batch: borrowing RecordBatch, _ numbers: inout Buffer<UInt32>) {
    _ = table.find(
      batch.users.span.extracting(0..<batch.count), in: batch.block, values: &numbers)
  }
}
