package import ByteBlocks
internal import ByteKernels
internal import ClearRecords
package import IdentityRules
package import LogFormats
package import Pseudonymisation
internal import VeiledRecords

/// Shows what the lines of a log are: a row for every line, in their order.
///
/// One of the few doors by which clear text may leave (addresses, machines, and users where
/// `showsClearNames` says so): whoever opens it has asked for the permission and written the
/// record. Records take the same way as in a run, through parser and veil, so that what is shown
/// is what a run would store. Blocks come in the order of the text; memory does not grow with it.
package struct RecordInspector: ~Copyable {
  /// What is to be shown, and how.
  package struct Options {
    package var profile: FormatProfile
    package var zone = TimeZoneRule.utc
    package var canonical: CanonicalNames
    package var style = RowStyle.json
    /// Also the users' names, as in the log and in their canonical form.
    package var showsClearNames = false
    /// Those of private people, too: else nothing stands beside their pseudonyms.
    package var showsPrivateNames = false
    /// People whose activities are private.
    package var privateUsers: GroupMembers?
    /// Who is who.
    package var people: PersonMap?
    /// Whose an address was, for events without a user.
    package var addresses: AddressMap?
    /// The one line that is wanted, to be explained; `nil`: all are, and none is explained.
    package var wanted: WantedLine?
    /// The name of a host's app, called once for each distinct host.
    package var app: (Span<UInt8>) -> String? = { _ in nil }

    package init(profile: FormatProfile, canonical: CanonicalNames) {
      self.profile = profile
      self.canonical = canonical
    }
  }

  /// Memory of names that were seen, after which they are forgotten.
  private static let namesBytesMax = 64 << 20

  /// The columns of the rows.
  package let columns: [RowColumn]
  private let options: Options
  private let keyring: Keyring
  private var header: HeaderReader
  private let parser: any BlockParser
  private var veiler: Veiler
  private var rows: RowWriter
  /// Hosts and their apps by the veiler's numbers.
  private var hosts = ByteStrings()
  private var apps = ByteStrings()
  private var sources = ShownColumn()
  private var destinations = ShownColumn()
  private var devices = ShownColumn()
  private var methods = ShownColumn()
  private var statuses = ShownColumn()
  private var rawUsers = ShownColumn()
  private var canonicalUsers = ShownColumn()
  private var lineStarts: [Int] = []
  /// The record of each line of the block, or -1.
  private var recordOfLine: [Int] = []
  /// The status of each refused line, or 0.
  private var refusalOfLine: [UInt8] = []
  /// What each record is that was left out.
  private var exclusions: [String] = []
  /// Lines of the text before the next block.
  private var linesBefore = 0
  /// What the wanted line is, once it was met.
  package private(set) var explanation: LineExplanation?

  /// An inspector at the start of a text.
  package init(_ keyring: Keyring, _ options: Options) {
    self.options = options
    self.keyring = keyring
    columns = RowColumn.shown(withClearNames: options.showsClearNames)
    header = HeaderReader(options.profile)
    parser = options.profile.parser(zone: options.zone, withDetails: true)
    veiler = Self.veiler(keyring, options)
    rows = RowWriter(options.style, columns: columns)
  }

  private static func veiler(_ keyring: Keyring, _ options: Options) -> Veiler {
    var rules = Veiler.Rules(canonical: options.canonical)
    rules.privateUsers = options.privateUsers
    rules.people = options.people
    rules.addresses = options.addresses
    return Veiler(keyring, rules: rules)
  }

  /// Number of lines that were shown so far.
  package var lineCount: Int { linesBefore }

  /// Hands out the rows that are ready.
  package mutating func takeRows(_ body: ([UInt8]) throws -> Void) rethrows {
    try body(rows.bytes)
    rows.removeAll()
  }

  /// Adds a row for a line that was too long to be read.
  package mutating func addOverlong(at textOffset: Int) {
    linesBefore += 1
    if let wanted = options.wanted {
      guard wanted.line == linesBefore || wanted.offset == textOffset else { return }
      explanation = LineExplanation(line: linesBefore, offset: textOffset)
      explanation?.reason = RejectReason.lineTooLong.word
    }
    addRow(line: linesBefore, offset: textOffset, status: "rejected", reason: .lineTooLong)
  }

  /// Adds a row for each line of the next block.
  package mutating func add(
    _ block: consuming Block, textOffset: Int
  ) throws(VeilError) {
    if veiler.byteCount > Self.namesBytesMax { forgetNames() }
    let blockHeader = header.read(block)
    findLines(of: block)
    defer { linesBefore += lineStarts.count }
    var lines = lineStarts.indices
    if let wanted = options.wanted {
      guard let line = wanted.place(in: lineStarts, linesBefore, textOffset, block.count) else {
        return
      }
      lines = line..<line + 1
      explain(line, block, blockHeader, textOffset)
    }
    let batch = parser.parse(block, header: blockHeader, textOffset: textOffset)
    if batch.counts.lines != lineStarts.count {
      // Several objects share a line: each is a line of its own.
      let first = lines.first.map { lineStarts[$0] } ?? 0
      splitSharedLines(batch)
      lines =
        options.wanted == nil
        ? lineStarts.indices : (lineStarts.firstIndex { $0 >= first }).map { $0..<$0 + 1 } ?? 0..<0
    }
    fillColumns(batch)
    nameExclusions(batch)
    placeRecords(batch)
    if let line = lines.first, options.wanted != nil { noteName(of: line, batch) }
    let veiled = try veiler.veil(batch)
    for reject in veiled.rejects { refusalOfLine[reject.line] = reject.status.rawValue }
    writeNewHosts()
    let users = veiler.names.users
    for line in lines {
      let offset = lineStarts[line] + textOffset
      let number = linesBefore + line + 1
      let refusal = RecordStatus(rawValue: refusalOfLine[line])
      let record = recordOfLine[line]
      if let reason = refusal.reason {
        addRow(line: number, offset: offset, status: "rejected", reason: reason)
      } else if record < 0 {
        addRow(line: number, offset: offset, status: "comment", reason: nil)
      } else if veiled.events.status[record] != RecordStatus.event.rawValue {
        addRow(line: number, offset: offset, status: "excluded", why: exclusions[record])
      } else {
        addEvent(record, line: number, offset: offset, veiled, users)
      }
    }
    if let line = lines.first, options.wanted != nil { settle(line, veiled, users) }
  }
}

extension RecordInspector {
  private mutating func forgetNames() {
    veiler = Self.veiler(keyring, options)
    hosts = ByteStrings()
    apps = ByteStrings()
  }

  /// Finds where the lines start, from the start of the block.
  private mutating func findLines(of block: borrowing Block) {
    lineStarts.removeAll(keepingCapacity: true)
    let text = block.text
    var start = 0
    for place in text.indices where text[place] == UInt8(ascii: "\n") {
      lineStarts.append(start)
      start = place + 1
    }
    if start < text.count { lineStarts.append(start) }
  }

  /// Puts the starts of the records that share a line in place of the line's own.
  private mutating func splitSharedLines(_ batch: borrowing RecordBatch) {
    var starts = (0..<batch.count).map { batch.lineStart(of: $0) - batch.block.start }
    starts += batch.rejects.map { $0.offset - batch.textOffset }
    starts = Set(starts).sorted()
    var split: [Int] = []
    var next = 0
    for (line, start) in lineStarts.enumerated() {
      let end = line + 1 < lineStarts.count ? lineStarts[line + 1] : .max
      let count = split.count
      while next < starts.count, starts[next] < end {
        split.append(starts[next])
        next += 1
      }
      if split.count == count { split.append(start) }
    }
    lineStarts = split
  }

  private mutating func fillColumns(_ batch: borrowing RecordBatch) {
    let writer = FieldWriter(style: options.style, canonical: options.canonical)
    let records = 0..<batch.count
    sources.fill(batch.sources.span.extracting(records), in: batch.block, writer.address)
    devices.fill(batch.devices.span.extracting(records), in: batch.block, writer.device)
    Self.fill(&destinations, &methods, &statuses, batch, writer)
    guard options.showsClearNames else { return }
    rawUsers.fill(batch.users.span.extracting(records), in: batch.block, writer.rawUser)
    canonicalUsers.fill(batch.users.span.extracting(records), in: batch.block, writer.user)
  }

  private static func fill(
    _ destinations: inout ShownColumn, _ methods: inout ShownColumn,
    _ statuses: inout ShownColumn, _ batch: borrowing RecordBatch, _ writer: FieldWriter
  ) {
    let records = 0..<batch.count
    switch batch.details {
    case .some(let details):
      destinations.fill(
        details.destinations.span.extracting(records), in: batch.block, writer.address)
      methods.fill(details.methods.span.extracting(records), in: batch.block, writer.method)
      statuses.fill(details.statuses.span.extracting(records), in: batch.block, writer.status)
    case nil: break
    }
  }

  /// Notes the fields of a line before its block is consumed.
  private mutating func explain(
    _ line: Int, _ block: borrowing Block, _ header: BlockHeader, _ textOffset: Int
  ) {
    var explanation = LineExplanation(
      line: linesBefore + line + 1, offset: lineStarts[line] + textOffset)
    let end = line + 1 < lineStarts.count ? lineStarts[line + 1] - 1 : block.count
    let range = block.start + lineStarts[line]..<block.start + max(lineStarts[line], end)
    let plan = header.parts.last { $0.start <= range.lowerBound }?.plan
    explanation.note(
      range, in: block, plan: plan, profile: options.profile, shift: textOffset - block.start)
    self.explanation = explanation
  }

  /// Notes how the user's name of a line becomes canonical; `settle` takes back what may not be
  /// shown.
  private mutating func noteName(of line: Int, _ batch: borrowing RecordBatch) {
    let record = recordOfLine[line]
    guard options.showsClearNames, record >= 0, batch.hasUsers else { return }
    let field = batch.users[record]
    guard field.start < field.end else { return }
    let steps = options.canonical.steps(
      of: batch.block.memoryBytes.extracting(Int(field.start)..<Int(field.end)))
    explanation?.nameSteps = steps.map {
      LineExplanation.NameStep(
        rule: $0.rule.rawValue, name: String(decoding: $0.name, as: UTF8.self))
    }
  }

  /// Adds to the explanation what became of the line.
  private mutating func settle(
    _ line: Int, _ veiled: borrowing VeiledBatch, _ users: ByteStrings
  ) {
    let record = recordOfLine[line]
    let refusal = RecordStatus(rawValue: refusalOfLine[line])
    let isEvent =
      record >= 0 && refusal.reason == nil
      && veiled.events.status[record] == RecordStatus.event.rawValue
    let user = isEvent ? Int(veiled.events.users[record]) : 0
    explanation?.reason = refusal.reason?.word
    explanation?.attribute = refusal.attribute?.word
    let showsName = showsName(of: user, users)
    explanation?.hideNames(
      isEvent: isEvent, showsClearNames: showsName,
      user: user == 0 ? nil : users.string(user))
  }

  /// Whether the clear name of a user may stand beside the pseudonym.
  private func showsName(of user: Int, _ users: ByteStrings) -> Bool {
    guard options.showsClearNames else { return false }
    return options.showsPrivateNames || user == 0
      || users.span(user)[0] != IdentityKind.privateUser.letter
  }

  private mutating func placeRecords(_ batch: borrowing RecordBatch) {
    recordOfLine.removeAll(keepingCapacity: true)
    recordOfLine.append(contentsOf: repeatElement(-1, count: lineStarts.count))
    refusalOfLine.removeAll(keepingCapacity: true)
    refusalOfLine.append(contentsOf: repeatElement(0, count: lineStarts.count))
    for record in 0..<batch.count { recordOfLine[Int(batch.lines[record])] = record }
  }

  /// Writes the hosts that the veiler has met for the first time, and looks their apps up.
  private mutating func writeNewHosts() {
    let names = veiler.names.hosts
    for number in hosts.count..<max(hosts.count, names.count) {
      var text: [UInt8] = []
      var app: [UInt8] = options.style.null
      if names.range(number).isEmpty {
        text = options.style.null
      } else {
        options.style.append(names.span(number), to: &text)
        if let name = options.app(names.span(number)) {
          app = []
          options.style.append(name.utf8.span, to: &app)
        }
      }
      hosts.append(bytes: text)
      apps.append(bytes: app)
    }
  }

  private mutating func addRow(
    line: Int, offset: Int, status: StaticString, reason: RejectReason?
  ) {
    addRow(line: line, offset: offset, status: status, why: reason?.word ?? "")
  }

  private mutating func addRow(line: Int, offset: Int, status: StaticString, why: String) {
    rows.add(Int64(line))
    rows.add(Int64(offset))
    rows.add(word: Array("\(status)".utf8)[...])
    if !why.isEmpty {
      var text: [UInt8] = []
      options.style.append(why.utf8.span, to: &text)
      rows.add(text[...])
    }
    rows.endRow()
  }

  private mutating func nameExclusions(_ batch: borrowing RecordBatch) {
    exclusions.removeAll(keepingCapacity: true)
    exclusions.append(contentsOf: repeatElement("", count: batch.count))
    switch batch.details {
    case .some(let details):
      for record in 0..<batch.count {
        let name = options.profile.exclusionName(details.exclusions[record])
        exclusions[record] = name ?? ""
      }
    case nil: break
    }
  }

  private static let event = Array("event".utf8)[...]
  private static let actions = EventAction.allCases.map { Array(($0.word ?? "").utf8)[...] }

  private mutating func addEvent(
    _ record: Int, line: Int, offset: Int, _ batch: borrowing VeiledBatch, _ users: ByteStrings
  ) {
    rows.add(Int64(line))
    rows.add(Int64(offset))
    rows.add(word: Self.event)
    rows.addNull()
    rows.add(time: batch.events.times[record])
    let user = Int(batch.events.users[record])
    if user == 0 { rows.addNull() } else { rows.add(word: users[user]) }
    let host = Int(batch.events.hosts[record])
    rows.add(sources[record])
    rows.add(destinations[record])
    rows.add(hosts[host])
    rows.add(devices[record])
    let action = Self.actions[Int(batch.events.actions[record])]
    if action.isEmpty { rows.addNull() } else { rows.add(word: action) }
    rows.add(methods[record])
    rows.add(statuses[record])
    rows.add(batch.events.uploaded[record])
    rows.add(batch.events.downloaded[record])
    rows.add(batch.events.totals[record])
    rows.add(apps[host])
    if showsName(of: user, users) {
      rows.add(rawUsers[record])
      rows.add(canonicalUsers[record])
    }
    rows.endRow()
  }
}
