/// JSON as directories export it, as a tree; numbers are kept as their text.
indirect enum JSONText: Equatable {
  case null
  case boolean(Bool)
  case text(String)
  case array([JSONText])
  case object([String: JSONText])

  init(parsing bytes: [UInt8]) throws(ImportError) {
    var parser = JSONTextParser(bytes)
    self = try parser.whole()
  }

  /// A member, whatever the case of its name.
  subscript(name: String) -> JSONText? {
    guard case .object(let members) = self else { return nil }
    return members[name] ?? members.first { $0.key.lowercased() == name.lowercased() }?.value
  }

  var text: String? { if case .text(let text) = self { text } else { nil } }
  var elements: [JSONText] { if case .array(let elements) = self { elements } else { [] } }
  var isFalse: Bool { self == .boolean(false) || text?.lowercased() == "false" }
}

private struct JSONTextParser {
  private let bytes: [UInt8]
  private var place = 0
  private var depth = 0
  private static let depthMax = 64

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  private func failure(_ reason: String) -> ImportError {
    .malformed(line: 1 + bytes[..<min(place, bytes.count)].count { $0 == 0x0A }, reason)
  }

  mutating func whole() throws(ImportError) -> JSONText {
    let value = try value()
    skipBlanks()
    guard place == bytes.count else { throw failure("something stands behind the JSON") }
    return value
  }

  private mutating func skipBlanks() {
    while place < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[place]) { place += 1 }
  }

  private mutating func take(_ byte: Character) -> Bool {
    skipBlanks()
    guard place < bytes.count, bytes[place] == byte.asciiValue else { return false }
    place += 1
    return true
  }

  private mutating func expect(_ byte: Character) throws(ImportError) {
    if !take(byte) { throw failure("\(byte) was expected") }
  }

  private mutating func value() throws(ImportError) -> JSONText {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.depthMax else { throw failure("it is nested too deeply") }
    skipBlanks()
    guard place < bytes.count else { throw failure("the JSON breaks off") }
    switch bytes[place] {
    case UInt8(ascii: "{"): return try object()
    case UInt8(ascii: "["): return try array()
    case UInt8(ascii: "\""): return .text(try string())
    default: return try word()
    }
  }

  private mutating func object() throws(ImportError) -> JSONText {
    try expect("{")
    var members: [String: JSONText] = [:]
    if take("}") { return .object(members) }
    repeat {
      skipBlanks()
      let name = try string()
      try expect(":")
      members[name] = try value()
    } while take(",")
    try expect("}")
    return .object(members)
  }

  private mutating func array() throws(ImportError) -> JSONText {
    try expect("[")
    var elements: [JSONText] = []
    if take("]") { return .array(elements) }
    repeat { elements.append(try value()) } while take(",")
    try expect("]")
    return .array(elements)
  }

  private mutating func word() throws(ImportError) -> JSONText {
    let start = place
    let ends = Array(",]} \t\r\n".utf8)
    while place < bytes.count, !ends.contains(bytes[place]) { place += 1 }
    switch String(decoding: bytes[start..<place], as: UTF8.self) {
    case "null": return .null
    case "true": return .boolean(true)
    case "false": return .boolean(false)
    case let text where Double(text) != nil: return .text(text)
    default: throw failure("this is no value of JSON")
    }
  }

  private mutating func string() throws(ImportError) -> String {
    guard take("\"") else { throw failure("a text was expected") }
    var text: [UInt8] = []
    while place < bytes.count {
      let byte = bytes[place]
      place += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"): try escape(into: &text)
      case ..<0x20: throw failure("a text holds a control character")
      default: text.append(byte)
      }
    }
    throw failure("a text is not closed")
  }

  private mutating func escape(into text: inout [UInt8]) throws(ImportError) {
    guard place < bytes.count else { throw failure("a text is not closed") }
    let byte = bytes[place]
    place += 1
    switch byte {
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "u"):
      var units = [try codeUnit()]
      if UTF16.isLeadSurrogate(units[0]), bytes[place...].starts(with: "\\u".utf8) {
        place += 2
        units.append(try codeUnit())
      }
      text += Array(String(decoding: units, as: UTF16.self).utf8)
    default: text.append(byte)
    }
  }

  private mutating func codeUnit() throws(ImportError) -> UInt16 {
    guard place + 4 <= bytes.count,
      let unit = UInt16(String(decoding: bytes[place..<place + 4], as: UTF8.self), radix: 16)
    else { throw failure("an escape is malformed") }
    place += 4
    return unit
  }
}
