internal import AppMatching
internal import ArchiveDecoding
internal import ByteBlocks
package import ClearExits
internal import Governance
internal import IdentityRules
package import LogFormats
internal import Pseudonymisation
package import VeiledRecords

/// What a person asked `logveil inspect` to do.
package struct InspectRequest: Sendable {
  package var home: String
  package var tenant: String
  /// A file, or `-` for standard input.
  package var path: String
  /// `nil`: by the first lines.
  package var profile: FormatProfile?
  package var zone = TimeZoneRule.utc
  package var style = RowStyle.json
  /// The source whose rules on names hold; `nil`: the tenant's.
  package var source: String?
  /// Why clear names are to be shown; `nil`: they are not.
  package var justification: String?

  package init(home: String, tenant: String, path: String) {
    self.home = home
    self.tenant = tenant
    self.path = path
  }
}

/// What an archive is, by its beginning.
package struct InspectSummary: Sendable {
  /// Name of the compression; of several the outermost.
  package var codec: String
  /// `nil` for a stream.
  package var storedBytes: UInt64?
  /// The chosen format; `nil` where none fits.
  package var format: String?
  /// `nil` where the format was named.
  package var confidence: Double?
  /// Why no format was chosen.
  package var refusal: String?
  /// How well each known format fits.
  package var matches: [(format: String, confidence: Double)] = []
  package var found: [Attribute] = []
  package var missing: [Attribute] = []
  package var columns: [RowColumn] = []
  /// Rows of the first lines, in the style that was asked for.
  package var rows: [UInt8] = []
}

/// Shows what an archive is and what its lines say.
package struct InspectOperation {
  private let request: InspectRequest
  private let justification: Justification?
  private let prepared: PreparedHome
  private let canonical: CanonicalNames
  private let catalog: AppCatalog
  private let privateUsers: GroupMembers?
  private let showsPrivateNames: Bool
  private let directory: LoadedDirectory?

  /// What was made on the way.
  package var notices: [String] { prepared.notices }

  /// Asks whether this may be done, and opens the keys; makes a home where there is none.
  package init(_ request: InspectRequest) throws(OperationError) {
    self.request = request
    justification = try request.justification.map { text throws(OperationError) in
      try governed { () throws(GovernanceError) in try Justification(text) }
    }
    // Looked at before a home is made for nothing.
    _ = try Self.references(request.path)
    prepared = try Home.prepare(at: request.home, tenant: request.tenant)
    if let justification {
      try prepared.gate.require(.resolve, for: .inspectClear, justification: justification)
      let name = ArchiveReference(path: request.path).name
      try prepared.gate.requireApproval(
        of: .resolve, Array("inspect --clear \(request.path)".utf8),
        summary: "inspect --clear of \(name)", keyring: prepared.keyring,
        justification: justification)
    } else {
      try prepared.gate.require(.ingest)
    }
    canonical = try NameRules(prepared.gate, source: request.source).primary
    do { catalog = try AppCatalog.embedded() } catch { throw OperationError(error) }
    privateUsers = try prepared.gate.privatePeople(prepared.keyring, canonical)
    directory = try prepared.gate.directory(prepared.keyring, canonical)
    showsPrivateNames = try prepared.gate.permits(.viewPrivate)
  }

  /// The format, what it says and the first lines.
  package func summary() throws(OperationError) -> InspectSummary {
    try recorded { () throws(OperationError) in
      var text = try TextSource.open(Self.references(request.path))
      var summary = InspectSummary(codec: text.codec, storedBytes: text.storedBytes)
      guard let first = try text.next() else { return summary }
      let own = try FormatChoice.own(home: request.home)
      let parsers = TrialParsers()
      summary.matches = FormatDetection.matches(first.block, own: own, with: parsers).map {
        ($0.profile.name, $0.confidence)
      }
      let profile: FormatProfile
      do throws(FormatDetection.Refusal) {
        (profile, summary.confidence) = try choose(first.block, own: own, with: parsers)
      } catch {
        summary.refusal = error.description
        return summary
      }
      summary.format = profile.name
      summary.missing = missing(of: profile, in: first.block)
      summary.found = profile.attributes.filter { !summary.missing.contains($0) }
      summary.missing = Attribute.allCases.filter { !summary.found.contains($0) }
      var inspector = inspector(profile)
      summary.columns = inspector.columns
      try add(first, to: &inspector)
      inspector.takeRows { summary.rows = $0 }
      return summary
    }
  }

  /// A row for every line, handed out block by block.
  package func records(_ emit: ([UInt8]) throws(OperationError) -> Void) throws(OperationError) {
    try recorded { () throws(OperationError) in
      var text = try TextSource.open(Self.references(request.path))
      var chosen: RecordInspector?
      while let assembled = try text.next() {
        if chosen == nil { chosen = inspector(try profile(of: assembled.block)) }
        guard var inspector = chosen.take() else { return }
        try add(assembled, to: &inspector)
        try hand(&inspector, to: emit)
        chosen = consume inspector
      }
      guard let profile = request.profile ?? FormatCatalog.all.first else { return }
      var inspector = chosen.take() ?? self.inspector(profile)
      for line in text.finish() { inspector.addOverlong(at: Int(line.textOffset)) }
      try hand(&inspector, to: emit)
    }
  }

  /// One line field by field, and its row.
  package func explain(
    _ wanted: WantedLine
  ) throws(OperationError) -> (
    explanation: LineExplanation, columns: [RowColumn], row: [UInt8], format: String
  ) {
    try recorded { () throws(OperationError) in
      var text = try TextSource.open(Self.references(request.path))
      var chosen: RecordInspector?
      var format = ""
      while let assembled = try text.next() {
        if chosen == nil {
          let profile = try profile(of: assembled.block)
          format = profile.name
          chosen = inspector(profile, wanted)
        }
        guard var inspector = chosen.take() else { break }
        try add(assembled, to: &inspector)
        if let explanation = inspector.explanation {
          var row: [UInt8] = []
          inspector.takeRows { row = $0 }
          return (explanation, inspector.columns, row, format)
        }
        chosen = consume inspector
      }
      throw OperationError(.badData, "\(request.path): there is no such line in its text.")
    }
  }
}

extension InspectOperation {
  /// Does `body`; where clear names are shown, between two records of it, and where there are
  /// private ones among them, behind one of that.
  private func recorded<Value>(
    _ body: () throws(OperationError) -> Value
  ) throws(OperationError) -> Value {
    guard let justification else { return try body() }
    let gate = prepared.gate
    let target = [ArchiveReference(path: request.path).name]
    try gate.record(.inspectClear, .intent, targets: target, justification: justification)
    if showsPrivateNames, privateUsers != nil {
      try gate.record(
        .viewPrivate, .successful, targets: target.map { "private users in \($0)" },
        justification: justification)
    }
    let value: Value
    do throws(OperationError) {
      value = try body()
    } catch {
      try gate.record(
        .inspectClear, .failed, targets: target, justification: justification,
        errors: ["exit code \(error.exitCode.rawValue)"])
      throw error
    }
    try gate.record(.inspectClear, .successful, targets: target, justification: justification)
    return value
  }

  private static func references(_ path: String) throws(OperationError) -> ArchiveReference {
    let list: ArchiveList
    do { list = try ArchiveList([path]) } catch {
      throw OperationError(.noInput, error.description)
    }
    guard list.archives.count == 1, let archive = list.archives.first,
      archive.path == path
    else {
      throw OperationError(.usage, "\(path): this is a folder. `inspect` looks at one file.")
    }
    let entries = ContainerList.expanded([archive])
    guard let entry = entries.first, entries.count == 1 else {
      throw OperationError(
        .usage, "\(path): this holds \(entries.count) files. `inspect` looks at one.")
    }
    return entry
  }

  private func choose(
    _ block: borrowing Block, own: [FormatProfile], with parsers: TrialParsers = TrialParsers()
  ) throws(FormatDetection.Refusal) -> (FormatProfile, Double?) {
    if let profile = request.profile { return (profile.chosen(for: block, with: parsers), nil) }
    let match = try FormatDetection.detect(block, own: own, with: parsers)
    return (match.profile, match.confidence)
  }

  private func profile(of block: borrowing Block) throws(OperationError) -> FormatProfile {
    let own = try FormatChoice.own(home: request.home)
    do throws(FormatDetection.Refusal) { return try choose(block, own: own).0 } catch {
      throw OperationError(.badData, "\(request.path): \(error.description)")
    }
  }

  /// Attributes for which the first header of the log has no field.
  private func missing(of profile: FormatProfile, in block: borrowing Block) -> [Attribute] {
    guard case .table(let table) = profile.shape else { return [] }
    var reader = HeaderReader(profile)
    let plans = reader.read(block).parts.compactMap(\.plan)
    return plans.first?.missing(of: table) ?? profile.attributes
  }

  private func inspector(
    _ profile: FormatProfile, _ wanted: WantedLine? = nil
  ) -> RecordInspector {
    var options = RecordInspector.Options(profile: profile, canonical: canonical)
    options.zone = request.zone
    options.style = request.style
    options.showsClearNames = justification != nil
    options.showsPrivateNames = showsPrivateNames
    options.wanted = wanted
    options.privateUsers = privateUsers
    options.people = directory?.people
    options.addresses = directory?.addresses
    let catalog = catalog
    options.app = { host in catalog.app(forHost: host).flatMap { catalog.name($0) } }
    return RecordInspector(prepared.keyring, options)
  }

  private func add(
    _ assembled: consuming AssembledBlock, to inspector: inout RecordInspector
  ) throws(OperationError) {
    for line in assembled.overlongLines { inspector.addOverlong(at: Int(line.textOffset)) }
    let textOffset = Int(assembled.textOffset)
    do throws(VeilError) {
      try inspector.add(assembled.takeBlock(), textOffset: textOffset)
    } catch { throw OperationError(error) }
  }

  private func hand(
    _ inspector: inout RecordInspector, to emit: ([UInt8]) throws(OperationError) -> Void
  ) throws(OperationError) {
    do { try inspector.takeRows { try emit($0) } } catch { throw OperationError(error) }
  }
}

/// The text of one archive, block after block.
struct TextSource: ~Copyable {
  let name: String
  var reader: ArchiveReader
  /// Name of the compression; of several the outermost.
  let codec: String
  let storedBytes: UInt64?

  static func open(_ reference: ArchiveReference) throws(OperationError) -> TextSource {
    do throws(ArchiveError) {
      let source = try reference.open()
      let reader = try ArchiveReader(
        source, decoders: DecoderPool(), blocks: BlockPool(blocksMax: 2, textBytesMax: 512 << 10))
      let codec = source.filter?.kind.rawValue ?? reader.codec.rawValue
      return TextSource(
        name: reference.label, reader: reader, codec: codec,
        storedBytes: source.unfiltered.byteCount ?? reference.byteCount)
    } catch { throw named(error, reference.label) }
  }

  mutating func next() throws(OperationError) -> AssembledBlock? {
    do throws(ArchiveError) {
      return try reader.next { FormatProfile.unfinishedBytes($0, of: nil) }
    } catch { throw Self.named(error, name) }
  }

  /// Lines left out behind the last block.
  consuming func finish() -> [OverlongLine] { reader.finish().overlongLines }

  private static func named(_ error: ArchiveError, _ name: String) -> OperationError {
    let text = error.description
    let code: ExitCode
    switch error {
    case .notFound, .cannotOpen, .notAnArchive: code = .noInput
    case .readFailed: code = .inputOutput
    default: code = .badData
    }
    return OperationError(code, text.hasPrefix(name) ? text : "\(name): \(text)")
  }
}
