package import ByteBlocks
internal import ByteKernels
internal import ClearRecords
package import IdentityRules
package import LogFormats
package import Pseudonymisation
internal import VeiledRecords

/// Writes the text of a log anew with pseudonyms in place of users' names, block after block.
///
/// ```
/// events      the field of the user; the same name elsewhere in the line; mail addresses, users of
///             URLs and of `?user=` become pseudonyms; all other bytes stay
/// no events   letters and digits are masked: nobody knows what they say
/// remarks     stay (lines that begin with `#`, and empty ones)
/// ```
/// Takes blocks in any order; one per thread.
package struct Sanitiser: ~Copyable {
  package struct Options: Sendable {
    package var profile: FormatProfile
    package var zone = TimeZoneRule.utc
    package var canonical: CanonicalNames
    package var privateUsers: GroupMembers?
    package var people: PersonMap?

    package init(profile: FormatProfile, canonical: CanonicalNames) {
      self.profile = profile
      self.canonical = canonical
    }
  }

  /// What was done.
  package struct Counts: Sendable {
    package var lines = 0
    package var events = 0
    /// Names that became pseudonyms, each time they stood there.
    package var names = 0
    /// Lines that are no events and were masked.
    package var masked = 0

    package init() {}

    package static func += (a: inout Counts, b: Counts) {
      a.lines += b.lines
      a.events += b.events
      a.names += b.names
      a.masked += b.masked
    }
  }

  private let parser: any BlockParser
  private let names: SanitisedNames
  private let keyring: Keyring
  /// Whether a record may go over several lines.
  private let isMultiline: Bool

  package init(_ keyring: Keyring, _ options: Options) {
    self.keyring = keyring
    parser = options.profile.parser(zone: options.zone)
    if case .lines = options.profile.shape { isMultiline = true } else { isMultiline = false }
    names = SanitisedNames(keyring, options)
  }

  /// The block's text anew.
  package mutating func rewrite(
    _ block: consuming Block, header: BlockHeader, textOffset: Int, _ counts: inout Counts
  ) throws(VeilError) -> [UInt8] {
    // Parsing undoes escapes in place: what is written comes from a copy.
    let start = block.start
    // SAFETY: the bytes live for this call, which copies them.
    let text = unsafe block.text.withUnsafeBufferPointer { unsafe Array($0) }
    let batch = parser.parse(block, header: header, textOffset: textOffset)
    var lines = LogLines(text)
    var edits: [TextEdit] = []
    for record in 0..<batch.count {
      let isEvent = batch.status[record] == RecordStatus.event.rawValue
      lines.mark(Int(batch.lines[record]), isEvent ? .event : .other)
      if isEvent { counts.events += 1 }
    }
    for reject in batch.rejects { lines.mark(reject.line, .other) }
    if isMultiline { lines.markContinuations(text) }
    try replaceUsers(batch, text, start, lines, &edits)
    names.version = keyring.newestVersion
    for line in lines.indices where lines.kind(line) == .remark && !lines.isRemark(line, text) {
      try FreeText(text, lines.range(line)).find(names, &edits)
    }
    names.forgetIfLarge()
    counts.lines += lines.count
    counts.masked += lines.indices.count { lines.kind($0) == .other }
    return TextEdit.apply(edits, to: text, masking: lines, names: &counts.names)
  }

  private func replaceUsers(
    _ batch: borrowing RecordBatch, _ text: [UInt8], _ start: Int, _ lines: LogLines,
    _ edits: inout [TextEdit]
  ) throws(VeilError) {
    let bytes = batch.block.memoryBytes
    for record in 0..<batch.count where batch.status[record] == RecordStatus.event.rawValue {
      let user = batch.users[record]
      let range = Int(user.start)..<Int(user.end)
      names.version = keyring.version(forDay: Int32(batch.times[record] / 86_400_000_000))
      let line = lines.range(Int(batch.lines[record]))
      var kept = [batch.hosts[record], batch.sources[record], batch.devices[record]].map {
        Int($0.start) - start..<max(Int($0.start), Int($0.end)) - start
      }.filter { !$0.isEmpty }
      if batch.hasUsers, !range.isEmpty, range.lowerBound >= start,
        let pseudonym = try names.pseudonym(of: bytes.extracting(range))
      {
        let first = range.lowerBound - start
        let end = EscapedText.end(of: bytes.extracting(range), in: text, from: first)
        edits.append(TextEdit(range: first..<end, text: pseudonym))
        kept.append(first..<end)
        OwnName(Array(text[first..<end])).find(in: text, line, but: kept, pseudonym, &edits)
      }
      try FreeText(text, line, but: kept).find(names, &edits)
    }
  }
}

/// Pseudonyms of names as they stand in logs, each made once.
final class SanitisedNames {
  private static let bytesMax = 64 << 20

  /// The key version of the event at hand.
  var version: Int
  private let canonical: CanonicalNames
  private let privateUsers: GroupMembers?
  private let people: PersonMap?
  private var encryptor: NameEncryptor
  private var texts = ByteStrings([""])
  private var tables: [Int: NameTable] = [:]

  init(_ keyring: Keyring, _ options: Sanitiser.Options) {
    canonical = options.canonical
    privateUsers = options.privateUsers
    people = options.people
    encryptor = NameEncryptor(keyring)
    version = keyring.newestVersion
  }

  /// The pseudonym of a name; `nil` where it names nobody, or is a pseudonym.
  func pseudonym(of raw: Span<UInt8>) throws(VeilError) -> [UInt8]? {
    let table = tables[version] ?? NameTable()
    tables[version] = table
    if let number = table.find(raw) { return number == 0 ? nil : Array(texts[Int(number)]) }
    let text = try made(raw)
    table.add(raw, text == nil ? 0 : UInt32(texts.count))
    if let text { texts.append(bytes: text) }
    return text
  }

  func forgetIfLarge() {
    guard texts.byteCount > Self.bytesMax else { return }
    tables = [:]
    texts = ByteStrings([""])
  }

  private func made(_ raw: Span<UInt8>) throws(VeilError) -> [UInt8]? {
    var name: [UInt8] = []
    if PseudonymText.looksLikeOne(raw), encryptor.verify(raw) { return nil }
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
}
