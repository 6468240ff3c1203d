extension BlockMessages {
  /// Writes the base32 digits of message `index`, tag and text, into `target` from `start` on.
  ///
  /// - Parameter target: has room for the digits and seven bytes behind them.
  /// - Returns: how many digits the message has.
  func writeDigits(of index: Int, into target: inout [UInt8], at start: Int) -> Int {
    let byteCount = (textBlocks(index).count + 1) * 16
    let digitCount = Base32.digitCount(byteCount: byteCount)
    precondition(target.count >= start + digitCount + 7, "The digits of a message do not fit.")
    let firstByte = starts[index] * 16
    // SAFETY: `fortyBits` checks its loads; the stores end at most seven bytes behind the digits,
    // for which there is room as checked above.
    unsafe blocks.withUnsafeBytes { source in
      unsafe target.withUnsafeMutableBytes { target in
        var byte = 0
        var digit = start
        while byte < byteCount {
          var bits = unsafe BlockMessages.fortyBits(source, at: firstByte + byte)
          // Behind the last byte lies the next message: those bits are spare, and zero.
          if byteCount - byte < 5 { bits &= ~0 << UInt64(8 * (5 - byteCount + byte)) }
          unsafe target.storeBytes(of: Base32.digits(bits), toByteOffset: digit, as: UInt64.self)
          byte += 5
          digit += 8
        }
      }
    }
    return digitCount
  }

  /// Five bytes from `offset` on, the first one in the highest bits; zeros behind the memory.
  @inline(__always)
  private static func fortyBits(_ source: UnsafeRawBufferPointer, at offset: Int) -> UInt64 {
    if offset + 8 <= source.count {
      return unsafe source.loadUnaligned(fromByteOffset: offset, as: UInt64.self).byteSwapped >> 24
    }
    var bits: UInt64 = 0
    for index in 0..<5 {
      bits = unsafe bits << 8 | (offset + index < source.count ? UInt64(source[offset + index]) : 0)
    }
    return bits
  }
}
