package import ByteBlocks
package import ByteKernels
package import ClearRecords
package import VeiledRecords

/// Everything that Logveil knows of one log format, as data.
///
/// A product may write its log in several shapes, of which an archive has one: `chosen` picks it.
/// A shape is compiled before the first block; nothing of it is looked at again for a field.
package struct FormatProfile: Sendable {
  /// One way in which the format lays out its lines.
  package enum Shape: Sendable {
    /// The same fields in all lines, named by a header.
    case table(DelimitedProfile)
    /// Lines of one or more layouts, each of which is told by its own text.
    case lines([LineLayout])

    /// Whether a header names the fields.
    var namesFields: Bool {
      guard case .table(let table) = self, case .directive = table.header else { return false }
      return true
    }
  }

  /// Lower case, hyphenated; what `--format` takes.
  package var name: String
  /// One line for people.
  package var summary: String
  /// Other names that `--format` takes, whatever the case.
  package var aliases: [String] = []
  /// It reads what several products write: a format of its own is the better choice.
  package var isGeneric = false
  /// Not empty.
  package var shapes: [Shape]

  /// The shape of an archive whose shape was chosen.
  package var shape: Shape { shapes[0] }

  /// Whether a header names the fields.
  var namesFields: Bool { shape.namesFields }

  /// Tells chosen shapes of one format apart.
  package var shapeName: String {
    switch shape {
    case .table(let profile): "\(name) (table \(profile.name))"
    case .lines: "\(name) (lines)"
    }
  }

  /// The format with the one shape that fits the archive that starts with `block`.
  ///
  /// - Parameter parsers: the caller's own.
  package func chosen(
    for block: borrowing Block, with parsers: TrialParsers = TrialParsers()
  ) -> FormatProfile {
    guard shapes.count > 1 else { return self }
    let lines = FormatDetection.firstLines(block)
    if shapes.contains(where: \.namesFields), FormatDetection.isRelayedTable(block, lines) {
      return relayed
    }
    return match(block, lines, parsers).profile
  }

  /// The format for a table behind syslog headers, whose lines are read one by one.
  var relayed: FormatProfile {
    var layouts = FormatCatalog.layouts(of: [name])
    if !layouts.contains(where: { $0.header != nil }) {
      layouts = FormatCatalog.layouts(of: [FormatProfile.w3cExtended.name]) + layouts
    }
    var profile = self
    profile.shapes = [.lines(layouts)]
    return profile
  }

  /// How well the format fits the first lines of an archive, in its first shape, unless another
  /// fits clearly better.
  func match(
    _ block: borrowing Block, _ lines: [Range<Int>], _ parsers: TrialParsers
  ) -> FormatMatch {
    var best = FormatMatch(
      profile: only(0), confidence: FormatDetection.confidence(only(0), block, lines, parsers))
    var margin = FormatDetection.distanceMin
    for place in shapes.indices.dropFirst() where best.confidence + margin < 1 {
      let confidence = FormatDetection.confidence(only(place), block, lines, parsers)
      guard confidence > best.confidence + margin else { continue }
      best = FormatMatch(profile: only(place), confidence: confidence)
      margin = 0
    }
    return best
  }

  /// Whether records may go over several lines.
  package var hasObjects: Bool {
    shapes.contains { shape in
      switch shape {
      case .table: false
      case .lines(let layouts): layouts.indices.contains { layouts[$0].shape == .json }
      }
    }
  }

  /// Bytes at the end of whole lines that belong to a record which goes on behind them.
  ///
  /// - Parameter profile: `nil` where it is not chosen yet.
  package static func unfinishedBytes(_ lines: Span<UInt8>, of profile: FormatProfile?) -> Int {
    profile?.hasObjects == false ? 0 : LineKernels.unfinishedBytes(lines)
  }

  func only(_ place: Int) -> FormatProfile {
    var profile = self
    profile.shapes = [shapes[place]]
    return profile
  }

  /// Further fields with names of users beside those of the attribute, each once.
  package var otherUserFields: [String] {
    var seen: Set<String> = []
    return shapes.flatMap { shape in
      switch shape {
      case .table(let table): table.otherUsers
      case .lines(let layouts): layouts.flatMap(\.otherUsers)
      }
    }.filter { seen.insert($0).inserted }
  }

  /// The same, whose parsers fill `RecordBatch.otherUsers`.
  package var readingAllUsers: FormatProfile {
    var profile = self
    profile.shapes = shapes.map { shape in
      switch shape {
      case .table(var table):
        table.readsAllUsers = true
        return .table(table)
      case .lines(let layouts): return .lines(layouts.map(\.readingAllUsers))
      }
    }
    return profile
  }

  /// What the format can say of an event.
  package var attributes: [Attribute] {
    let all = shapes.reduce(into: Set<Attribute>()) { all, shape in
      switch shape {
      case .table(let profile): all.formUnion(profile.attributes)
      case .lines(let layouts): for layout in layouts { all.formUnion(layout.attributes) }
      }
    }
    return Attribute.allCases.filter { all.contains($0) }
  }

  /// A parser for archives of the chosen shape.
  ///
  /// - Parameters:
  ///   - zone: the zone and the year of times that carry none.
  ///   - withDetails: also fill `RecordBatch.details`.
  package func parser(
    zone: TimeZoneRule = .utc, withDetails: Bool = false, level: KernelLevel = .best
  ) -> any BlockParser {
    switch shape {
    case .table(let profile):
      TableBlockParser(
        DelimitedParser(profile, zone: zone, withDetails: withDetails, level: level),
        isBehindSyslog: profile.leadingFields > 0
      ) {
        let layouts = FormatCatalog.layouts(of: profile.otherLayouts)
        return LineParser(
          profile.readsAllUsers ? layouts.map(\.readingAllUsers) : layouts, zone: zone,
          withDetails: withDetails, level: level)
      }
    case .lines(let layouts):
      LineBlockParser(LineParser(layouts, zone: zone, withDetails: withDetails, level: level))
    }
  }
}

/// Parses blocks of an archive, in any order; one per thread.
package protocol BlockParser: AnyObject {
  /// The records of `block`.
  ///
  /// - Parameters:
  ///   - header: what `HeaderReader` said of this block.
  ///   - textOffset: offset of the block's first byte in the decompressed text.
  func parse(
    _ block: consuming Block, header: BlockHeader, textOffset: Int
  ) -> RecordBatch
}

/// Lines that do not fit the table's header are tried as those of the format's other layouts, which
/// need none: headers get lost, and lie.
private final class TableBlockParser: BlockParser {
  private var parser: DelimitedParser
  private var others: LineParser?
  private let makeOthers: () -> LineParser
  /// A syslog header of another length moves the fields: a line may be refused for any of them.
  private let isBehindSyslog: Bool

  init(
    _ parser: consuming DelimitedParser, isBehindSyslog: Bool, others: @escaping () -> LineParser
  ) {
    self.parser = parser
    self.isBehindSyslog = isBehindSyslog
    makeOthers = others
  }

  func parse(_ block: consuming Block, header: BlockHeader, textOffset: Int) -> RecordBatch {
    var batch = parser.parse(block, header: header, textOffset: textOffset)
    guard batch.rejects.contains(where: { mayTake($0) }) else { return batch }
    var others = self.others.take() ?? makeOthers()
    others.takeRejects(of: &batch, alsoRecords: isBehindSyslog) { mayTake($0) }
    self.others = consume others
    return batch
  }

  /// Whether a line that the table refused may be one of another layout.
  private func mayTake(_ reject: RejectedLine) -> Bool {
    switch reject.status.reason {
    case .fieldCount, .missingHeader, .missingTime, .unclosedQuote: true
    case .binaryData: false
    default: isBehindSyslog
    }
  }
}

private final class LineBlockParser: BlockParser {
  private var parser: LineParser
  init(_ parser: consuming LineParser) { self.parser = parser }

  func parse(_ block: consuming Block, header: BlockHeader, textOffset: Int) -> RecordBatch {
    parser.parse(block, header: header, textOffset: textOffset)
  }
}
