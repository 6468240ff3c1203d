package import ByteBlocks
internal import ByteKernels
internal import ClearRecords
package import IdentityRules
package import LogFormats
internal import Pseudonymisation
internal import VeiledRecords

/// The clear names of archives, to be looked for in what a run has left.
///
/// They live in memory only. Kept are names of four bytes or more, as they stand in the log and in
/// their canonical form, without regard to the case of ASCII letters; a shorter one is too often
/// something else.
package struct LeakNames: ~Copyable {
  package static let bytesMin = 4

  /// What a name stands for.
  package enum Scope: UInt8, Sendable { case user, machine }

  private(set) var names = ByteStrings()
  private(set) var scopes: [Scope] = []
  private var table = DictionaryTable()
  private var users = DictionaryTable()
  private var machines = DictionaryTable()
  private let canonical: CanonicalNames
  private let exempt: Set<[UInt8]>
  /// Names that are accounts of this machine's admins, which may stand in the governance log.
  package private(set) var exemptCount = 0

  package init(_ canonical: CanonicalNames, exempt: [String]) {
    self.canonical = canonical
    self.exempt = Set(exempt.map { $0.utf8.map(Self.fold) })
  }

  /// Names and their other spellings.
  package var count: Int { names.count }

  /// Adds the names of a block, of whatever becomes an event or not; of users beside the events'
  /// own not those that are numbers, which stand for other things too.
  ///
  /// - Parameter parser: of a profile that reads all users.
  package mutating func add(
    _ block: consuming Block, header: BlockHeader, textOffset: Int, parser: any BlockParser
  ) {
    let batch = parser.parse(block, header: header, textOffset: textOffset)
    if batch.hasUsers { add(batch.users, batch, .user) }
    if batch.hasDevices { add(batch.devices, batch, .machine) }
    if batch.hasSources { add(batch.sources, batch, .machine) }
    let bytes = batch.block.memoryBytes
    for other in batch.otherUsers {
      let raw = bytes.extracting(Int(other.field.start)..<Int(other.field.end))
      guard users.find(raw) == nil else { continue }
      users.add(raw, 1)
      if !raw.indices.allSatisfy({ raw[$0] &- 0x30 < 10 }) { add(raw, .user) }
    }
  }

  private mutating func add(
    _ fields: borrowing Buffer<FieldRange>, _ batch: borrowing RecordBatch, _ scope: Scope
  ) {
    var known = Buffer<UInt32>(count: batch.count)
    let all = fields.span.extracting(0..<batch.count)
    let absent =
      scope == .user
      ? users.find(all, in: batch.block, values: &known)
      : machines.find(all, in: batch.block, values: &known)
    guard absent > 0 else { return }
    let bytes = batch.block.memoryBytes
    for record in 0..<batch.count where known[record] == DictionaryTable.absent {
      let raw = bytes.extracting(Int(fields[record].start)..<Int(fields[record].end))
      let isNew = scope == .user ? users.find(raw) == nil : machines.find(raw) == nil
      guard isNew else { continue }
      if scope == .user { users.add(raw, 1) } else { machines.add(raw, 1) }
      add(raw, scope)
    }
  }

  private mutating func add(_ raw: Span<UInt8>, _ scope: Scope) {
    var form: [UInt8] = []
    if raw.isEmpty || PseudonymText.looksLikeOne(raw) { return }
    let result =
      scope == .user
      ? canonical.canonicalise(raw, into: &form) : canonical.canonicaliseMachine(raw, into: &form)
    guard result == .name else { return }
    insert(raw.indices.map { Self.fold(raw[$0]) }, scope)
    insert(form.map(Self.fold), scope)
    // What is no ASCII has other cases, and a byte a letter in ISO 8859-1.
    guard form.contains(where: { $0 >= 0x80 }), let text = String(validating: form, as: UTF8.self)
    else { return }
    insert(text.uppercased().utf8.map(Self.fold), scope)
    let narrow = text.unicodeScalars.compactMap { UInt8(exactly: $0.value) }
    if narrow.count == text.unicodeScalars.count { insert(narrow.map(Self.fold), scope) }
  }

  private mutating func insert(_ name: [UInt8], _ scope: Scope) {
    guard name.count >= Self.bytesMin else { return }
    if exempt.contains(name) {
      exemptCount += 1
      return
    }
    guard table.find(name.span) == nil else { return }
    table.add(name.span, UInt32(names.count))
    names.append(bytes: name)
    scopes.append(scope)
  }

  static func fold(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
  }
}
