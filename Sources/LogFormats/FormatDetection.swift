package import ByteBlocks
internal import ByteKernels
internal import ClearRecords
internal import VeiledRecords

/// How well one format fits the first lines of a log.
package struct FormatMatch: Sendable {
  package let profile: FormatProfile
  /// 0 … 1: the share of the lines looked at that fit.
  package let confidence: Double

  /// A header names the fields.
  var isSure: Bool { confidence == 1 && profile.namesFields }
}

/// Tells the format of a log by its first lines.
package enum FormatDetection {
  /// Lines that are looked at.
  package static let linesMax = 64
  /// Lines that are looked at where a record may have many.
  static let linesOfObjectsMax = 4096
  /// A format that fits fewer of the lines is not chosen.
  package static let confidenceMin = 0.6
  /// What the fit of a format counts that reads what many products write.
  static let genericWeight = 0.75
  /// What the fit of a format counts to which all of the lines are no traffic.
  static let excludedWeight = 0.75
  /// Formats that are closer than this cannot be told apart.
  package static let distanceMin = 0.1

  /// Why no format was chosen.
  package enum Refusal: Error, Equatable, CustomStringConvertible {
    case noneFits(best: String?, confidence: Double)
    case ambiguous(String, String)
    /// Every other byte is 0, as in UTF-16 without a byte order mark.
    case wideText

    package var description: String {
      switch self {
      case .noneFits(let best, let confidence):
        "Its first lines fit no known format"
          + (best.map { " (nearest: \($0), \(Int(confidence * 100)) % of the lines)" } ?? "")
          + ". Nothing of it was committed; name the format with --format."
      case .ambiguous(let one, let other):
        "Its first lines fit \(one) as well as \(other). Nothing of it was committed; "
          + "name the format with --format."
      case .wideText:
        "It looks like UTF-16, which is not read. Nothing of it was committed; convert it first: "
          + "iconv -f UTF-16LE -t UTF-8, or UTF-16BE."
      }
    }
  }

  /// All formats, each with its best shape, the best one first.
  ///
  /// - Parameters:
  ///   - own: profiles that take the place of those of the same name, or join them; the same ones
  ///     whenever `parsers` are used.
  ///   - parsers: the caller's own.
  package static func matches(
    _ block: borrowing Block, own: [FormatProfile] = [], with parsers: TrialParsers = TrialParsers()
  ) -> [FormatMatch] {
    matches(block, own: own, firstLines(block), parsers)
  }

  private static func matches(
    _ block: borrowing Block, own: [FormatProfile], _ lines: [Range<Int>], _ parsers: TrialParsers
  ) -> [FormatMatch] {
    let names = Set(own.map(\.name))
    let all = own + FormatCatalog.all.filter { !names.contains($0.name) }
    return matches(all, block, lines, parsers)
  }

  /// Whether one half of the first bytes, every other one, is mostly zeros, and the other is not.
  private static func isWide(_ text: Span<UInt8>) -> Bool {
    let count = min(text.count, 256) / 2
    guard count > 7 else { return false }
    var zeros = (0, 0)
    for place in 0..<count {
      if text[2 * place] == 0 { zeros.0 += 1 }
      if text[2 * place + 1] == 0 { zeros.1 += 1 }
    }
    return max(zeros.0, zeros.1) * 4 > count * 3 && min(zeros.0, zeros.1) * 8 < count
  }

  private static func matches(
    _ profiles: [FormatProfile], _ block: borrowing Block, _ lines: [Range<Int>],
    _ parsers: TrialParsers
  ) -> [FormatMatch] {
    parsers.prepare(profiles)
    var matches: [FormatMatch] = []
    for profile in profiles { matches.append(profile.match(block, lines, parsers)) }
    return matches.sorted { $0.confidence > $1.confidence }
  }

  /// The format of the archive that starts with `block`.
  ///
  /// - Parameters:
  ///   - own: profiles that were made for these logs: they win where others fit as well. The same
  ///     ones whenever `parsers` are used.
  ///   - parsers: the caller's own.
  package static func detect(
    _ block: borrowing Block, own: [FormatProfile] = [], with parsers: TrialParsers = TrialParsers()
  ) throws(Refusal) -> FormatMatch {
    if own.isEmpty, let top = TableTop(block), let sure = match(top, block, parsers) { return sure }
    if isWide(block.text) { throw .wideText }
    let lines = firstLines(block)
    if let best = matches(own, block, lines, parsers).first, best.confidence >= confidenceMin {
      let others = matches(block, own: own, lines, parsers)
      if others[0].confidence - best.confidence < distanceMin { return best }
    }
    if let relayed = relayedTable(block, lines) { return relayed }
    // A header that names the fields leaves no doubt, and saves reading all other profiles.
    if let sure = sureTable(block, lines, but: Set(own.map(\.name)), parsers) {
      return owner(of: sure, block, lines) ?? sure
    }
    let matches = matches(block, own: own, lines, parsers)
    guard let best = matches.first, best.confidence >= confidenceMin else {
      let near = matches.first.flatMap { $0.confidence > 0 ? $0 : nil }
      throw .noneFits(best: near?.profile.name, confidence: near?.confidence ?? 0)
    }
    let other = matches.first { $0.profile.name != best.profile.name }
    if let other, !(best.isSure && other.isSure), best.confidence - other.confidence < distanceMin {
      throw .ambiguous(best.profile.name, other.profile.name)
    }
    return best
  }

  /// The table whose head the first lines are; looked up once for archives that begin alike.
  private static func match(
    _ top: TableTop, _ block: borrowing Block, _ parsers: TrialParsers
  ) -> FormatMatch? {
    let bytes = block.memoryBytes
    if let known = parsers.knownTop, known.isTabbed == top.isTabbed(bytes),
      compareBytes(known.head.span, bytes.extracting(top.head)) == 0
    {
      return known.match
    }
    guard let sure = sureTable(block, top.remarks + [top.row], but: [], parsers) else { return nil }
    parsers.knownTop = TrialParsers.KnownTop(
      head: top.head.map { bytes[$0] }, isTabbed: top.isTabbed(bytes), match: sure)
    return sure
  }

  /// The table behind a relay's headers, with its fields by a header.
  private static func relayedTable(_ block: borrowing Block, _ lines: [Range<Int>]) -> FormatMatch?
  {
    guard isRelayedTable(block, lines) else { return nil }
    for table in FormatCatalog.tables {
      guard case .table(let profile) = table.shape, case .directive(let word) = profile.evidence,
        holds(word, block, lines),
        let relayed = FormatCatalog.profile(named: table.name)?.relayed
      else { continue }
      let share = share(of: relayed, block, lines, TrialParsers())
      if share >= confidenceMin { return FormatMatch(profile: relayed, confidence: share) }
    }
    return nil
  }

  /// Whether the message of one of the lines starts with `word`.
  private static func holds(
    _ word: String, _ block: borrowing Block, _ lines: [Range<Int>]
  ) -> Bool {
    let word = lowercase(word)
    for line in lines where starts(block.message(of: line), with: word, block.memoryBytes) {
      return true
    }
    return false
  }

  /// The first table whose header names the fields.
  private static func sureTable(
    _ block: borrowing Block, _ lines: [Range<Int>], but names: Set<String>,
    _ parsers: TrialParsers
  ) -> FormatMatch? {
    for format in FormatCatalog.tables where !names.contains(format.name) {
      for place in format.shapes.indices {
        let profile = format.only(place)
        if profile.namesFields, confidence(profile, block, lines, parsers) == 1 {
          return FormatMatch(profile: profile, confidence: 1)
        }
      }
    }
    return nil
  }

  /// The format whose lines stand in front of the header that made `sure` so: they are the rest of
  /// an older file, and only their own format reads them.
  private static func owner(
    of sure: FormatMatch, _ block: borrowing Block, _ lines: [Range<Int>]
  ) -> FormatMatch? {
    guard case .table(let table) = sure.profile.shape, table.otherLayouts.isEmpty,
      case .directive(let word) = table.header
    else { return nil }
    let bytes = block.memoryBytes
    let lowercased = lowercase(word)
    let lines = lines.prefix { !starts($0, with: lowercased, bytes) }
      .filter { bytes[$0.lowerBound] != UInt8(ascii: "#") }
    guard lines.count > 1 else { return nil }
    for format in FormatCatalog.tables {
      guard case .table(let other) = format.shape, other.header == table.header else { continue }
      let layouts = FormatCatalog.layouts(of: other.otherLayouts)
      guard !layouts.isEmpty else { continue }
      let shape = FormatProfile(name: format.name, summary: "", shapes: [.lines(layouts)])
      if share(of: shape, block, lines, TrialParsers()) >= confidenceMin {
        return FormatMatch(profile: format, confidence: 1)
      }
    }
    return nil
  }

  static func starts(
    _ line: Range<Int>, with word: [UInt8], _ bytes: Span<UInt8>
  ) -> Bool {
    line.count >= word.count
      && word.indices.allSatisfy { lowercase(bytes[line.lowerBound + $0]) == word[$0] }
  }

  /// The first lines that are not empty.
  static func firstLines(_ block: borrowing Block) -> [Range<Int>] {
    var lines: [Range<Int>] = []
    var start = block.start + block.byteOrderMarkBytes
    let linesMax =
      isOpenObject(block.memoryBytes, start, block.end) ? linesOfObjectsMax : linesMax
    while start < block.end, lines.count < linesMax {
      let end = block.lineEnd(from: start)
      if end > start { lines.append(start..<end) }
      start = end + 1
    }
    return lines
  }

  /// Whether a text starts with a line that only opens an object or an array.
  private static func isOpenObject(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    var at = start
    while at < end, bytes[at] <= UInt8(ascii: " ") { at += 1 }
    guard at < end, bytes[at] == UInt8(ascii: "{") || bytes[at] == UInt8(ascii: "[") else {
      return false
    }
    at += 1
    while at < end, bytes[at] == UInt8(ascii: " ") || bytes[at] == UInt8(ascii: "\r") { at += 1 }
    return at < end && bytes[at] == UInt8(ascii: "\n")
  }

  /// How well the chosen shape of a format fits the first lines of a log.
  static func confidence(
    _ format: FormatProfile, _ block: borrowing Block, _ lines: [Range<Int>],
    _ parsers: TrialParsers
  ) -> Double {
    switch format.shape {
    case .table(let profile): return confidence(profile, block, lines)
    case .lines:
      let fitting = share(of: format, block, lines, parsers)
      return format.isGeneric ? fitting * genericWeight : fitting
    }
  }

  /// The share of the lines that are events of a format, or known as something else.
  private static func share(
    of format: FormatProfile, _ block: borrowing Block, _ lines: [Range<Int>],
    _ parsers: TrialParsers
  ) -> Double {
    guard let first = lines.first, let last = lines.last,
      let copy = parsers.copy(block.memoryBytes.extracting(first.lowerBound..<last.upperBound))
    else { return 0 }
    var reader = HeaderReader(format)
    let header = reader.read(copy)
    let batch = parsers.parser(of: format).parse(copy, header: header, textOffset: 0)
    let counts = batch.counts
    let data = counts.lines - counts.comments
    guard data > 0 else { return 0 }
    guard counts.events + counts.excluded > 0 else { return 0 }
    // What has no event in it may well be the log of another product, whose columns break a rule.
    let weight = counts.events > 0 ? 1 : excludedWeight
    let foreign = batch.rejects.count {
      $0.status.reason == .otherFormat || $0.status.reason == .binaryData
    }
    let odd = counts.rejected - foreign
    return (Double(data - foreign) - Double(odd) / 2) / Double(data) * weight
  }

  private static func confidence(
    _ profile: DelimitedProfile, _ block: borrowing Block, _ lines: [Range<Int>]
  ) -> Double {
    let bytes = block.memoryBytes
    switch profile.evidence {
    case .directive(let word):
      let word = lowercase(word)
      return lines.contains { starts($0, with: word, bytes) } && hasHeader(profile, lines, bytes)
        ? 1 : 0
    case .shape:
      let data = lines.filter { bytes[$0.lowerBound] != UInt8(ascii: "#") }
      guard !data.isEmpty, case .fixed(let names) = profile.header else { return 0 }
      var cutter = FieldCutter(dialect: profile.dialect)
      let fitting = data.filter { line in
        cutter.cut(bytes, from: line.lowerBound, to: line.upperBound)
          && cutter.fields.count >= names.count
          && hasShape(cutter.fields.dropFirst(profile.leadingFields), bytes)
      }
      return Double(fitting.count) / Double(data.count)
    }
  }

  /// Whether the line that names the fields, where there is one, has them apart as `profile` has,
  /// and is not that of another format.
  private static func hasHeader(
    _ profile: DelimitedProfile, _ lines: [Range<Int>], _ bytes: Span<UInt8>
  ) -> Bool {
    guard case .directive(let word) = profile.header else { return true }
    let lowercased = lowercase(word)
    guard let place = lines.firstIndex(where: { starts($0, with: lowercased, bytes) }) else {
      return true
    }
    // Rows count, since a header may have blanks where they have TABs.
    let row = lines[place...].first { bytes[$0.lowerBound] != UInt8(ascii: "#") } ?? lines[place]
    let isTabbed = row.contains { bytes[$0] == UInt8(ascii: "\t") }
    return isTabbed == (profile.dialect.separator == UInt8(ascii: "\t"))
      && !(isTabbed && isForeign(lines[place], bytes))
  }

  /// Whether a line that names fields between TABs is that of another format than W3C's.
  private static func isForeign(_ line: Range<Int>, _ bytes: Span<UInt8>) -> Bool {
    let text = line.map { lowercase(bytes[$0]) }
    return DelimitedProfile.foreignNames.contains { holds(text, Array($0.utf8)) }
  }

  /// Whether a relay has put a header in front of the rows of a table whose fields a line names,
  /// and in front of that line, too, or not.
  static func isRelayedTable(_ block: borrowing Block, _ lines: [Range<Int>]) -> Bool {
    let bytes = block.memoryBytes
    let word = lowercase("#Fields:")
    var hasNames = false
    for line in lines {
      let isRemark = bytes[line.lowerBound] == UInt8(ascii: "#")
      guard isRemark || isRelay(line, bytes) else { continue }
      let message = isRemark ? line : block.message(of: line)
      if starts(message, with: word, bytes) {
        let isTabbed = message.contains { bytes[$0] == UInt8(ascii: "\t") }
        if isTabbed, isForeign(message, bytes) { return false }
        if !isRemark { return true }
        hasNames = true
      } else if hasNames, message.lowerBound > line.lowerBound {
        return true
      }
    }
    return false
  }

  /// Whether what a line starts with may be a relay's, and not a row's own date or time.
  static func isRelay(_ row: Range<Int>, _ bytes: Span<UInt8>) -> Bool {
    let isCounted = row.prefix(8).contains { bytes[$0] == UInt8(ascii: "<") }
    return isCounted || !isDigit(bytes[row.lowerBound])
      || row.count > 10 && bytes[row.lowerBound + 10] == UInt8(ascii: "T")
  }

  private static func holds(_ text: [UInt8], _ word: [UInt8]) -> Bool {
    guard let first = word.first, text.count >= word.count else { return false }
    return (0...text.count - word.count).contains { start in
      text[start] == first && word.indices.allSatisfy { text[start + $0] == word[$0] }
    }
  }

  /// Squid's native layout: seconds with a fraction first, then `WORD/number` in the fourth field.
  /// Cisco's proxy writes the same, and more fields behind it.
  private static func hasShape(_ fields: ArraySlice<FieldRange>, _ bytes: Span<UInt8>) -> Bool {
    guard fields.count == 10 else { return false }
    let fields = Array(fields)
    let time = bytes.extracting(Int(fields[0].start)..<Int(fields[0].end))
    let whole = time.indices.prefix { isDigit(time[$0]) }.count
    let isTime =
      whole >= 9
      && (whole..<time.count).allSatisfy { place in
        place == whole ? time[place] == UInt8(ascii: ".") : isDigit(time[place])
      }
    let result = bytes.extracting(Int(fields[3].start)..<Int(fields[3].end))
    let hasSlash = result.indices.contains { result[$0] == UInt8(ascii: "/") }
    return isTime && hasSlash
  }

  private static func lowercase(_ word: String) -> [UInt8] { Array(word.lowercased().utf8) }

  static func lowercase(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }

  private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
}
