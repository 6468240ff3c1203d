/// Parquet's bit packing: value after value, low bits first, without gaps.
///
/// Eight values of `width` bits are exactly `width` bytes, so whole groups of eight never share a
/// byte. Writing joins neighbours in a register first (pairs, then fours, then eights, as long as
/// they fit 64 bits) and then stores whole words, which is what makes it fast.
enum BitPacking {
  /// Bits that hold every number up to `maximum`.
  static func width(of maximum: UInt64) -> Int { 64 - maximum.leadingZeroBitCount }

  /// Packs `values`, each below `1 << width`; the last group is filled up with zeros.
  static func append(_ values: Span<UInt32>, width: Int, to output: inout OutputBytes) {
    precondition(width > 0 && width <= 32, "A bit width out of range.")
    let groups = values.count / 8
    let rest = values.count % 8
    // SAFETY: group `g` reads values `8 * g ..< 8 * g + 8`, all inside; writes stay inside the
    // bytes asked for and the slack.
    unsafe values.withUnsafeBufferPointer { source in
      unsafe output.append(bytesMax: (groups + 1) * width) { target in
        var to = unsafe target
        if let base = source.baseAddress {
          for group in 0..<groups {
            unsafe packGroup(base + group * 8, width, to)
            unsafe to += width
          }
        }
        guard rest > 0 else { return groups * width }
        unsafe withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 8) { last in
          for lane in 0..<8 {
            unsafe last[lane] = lane < rest ? unsafe source[groups * 8 + lane] : 0
          }
          if let base = last.baseAddress { unsafe packGroup(base, width, to) }
        }
        return (groups + 1) * width
      }
    }
  }

  /// Packs eight values into `width` bytes; writes up to 16 bytes more.
  @inline(__always)
  private static func packGroup(
    _ v: UnsafePointer<UInt32>,
    _ width: Int,
    _ target: UnsafeMutableRawPointer
  ) {
    @inline(__always) func pair(_ i: Int) -> UInt64 {
      unsafe UInt64(v[i]) | UInt64(v[i + 1]) &<< UInt64(width)
    }
    let bits = UInt64(width)
    if width <= 16 {
      let low = pair(0) | pair(2) &<< (2 &* bits)
      let high = pair(4) | pair(6) &<< (2 &* bits)
      // Shifted in two steps: at width 16 the second half starts behind the first word.
      unsafe target.storeBytes(of: low | ((high &<< (4 &* bits &- 1)) &<< 1), as: UInt64.self)
      if width > 8 {
        unsafe target.storeBytes(
          of: high &>> (64 &- 4 &* bits),
          toByteOffset: 8,
          as: UInt64.self
        )
      }
      return
    }
    var writer = unsafe WordWriter(target: target)
    for i in 0..<4 { writer.put(pair(2 &* i), 2 &* bits) }
    writer.finish()
  }

  /// Packs 32 numbers below `1 << width` into `4 * width` bytes; `numbers` is scratch afterwards.
  static func pack32(
    _ numbers: UnsafeMutablePointer<UInt64>,
    width: Int,
    to target: UnsafeMutableRawPointer
  ) {
    var bits = UInt64(width)
    var count = 32
    while bits <= 32 && count > 4 {
      count /= 2
      for i in 0..<count {
        unsafe numbers[i] = unsafe numbers[2 &* i] | numbers[2 &* i &+ 1] &<< bits
      }
      bits *= 2
    }
    var writer = unsafe WordWriter(target: target)
    for i in 0..<count { unsafe writer.put(numbers[i], bits) }
    writer.finish()
  }
}

/// Collects bits, low ones first, and stores them in words of 64.
@safe private struct WordWriter {
  private var target: UnsafeMutableRawPointer
  private var word: UInt64 = 0
  private var filled: UInt64 = 0

  @inline(__always)
  init(target: UnsafeMutableRawPointer) { unsafe self.target = target }

  /// Adds the low `bits` (1 … 64) of `number`; the others must be zero.
  @inline(__always)
  mutating func put(_ number: UInt64, _ bits: UInt64) {
    word |= number &<< filled
    let total = filled &+ bits
    if total < 64 {
      filled = total
      return
    }
    // SAFETY: the caller reserved as many bytes as all numbers have bits, and the slack.
    unsafe target.storeBytes(of: word, as: UInt64.self)
    unsafe target += 8
    word = filled == 0 ? 0 : number &>> (64 &- filled)
    filled = total &- 64
  }

  /// Stores what is left of the last word.
  @inline(__always)
  mutating func finish() {
    if filled > 0 { unsafe target.storeBytes(of: word, as: UInt64.self) }
  }
}

extension BitPacking {
  /// Bytes that must lie behind packed bytes for `number(at:)`: it reads whole words.
  static let paddingBytes = 16

  /// The `width` bits (0 … 57) that start at bit `bit` of `bytes`, which have `paddingBytes` more.
  @inline(__always)
  static func number(_ bytes: RawSpan, bit: Int, width: Int) -> UInt64 {
    let word = bytes.number(at: bit &>> 3, as: UInt64.self)
    return (word &>> UInt64(bit & 7)) & ((1 &<< UInt64(width)) &- 1)
  }

  /// Appends `count` values of `width` bits (0 … 32) that start at byte `start` of `bytes`, which
  /// have `paddingBytes` more.
  static func append(
    _ bytes: RawSpan, from start: Int, width: Int, count: Int, to values: inout [UInt32]
  ) {
    precondition(
      start >= 0 && (0...32).contains(width)
        && start + (count * width + 7) / 8 + paddingBytes <= bytes.byteCount,
      "Packed bits lie outside of their bytes.")
    let first = values.count
    values.append(contentsOf: repeatElement(0, count: count))
    var target = values.mutableSpan
    let mask: UInt64 = (1 &<< UInt64(width)) &- 1
    var bit = start &* 8
    for i in 0..<count {
      // SAFETY: the last value's bits end before the padding, which is as long as a word and more;
      // there are `count` values behind `first`.
      unsafe (target[unchecked: first &+ i] = UInt32(
        truncatingIfNeeded: (bytes.unsafeLoadUnaligned(
          fromUncheckedByteOffset: bit &>> 3, as: UInt64.self) &>> UInt64(bit & 7)) & mask))
      bit &+= width
    }
  }

  /// The same for any width up to 64.
  @inline(__always)
  static func wideNumber(_ bytes: RawSpan, bit: Int, width: Int) -> UInt64 {
    if width <= 57 { return number(bytes, bit: bit, width: width) }
    let low = number(bytes, bit: bit, width: 32)
    return low | number(bytes, bit: bit + 32, width: width - 32) &<< 32
  }
}
