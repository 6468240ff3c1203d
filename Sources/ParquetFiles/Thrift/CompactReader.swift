/// Reads Thrift's compact protocol from a part of a file, and trusts nothing in it.
///
/// Whatever breaks off, nests deeper than any footer, or states more elements than there are
/// bytes is `damaged(.thrift)` with its offset.
struct CompactReader {
  private let bytes: [UInt8]
  private let end: Int
  private(set) var position: Int
  private var depth = 0

  /// Nesting that no footer of ours or others comes near.
  private static let depthMax = 24

  /// Reads `range` of `bytes`.
  init(_ bytes: [UInt8], in range: Range<Int>) {
    precondition(range.upperBound <= bytes.count, "Reading Thrift past the end of the file.")
    self.bytes = bytes
    position = range.lowerBound
    end = range.upperBound
  }

  var failure: ParquetError { .damaged(.thrift, offset: position) }

  /// Reads one structure: `body` gets each field's number and type, and says whether it read it.
  ///
  /// - Parameter required: numbers, below 64, of fields that `body` must have read.
  mutating func structure(
    requires required: [Int] = [],
    _ body: (inout CompactReader, Int, CompactType) throws(ParquetError) -> Bool
  ) throws(ParquetError) {
    var found: UInt64 = 0
    depth += 1
    guard depth <= Self.depthMax else { throw failure }
    var number = 0
    while true {
      let head = try byte()
      if head == 0 { break }
      guard let type = CompactType(rawValue: head & 0x0F) else { throw failure }
      let step = Int(head >> 4)
      number = step == 0 ? Int(try int16()) : number + step
      if try body(&self, number, type) {
        if (0..<64).contains(number) { found |= 1 << UInt64(number) }
      } else {
        try skip(type)
      }
    }
    for number in required where found >> UInt64(number) & 1 == 0 { throw failure }
    depth -= 1
  }

  /// Reads a list of `type`, calling `body` for each element.
  mutating func list(
    of type: CompactType,
    _ body: (inout CompactReader) throws(ParquetError) -> Void
  ) throws(ParquetError) {
    let (found, count) = try listHead()
    let isBoolean = type == .booleanTrue && found == .booleanFalse
    guard count == 0 || found == type || isBoolean else { throw failure }
    for _ in 0..<count { try body(&self) }
  }

  private mutating func listHead() throws(ParquetError) -> (CompactType?, Int) {
    let head = try byte()
    var count = Int(head >> 4)
    if count == 15 { count = try length() }
    // Each element takes a byte at least.
    guard count <= end - position else { throw failure }
    return (CompactType(rawValue: head & 0x0F), count)
  }

  mutating func byte() throws(ParquetError) -> UInt8 {
    guard position < end else { throw failure }
    position += 1
    return bytes[position - 1]
  }

  mutating func varint() throws(ParquetError) -> UInt64 {
    let bytes = bytes
    guard let number = readVarint(bytes.span, at: &position, end: end) else { throw failure }
    return number
  }

  mutating func int64() throws(ParquetError) -> Int64 {
    DeltaBinaryPacked.zigzagDecoded(try varint())
  }

  mutating func int32() throws(ParquetError) -> Int32 {
    guard let number = Int32(exactly: try int64()) else { throw failure }
    return number
  }

  mutating func int16() throws(ParquetError) -> Int16 {
    guard let number = Int16(exactly: try int64()) else { throw failure }
    return number
  }

  /// A count or length: never more than the bytes that are left.
  private mutating func length() throws(ParquetError) -> Int {
    let number = try varint()
    guard number <= UInt64(end - position) else { throw failure }
    return Int(number)
  }

  mutating func binary() throws(ParquetError) -> [UInt8] {
    let count = try length()
    position += count
    return Array(bytes[position - count..<position])
  }

  mutating func string() throws(ParquetError) -> String {
    String(decoding: try binary(), as: UTF8.self)
  }

  /// Skips one value of `type`.
  mutating func skip(_ type: CompactType) throws(ParquetError) {
    switch type {
    case .booleanTrue, .booleanFalse: break
    case .byte: _ = try byte()
    case .int16, .int32, .int64: _ = try varint()
    case .double: try advance(8)
    case .binary: try advance(try length())
    case .list, .set:
      let (element, count) = try listHead()
      guard count > 0 else { return }
      guard let element else { throw failure }
      for _ in 0..<count { try skipElement(element) }
    case .map: try skipMap()
    case .structure: try structure { _, _, _ throws(ParquetError) in false }
    }
  }

  private mutating func skipElement(_ type: CompactType) throws(ParquetError) {
    if type == .booleanTrue || type == .booleanFalse {
      _ = try byte()
      return
    }
    depth += 1
    guard depth <= Self.depthMax else { throw failure }
    try skip(type)
    depth -= 1
  }

  private mutating func skipMap() throws(ParquetError) {
    let count = try length()
    guard count > 0 else { return }
    let types = try byte()
    guard let key = CompactType(rawValue: types >> 4), let value = CompactType(rawValue: types & 15)
    else { throw failure }
    for _ in 0..<count {
      try skipElement(key)
      try skipElement(value)
    }
  }

  private mutating func advance(_ count: Int) throws(ParquetError) {
    guard count <= end - position else { throw failure }
    position += count
  }
}
