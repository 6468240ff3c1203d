internal import ByteKernels

/// The lines of a block's text and what they are.
struct LogLines {
  enum Kind: UInt8 {
    case remark, event
    /// Left out by the format, which knows what it is.
    case excluded
    case other

    /// Whether nobody knows where a name stands in it.
    var isMasked: Bool { self == .excluded || self == .other }
  }

  /// Where each line starts, and where the last one ends.
  private var starts: [Int] = [0]
  private var kinds: [Kind] = []

  /// Fits `text`; keeps the memory of the lines before.
  mutating func read(_ text: Span<UInt8>) {
    starts.removeAll(keepingCapacity: true)
    starts.append(0)
    var place = 0
    while place < text.count {
      let newline = ByteSearch.first(UInt8(ascii: "\n"), in: text, place..<text.count)
      place = min(newline + 1, text.count)
      starts.append(place)
    }
    kinds.removeAll(keepingCapacity: true)
    kinds.append(contentsOf: repeatElement(.remark, count: starts.count - 1))
  }

  var count: Int { kinds.count }
  var indices: Range<Int> { kinds.indices }

  func kind(_ line: Int) -> Kind { kinds[line] }

  /// A line with an event in it is one, whatever else it is.
  mutating func mark(_ line: Int, _ kind: Kind) {
    guard kinds.indices.contains(line), kinds[line] != .event else { return }
    kinds[line] = kind
  }

  /// What goes on behind a line that is no event belongs to it.
  mutating func markContinuations(_ text: Span<UInt8>) {
    var last = Kind.remark
    for line in indices {
      switch kinds[line] {
      case .event, .excluded, .other: last = kinds[line]
      case .remark where isRemark(line, text) || range(line).count <= 1: last = .remark
      case .remark: if last.isMasked { kinds[line] = last }
      }
    }
  }

  /// The line with its end.
  func range(_ line: Int) -> Range<Int> { starts[line]..<starts[line + 1] }

  /// Lines that are no record, such as headers.
  func isRemark(_ line: Int, _ text: Span<UInt8>) -> Bool {
    kinds[line] == .remark && text[starts[line]] == UInt8(ascii: "#")
  }
}
