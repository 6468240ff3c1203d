import ColumnTables

/// The smallest and largest value of a page or chunk, as they are stored: cut if long.
///
/// Booleans count as 0 and 1; what orders strings is their bytes.
struct Bounds: Equatable, Sendable {
  enum Bound: Equatable, Sendable {
    case number(Int64)
    case bytes([UInt8])
  }

  var minimum: Bound
  /// `nil`: a cut string that no string of that length is greater than.
  var maximum: Bound?
  var isMinimumExact = true
  var isMaximumExact = true

  init(numbers minimum: Int64, _ maximum: Int64) {
    self.minimum = .number(minimum)
    self.maximum = .number(maximum)
  }

  /// Bounds of strings, cut to `stringBytesMax` at a character's border.
  ///
  /// `nil` when one of them is no UTF-8: readers would refuse such bounds.
  init?(strings minimum: Span<UInt8>, _ maximum: Span<UInt8>) {
    let low = StringBound(minimum)
    var high = StringBound(maximum)
    guard low.isText && high.isText else { return nil }
    self.minimum = .bytes(low.bytes)
    isMinimumExact = !low.isCut
    if high.isCut {
      isMaximumExact = false
      self.maximum = high.increment() ? .bytes(high.bytes) : nil
    } else {
      self.maximum = .bytes(high.bytes)
    }
  }

  /// Widens the bounds so that they hold `other` too.
  mutating func join(_ other: Bounds) {
    if Bound.isLess(other.minimum, minimum) {
      minimum = other.minimum
      isMinimumExact = other.isMinimumExact
    }
    guard let theirs = other.maximum, let ours = maximum else {
      maximum = nil
      isMaximumExact = false
      return
    }
    if Bound.isLess(ours, theirs) {
      maximum = theirs
      isMaximumExact = other.isMaximumExact
    }
  }
}

extension Bounds.Bound {
  static func isLess(_ a: Self, _ b: Self) -> Bool {
    switch (a, b) {
    case (.number(let a), .number(let b)): a < b
    case (.bytes(let a), .bytes(let b)): a.lexicographicallyPrecedes(b)
    default: preconditionFailure("Bounds of different types are compared.")
    }
  }

  /// PLAIN bytes, without a length in front of strings.
  func encoded(_ type: ColumnType) -> [UInt8] {
    switch self {
    case .bytes(let bytes): return bytes
    case .number(let number):
      let size = [PhysicalType.boolean: 1, .int32: 4, .int64: 8][type.physical] ?? 8
      return (0..<size).map { UInt8(truncatingIfNeeded: number >> Int64($0 * 8)) }
    }
  }

  /// The bound that `bytes` of a file stand for; `nil` when they have the wrong length.
  init?(_ bytes: [UInt8], of type: ColumnType) {
    if type == .string {
      self = .bytes(bytes)
      return
    }
    let raw = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    switch (type.physical, bytes.count) {
    case (.boolean, 1): self = .number(Int64(raw & 1))
    case (.int32, 4): self = .number(Int64(Int32(truncatingIfNeeded: raw)))
    case (.int64, 8): self = .number(Int64(bitPattern: raw))
    default: return nil
    }
  }

  /// The bound for others to use; `nil` when it is no UTF-8.
  func value(_ type: ColumnType) -> StatisticsValue? {
    switch self {
    case .number(let number): type == .boolean ? .boolean(number != 0) : .integer(number)
    case .bytes(let bytes): String(validating: bytes, as: UTF8.self).map { .string($0) }
    }
  }
}

/// One end of a column's strings, cut to what statistics keep.
private struct StringBound {
  static let bytesMax = 64

  private(set) var bytes: [UInt8]
  let isCut: Bool
  let isText: Bool

  init(_ string: Span<UInt8>) {
    var count = string.count
    isCut = count > Self.bytesMax
    if isCut {
      count = Self.bytesMax
      // A character starts at every byte that is no continuation byte.
      while count > 0, string[count] & 0xC0 == 0x80 { count -= 1 }
    }
    bytes = []
    for i in 0..<count { bytes.append(string[i]) }
    isText = String(validating: bytes, as: UTF8.self) != nil
  }

  /// Replaces the bytes by the next greater string: the last character that has a successor gets
  /// it, and what follows goes.
  mutating func increment() -> Bool {
    var scalars = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)
    while let last = scalars.popLast() {
      // Behind U+D7FF come the surrogates, which are no characters.
      let next = last.value == 0xD7FF ? 0xE000 : last.value + 1
      guard let successor = Unicode.Scalar(next) else { continue }
      scalars.append(successor)
      var text = String.UnicodeScalarView()
      text.append(contentsOf: scalars)
      bytes = Array(String(text).utf8)
      return true
    }
    return false
  }
}

/// What is known of the values of a page, a chunk or a file's column.
struct PartStatistics: Equatable, Sendable {
  var rowCount = 0
  var nullCount = 0
  /// `nil`: no value at all, or the bounds are not known.
  var bounds: Bounds?

  var isAllNull: Bool { nullCount == rowCount }

  /// Adds the statistics of another part of the same column.
  mutating func add(_ other: PartStatistics) {
    if isAllNull {
      bounds = other.bounds
    } else if !other.isAllNull {
      if let theirs = other.bounds { bounds?.join(theirs) } else { bounds = nil }
    }
    rowCount += other.rowCount
    nullCount += other.nullCount
  }

  func column(_ field: Field) -> ColumnStatistics {
    ColumnStatistics(
      name: field.name,
      type: field.type,
      nullCount: nullCount,
      minimum: bounds?.minimum.value(field.type),
      maximum: bounds?.maximum?.value(field.type)
    )
  }
}
