internal import ByteKernels

/// Finds the name of a line's own user elsewhere in the line, as a word of its own.
struct OwnName: ~Escapable {
  /// Shorter ones are too often something else.
  private static let bytesMin = 4
  private let text: Span<UInt8>
  private let name: Range<Int>

  /// - Parameter name: where it stands.
  @_lifetime(copy text)
  init(_ text: Span<UInt8>, _ name: Range<Int>) {
    self.text = text
    self.name = name
  }

  /// Adds an edit for each place outside of the fields in `kept`.
  func find(
    in line: Range<Int>, but kept: KeptFields, _ pseudonym: UInt32, _ edits: inout TextEdits
  ) {
    guard name.count >= Self.bytesMin, line.count > name.count else { return }
    let word = text.extracting(name)
    var start = line.lowerBound
    while let place = ByteSearch.word(word, in: text, line, from: start) {
      let range = place..<place + name.count
      if !kept.overlap(range) { edits.add(range, pseudonym) }
      start = place + 1
    }
  }
}
