/// Writes compact JSON, members in the order they come: the same calls give the same bytes.
struct JSONWriter {
  private(set) var bytes: [UInt8] = []
  private var needsComma = false

  /// What was written, as text.
  var text: String { String(decoding: bytes, as: UTF8.self) }

  /// The JSON that `body` writes as one object.
  static func object(_ body: (inout JSONWriter) -> Void) -> JSONWriter {
    var json = JSONWriter()
    json.object(body)
    return json
  }

  /// An object, its members written by `body`.
  mutating func object(_ body: (inout JSONWriter) -> Void) { group("{", "}", body) }

  /// An array, its values written by `body`.
  mutating func array(_ body: (inout JSONWriter) -> Void) { group("[", "]", body) }

  private mutating func group(
    _ open: Unicode.Scalar,
    _ close: Unicode.Scalar,
    _ body: (inout JSONWriter) -> Void
  ) {
    separate()
    bytes.append(UInt8(ascii: open))
    needsComma = false
    body(&self)
    bytes.append(UInt8(ascii: close))
    needsComma = true
  }

  /// A member's name; its value comes next.
  mutating func name(_ name: String) {
    string(name)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  mutating func member(_ name: String, _ value: String) {
    self.name(name)
    string(value)
  }

  mutating func member(_ name: String, _ value: Int64) {
    self.name(name)
    integer(value)
  }

  mutating func member(_ name: String, _ value: Bool) {
    self.name(name)
    bool(value)
  }

  /// A member that is an object of strings, sorted by their names; `nil` is written as null.
  mutating func member(_ name: String, _ values: [String: String?]) {
    self.name(name)
    object { json in
      for (name, value) in values.sorted(by: { $0.key < $1.key }) {
        json.name(name)
        if let value { json.string(value) } else { json.null() }
      }
    }
  }

  mutating func integer(_ value: Int64) { raw(String(value)) }
  mutating func bool(_ value: Bool) { raw(value ? "true" : "false") }
  mutating func null() { raw("null") }

  private mutating func raw(_ text: String) {
    separate()
    bytes.append(contentsOf: text.utf8)
    needsComma = true
  }

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
  }

  mutating func string(_ value: String) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    if value.utf8.allSatisfy(Self.isPlain) {
      bytes.append(contentsOf: value.utf8)
    } else {
      for byte in value.utf8 { escape(byte) }
    }
    bytes.append(UInt8(ascii: "\""))
    needsComma = true
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte != 0x22 && byte != 0x5c && byte != 0x7f
  }

  private mutating func escape(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"):
      bytes.append(UInt8(ascii: "\\"))
      bytes.append(byte)
    case 0x0a: bytes.append(contentsOf: #"\n"#.utf8)
    case 0x0d: bytes.append(contentsOf: #"\r"#.utf8)
    case 0x09: bytes.append(contentsOf: #"\t"#.utf8)
    case 0..<0x20, 0x7f:
      bytes.append(contentsOf: #"\u00"#.utf8)
      bytes.append(hexDigit(byte >> 4))
      bytes.append(hexDigit(byte & 15))
    default: bytes.append(byte)
    }
  }
}

/// The lower-case hex digit of `value`, 0 to 15.
func hexDigit(_ value: UInt8) -> UInt8 {
  value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
}
