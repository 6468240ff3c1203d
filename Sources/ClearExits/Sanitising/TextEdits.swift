/// Pseudonyms in place of parts of a text, in the order of the text.
struct TextEdits {
  /// One part and the number of the text that takes its place.
  private struct Edit {
    let start: Int
    let end: Int
    let name: UInt32
    /// It takes the place of what stood without quotes.
    let isQuoted: Bool

    /// Of those that start together the longest one counts.
    static func < (a: Edit, b: Edit) -> Bool {
      a.start != b.start ? a.start < b.start : a.end > b.end
    }
  }
  private var edits: [Edit] = []
  private var isSorted = true

  /// Forgets all, and keeps the memory.
  mutating func removeAll() {
    edits.removeAll(keepingCapacity: true)
    isSorted = true
  }

  mutating func add(_ range: Range<Int>, _ name: UInt32, isQuoted: Bool = false) {
    let edit = Edit(
      start: range.lowerBound, end: range.upperBound, name: name, isQuoted: isQuoted)
    if let last = edits.last, edit < last { isSorted = false }
    edits.append(edit)
  }

  /// Appends the text with all edits to `written`; of those that overlap the first one counts, and
  /// takes the place of all.
  ///
  /// - Returns: how many counted.
  mutating func apply(
    to text: Span<UInt8>, _ lines: LogLines, _ names: SanitisedNames, _ mask: inout LineMask,
    _ written: inout [UInt8]
  ) -> Int {
    if !isSorted { edits.sort(by: <) }
    var (place, next, count) = (0, 0, 0)
    func copy(to end: Int, _ written: inout [UInt8]) {
      guard place < end else { return }
      written.append(text, place..<end)
      place = end
    }
    func applyEdits(before end: Int, _ written: inout [UInt8]) {
      while next < edits.count, edits[next].start < end {
        let edit = edits[next]
        next += 1
        guard edit.start >= place else {
          place = max(place, edit.end)
          continue
        }
        copy(to: edit.start, &written)
        if edit.isQuoted { written.append(UInt8(ascii: "\"")) }
        names.append(edit.name, to: &written)
        if edit.isQuoted { written.append(UInt8(ascii: "\"")) }
        place = edit.end
        count += 1
      }
      copy(to: end, &written)
    }
    for line in lines.indices where lines.kind(line).isMasked {
      let range = lines.range(line)
      applyEdits(before: range.lowerBound, &written)
      mask.append(
        text, max(place, range.lowerBound)..<max(place, range.upperBound),
        keepsWords: lines.kind(line) == .excluded, to: &written)
      place = max(place, range.upperBound)
    }
    applyEdits(before: text.count, &written)
    return count
  }
}

extension [UInt8] {
  /// Appends some bytes of `text`.
  mutating func append(_ text: Span<UInt8>, _ range: Range<Int>) {
    // SAFETY: the part lives for this call, which copies it.
    unsafe text.extracting(range).withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
  }
}
