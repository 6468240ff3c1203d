internal import ByteBlocks
internal import StagedExecution

/// Parsers of the formats that first lines are tried with, each made when it is first asked for;
/// one per thread.
///
/// To make them all takes longer than to parse a small archive.
package final class TrialParsers {
  private static let textBytesMax = 64 << 10

  private var parsers: [String: any BlockParser] = [:]
  /// Formats that were asked for together, at most.
  private var preparedCount = 0
  private let blocks = BlockPool(blocksMax: 1, textBytesMax: textBytesMax)

  /// What the table of the archive before was told by: nothing but these bytes.
  struct KnownTop {
    /// Its remarks, see `TableTop`.
    let head: [UInt8]
    /// Whether the first row has TABs.
    let isTabbed: Bool
    let match: FormatMatch
  }
  var knownTop: KnownTop?

  package init() {}

  // SAFETY: made by one thread, and used by others only when it has ended.
  private struct Made: @unchecked Sendable {
    let name: String
    let parser: any BlockParser
  }

  /// Makes those parsers of formats that are not there yet, side by side; to be asked with more
  /// formats than before, or with the same.
  func prepare(_ formats: [FormatProfile]) {
    guard formats.count > preparedCount else { return }
    preparedCount = formats.count
    let missing = formats.flatMap { format in
      format.shapes.indices.map { format.only($0) }.filter { shape in
        if case .lines = shape.shape { parsers[shape.shapeName] == nil } else { false }
      }
    }
    let made = FormatCatalog.crew.gathered(missing.count) {
      Made(name: missing[$0].shapeName, parser: missing[$0].parser())
    }
    for one in made { parsers[one.name] = one.parser }
  }

  /// The parser of a chosen shape, which may have read other archives before.
  ///
  /// Of the formats that it is asked for, each name stands for one.
  func parser(of format: FormatProfile) -> any BlockParser {
    if let known = parsers[format.shapeName] { return known }
    let parser = format.parser()
    parsers[format.shapeName] = parser
    return parser
  }

  /// A block with the text that is tried, one at a time.
  func copy(_ text: Span<UInt8>) -> Block? {
    let isLong = text.count > Self.textBytesMax
    let blocks = isLong ? BlockPool(blocksMax: 1, textBytesMax: text.count) : blocks
    guard var copy = blocks.take() else { return nil }
    copy.append { target in
      for place in text.indices { target[place] = text[place] }
      return text.count
    }
    return copy
  }
}
