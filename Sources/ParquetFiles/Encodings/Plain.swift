import ByteBlocks

/// PLAIN: numbers as they lie in memory, strings behind their length in four bytes.
enum Plain {
  static func append<Number: FixedWidthInteger & BitwiseCopyable>(
    _ values: Span<Number>,
    to output: inout OutputBytes
  ) {
    output.append(rawValues: values)
  }

  static func append(_ string: Span<UInt8>, to output: inout OutputBytes) {
    output.append(littleEndian: UInt32(string.count))
    output.append(string)
  }

  /// Reads `count` numbers from `bytes[position ..< end]`.
  static func read<Number: FixedWidthInteger & BitwiseCopyable>(
    _ bytes: Span<UInt8>,
    at position: inout Int,
    end: Int,
    count: Int,
    into values: inout [Number],
    page: Int
  ) throws(ParquetError) {
    let size = MemoryLayout<Number>.size
    guard count <= (end - position) / size else { throw .damaged(.plainValues, offset: page) }
    let raw = bytes.raw
    let first = values.count
    values.append(contentsOf: repeatElement(0, count: count))
    var target = values.mutableSpan
    for i in 0..<count {
      target[first &+ i] = raw.number(at: position &+ i &* size, as: Number.self)
    }
    position += count * size
  }

  /// Reads `count` strings from `bytes[position ..< end]`.
  static func read(
    _ bytes: Span<UInt8>,
    at position: inout Int,
    end: Int,
    count: Int,
    into values: inout ByteStrings,
    page: Int
  ) throws(ParquetError) {
    guard values.appendSized(bytes, at: &position, end: end, count: count) else {
      throw .damaged(.plainValues, offset: page)
    }
  }
}
