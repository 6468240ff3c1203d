internal import ByteBlocks

/// Parsers of the formats that first lines are tried with, each made when it is first asked for;
/// one per thread.
///
/// To make them all takes longer than to parse a small archive.
package final class TrialParsers {
  private static let textBytesMax = 64 << 10

  private var parsers: [String: any BlockParser] = [:]
  private let blocks = BlockPool(blocksMax: 1, textBytesMax: textBytesMax)

  package init() {}

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
