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
