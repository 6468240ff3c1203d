/// DELTA_BINARY_PACKED: differences of neighbours, packed with as few bits as each 32 need.
///
/// ```
/// header    := varint(128) varint(4) varint(count) zigzag(first value)
/// block     := zigzag(smallest delta) 4 × width  4 × miniblock     128 deltas
/// miniblock := 32 × (delta − smallest delta), `width` bits each
/// ```
/// All arithmetic wraps around at the width of the column's type, so that any numbers fit.
/// Widths of miniblocks that hold no value are 0 and take no bytes.
enum DeltaBinaryPacked {
  static let blockValues = 128
  static let miniblocks = 4
  static let miniblockValues = 32

  static func append<Number: FixedWidthInteger & SignedInteger & BitwiseCopyable>(
    _ values: Span<Number>,
    to output: inout OutputBytes
  ) where Number.Magnitude: BitwiseCopyable {
    output.append(varint: UInt64(blockValues))
    output.append(varint: UInt64(miniblocks))
    output.append(varint: UInt64(values.count))
    output.append(zigzag: values.isEmpty ? 0 : Int64(values[0]))
    // SAFETY: the scratch and the values live for this call; `appendBlock` is told how many
    // deltas there are, and value `start - 1` exists because `start` begins at 1.
    unsafe withUnsafeTemporaryAllocation(of: UInt64.self, capacity: blockValues) { scratch in
      unsafe values.withUnsafeBufferPointer { source in
        guard let base = source.baseAddress, let numbers = scratch.baseAddress else { return }
        var start = 1
        while start < source.count {
          let count = min(blockValues, source.count - start)
          unsafe appendBlock(base + start, count, numbers, to: &output)
          start += count
        }
      }
    }
  }

  /// Appends the `count` deltas of `values[-1]` to `values[count - 1]`.
  @inline(__always)
  private static func appendBlock<Number: FixedWidthInteger & SignedInteger>(
    _ values: UnsafePointer<Number>,
    _ count: Int,
    _ numbers: UnsafeMutablePointer<UInt64>,
    to output: inout OutputBytes
  ) {
    var smallest = Number.max
    for i in 0..<count {
      smallest = unsafe min(smallest, values[i] &- values[i &- 1])
    }
    output.append(zigzag: Int64(smallest))
    for i in 0..<count {
      let delta = unsafe values[i] &- values[i &- 1] &- smallest
      unsafe numbers[i] = UInt64(truncatingIfNeeded: Number.Magnitude(truncatingIfNeeded: delta))
    }
    for i in count..<blockValues { unsafe numbers[i] = 0 }
    unsafe appendMiniblocks(numbers, to: &output)
  }

  private static func appendMiniblocks(
    _ numbers: UnsafeMutablePointer<UInt64>,
    to output: inout OutputBytes
  ) {
    unsafe output.append(bytesMax: miniblocks + blockValues * 8) { target in
      var to = unsafe target + miniblocks
      for block in 0..<miniblocks {
        let first = unsafe numbers + block * miniblockValues
        var union: UInt64 = 0
        for i in 0..<miniblockValues { unsafe union |= first[i] }
        let width = BitPacking.width(of: union)
        unsafe target.storeBytes(of: UInt8(width), toByteOffset: block, as: UInt8.self)
        if width > 0 { unsafe BitPacking.pack32(first, width: width, to: to) }
        unsafe to += 4 * width
      }
      return unsafe to - target
    }
  }
}

extension DeltaBinaryPacked {
  /// Reads the numbers that start at `position`, which moves behind them.
  ///
  /// - Parameters:
  ///   - bytes: with `BitPacking.paddingBytes` behind `end`.
  ///   - count: how many numbers there must be.
  static func read<Number: FixedWidthInteger & SignedInteger>(
    _ bytes: Span<UInt8>,
    at position: inout Int,
    end: Int,
    count: Int,
    into values: inout [Number],
    page: Int
  ) throws(ParquetError) {
    let shape = try Shape(bytes, at: &position, end: end, page: page)
    guard shape.count == count else { throw .damaged(.deltas, offset: page) }
    guard count > 0 else { return }
    var value = Number(truncatingIfNeeded: shape.first)
    var place = values.count
    values.append(contentsOf: repeatElement(value, count: count))
    var target = values.mutableSpan
    place += 1
    var missing = count - 1
    while missing > 0 {
      guard let code = readVarint(bytes, at: &position, end: end),
        end - position >= shape.miniblocks
      else { throw .damaged(.deltas, offset: page) }
      let smallest = Number(truncatingIfNeeded: zigzagDecoded(code))
      let widths = position
      position += shape.miniblocks
      for miniblock in 0..<shape.miniblocks where missing > 0 {
        let width = Int(bytes[widths + miniblock])
        guard width <= 64, width * shape.miniblockValues / 8 <= end - position else {
          throw .damaged(.deltas, offset: page)
        }
        let raw = bytes.raw
        let taken = min(missing, shape.miniblockValues)
        for i in 0..<taken {
          let number = BitPacking.wideNumber(raw, bit: position * 8 + i * width, width: width)
          value = value &+ smallest &+ Number(truncatingIfNeeded: number)
          target[place] = value
          place &+= 1
        }
        position += width * shape.miniblockValues / 8
        missing -= taken
      }
    }
  }

  static func zigzagDecoded(_ code: UInt64) -> Int64 {
    Int64(bitPattern: code &>> 1) ^ -Int64(bitPattern: code & 1)
  }

  /// What the header says, checked.
  private struct Shape {
    let miniblocks: Int
    let miniblockValues: Int
    let count: Int
    let first: Int64

    init(
      _ bytes: Span<UInt8>,
      at position: inout Int,
      end: Int,
      page: Int
    ) throws(ParquetError) {
      // 1 << 16: far above what any writer uses, low enough that no product overflows.
      guard let block = readVarint(bytes, at: &position, end: end), (8...1 << 16) ~= block,
        let parts = readVarint(bytes, at: &position, end: end), (1...block) ~= parts,
        block % parts == 0, (block / parts) % 8 == 0,
        let total = readVarint(bytes, at: &position, end: end), total <= 1 << 31,
        let first = readVarint(bytes, at: &position, end: end)
      else { throw .damaged(.deltas, offset: page) }
      miniblocks = Int(parts)
      miniblockValues = Int(block / parts)
      count = Int(total)
      self.first = zigzagDecoded(first)
    }
  }
}
