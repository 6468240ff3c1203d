/// How a name may stand in other parts of a log than its own field.
package enum NameSpellings {
  /// `anna` of `CORP\anna` and of `anna@corp.example`: where it lies in the name.
  package static func bare(_ name: Span<UInt8>) -> Range<Int> {
    var bare = name.indices
    for place in name.indices {
      switch name[place] {
      case UInt8(ascii: "\\"), UInt8(ascii: "/"): bare = place + 1..<name.count
      case UInt8(ascii: "@") where place > bare.lowerBound: return bare.lowerBound..<place
      default: break
      }
    }
    return bare
  }

  /// Whether a name has one spelling in all parts of a log, but for the case of its letters.
  package static func isPlain(_ name: Span<UInt8>) -> Bool {
    for place in name.indices where !isPlain(name[place]) { return false }
    return true
  }

  /// The bare name where all spellings of the name hold it, and it has one spelling itself, as of
  /// `anna`, `CORP\anna` and `anna@corp.example`; else `nil`.
  package static func bareAlone(_ name: Span<UInt8>) -> Range<Int>? {
    var (start, end) = (0, name.count)
    for place in name.indices where !isPlain(name[place]) {
      switch name[place] {
      case UInt8(ascii: "\\"), UInt8(ascii: "/"): if end == name.count { start = place + 1 }
      case UInt8(ascii: "@"): if end == name.count, place > start { end = place }
      default: return nil
      }
    }
    return start..<end
  }

  /// One spelling.
  package struct Spelling: Sendable {
    package let bytes: [UInt8]
    /// Whether it can only stand where the first one of all stands.
    package let holdsFirst: Bool
  }

  /// The name as the log has it and in its canonical form, each also without its realm, with `%xx`,
  /// with `+` for blanks, and with the escapes of JSON; each once, without regard to the case of
  /// ASCII letters. Where the bare name is plain it comes first: most others hold it.
  ///
  /// - Parameters:
  ///   - raw: the name without the escapes of its own field.
  ///   - bytesMin: shorter ones are left out: they are too often something else.
  /// - Complexity: allocates; a few passes over each spelling. Meant for once a name.
  package static func all(
    of raw: Span<UInt8>, bytesMin: Int, _ canonical: CanonicalNames
  ) -> [Spelling] {
    let name = raw.indices.map { raw[$0] }
    var forms = [name]
    // Where the bare name is plain, and long enough, all other forms hold it.
    if bareAlone(raw).map({ $0.count < bytesMin }) ?? true {
      var form: [UInt8] = []
      if canonical.canonicalise(raw, into: &form) == .name { forms.append(form) }
      for form in forms where form.contains(where: { $0 >= 0x80 }) {
        guard let text = String(validating: form, as: UTF8.self) else { continue }
        forms += [Array(text.lowercased().utf8), Array(text.uppercased().utf8)]
      }
    }
    forms = forms.map { Array($0[bare($0.span)]) } + forms
    var (found, known): ([Spelling], [[UInt8]]) = ([], [])
    for spelling in forms.flatMap({ [$0] + escaped($0) }) where spelling.count >= bytesMin {
      let lower = spelling.map(folded)
      if known.contains(lower) { continue }
      let holdsFirst = known.first.map { isPlain($0.span) && holds(lower, $0) } ?? false
      found.append(Spelling(bytes: spelling, holdsFirst: holdsFirst))
      known.append(lower)
    }
    return found
  }

  private static func holds(_ text: [UInt8], _ part: [UInt8]) -> Bool {
    text.count >= part.count
      && (0...text.count - part.count).contains {
        text[$0..<$0 + part.count].elementsEqual(part)
      }
  }

  /// What is escaped in a URL, or in a text of JSON.
  private static func escaped(_ name: [UInt8]) -> [[UInt8]] {
    if name.allSatisfy(isPlain) { return [] }
    let blank = UInt8(ascii: " ")
    var spellings = [name.flatMap { isPlain($0) ? [$0] : percent($0) }]
    if name.contains(blank) {
      spellings.append(name.map { $0 == blank ? UInt8(ascii: "+") : $0 })
      spellings.append(
        name.flatMap { $0 == blank ? [UInt8(ascii: "+")] : isPlain($0) ? [$0] : percent($0) })
    }
    if let text = String(validating: name, as: UTF8.self) {
      spellings.append(text.utf16.flatMap { json($0) })
      spellings.append(text.utf8.flatMap { $0 < 0x80 ? json(UInt16($0)) : [$0] })
      spellings.append(
        text.utf16.flatMap { $0 < 0x80 && isPlain(UInt8($0)) ? [UInt8($0)] : unit($0) })
    }
    if name.contains(UInt8(ascii: "'")) {
      spellings.append(name.flatMap { $0 == UInt8(ascii: "'") ? Array(#"\'"#.utf8) : [$0] })
    }
    if name.contains(where: { references[$0] != nil }) {
      for variant in 0..<3 { spellings.append(name.flatMap { reference($0, variant) }) }
    }
    return spellings
  }

  /// What HTML writes in place of its own signs.
  private static let references: [UInt8: [String]] = [
    UInt8(ascii: "&"): ["&amp;"], UInt8(ascii: "<"): ["&lt;"], UInt8(ascii: ">"): ["&gt;"],
    UInt8(ascii: "\""): ["&quot;", "&#34;"], UInt8(ascii: "'"): ["&#39;", "&apos;", "&#x27;"],
  ]

  private static func reference(_ byte: UInt8, _ variant: Int) -> [UInt8] {
    guard let known = references[byte] else { return [byte] }
    return Array(known[min(variant, known.count - 1)].utf8)
  }

  private static let digits = Array("0123456789abcdef".utf8)

  private static func percent(_ byte: UInt8) -> [UInt8] {
    [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
  }

  private static func json(_ unit: UInt16) -> [UInt8] {
    if unit == 0x22 || unit == 0x5C { return [UInt8(ascii: "\\"), UInt8(unit)] }
    if (0x20..<0x7F).contains(unit) { return [UInt8(unit)] }
    return Self.unit(unit)
  }

  private static func unit(_ unit: UInt16) -> [UInt8] {
    Array("\\u".utf8) + [12, 8, 4, 0].map { digits[Int(unit >> $0 & 15)] }
  }

  /// A digit, a letter, or one of `-._~`: bits of the bytes below 64, and of those from there on.
  static func isPlain(_ byte: UInt8) -> Bool {
    let bits: UInt64 = byte & 0x40 == 0 ? 0x03FF_6000_0000_0000 : 0x47FF_FFFE_87FF_FFFE
    return byte < 0x80 && bits &>> UInt64(byte & 63) & 1 == 1
  }

  private static func folded(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }
}
