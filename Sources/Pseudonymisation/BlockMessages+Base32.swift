extension BlockMessages {
  /// Writes the texts of all messages, one behind the other: `prefix`, then the base32 digits of
  /// tag and cipher text.
  ///
  /// - Parameters:
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
    // SAFETY: loads stay within a message's own bytes, of which there are at least 32, and within
    // the 1,024 pairs; stores end at most seven bytes behind a text's end, where the target has
    // room or the next text follows.
    unsafe blocks.withUnsafeBytes { source in
      unsafe Base32.pairs.withUnsafeBufferPointer { pairs in
        unsafe target.withUnsafeMutableBytes { target in
          var digit = 0
          for index in 0..<count {
            for byte in prefix {
              unsafe target[digit] = byte
              digit += 1
            }
            unsafe BlockMessages.writeDigits(source, sealedBytes(index), pairs, target, digit)
            digit = ends[index]
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
    _ source: UnsafeRawBufferPointer, _ range: Range<Int>, _ pairs: UnsafeBufferPointer<UInt16>,
    _ target: UnsafeMutableRawBufferPointer, _ start: Int
  ) {
    var digit = start
    var byte = range.lowerBound
    let lastWord = range.upperBound &- 8
    while byte < range.upperBound {
      // The last groups are shifted out of the last word, with zeros for what lies behind it.
      let from = min(byte, lastWord)
      let word = unsafe source.loadUnaligned(fromByteOffset: from, as: UInt64.self).bigEndian
      let bits = word &<< UInt64(truncatingIfNeeded: 8 &* (byte &- from))
      for pair in 0..<4 {
        let value = unsafe pairs[Int(truncatingIfNeeded: bits &>> UInt64(54 - 10 * pair)) & 1023]
        unsafe target.storeBytes(of: value, toByteOffset: digit &+ 2 &* pair, as: UInt16.self)
      }
      byte &+= 5
      digit &+= 8
    }
  }
}
