/// The lines of a block's text and what they are.
struct LogLines {
  enum Kind: UInt8 { case remark, event, other }

  private var starts: [Int] = []
  private var kinds: [Kind]
  private let end: Int

  init(_ text: [UInt8]) {
    var start = 0
    for place in text.indices where text[place] == UInt8(ascii: "\n") {
      starts.append(start)
      start = place + 1
    }
    if start < text.count { starts.append(start) }
    kinds = Array(repeating: .remark, count: starts.count)
    end = text.count
  }

  var count: Int { starts.count }
  var indices: Range<Int> { 0..<starts.count }

  func kind(_ line: Int) -> Kind { kinds[line] }

  /// A line with an event in it is one, whatever else it is.
  mutating func mark(_ line: Int, _ kind: Kind) {
    guard kinds.indices.contains(line), kinds[line] != .event else { return }
    kinds[line] = kind
  }

  /// What goes on behind a line that is no event belongs to it.
  mutating func markContinuations(_ text: [UInt8]) {
    var isOther = false
    for line in indices {
      switch kinds[line] {
      case .event: isOther = false
      case .other: isOther = true
      case .remark where isRemark(line, text) || range(line).count <= 1: isOther = false
      case .remark: if isOther { kinds[line] = .other }
      }
    }
  }

  /// The line with its end.
  func range(_ line: Int) -> Range<Int> {
    starts[line]..<(line + 1 < starts.count ? starts[line + 1] : end)
  }

  /// Lines that are no record, such as headers.
  func isRemark(_ line: Int, _ text: [UInt8]) -> Bool {
    kinds[line] == .remark && text[starts[line]] == UInt8(ascii: "#")
  }
}

/// Other bytes in place of some.
struct TextEdit {
  let range: Range<Int>
  let text: [UInt8]

  /// The text with all edits; of those that overlap the first one counts.
  static func apply(
    _ edits: [TextEdit], to text: [UInt8], masking lines: LogLines, names: inout Int
  ) -> [UInt8] {
    var written: [UInt8] = []
    written.reserveCapacity(text.count + edits.count * 64)
    let sorted = edits.sorted {
      ($0.range.lowerBound, -$0.range.count) < ($1.range.lowerBound, -$1.range.count)
    }
    var next = sorted.startIndex
    for line in lines.indices {
      let range = lines.range(line)
      if lines.kind(line) == .other {
        written += text[range].map(masked)
        continue
      }
      var place = range.lowerBound
      while next < sorted.endIndex, sorted[next].range.lowerBound < range.upperBound {
        let edit = sorted[next]
        next += 1
        guard edit.range.lowerBound >= place else { continue }
        written += text[place..<edit.range.lowerBound]
        written += edit.text
        names += 1
        place = edit.range.upperBound
      }
      if place < range.upperBound { written += text[place..<range.upperBound] }
    }
    return written
  }

  /// Letters and digits say nothing any more; what holds a line together stays.
  private static func masked(_ byte: UInt8) -> UInt8 {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 0x80...:
      UInt8(ascii: "x")
    default: byte
    }
  }
}

/// Where a field ends in the text whose escapes parsing has undone in place.
enum EscapedText {
  static func end(of field: Span<UInt8>, in text: [UInt8], from start: Int) -> Int {
    let same = start + field.count
    if same <= text.count, field.indices.allSatisfy({ field[$0] == text[start + $0] }) {
      return same
    }
    var place = start
    var done = 0
    while done < field.count, place < text.count {
      let (stored, undone) = step(field, done, text, place)
      place += stored
      done += undone
    }
    return min(place, text.count)
  }

  /// How many bytes of the text stand for how many of the field.
  private static func step(
    _ field: Span<UInt8>, _ done: Int, _ text: [UInt8], _ place: Int
  ) -> (stored: Int, undone: Int) {
    let behind = text[(place + 1)...]
    switch text[place] {
    case UInt8(ascii: "\\") where behind.first == UInt8(ascii: "u"):
      // As many bytes as the character takes; those of four are a pair of surrogates.
      let lead = field[done]
      let bytes = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
      return (bytes == 4 ? 12 : 6, bytes)
    case UInt8(ascii: "\\") where !behind.isEmpty: return (2, 1)
    case UInt8(ascii: "%") where field[done] != text[place]: return (3, 1)
    case UInt8(ascii: "\"") where behind.first == text[place]: return (2, 1)
    case UInt8(ascii: "&") where field[done] != text[place] || behind.starts(with: "amp;".utf8):
      let end = behind.prefix(8).firstIndex(of: UInt8(ascii: ";")) ?? place
      return (end - place + 1, 1)
    default: return (1, 1)
    }
  }
}
