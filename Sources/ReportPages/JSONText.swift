internal import ReportFigures

/// Writes JSON on one line, member by member; the caller keeps the nesting right.
struct JSONText {
  private(set) var text = ""
  private var needsComma = false

  mutating func object(_ body: (inout JSONText) -> Void) { nest("{", "}", body) }
  mutating func array(_ body: (inout JSONText) -> Void) { nest("[", "]", body) }

  mutating func array<Values: Sequence>(
    _ values: Values, _ body: (inout JSONText, Values.Element) -> Void
  ) {
    array { json in for value in values { body(&json, value) } }
  }

  mutating func name(_ name: String) {
    string(name)
    text += ":"
    needsComma = false
  }

  mutating func member(_ name: String, _ value: Int64) {
    self.name(name)
    number(value)
  }
  mutating func member(_ name: String, _ value: Int) { member(name, Int64(value)) }
  mutating func member(_ name: String, _ value: Bool) {
    self.name(name)
    raw(value ? "true" : "false")
  }
  mutating func member(_ name: String, _ value: String?) {
    self.name(name)
    if let value { string(value) } else { raw("null") }
  }
  mutating func member(_ name: String, optional value: Int?) {
    self.name(name)
    if let value { number(Int64(value)) } else { raw("null") }
  }

  mutating func number(_ value: Int64) { raw(String(value)) }

  /// A string. `<` is escaped too, so that the text may stand inside a script element; so are
  /// control and invisible characters, so that a terminal obeys none.
  mutating func string(_ value: String) {
    separate()
    text += "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "<", ">", "&": Self.escape(scalar, into: &text)
      default:
        if scalar.value >= 0x20, scalar.value < 0x7F {
          text.unicodeScalars.append(scalar)
        } else {
          Self.appendForeign(scalar, into: &text)
        }
      }
    }
    text += "\""
    needsComma = true
  }

  mutating func raw(_ value: String) {
    separate()
    text += value
    needsComma = true
  }

  private mutating func nest(_ open: String, _ close: String, _ body: (inout JSONText) -> Void) {
    separate()
    text += open
    needsComma = false
    body(&self)
    text += close
    needsComma = true
  }

  private mutating func separate() {
    if needsComma { text += "," }
    needsComma = false
  }

  private static func appendForeign(_ scalar: Unicode.Scalar, into text: inout String) {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: escape(scalar, into: &text)
    default: text.unicodeScalars.append(scalar)
    }
  }

  private static func escape(_ scalar: Unicode.Scalar, into text: inout String) {
    for unit in String(scalar).utf16 {
      let digits = String(unit, radix: 16)
      text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
  }
}

extension JSONText {
  /// The members of sums, named as the columns of `usage`.
  ///
  /// - Parameter missing: columns of bytes that logs lack: null.
  mutating func members(_ sums: Sums, without missing: Set<String> = []) {
    member("events", sums.events)
    member("blocked_events", sums.blocked)
    for (name, bytes) in sums.bytes {
      member(name, optional: missing.contains(name) ? nil : Int(bytes))
    }
  }

  mutating func members(_ sums: UseSums) {
    member("events", sums.events)
    member("uploaded_bytes", sums.uploaded)
    member("total_bytes", sums.total)
  }

  /// A distinct count; where it is a bound, also what there is at least.
  mutating func member(_ name: String, _ count: DistinctCount) {
    member(name, count.pseudonyms)
    if !count.isExact { member(name + "_at_least", count.atLeast) }
  }
}
