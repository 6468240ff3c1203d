internal import Glibc

/// Negative, zero or positive: how `a` and `b` compare byte by byte, a prefix coming first.
@inline(__always) public func compareBytes(_ a: Span<UInt8>, _ b: Span<UInt8>) -> Int {
  // SAFETY: both live for this call; only as many bytes are read as both have.
  let order = unsafe a.withUnsafeBufferPointer { a in
    unsafe b.withUnsafeBufferPointer { b in
      guard let first = a.baseAddress, let second = b.baseAddress else { return Int32(0) }
      return unsafe memcmp(first, second, min(a.count, b.count))
    }
  }
  return order == 0 ? a.count - b.count : Int(order)
}
