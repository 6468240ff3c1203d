import Glibc

/// Bytes of log text in one piece of memory, written from front to back.
///
/// What every line is made with, so appending is a copy and an addition, and never allocates.
@safe struct TextBuffer: ~Copyable {
  /// Bytes that fit.
  let bytesMax: Int
  /// Bytes that are in it.
  private(set) var count = 0

  private let base: UnsafeMutablePointer<UInt8>

  /// An empty buffer for `bytesMax` bytes.
  init(bytesMax: Int) {
    precondition(bytesMax > 0, "A text buffer needs room for a byte.")
    self.bytesMax = bytesMax
    unsafe base = UnsafeMutablePointer<UInt8>.allocate(capacity: bytesMax)
    unsafe base.initialize(repeating: 0, count: bytesMax)
  }

  deinit { unsafe base.deallocate() }

  /// Bytes that still fit.
  var freeBytes: Int { bytesMax - count }

  /// What was written.
  var bytes: Span<UInt8> {
    @_lifetime(borrow self)
    get {
      // SAFETY: the memory belongs to `self` and is initialised throughout.
      let span = unsafe Span(_unsafeStart: UnsafePointer(base), count: count)
      return unsafe _overrideLifetime(span, borrowing: self)
    }
  }

  /// Forgets everything.
  mutating func removeAll() { count = 0 }

  /// Keeps the first `newCount` bytes.
  mutating func truncate(to newCount: Int) {
    precondition(newCount >= 0 && newCount <= count, "Truncating to more text than there is.")
    count = newCount
  }

  /// Takes `bytes` more bytes and returns where they start.
  @inline(__always)
  private mutating func grow(by bytes: Int) -> UnsafeMutablePointer<UInt8> {
    precondition(bytes >= 0 && bytes <= bytesMax - count, "A line is longer than its format says.")
    let target = unsafe base + count
    count += bytes
    return unsafe target
  }

  /// Adds one byte.
  @inline(__always)
  mutating func append(_ byte: UInt8) {
    // SAFETY: `grow` made sure that the byte fits.
    unsafe grow(by: 1).pointee = byte
  }

  /// Adds constant text.
  @inline(__always)
  mutating func append(_ text: StaticString) {
    let bytes = text.utf8CodeUnitCount
    // SAFETY: constant text lives for ever; `grow` made sure that it fits.
    unsafe memcpy(grow(by: bytes), text.utf8Start, bytes)
  }

  /// Adds phrase number `index`.
  @inline(__always)
  mutating func append(_ phrases: borrowing Phrases, _ index: Int) {
    let source = phrases.span(index)
    // SAFETY: the phrase lives for this call; `grow` made sure that it fits.
    unsafe source.withUnsafeBufferPointer { source in
      guard let start = source.baseAddress else { return }
      unsafe memcpy(grow(by: source.count), start, source.count)
    }
  }

  /// Adds a copy of `bytes`.
  @inline(__always)
  mutating func append(_ bytes: Span<UInt8>) {
    // SAFETY: the bytes live for this call; `grow` made sure that they fit.
    unsafe bytes.withUnsafeBufferPointer { source in
      guard let start = source.baseAddress else { return }
      unsafe memcpy(grow(by: source.count), start, source.count)
    }
  }

  /// Puts `number` in decimal digits and a blank before the text that starts at `place`.
  mutating func insert(decimal number: UInt64, at place: Int) {
    precondition(place >= 0 && place <= count, "Nothing can be inserted behind the text.")
    let moved = count - place
    let digits = Self.digitCount(number)
    // SAFETY: `grow` made room for what the text from `place` on moves by.
    unsafe memmove(grow(by: digits + 1) - moved + digits + 1, base + place, moved)
    let end = count
    count = place
    append(decimal: number, digits: digits)
    append(UInt8(ascii: " "))
    count = end
  }

  /// Adds `number` in decimal digits.
  @inline(__always)
  mutating func append(decimal number: UInt64) {
    append(decimal: number, digits: Self.digitCount(number))
  }

  /// Adds the last `digits` decimal digits of `number`, with zeros in front.
  @inline(__always)
  mutating func append(decimal number: UInt64, digits: Int) {
    // SAFETY: `grow` made sure that `digits` bytes fit.
    let target = unsafe grow(by: digits)
    var rest = number
    var at = digits
    while at > 0 {
      at -= 1
      unsafe target[at] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
  }

  /// Adds the last `digits` hexadecimal digits of `number`, in lower case.
  @inline(__always)
  mutating func append(hex number: UInt64, digits: Int) {
    // SAFETY: `grow` made sure that `digits` bytes fit.
    let target = unsafe grow(by: digits)
    var rest = number
    var at = digits
    while at > 0 {
      at -= 1
      let digit = UInt8(truncatingIfNeeded: rest & 15)
      unsafe target[at] = digit &+ (digit < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") &- 10)
      rest >>= 4
    }
  }

  @inline(__always)
  static func digitCount(_ number: UInt64) -> Int {
    var digits = 1
    var bound: UInt64 = 10
    while number >= bound, digits < 20 {
      digits += 1
      let (next, isOver) = bound.multipliedReportingOverflow(by: 10)
      if isOver { break }
      bound = next
    }
    return digits
  }
}
