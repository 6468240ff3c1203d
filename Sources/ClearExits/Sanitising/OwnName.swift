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

  /// Adds an edit for each place outside of the fields in `kept` at which the name stands, also
  /// with `%xx` in it, or its part without the realm.
  func find(
    in line: Range<Int>, but kept: KeptFields, _ pseudonym: UInt32, _ edits: inout TextEdits
  ) {
    find(text.extracting(name), in: line, but: kept, pseudonym, &edits)
    let bare = bare
    if bare != name {
      find(text.extracting(bare), in: line, but: kept, pseudonym, &edits)
    }
    guard let escaped = escaped,
      ByteSearch.first(UInt8(ascii: "%"), in: text, line) < line.upperBound
    else { return }
    find(escaped.span, in: line, but: kept, pseudonym, &edits)
  }

  private func find(
    _ word: Span<UInt8>, in line: Range<Int>, but kept: KeptFields, _ pseudonym: UInt32,
    _ edits: inout TextEdits
  ) {
    guard word.count >= Self.bytesMin, line.count > word.count else { return }
    var start = line.lowerBound
    while let place = ByteSearch.word(word, in: text, line, from: start) {
      let range = place..<place + word.count
      if !kept.overlap(range) { edits.add(range, pseudonym) }
      start = place + 1
    }
  }

  /// `anna` of `CORP\anna` and of `anna@corp.example`.
  private var bare: Range<Int> {
    var (bare, place) = (name, name.lowerBound)
    while place < name.upperBound {
      switch text[place] {
      case UInt8(ascii: "\\"), UInt8(ascii: "/"): bare = place + 1..<name.upperBound
      case UInt8(ascii: "@") where place > bare.lowerBound: return bare.lowerBound..<place
      default: break
      }
      place += 1
    }
    return bare
  }

  /// The name as it stands in URLs; `nil` where nothing in it is escaped there.
  private var escaped: [UInt8]? {
    let digits = Array("0123456789abcdef".utf8)
    var escaped: [UInt8] = []
    for place in name {
      let byte = text[place]
      let isPlain =
        byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || "-._~".utf8.contains(byte)
      if isPlain {
        escaped.append(byte)
      } else {
        escaped += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return escaped.count == name.count ? nil : escaped
  }
}
