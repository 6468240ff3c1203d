internal import ByteKernels

/// The lines of a block's text and what they are; where several records share one, its parts.
struct LogLines {
  enum Kind: UInt8 {
    case remark, event
    /// What goes on behind the line of an event belongs to it.
    case continuation
    /// Left out by the format, which knows what it is.
    case excluded
    case other

    /// Whether nobody knows where a name stands in it.
    var isMasked: Bool { self == .excluded || self == .other }
  }

  /// Where each line starts, and where the last one ends.
  private var starts: [Int] = [0]
  private var kinds: [Kind] = []

  /// Lines of the text, of which one may be in several parts here.
  private(set) var textLineCount = 0

  /// Fits `text`; keeps the memory of the lines before.
  ///
  /// - Parameter more: where records start within lines, in order: each begins a line of its own.
  mutating func read(_ text: Span<UInt8>, also more: [Int] = []) {
    starts.removeAll(keepingCapacity: true)
    starts.append(0)
    textLineCount = 0
    var (place, others) = (0, more[...])
    while place < text.count {
      let newline = ByteSearch.first(UInt8(ascii: "\n"), in: text, place..<text.count)
      while let other = others.first, other <= newline {
        others.removeFirst()
        if other > starts[starts.count - 1] { starts.append(other) }
      }
      place = min(newline + 1, text.count)
      starts.append(place)
      textLineCount += 1
    }
    kinds.removeAll(keepingCapacity: true)
    kinds.append(contentsOf: repeatElement(.remark, count: starts.count - 1))
  }

  /// The line that holds the byte at `offset`.
  func line(at offset: Int) -> Int {
    var (low, high) = (0, kinds.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= offset { low = middle } else { high = middle }
    }
    return low
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
      case .event, .excluded, .other, .continuation: last = kinds[line]
      case .remark where isRemark(line, text) || range(line).count <= 1: last = .remark
      case .remark:
        if last.isMasked { kinds[line] = last }
        if last == .event || last == .continuation {
          kinds[line] = .continuation
          last = .continuation
        }
      }
    }
  }

  /// The line with its end.
  func range(_ line: Int) -> Range<Int> { starts[line]..<starts[line + 1] }

  /// A line with what goes on behind it.
  func record(_ line: Int) -> Range<Int> {
    var end = line + 1
    while end < count, kinds[end] == .continuation { end += 1 }
    return starts[line]..<starts[end]
  }

  /// Lines that are no record, such as headers.
  func isRemark(_ line: Int, _ text: Span<UInt8>) -> Bool {
    kinds[line] == .remark && text[starts[line]] == UInt8(ascii: "#")
  }
}
