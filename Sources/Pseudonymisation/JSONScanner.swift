/// Reads JSON from front to back out of memory that it never copies.
///
/// Just what key files need: strings of printable ASCII without escapes, whole numbers, `null`.
/// The text goes in with each call, since a scanner that held it could not outlive it.
struct JSONScanner {
  private var offset = 0
  /// Whether the object or array that is being read had nothing in it so far.
  private var isAtFirst = true

  /// Reads the brace or bracket that opens an object or array.
  mutating func open(_ byte: UInt8, _ text: Span<UInt8>) throws(KeyFileFault) {
    try expect(byte, text)
    isAtFirst = true
  }

  /// Reads up to the next value of an object: its name and the colon.
  ///
  /// - Returns: the name, or `nil` behind the last one, when the brace was read too.
  mutating func nextField(_ text: Span<UInt8>) throws(KeyFileFault) -> String? {
    guard try isBeforeNext(UInt8(ascii: "}"), text) else { return nil }
    let name = try string(text)
    try expect(UInt8(ascii: ":"), text)
    return name
  }

  /// Reads up to the next value of an array.
  ///
  /// - Returns: whether there is one.
  mutating func nextElement(_ text: Span<UInt8>) throws(KeyFileFault) -> Bool {
    try isBeforeNext(UInt8(ascii: "]"), text)
  }

  /// Reads a string that is no secret.
  mutating func string(_ text: Span<UInt8>) throws(KeyFileFault) -> String {
    let range = try stringRange(text)
    var bytes: [UInt8] = []
    for index in range { bytes.append(text[index]) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Reads a string and tells where it lies, without its quotes.
  mutating func stringRange(_ text: Span<UInt8>) throws(KeyFileFault) -> Range<Int> {
    try expect(UInt8(ascii: "\""), text)
    let start = offset
    while offset < text.count, text[offset] != UInt8(ascii: "\"") {
      guard (0x20...0x7e).contains(text[offset]), text[offset] != UInt8(ascii: "\\") else {
        throw .malformed(offset: offset)
      }
      offset += 1
    }
    let range = start..<offset
    try expect(UInt8(ascii: "\""), text)
    return range
  }

  /// Reads a whole number of at most nine digits.
  mutating func number(_ text: Span<UInt8>) throws(KeyFileFault) -> Int {
    skipBlanks(text)
    let start = offset
    var number = 0
    while offset < text.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(text[offset]) {
      number = number * 10 + Int(text[offset] - UInt8(ascii: "0"))
      offset += 1
      if offset - start > 9 { throw .malformed(offset: start) }
    }
    let hasLeadingZero = offset - start > 1 && text[start] == UInt8(ascii: "0")
    if offset == start || hasLeadingZero { throw .malformed(offset: start) }
    return number
  }

  /// Reads `null` if it comes next.
  ///
  /// - Returns: whether it did.
  mutating func null(_ text: Span<UInt8>) throws(KeyFileFault) -> Bool {
    skipBlanks(text)
    guard offset < text.count, text[offset] == UInt8(ascii: "n") else { return false }
    for byte in "null".utf8 {
      guard offset < text.count, text[offset] == byte else { throw .malformed(offset: offset) }
      offset += 1
    }
    return true
  }

  /// Checks that nothing but blanks follows.
  mutating func end(_ text: Span<UInt8>) throws(KeyFileFault) {
    skipBlanks(text)
    if offset < text.count { throw .malformed(offset: offset) }
  }

  private mutating func isBeforeNext(
    _ close: UInt8,
    _ text: Span<UInt8>
  ) throws(KeyFileFault) -> Bool {
    skipBlanks(text)
    defer { isAtFirst = false }
    if offset < text.count, text[offset] == close {
      offset += 1
      return false
    }
    if !isAtFirst { try expect(UInt8(ascii: ","), text) }
    return true
  }

  private mutating func expect(_ byte: UInt8, _ text: Span<UInt8>) throws(KeyFileFault) {
    // Blanks may stand before anything but a closing quote, and none is skipped there.
    skipBlanks(text)
    guard offset < text.count, text[offset] == byte else { throw .malformed(offset: offset) }
    offset += 1
  }

  private mutating func skipBlanks(_ text: Span<UInt8>) {
    while offset < text.count, [0x20, 0x0a, 0x0d, 0x09].contains(text[offset]) { offset += 1 }
  }
}
