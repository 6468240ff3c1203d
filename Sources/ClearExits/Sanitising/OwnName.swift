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
    let (first, second) = (text[name.lowerBound], text[name.lowerBound + 1])
    var place = line.lowerBound - 1
    while true {
      place = ByteSearch.first(first, then: second, in: text, place + 1..<line.upperBound)
      guard place + name.count <= line.upperBound else { return }
      let range = place..<place + name.count
      guard isWord(range, line), equals(place), !kept.overlap(range) else { continue }
      edits.add(range, pseudonym)
    }
  }

  private func equals(_ place: Int) -> Bool {
    for offset in 0..<name.count
    where Self.fold(text[place + offset]) != Self.fold(text[name.lowerBound + offset]) {
      return false
    }
    return true
  }

  private func isWord(_ range: Range<Int>, _ line: Range<Int>) -> Bool {
    (range.lowerBound == line.lowerBound || !Self.isLetter(text[range.lowerBound - 1]))
      && (range.upperBound == line.upperBound || !Self.isLetter(text[range.upperBound]))
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte >= 0x80
      || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }

  private static func fold(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
  }
}
