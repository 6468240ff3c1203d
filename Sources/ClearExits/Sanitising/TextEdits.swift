/// Pseudonyms in place of parts of a text, in the order of the text.
struct TextEdits {
  /// One part and the number of the text that takes its place.
  private struct Edit {
    let start: Int
    let end: Int
    let name: UInt32

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

  mutating func add(_ range: Range<Int>, _ name: UInt32) {
    let edit = Edit(start: range.lowerBound, end: range.upperBound, name: name)
    if let last = edits.last, edit < last { isSorted = false }
    edits.append(edit)
  }

  /// Appends the text with all edits to `written`; of those that overlap the first one counts.
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
        guard edit.start >= place else { continue }
        copy(to: edit.start, &written)
        names.append(edit.name, to: &written)
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
