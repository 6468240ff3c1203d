/// One way in which a line can be broken, so that no reader can take it for a good one.
enum Damage: CaseIterable {
  /// The line ends before its byte counts.
  case cutShort
  /// One field too many stands before the byte counts.
  case extraField
  /// The time is none.
  case badTime
  /// The count of bytes is no number, or too large.
  case badByteCount
  /// The last quote is missing.
  case unclosedQuote
  /// NUL and other bytes that no text has.
  case binaryBytes

  private static let badTimes = ["99:99:99", "never", "-", "25.61.00"]
  private static let badCounts = ["12x4", "-512", "99999999999999999999", "0x1f", "1.5e3"]

  /// Breaks the last line of `text`, which starts at `start` and ends with a newline.
  func apply(
    to text: inout TextBuffer,
    lineFrom start: Int,
    layout: LineLayout,
    random: inout Random
  ) {
    var line: [UInt8] = []
    for index in start..<text.count - 1 { line.append(text.bytes[index]) }
    let fields = Self.fields(of: line, separator: layout.separator)
    let byteField = fields[layout.byteField]
    switch self {
    case .cutShort:
      let shortest = fields[0].upperBound / 2
      line.removeSubrange((shortest + random.below(byteField.lowerBound - shortest))...)
    case .extraField:
      line.insert(contentsOf: Array("stray".utf8) + [layout.separator], at: byteField.lowerBound)
    case .badTime:
      let word = Self.badTimes[random.below(Self.badTimes.count)]
      line.replaceSubrange(fields[layout.timeField], with: word.utf8)
    case .badByteCount:
      let word = Self.badCounts[random.below(Self.badCounts.count)]
      line.replaceSubrange(byteField, with: word.utf8)
    case .unclosedQuote:
      if let quote = line.lastIndex(of: UInt8(ascii: "\"")) { line.remove(at: quote) }
    case .binaryBytes:
      line.insert(contentsOf: [0x00, 0xFF, 0x1B, 0x00, 0xC3], at: random.below(line.count))
    }
    text.truncate(to: start)
    text.append(line.span)
    text.append(UInt8(ascii: "\n"))
  }

  /// Where the fields lie; a quoted field may hold separators.
  private static func fields(of line: [UInt8], separator: UInt8) -> [Range<Int>] {
    var fields: [Range<Int>] = []
    var start: Int?
    var isQuoted = false
    for (index, byte) in line.enumerated() {
      if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
      if byte == separator, !isQuoted {
        if let first = start { fields.append(first..<index) }
        start = nil
      } else if start == nil {
        start = index
      }
    }
    if let first = start { fields.append(first..<line.count) }
    return fields
  }
}
