package import ByteBlocks
internal import ByteKernels

/// What the header lines of an archive say of a block.
package struct BlockHeader: Sendable {
  /// A part of a block: it starts at a line start and ends where the next one starts.
  package struct Part: Sendable {
    package var start: Int
    /// For tables.
    package var plan: DelimitedPlan?
    /// For lines of layouts whose fields a header names: the fields, by layout.
    var columns: [Int: [String]] = [:]
    /// The part's first line is the header itself, although it does not look like a remark.
    var startsWithHeader = false
  }

  /// Parts in order. The first one starts with the block's text, or behind its byte order mark.
  package var parts: [Part]
}

/// Reads the lines that name the fields, block after block in the order of the archive.
///
/// This is the only thing about a log that one block must tell the next one, so that the blocks
/// themselves can be parsed in any order.
package struct HeaderReader: Sendable {
  private let shape: FormatProfile.Shape
  private var current = BlockHeader.Part(start: 0)
  private var isAtStart = true
  /// The archive's first line stands behind a syslog header: so may the lines that name the fields.
  private var isRelayed = false
  /// The line of a table's fields that was read last, without its end, and what it says.
  private var known: (line: [UInt8], plan: DelimitedPlan)?

  /// Longest header line that is read, in bytes.
  private static let headerBytesMax = 1 << 16

  /// A reader at the start of an archive.
  package init(_ format: FormatProfile) {
    shape = format.shape
    startAnew()
  }

  /// Goes on with the start of another archive of this format, which often has the same fields.
  package mutating func startAnew() {
    let plan = current.plan
    current = BlockHeader.Part(start: 0)
    isAtStart = true
    isRelayed = false
    guard case .table(let profile) = shape, case .fixed(let fixed) = profile.header else { return }
    current.plan = plan ?? DelimitedPlan(profile, fields: fixed)
  }

  /// The headers for `block`, which is the next one of the archive.
  ///
  /// - Complexity: one fast pass over the text for formats with header lines, else nothing.
  package mutating func read(_ block: borrowing Block) -> BlockHeader {
    let start = block.start + (isAtStart ? block.byteOrderMarkBytes : 0)
    let isFirst = isAtStart && block.count > 0
    if block.count > 0 { isAtStart = false }
    current.start = start
    current.startsWithHeader = false
    var header = BlockHeader(parts: [current])
    switch shape {
    case .table(let profile):
      guard case .directive(let word) = profile.header else { return header }
      for start in lines(of: block, from: start, word) {
        guard read(block, at: start, behind: word, profile) else { continue }
        current.start = start
        header.parts.append(current)
      }
    case .lines(let layouts):
      if isFirst { isRelayed = Self.isRelayed(block, start) }
      var found: [FoundHeader] = []
      for (place, layout) in layouts.enumerated() {
        found += headers(of: layout, place, block, start, isFirst)
      }
      // Several layouts may have a header in one line; each holds up to its own next one.
      found.sort { ($0.start, $0.layout) < ($1.start, $1.layout) }
      for found in found { note(found, &header) }
    }
    return header
  }

  /// Whether the next block means the same to both.
  package func agrees(with other: HeaderReader) -> Bool {
    current.plan?.names == other.current.plan?.names && current.columns == other.current.columns
      && isRelayed == other.isRelayed
  }

  /// A line that names the fields of a layout.
  private struct FoundHeader {
    let start, layout: Int
    let columns: [String]
    let isFirstLine: Bool
  }

  /// Where lines start that may start with `word`.
  private func lines(of block: borrowing Block, from start: Int, _ word: String) -> [Int] {
    guard let first = word.utf8.first else { return [] }
    var found = block.linesStarting(with: first, room: 256)
    if found.count == 256 { found = block.linesStarting(with: first, room: block.count) }
    if start > block.start { found.insert(start, at: 0) }
    return found
  }

  private func headers(
    of layout: LineLayout, _ number: Int, _ block: borrowing Block, _ start: Int, _ isFirst: Bool
  ) -> [FoundHeader] {
    switch layout.header {
    case nil: return []
    case .word(let word):
      let starts =
        isRelayed
        ? LineKernels.lines(withMessage: word, in: block, from: start)
        : lines(of: block, from: start, word)
      var found: [FoundHeader] = []
      for start in starts {
        let line = Self.line(of: block, at: start)
        guard let names = isRelayed ? Self.rest(of: line, at: word) : Self.rest(of: line, word)
        else { continue }
        let text = String(names.drop { $0 == " " || $0 == "\t" })
        found.append(
          FoundHeader(
            start: start, layout: number, columns: layout.columns(of: text), isFirstLine: false))
      }
      return found
    case .firstLine:
      var found: [FoundHeader] = []
      if isFirst {
        let columns = layout.columns(of: Self.message(of: block, at: start))
        guard layout.isHeader(columns) else { return [] }
        found.append(
          FoundHeader(start: start, layout: number, columns: columns, isFirstLine: true))
      }
      let known = found.first?.columns ?? current.columns[number] ?? []
      let behind = isFirst ? min(block.lineEnd(from: start) + 1, block.end) : start
      return found + laterHeaders(of: layout, number, known, block, behind)
    }
  }

  /// Lines further down that name the fields anew: as of files that were put together, or of a
  /// device that was set up otherwise. Each has the name of the time, and names half of the others.
  private func laterHeaders(
    of layout: LineLayout, _ number: Int, _ known: [String], _ block: borrowing Block, _ start: Int
  ) -> [FoundHeader] {
    let times = layout.time.flatMap(\.fields).map { $0.lowercased() }
    guard let name = known.first(where: { times.contains($0) }).map({ Array($0.utf8) }),
      name.count > 1
    else { return [] }
    let bytes = block.memoryBytes
    var found: [FoundHeader] = []
    var from = start
    while let at = ByteSearch.word(name.span, in: bytes, start..<block.end, from: from) {
      from = at + 1
      let end = at + name.count
      guard end == block.end || Self.isBetweenFields(bytes[end]) else { continue }
      var lineStart = at
      while lineStart > start, bytes[lineStart - 1] != UInt8(ascii: "\n") { lineStart -= 1 }
      guard
        at == lineStart || Self.isBetweenFields(bytes[at - 1])
          || at == Self.messageStart(of: block, at: lineStart)
      else { continue }
      let columns = layout.columns(of: Self.message(of: block, at: lineStart))
      guard layout.isHeader(columns), columns.count(where: known.contains) * 2 > known.count,
        found.last?.start != lineStart
      else { continue }
      found.append(
        FoundHeader(start: lineStart, layout: number, columns: columns, isFirstLine: true))
    }
    return found
  }

  private static func isBetweenFields(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t"), UInt8(ascii: "|"),
      UInt8(ascii: "\""), UInt8(ascii: " "), UInt8(ascii: "\r"), UInt8(ascii: "\n"):
      true
    default: false
    }
  }

  /// What stands behind `word` if a line starts with it, whatever the case.
  private static func rest(of line: String, _ word: String) -> Substring? {
    line.lowercased().hasPrefix(word.lowercased()) ? line.dropFirst(word.count) : nil
  }

  /// What stands behind the first `word` in a line.
  private static func rest(of line: String, at word: String) -> Substring? {
    line.firstRange(of: word).map { line[$0.upperBound...] }
  }

  /// Whether the line that starts at `start`, or the first one behind it that is no remark, has a
  /// syslog header.
  private static func isRelayed(_ block: borrowing Block, _ start: Int) -> Bool {
    var start = start
    while messageStart(of: block, at: start) == start {
      let end = block.lineEnd(from: start)
      guard block.memoryBytes[start] == UInt8(ascii: "#"), end + 1 < block.end else { return false }
      start = end + 1
    }
    return true
  }

  /// Where the message starts of the line that starts at `start`: behind its syslog header.
  private static func messageStart(of block: borrowing Block, at start: Int) -> Int {
    block.message(of: start..<block.lineEnd(from: start)).lowerBound
  }

  /// The message of the line that starts at `start`.
  private static func message(of block: borrowing Block, at start: Int) -> String {
    line(of: block, at: messageStart(of: block, at: start))
  }

  private mutating func note(_ found: FoundHeader, _ header: inout BlockHeader) {
    current.columns[found.layout] = found.columns
    current.startsWithHeader = found.isFirstLine
    // The block's first part says what held before, unless it starts with a header itself.
    let isSameLine = header.parts.count > 1 && current.start == found.start
    current.start = found.start
    if isSameLine { header.parts.removeLast() }
    header.parts.append(current)
  }

  /// Reads the names of a table's fields in the line that starts at `start`; `false` where it has
  /// none.
  private mutating func read(
    _ block: borrowing Block, at start: Int, behind word: String, _ profile: DelimitedProfile
  ) -> Bool {
    let line = Self.lineRange(of: block, at: start)
    let bytes = block.memoryBytes.extracting(line)
    if let known, compareBytes(known.line.span, bytes) == 0 {
      current.plan = known.plan
      return true
    }
    guard Self.starts(bytes, with: word) else { return false }
    let text = Self.line(of: block, at: start)
    let plan = DelimitedPlan(profile, fields: Self.words(of: text, behind: word))
    known = (line.map { block.memoryBytes[$0] }, plan)
    current.plan = plan
    return true
  }

  /// The line that starts at `start`, without its end.
  private static func line(of block: borrowing Block, at start: Int) -> String {
    let bytes = block.memoryBytes
    return String(decoding: lineRange(of: block, at: start).map { bytes[$0] }, as: UTF8.self)
  }

  private static func lineRange(of block: borrowing Block, at start: Int) -> Range<Int> {
    let end = min(block.lineEnd(from: start), start + headerBytesMax)
    let isCut = end > start && block.memoryBytes[end - 1] == UInt8(ascii: "\r")
    return start..<(isCut ? end - 1 : end)
  }

  /// Whether a line starts with `word`, whatever the case of ASCII letters.
  private static func starts(_ line: Span<UInt8>, with word: String) -> Bool {
    guard line.count >= word.utf8.count else { return false }
    for (place, byte) in word.utf8.enumerated()
    where FormatDetection.lowercase(line[place]) != FormatDetection.lowercase(byte) {
      return false
    }
    return true
  }

  /// The names behind `word` in a line that starts with it.
  private static func words(of line: String, behind word: String) -> [String] {
    let text = line.utf8
    let (tab, blank) = (UInt8(ascii: "\t"), UInt8(ascii: " "))
    let isTabbed = text.contains(tab)
    return text.dropFirst(word.utf8.count)
      .split { $0 == tab || $0 == UInt8(ascii: "\r") || (!isTabbed && $0 == blank) }
      .map { name in String(decoding: name.drop { $0 == blank }, as: UTF8.self) }
      .filter { !$0.isEmpty }
  }
}

extension Block {
  /// A line without the syslog header in front of it.
  func message(of line: Range<Int>) -> Range<Int> {
    let range = FieldRange(start: UInt32(line.lowerBound), end: UInt32(line.upperBound))
    return Int(LineKernels.syslog(range, in: self).message.start)..<line.upperBound
  }

  /// Bytes of the UTF-8 byte order mark that the text starts with: 3, or 0 where there is none.
  var byteOrderMarkBytes: Int {
    let text = text
    return text.count >= 3 && text[0] == 0xef && text[1] == 0xbb && text[2] == 0xbf ? 3 : 0
  }
}
