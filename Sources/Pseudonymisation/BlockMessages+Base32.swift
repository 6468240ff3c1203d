extension BlockMessages {
  /// Writes the texts of all messages, one behind the other: `prefix`, then the base32 digits of
  /// tag and cipher text.
  ///
  /// - Parameters:
  ///   - prefix: what stands in front of the digits, at most eight bytes.
  ///   - target: grows as needed and keeps its length; what was in it is overwritten.
  ///   - ends: receives where each text ends; cleared first.
  func writeTexts(prefix: [UInt8], into target: inout [UInt8], ends: inout [Int]) {
    ends.removeAll(keepingCapacity: true)
    var end = 0
    for index in 0..<count {
      end += prefix.count + Base32.digitCount(byteCount: sealedBytes(index).count)
      ends.append(end)
    }
    // 7: digits are stored eight at a time, so the last ones may stick out.
    let missing = end + 7 - target.count
    if missing > 0 { target.append(contentsOf: repeatElement(0, count: missing)) }
    let head = prefix.enumerated().reduce(UInt64(0)) { $0 | UInt64($1.element) << (8 * $1.offset) }
    // SAFETY: loads stay within a message's own bytes, of which there are at least 32, and within
    // the 1,024 pairs; stores end at most seven bytes behind a text's end, where the target has
    // room or the next text follows. A prefix has at most eight bytes.
    unsafe blocks.withUnsafeBytes { source in
      unsafe Base32.pairs.withUnsafeBufferPointer { pairs in
        unsafe target.withUnsafeMutableBytes { target in
          var start = 0
          for index in 0..<count {
            unsafe target.storeBytes(of: head, toByteOffset: start, as: UInt64.self)
            unsafe BlockMessages.writeDigits(
              source,
              sealedBytes(index),
              pairs,
              target,
              start + prefix.count
            )
            start = ends[index]
          }
        }
      }
    }
  }

  /// Where the bytes of message `index`, tag and text, lie in the memory of the blocks.
  private func sealedBytes(_ index: Int) -> Range<Int> {
    starts[index] &* 16..<starts[index + 1] &* 16
  }

  @inline(__always)
  private static func writeDigits(
    _ source: UnsafeRawBufferPointer,
    _ range: Range<Int>,
    _ pairs: UnsafeBufferPointer<UInt16>,
    _ target: UnsafeMutableRawBufferPointer,
    _ start: Int
  ) {
    var digit = start
    var byte = range.lowerBound
    let lastWord = range.upperBound &- 8
    while byte <= lastWord {
      let bits = unsafe source.loadUnaligned(fromByteOffset: byte, as: UInt64.self).bigEndian
      unsafe writeEight(bits, pairs, target, digit)
      byte &+= 5
      digit &+= 8
    }
    // The last groups are shifted out of the last word, with zeros for what lies behind it.
    let last = unsafe source.loadUnaligned(fromByteOffset: lastWord, as: UInt64.self).bigEndian
    while byte < range.upperBound {
      unsafe writeEight(
        last &<< UInt64(truncatingIfNeeded: 8 &* (byte &- lastWord)),
        pairs,
        target,
        digit
      )
      byte &+= 5
      digit &+= 8
    }
  }

  /// Writes the digits of the highest 40 bits.
  @inline(__always)
  private static func writeEight(
    _ bits: UInt64,
    _ pairs: UnsafeBufferPointer<UInt16>,
    _ target: UnsafeMutableRawBufferPointer,
    _ start: Int
  ) {
    let one = unsafe pairs[Int(truncatingIfNeeded: bits &>> 54)]
    let two = unsafe pairs[Int(truncatingIfNeeded: bits &>> 44 & 1023)]
    let three = unsafe pairs[Int(truncatingIfNeeded: bits &>> 34 & 1023)]
    let four = unsafe pairs[Int(truncatingIfNeeded: bits &>> 24 & 1023)]
    unsafe target.storeBytes(of: one, toByteOffset: start, as: UInt16.self)
    unsafe target.storeBytes(of: two, toByteOffset: start &+ 2, as: UInt16.self)
    unsafe target.storeBytes(of: three, toByteOffset: start &+ 4, as: UInt16.self)
    unsafe target.storeBytes(of: four, toByteOffset: start &+ 6, as: UInt16.self)
  }
}
