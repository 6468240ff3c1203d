/// Why bytes are no JSON.
struct JSONProblem: Error, Equatable {
  enum Kind: String { case syntax, unfinished, badText, tooDeep, trailing }
  var kind: Kind
  /// Bytes from the start of what was read.
  var offset: Int
}

/// Reads one JSON value (RFC 8259), strictly: nothing before or behind it but blanks, no bad
/// UTF-8, no lone surrogates, at most 64 levels deep.
struct JSONReader {
  private let bytes: [UInt8]
  private let end: Int
  private var position: Int
  private static let depthMax = 64

  /// Reads all of `bytes`.
  static func value(of bytes: [UInt8]) throws(JSONProblem) -> JSONValue {
    try value(of: bytes, in: 0..<bytes.count)
  }

  /// Reads the JSON of `text`.
  static func value(of text: String) throws(JSONProblem) -> JSONValue {
    try value(of: Array(text.utf8))
  }

  /// Reads `bytes[range]`; offsets in problems count from the start of `bytes`.
  static func value(of bytes: [UInt8], in range: Range<Int>) throws(JSONProblem) -> JSONValue {
    var reader = JSONReader(bytes: bytes, end: range.upperBound, position: range.lowerBound)
    let value = try reader.value(depth: 0)
    reader.skipBlanks()
    guard reader.position == reader.end else { throw reader.problem(.trailing) }
    return value
  }

  private init(bytes: [UInt8], end: Int, position: Int) {
    self.bytes = bytes
    self.end = end
    self.position = position
  }

  private func problem(_ kind: JSONProblem.Kind) -> JSONProblem {
    JSONProblem(kind: position < end ? kind : .unfinished, offset: position)
  }

  private mutating func skipBlanks() {
    while position < end {
      switch bytes[position] {
      case 0x20, 0x09, 0x0a, 0x0d: position += 1
      default: return
      }
    }
  }

  /// The next byte that is no blank; not taken.
  private mutating func peek() throws(JSONProblem) -> UInt8 {
    skipBlanks()
    guard position < end else { throw problem(.unfinished) }
    return bytes[position]
  }

  private mutating func take(_ byte: UInt8) throws(JSONProblem) {
    guard try peek() == byte else { throw problem(.syntax) }
    position += 1
  }

  private mutating func value(depth: Int) throws(JSONProblem) -> JSONValue {
    guard depth < Self.depthMax else { throw problem(.tooDeep) }
    switch try peek() {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  private mutating func word(
    _ word: StaticString,
    _ value: JSONValue
  ) throws(JSONProblem) -> JSONValue {
    for byte in word.description.utf8 {
      guard position < end, bytes[position] == byte else { throw problem(.syntax) }
      position += 1
    }
    return value
  }

  private mutating func object(depth: Int) throws(JSONProblem) -> JSONValue {
    try take(UInt8(ascii: "{"))
    var members: [JSONValue.Member] = []
    if try peek() == UInt8(ascii: "}") {
      position += 1
      return .object([])
    }
    while true {
      guard try peek() == UInt8(ascii: "\"") else { throw problem(.syntax) }
      let name = try string()
      try take(UInt8(ascii: ":"))
      members.append(JSONValue.Member(name: name, value: try value(depth: depth + 1)))
      if try peek() == UInt8(ascii: "}") {
        position += 1
        return .object(members)
      }
      try take(UInt8(ascii: ","))
    }
  }

  private mutating func array(depth: Int) throws(JSONProblem) -> JSONValue {
    try take(UInt8(ascii: "["))
    var values: [JSONValue] = []
    if try peek() == UInt8(ascii: "]") {
      position += 1
      return .array([])
    }
    while true {
      values.append(try value(depth: depth + 1))
      if try peek() == UInt8(ascii: "]") {
        position += 1
        return .array(values)
      }
      try take(UInt8(ascii: ","))
    }
  }

  // MARK: Numbers

  private mutating func number() throws(JSONProblem) -> JSONValue {
    let start = position
    if position < end, bytes[position] == UInt8(ascii: "-") { position += 1 }
    let first = position
    try digits()
    if bytes[first] == UInt8(ascii: "0"), position > first + 1 {
      throw JSONProblem(kind: .syntax, offset: first)
    }
    if position < end, bytes[position] == UInt8(ascii: ".") {
      position += 1
      try digits()
    }
    if position < end, bytes[position] | 0x20 == UInt8(ascii: "e") {
      position += 1
      if position < end,
        bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-")
      {
        position += 1
      }
      try digits()
    }
    return .number(String(decoding: bytes[start..<position], as: UTF8.self))
  }

  private mutating func digits() throws(JSONProblem) {
    let start = position
    while position < end, bytes[position] &- UInt8(ascii: "0") < 10 { position += 1 }
    guard position > start else { throw problem(.syntax) }
  }

  // MARK: Strings

  private mutating func string() throws(JSONProblem) -> String {
    position += 1  // The opening quote; the caller has seen it.
    let start = position
    var unescaped: [UInt8] = []
    while true {
      let plain = position
      try skipPlainText()
      let isEnd = bytes[position] == UInt8(ascii: "\"")
      if isEnd, unescaped.isEmpty {
        defer { position += 1 }
        return try text(bytes.span.extracting(plain..<position), from: start)
      }
      unescaped += bytes[plain..<position]
      if isEnd {
        defer { position += 1 }
        return try text(unescaped.span, from: start)
      }
      try escape(into: &unescaped)
    }
  }

  /// Goes to the next quote or backslash, which must be there.
  private mutating func skipPlainText() throws(JSONProblem) {
    while position < end {
      let byte = bytes[position]
      if byte == 0x22 || byte == 0x5c { return }
      guard byte >= 0x20 else { throw problem(.badText) }
      position += 1
    }
    throw problem(.unfinished)
  }

  private func text(_ utf8: Span<UInt8>, from start: Int) throws(JSONProblem) -> String {
    guard let text = try? UTF8Span(validating: utf8) else {
      throw JSONProblem(kind: .badText, offset: start)
    }
    return String(copying: text)
  }

  private mutating func escape(into text: inout [UInt8]) throws(JSONProblem) {
    position += 1
    guard position < end else { throw problem(.unfinished) }
    let letter = bytes[position]
    position += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(letter)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0c)
    case UInt8(ascii: "n"): text.append(0x0a)
    case UInt8(ascii: "r"): text.append(0x0d)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"): text.append(contentsOf: String(try scalar()).utf8)
    default: throw JSONProblem(kind: .syntax, offset: position - 1)
    }
  }

  /// The character behind `\u`: one unit of UTF-16, or two that make a pair.
  private mutating func scalar() throws(JSONProblem) -> Character {
    let start = position
    let first = try unit()
    var value = UInt32(first)
    if UTF16.isLeadSurrogate(first) {
      guard position + 1 < end, bytes[position] == UInt8(ascii: "\\"),
        bytes[position + 1] == UInt8(ascii: "u")
      else { throw JSONProblem(kind: .badText, offset: start) }
      position += 2
      let second = try unit()
      guard UTF16.isTrailSurrogate(second) else {
        throw JSONProblem(kind: .badText, offset: start)
      }
      value = 0x10000 + (UInt32(first) - 0xd800) << 10 + (UInt32(second) - 0xdc00)
    }
    guard let scalar = Unicode.Scalar(value) else {
      throw JSONProblem(kind: .badText, offset: start)
    }
    return Character(scalar)
  }

  private mutating func unit() throws(JSONProblem) -> UInt16 {
    var value: UInt16 = 0
    for _ in 0..<4 {
      guard position < end else { throw problem(.unfinished) }
      guard let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue,
        bytes[position] < 0x80
      else { throw problem(.syntax) }
      value = value << 4 | UInt16(digit)
      position += 1
    }
    return value
  }
}
