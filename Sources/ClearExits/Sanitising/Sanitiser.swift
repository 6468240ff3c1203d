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
  private let names: SanitisedNames
  private let keyring: Keyring
  /// Whether a record may go over several lines.
  private let isMultiline: Bool
  /// Of the block at hand; the memory is used again.
  private var text: [UInt8] = []
  private var lines = LogLines()
  private var edits = TextEdits()
  private var mask: LineMask
  private var known = Buffer<UInt32>(count: 0)

  package init(_ keyring: Keyring, _ options: Options) {
    self.keyring = keyring
    parser = options.profile.parser(zone: options.zone)
    if case .lines = options.profile.shape { isMultiline = true } else { isMultiline = false }
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
    let batch = parser.parse(block, header: header, textOffset: textOffset)
    lines.read(text.span)
    edits.removeAll()
    for record in 0..<batch.count {
      let status = RecordStatus(rawValue: batch.status[record])
      lines.mark(
        Int(batch.lines[record]),
        status == .event ? .event : status == .excluded ? .excluded : .other)
      if status == .event { counts.events += 1 }
    }
    for reject in batch.rejects { lines.mark(reject.line, .other) }
    if isMultiline { lines.markContinuations(text.span) }
    try replaceUsers(batch, text, start, lines, &edits)
    names.version = keyring.newestVersion
    for line in lines.indices
    where lines.kind(line) == .remark && !lines.isRemark(line, text.span) {
      try FreeText(text.span, lines.range(line)).find(names, &edits)
    }
    counts.lines += lines.count
    counts.masked += lines.indices.count { lines.kind($0).isMasked }
    counts.names += edits.apply(to: text.span, lines, names, &mask, &written)
    names.forgetIfLarge()
  }

  private mutating func replaceUsers(
    _ batch: borrowing RecordBatch, _ text: [UInt8], _ start: Int, _ lines: LogLines,
    _ edits: inout TextEdits
  ) throws(VeilError) {
    let bytes = batch.block.memoryBytes
    var day = Int64.min
    var lookedUp: Int?
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
      let user = batch.users[record]
      let line = lines.range(Int(batch.lines[record]))
      // A host with a name in front of it is none, and a run refuses the line.
      let host = batch.hosts[record]
      let at = ByteSearch.first(UInt8(ascii: "@"), in: bytes, Int(host.start)..<Int(host.end))
      var kept = KeptFields(
        at == Int(host.end) ? host : .missing, batch.sources[record], batch.devices[record], start)
      if batch.hasUsers, !user.isEmpty, Int(user.start) >= start {
        let field = bytes.extracting(Int(user.start)..<Int(user.end))
        let isKnown = lookedUp == names.version && known[record] != SanitisedNames.unknown
        let name = isKnown ? known[record] : try names.number(of: field)
        if name != SanitisedNames.nobody {
          let first = Int(user.start) - start
          let range = first..<EscapedText.end(of: field, in: text, from: first)
          edits.add(range, name)
          kept.user = range
          OwnName(text.span, range).find(in: line, but: kept, name, &edits)
        }
      }
      try FreeText(text.span, line, but: kept).find(names, &edits)
    }
  }
}

/// Parts of a line of which it is known what they hold.
struct KeptFields {
  private var host = 0..<0
  private var source = 0..<0
  private var device = 0..<0
  var user = 0..<0

  init() {}

  /// - Parameter start: where the text begins that the ranges are to count from.
  init(_ host: FieldRange, _ source: FieldRange, _ device: FieldRange, _ start: Int) {
    self.host = Self.range(host, start)
    self.source = Self.range(source, start)
    self.device = Self.range(device, start)
  }

  private static func range(_ field: FieldRange, _ start: Int) -> Range<Int> {
    field.isEmpty ? 0..<0 : Int(field.start) - start..<Int(field.end) - start
  }

  func overlap(_ range: Range<Int>) -> Bool {
    user.overlaps(range) || host.overlaps(range) || source.overlaps(range)
      || device.overlaps(range)
  }
}
