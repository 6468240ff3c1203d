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
/// events      the fields of users; the same names elsewhere in the record; mail addresses,
///             users of URLs and of `?user=` become pseudonyms; all other bytes stay
/// no events   letters and digits are masked: nobody knows what they say; of lines that the format
///             leaves out its own words stay
/// remarks     stay (lines that begin with `#`, and empty ones)
/// ```
/// Takes blocks in any order; one per thread, since it keeps the memory of the block before.
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
  /// Days of destroyed key versions have no pseudonyms: their events are masked.
  private let destroyed: Set<Int>
  private let names: SanitisedNames
  private let keyring: Keyring
  /// Whether a record may go over several lines.
  private let isMultiline: Bool
  private let structure: RecordStructure
  /// The users of the record at hand.
  private var users: [FoundUser] = []
  /// Of the block at hand; the memory is used again.
  private var text: [UInt8] = []
  private var lines = LogLines()
  private var edits = TextEdits()
  private var mask: LineMask
  private var known = Buffer<UInt32>(count: 0)

  package init(_ keyring: Keyring, _ options: Options) {
    self.keyring = keyring
    parser = options.profile.readingAllUsers.parser(zone: options.zone)
    destroyed = Set(keyring.versions.filter(\.isDestroyed).map(\.number))
    if case .lines = options.profile.shape { isMultiline = true } else { isMultiline = false }
    structure = RecordStructure(literals: options.profile.literals)
    names = SanitisedNames(keyring, options)
    mask = LineMask(options.profile)
  }

  /// Appends the block's text anew to `written`.
  package mutating func rewrite(
    _ block: consuming Block, header: BlockHeader, textOffset: Int, _ counts: inout Counts,
    into written: inout [UInt8]
  ) throws(VeilError) {
    // Parsing undoes escapes in place: what is written comes from a copy.
    let start = block.start
    var (text, lines, edits) = (self.text, self.lines, self.edits)
    (self.text, self.lines, self.edits) = ([], LogLines(), TextEdits())
    defer { (self.text, self.lines, self.edits) = (text, lines, edits) }
    text.removeAll(keepingCapacity: true)
    text.append(block.text, 0..<block.count)
    var batch = parser.parse(block, header: header, textOffset: textOffset)
    refuseAsRunsDo(&batch)
    lines.read(text.span, also: sharedStarts(batch, textOffset))
    edits.removeAll()
    for record in 0..<batch.count {
      let status = RecordStatus(rawValue: batch.status[record])
      lines.mark(
        line(of: record, batch, lines),
        status == .event ? .event : status == .excluded ? .excluded : .other)
      if status == .event { counts.events += 1 }
    }
    for reject in batch.rejects {
      let isShared = !batch.joinedStarts.isEmpty
      lines.mark(isShared ? lines.line(at: reject.offset - textOffset) : reject.line, .other)
    }
    if isMultiline { lines.markContinuations(text.span) }
    try replaceUsers(batch, text, start, lines, &edits)
    names.version = keyring.newestVersion
    for line in lines.indices
    where lines.kind(line) == .remark && !lines.isRemark(line, text.span) {
      try FreeText(text.span, lines.range(line)).find(names, &edits)
    }
    counts.lines += lines.textLineCount
    counts.masked += lines.indices.count { lines.kind($0).isMasked }
    counts.names += edits.apply(to: text.span, lines, names, &mask, &written)
    names.forgetIfLarge()
  }

  /// Where records start in the text, where lines may hold several; their numbers are then no
  /// longer those of lines.
  private func sharedStarts(_ batch: borrowing RecordBatch, _ textOffset: Int) -> [Int] {
    guard !batch.joinedStarts.isEmpty else { return [] }
    let start = batch.block.start
    let records = (0..<batch.count).map { batch.lineStart(of: $0) - start }
    return (records + batch.rejects.map { $0.offset - textOffset }).sorted()
  }

  private func line(
    of record: Int, _ batch: borrowing RecordBatch, _ lines: LogLines
  ) -> Int {
    batch.joinedStarts.isEmpty
      ? Int(batch.lines[record]) : lines.line(at: batch.lineStart(of: record) - batch.block.start)
  }

  /// Refuses events for what a run refuses them for: their user, and the key of their day.
  private func refuseAsRunsDo(_ batch: inout RecordBatch) {
    if !destroyed.isEmpty {
      for record in 0..<batch.count
      where batch.status[record] == RecordStatus.event.rawValue
        && destroyed.contains(version(at: batch.times[record]))
      {
        batch.refuse(record, .keyDestroyed, in: .user)
      }
    }
    guard batch.hasUsers else { return }
    for record in 0..<batch.count
    where batch.users[record].count >= PseudonymText.byteCountMin
      && batch.status[record] == RecordStatus.event.rawValue
    {
      let user = batch.users[record]
      let isForeign = names.isForeign(
        batch.block.memoryBytes.extracting(Int(user.start)..<Int(user.end)))
      if isForeign { batch.refuse(record, .foreignPseudonym, in: .user) }
    }
  }

  private func version(at micros: Int64) -> Int {
    keyring.version(forDay: Int32(micros / 86_400_000_000))
  }

  private mutating func replaceUsers(
    _ batch: borrowing RecordBatch, _ text: [UInt8], _ start: Int, _ lines: LogLines,
    _ edits: inout TextEdits
  ) throws(VeilError) {
    let bytes = batch.block.memoryBytes
    var day = Int64.min
    var lookedUp: Int?
    var (others, fields) = (batch.otherUsers[...], batch.knownFields[...])
    var shapes = batch.shapes[...]
    for record in 0..<batch.count where batch.status[record] == RecordStatus.event.rawValue {
      let dayOfEvent = batch.times[record] / 86_400_000_000
      if dayOfEvent != day {
        day = dayOfEvent
        names.version = keyring.version(forDay: Int32(day))
      }
      if lookedUp == nil, batch.hasUsers {
        names.find(batch, &known)
        lookedUp = names.version
      }
      let whole = lines.record(line(of: record, batch, lines))
      fields = fields.drop { $0.record < record }
      while let next = shapes.dropFirst().first, next.first <= record { shapes.removeFirst() }
      if let shape = shapes.first?.shape { structure.begin(whole, shape, in: text.span) }
      // A host with a name in front of it is none, and a run refuses the line.
      let host = batch.hosts[record]
      let at = ByteSearch.first(UInt8(ascii: "@"), in: bytes, Int(host.start)..<Int(host.end))
      var kept = KeptFields(
        host: at == Int(host.end) ? host : .missing, fields.prefix { $0.record == record },
        structure, in: text.span, start: start)
      users.removeAll(keepingCapacity: true)
      if batch.hasUsers {
        // Nobody's name stays what it is.
        let nobody = Int(batch.users[record].start) - start
        if batch.users[record].isEmpty, nobody > 0 { kept.users = [nobody..<nobody + 1] }
        let isKnown = lookedUp == names.version && known[record] != SanitisedNames.unknown
        try find(batch.users[record], isKnown ? known[record] : nil, bytes, text, start)
      }
      while let other = others.first, other.record <= record {
        others.removeFirst()
        guard other.record == record else { continue }
        try find(other.field, nil, bytes, text, start)
      }
      for user in users { kept.users.append(user.range) }
      for user in users { replace(user, bytes, text.span, whole, but: kept, &edits) }
      if try FreeText(text.span, whole, but: kept).find(names, &edits) {
        replaceEscaped(bytes, text.span, whole, but: kept, &edits)
      }
    }
  }

  /// Replaces users where letters of their names are escaped, as in `ann%61`.
  private func replaceEscaped(
    _ bytes: Span<UInt8>, _ text: Span<UInt8>, _ record: Range<Int>, but kept: KeptFields,
    _ edits: inout TextEdits
  ) {
    guard let undone = UnescapedText(text, record) else { return }
    for user in users {
      let field = bytes.extracting(Int(user.field.start)..<Int(user.field.end))
      for spelling in names.spellings(of: field, user.name) {
        OwnName.find(spelling.bytes.span, in: undone, text, but: kept, user.name, &edits)
      }
    }
  }

  /// Replaces a user in its field, and wherever else the record has the name.
  private func replace(
    _ user: FoundUser, _ bytes: Span<UInt8>, _ text: Span<UInt8>, _ record: Range<Int>,
    but kept: KeptFields, _ edits: inout TextEdits
  ) {
    edits.add(user.range, user.name, isQuoted: user.isBare)
    let field = bytes.extracting(Int(user.field.start)..<Int(user.field.end))
    if user.range.count != field.count {
      OwnName.find(
        text.extracting(user.range), in: text, record, but: kept, user.name, &edits)
    }
    // Where the bare name stands nowhere no other spelling does.
    if let bare = NameSpellings.bareAlone(field), bare.count >= OwnName.bytesMin,
      OwnName.first(
        field.extracting(bare), in: text, record, from: record.lowerBound, but: kept) == nil
    {
      return
    }
    OwnName.find(
      names.spellings(of: field, user.name), in: text, record, but: kept, user.name, &edits)
  }

  /// Adds what a field of the block says to `users`, unless that is nobody.
  private mutating func find(
    _ field: FieldRange, _ known: UInt32?, _ bytes: Span<UInt8>, _ text: [UInt8], _ start: Int
  ) throws(VeilError) {
    guard !field.isEmpty, Int(field.start) >= start else { return }
    let name = bytes.extracting(Int(field.start)..<Int(field.end))
    let number: UInt32
    if let known { number = known } else { number = try names.number(of: name) }
    guard number != SanitisedNames.nobody else { return }
    let first = Int(field.start) - start
    let range = first..<EscapedText.end(of: name, in: text, from: first)
    users.append(
      FoundUser(
        field: field, range: range, name: number,
        isBare: structure.isBare(at: first, in: text.span)))
  }
}

/// A user that a record names.
private struct FoundUser {
  /// In the block, where escapes are undone.
  let field: FieldRange
  /// In the text.
  let range: Range<Int>
  let name: UInt32
  /// A number of JSON, which has no quotes; what takes its place needs them.
  let isBare: Bool
}
