package import ByteBlocks
internal import ByteKernels

/// How well one format fits the first lines of a log.
package struct FormatMatch: Sendable {
  package let profile: FormatProfile
  /// 0 … 1: the share of the lines looked at that fit.
  package let confidence: Double
}

/// Tells the format of a log by its first lines.
package enum FormatDetection {
  /// Lines that are looked at.
  package static let linesMax = 64
  /// A format that fits fewer of the lines is not chosen.
  package static let confidenceMin = 0.6
  /// Formats that are closer than this cannot be told apart.
  package static let distanceMin = 0.1

  /// Why no format was chosen.
  package enum Refusal: Error, Equatable, CustomStringConvertible {
    case noneFits(best: String?, confidence: Double)
    case ambiguous(String, String)

    package var description: String {
      switch self {
      case .noneFits(let best, let confidence):
        "Its first lines fit no known format"
          + (best.map { " (nearest: \($0), \(Int(confidence * 100)) % of the lines)" } ?? "")
          + ". Nothing of it was committed; name the format with --format."
      case .ambiguous(let one, let other):
        "Its first lines fit \(one) as well as \(other). Nothing of it was committed; "
          + "name the format with --format."
      }
    }
  }

  /// All formats, the best one first.
  package static func matches(_ block: borrowing Block) -> [FormatMatch] {
    let lines = firstLines(block)
    return FormatCatalog.all.map { profile in
      FormatMatch(profile: profile, confidence: confidence(profile, block, lines))
    }.sorted { $0.confidence > $1.confidence }
  }

  /// The format of the archive that starts with `block`.
  package static func detect(_ block: borrowing Block) throws(Refusal) -> FormatMatch {
    let matches = matches(block)
    guard let best = matches.first, best.confidence >= confidenceMin else {
      let near = matches.first.flatMap { $0.confidence > 0 ? $0 : nil }
      throw .noneFits(best: near?.profile.name, confidence: near?.confidence ?? 0)
    }
    if matches.count > 1, best.confidence - matches[1].confidence < distanceMin {
      throw .ambiguous(best.profile.name, matches[1].profile.name)
    }
    return best
  }

  private static func firstLines(_ block: borrowing Block) -> [Range<Int>] {
    let bytes = block.memoryBytes
    var lines: [Range<Int>] = []
    var start = block.start + block.byteOrderMarkBytes
    for place in start..<block.end where bytes[place] == UInt8(ascii: "\n") {
      if place > start { lines.append(start..<place) }
      start = place + 1
      if lines.count == linesMax { return lines }
    }
    if start < block.end { lines.append(start..<block.end) }
    return lines
  }

  private static func confidence(
    _ profile: FormatProfile, _ block: borrowing Block, _ lines: [Range<Int>]
  ) -> Double {
    let bytes = block.memoryBytes
    switch profile.evidence {
    case .directive(let word):
      let word = Array(word.lowercased().utf8)
      let isThere = lines.contains { line in
        line.count >= word.count
          && word.indices.allSatisfy { lowercase(bytes[line.lowerBound + $0]) == word[$0] }
      }
      return isThere ? 1 : 0
    case .shape:
      let data = lines.filter { bytes[$0.lowerBound] != UInt8(ascii: "#") }
      guard !data.isEmpty, case .fixed(let names) = profile.header else { return 0 }
      var cutter = FieldCutter(dialect: profile.dialect)
      let fitting = data.filter { line in
        cutter.cut(bytes, from: line.lowerBound, to: line.upperBound)
          && cutter.fields.count >= names.count && hasShape(cutter.fields, bytes)
      }
      return Double(fitting.count) / Double(data.count)
    }
  }

  /// Squid's native layout: seconds with a fraction first, then `WORD/number` in the fourth field.
  private static func hasShape(_ fields: [FieldRange], _ bytes: Span<UInt8>) -> Bool {
    guard fields.count >= 10 else { return false }
    let time = bytes.extracting(Int(fields[0].start)..<Int(fields[0].end))
    let isTime = time.indices.allSatisfy { isDigit(time[$0]) || time[$0] == UInt8(ascii: ".") }
    let result = bytes.extracting(Int(fields[3].start)..<Int(fields[3].end))
    let hasSlash = result.indices.contains { result[$0] == UInt8(ascii: "/") }
    return isTime && time.count >= 9 && hasSlash
  }

  private static func lowercase(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }

  private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
}
