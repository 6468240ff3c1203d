/// Booleans as bits: definition levels and boolean columns.
///
/// Eight booleans become a byte of bits by one multiplication; then runs are looked for among
/// whole bytes, so that a column without nulls costs next to nothing.
enum BooleanRuns {
  /// Bytes of equal bits from which on a repeated run pays.
  private static let repeatBytesMin = 8

  /// Appends `values` as RLE/bit-packed hybrid of width 1.
  static func append(_ values: Span<Bool>, to output: inout OutputBytes) {
    var bits = OutputBytes(capacity: values.count / 8 + 1)
    appendBits(values, to: &bits)
    append(bits: bits.span, count: values.count, to: &output)
  }

  /// Appends `values` as plain bits, eight a byte, low ones first.
  static func appendBits(_ values: Span<Bool>, to output: inout OutputBytes) {
    let whole = values.count / 8
    // SAFETY: a Bool is one byte, 0 or 1; reads stay inside the span, writes inside the room.
    unsafe values.withUnsafeBytes { source in
      unsafe output.append(bytesMax: whole + 1) { target in
        for group in 0..<whole {
          let eight = unsafe source.loadUnaligned(fromByteOffset: group * 8, as: UInt64.self)
          // Bit 0 of byte i goes to bit 56 + i, and no two products meet.
          let byte = UInt8(truncatingIfNeeded: (eight &* 0x0102_0408_1020_4080) &>> 56)
          unsafe target.storeBytes(of: byte, toByteOffset: group, as: UInt8.self)
        }
        guard whole * 8 < values.count else { return whole }
        var last: UInt8 = 0
        for i in whole * 8..<values.count { last |= unsafe source[i] << UInt8(i - whole * 8) }
        unsafe target.storeBytes(of: last, toByteOffset: whole, as: UInt8.self)
        return whole + 1
      }
    }
  }

  private static func append(bits: Span<UInt8>, count: Int, to output: inout OutputBytes) {
    let whole = count / 8
    var packedStart = 0
    var i = 0
    while i < whole {
      let byte = bits[i]
      guard byte == 0 || byte == 0xFF else {
        i += 1
        continue
      }
      var end = i + 1
      while end < whole && bits[end] == byte { end += 1 }
      var repeated = (end - i) * 8
      // The last bits, less than eight, join a run that reaches them.
      if end == whole, tailContinues(bits, count: count, with: byte) { repeated = count - i * 8 }
      if end - i >= repeatBytesMin || repeated == count {
        appendPacked(bits.extracting(packedStart..<i), to: &output)
        RunLengthHybrid.appendRepeated(
          UInt32(byte & 1),
          count: repeated,
          width: 1,
          to: &output
        )
        if repeated == count - i * 8 { return }
        packedStart = end
      }
      i = end
    }
    appendPacked(bits.extracting(packedStart..<bits.count), to: &output)
  }

  private static func tailContinues(_ bits: Span<UInt8>, count: Int, with byte: UInt8) -> Bool {
    let rest = count % 8
    guard rest > 0 else { return true }
    return bits[count / 8] == byte & UInt8((1 << rest) - 1)
  }

  private static func appendPacked(_ bits: Span<UInt8>, to output: inout OutputBytes) {
    guard !bits.isEmpty else { return }
    output.append(varint: UInt64(bits.count) << 1 | 1)
    output.append(bits)
  }

  /// Reads `count` plain bits from `bytes[position ..< end]`.
  static func readBits(
    _ bytes: Span<UInt8>,
    at position: inout Int,
    end: Int,
    count: Int,
    into values: inout [Bool],
    page: Int
  ) throws(ParquetError) {
    guard (count + 7) / 8 <= end - position else { throw .damaged(.plainValues, offset: page) }
    for i in 0..<count {
      values.append(bytes[position + i / 8] >> UInt8(i % 8) & 1 == 1)
    }
    position += (count + 7) / 8
  }
}
