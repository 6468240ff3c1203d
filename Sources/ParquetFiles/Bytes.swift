import Glibc

/// Negative, zero or positive: how `a` and `b` compare byte by byte, a prefix coming first.
@inline(__always)
func compareBytes(_ a: Span<UInt8>, _ b: Span<UInt8>) -> Int {
  // SAFETY: both live for this call; only as many bytes are read as both have.
  let order = unsafe a.withUnsafeBufferPointer { a in
    unsafe b.withUnsafeBufferPointer { b in
      guard let first = a.baseAddress, let second = b.baseAddress else { return Int32(0) }
      return unsafe memcmp(first, second, min(a.count, b.count))
    }
  }
  return order == 0 ? a.count - b.count : Int(order)
}

extension Span<UInt8> {
  /// The same bytes, for reading whole numbers from any place.
  var raw: RawSpan {
    @_lifetime(copy self)
    get {
      // SAFETY: bytes have no padding, so all of them are initialised.
      unsafe bytes
    }
  }
}

extension RawSpan {
  /// The number that starts at byte `offset`, whatever its alignment; traps outside the bytes.
  @inline(__always)
  func number<Number: FixedWidthInteger & BitwiseCopyable>(
    at offset: Int,
    as type: Number.Type
  ) -> Number {
    // SAFETY: every bit pattern is an integer; the span checks its bounds.
    Number(littleEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: type))
  }
}
