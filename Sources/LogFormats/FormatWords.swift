internal import ByteKernels

extension FormatProfile {
  /// Texts that stand in lines as they are, and by which the format tells them, in lower case; not
  /// those without a letter or digit.
  package var literals: Set<String> {
    let literals = layouts.flatMap(\.literals).filter { text in
      text.utf8.contains { ByteClass($0) != .other }
    }
    return Set(literals.map { $0.lowercased() })
  }

  /// All layouts of its lines, also of those that its table does not take.
  private var layouts: [LineLayout] {
    shapes.flatMap { shape in
      switch shape {
      case .lines(let own): own
      case .table(let table): FormatCatalog.layouts(of: table.otherLayouts)
      }
    }
  }

  /// Words of JSON that are no names.
  private static let jsonWords = ["null", "true", "false"]

  /// The format's own words, in lower case: runs of letters, and of digits, in the texts by which
  /// it tells its lines, their fields, and what is no traffic. None of them says who somebody is.
  package var words: Set<[UInt8]> {
    let texts = Self.jsonWords + layouts.flatMap(\.texts)
    return texts.reduce(into: []) { $0.formUnion(Self.words(of: $1)) }
  }

  /// A number is the same whatever zeros stand in front of it.
  private static func word(_ bytes: [UInt8]) -> [UInt8] {
    guard let last = bytes.last, bytes.first == UInt8(ascii: "0") else { return bytes }
    return bytes.dropLast().drop { $0 == UInt8(ascii: "0") } + [last]
  }

  private static func words(of text: String) -> [[UInt8]] {
    var words: [[UInt8]] = []
    var last = ByteClass.other
    for byte in text.lowercased().utf8 {
      let kind = ByteClass(byte)
      if kind != .other {
        if kind == last { words[words.count - 1].append(byte) } else { words.append([byte]) }
      }
      last = kind
    }
    return words.map(word)
  }
}

/// What words are made of: a word ends where the class of its bytes changes.
package enum ByteClass {
  case letter, digit, other

  package init(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): self = .digit
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 0x80...:
      self = .letter
    default: self = .other
    }
  }
}

extension LineLayout {
  /// Texts that its lines hold as they are.
  fileprivate var literals: [String] {
    var texts = (evidence.all + evidence.any + evidence.starts + [after]).map {
      String(decoding: $0, as: UTF8.self)
    }
    if case .templates(let templates) = shape {
      for template in templates {
        texts.append(template.start)
        texts += template.pieces.map(\.text)
      }
    }
    return texts
  }

  /// All texts that tell which lines are of the layout and which of them are traffic.
  fileprivate var texts: [String] {
    var texts = literals + names
    if case .word(let word)? = header { texts.append(word) }
    for rule in traffic {
      switch rule.condition {
      case .anyOf(let patterns), .noneOf(let patterns): texts += patterns.map(\.text)
      case .isThere: break
      }
    }
    if case .places(_, _, _, _, let names, _) = shape { texts += names }
    return texts
  }
}
