import ByteBlocks

/// DELTA_LENGTH_BYTE_ARRAY: all lengths, delta-encoded, and then all bytes.
enum DeltaLengthByteArray {
  /// Appends the strings `rows` of `strings`, which lie behind each other already.
  static func append(
    _ strings: borrowing ByteStrings,
    rows: Range<Int>,
    to output: inout OutputBytes
  ) {
    let offsets = strings.offsets.span
    var lengths: [Int32] = []
    lengths.reserveCapacity(rows.count)
    for row in rows { lengths.append(Int32(offsets[row + 1] - offsets[row])) }
    DeltaBinaryPacked.append(lengths.span, to: &output)
    output.append(
      strings.bytes.span.extracting(offsets[rows.lowerBound]..<offsets[rows.upperBound])
    )
  }

  /// Appends the strings that `indices` point to, in their order.
  static func append(
    _ strings: borrowing ByteStrings,
    indices: Span<UInt32>,
    to output: inout OutputBytes
  ) {
    let offsets = strings.offsets.span
    let bytes = strings.bytes.span
    var lengths: [Int32] = []
    lengths.reserveCapacity(indices.count)
    for i in 0..<indices.count {
      let index = Int(indices[i])
      lengths.append(Int32(offsets[index + 1] - offsets[index]))
    }
    DeltaBinaryPacked.append(lengths.span, to: &output)
    for i in 0..<indices.count {
      let index = Int(indices[i])
      output.append(bytes.extracting(offsets[index]..<offsets[index + 1]))
    }
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
    var lengths: [Int32] = []
    try DeltaBinaryPacked.read(
      bytes,
      at: &position,
      end: end,
      count: count,
      into: &lengths,
      page: page
    )
    for length in lengths {
      guard length >= 0, Int(length) <= end - position else {
        throw .damaged(.stringLengths, offset: page)
      }
      values.append(bytes: bytes.extracting(position..<position + Int(length)))
      position += Int(length)
    }
  }
}
