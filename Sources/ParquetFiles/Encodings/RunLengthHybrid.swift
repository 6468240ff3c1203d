/// Parquet's RLE/bit-packed hybrid, for dictionary indices, levels and booleans.
///
/// ```
/// run          := repeated | packed
/// repeated     := varint(count << 1)       value in ⌈width / 8⌉ bytes
/// packed       := varint(groups << 1 | 1)  groups × width bytes, eight values a group
/// ```
/// Only the last packed run may be filled up with zeros, by more than a group even.
enum RunLengthHybrid {
  /// Appends `values`, each below `1 << width`.
  ///
  /// - Complexity: one pass; repeated values cost a comparison each.
  static func append(_ values: Span<UInt32>, width: Int, to output: inout OutputBytes) {
    let repeatMin = shortestRepeat(width: width)
    var packedStart = 0
    var i = 0
    while i + 8 <= values.count {
      let end = values[i] == values[i + 7] ? endOfRepeat(values, from: i) : i
      guard end - i >= repeatMin else {
        i += 8
        continue
      }
      appendPacked(values.extracting(packedStart..<i), width: width, to: &output)
      appendRepeated(values[i], count: end - i, width: width, to: &output)
      i = end
      packedStart = end
    }
    let rest = values.extracting(packedStart..<values.count)
    if !rest.isEmpty, endOfRepeat(rest, from: 0) == rest.count {
      appendRepeated(rest[0], count: rest.count, width: width, to: &output)
    } else {
      appendPacked(rest, width: width, to: &output)
    }
  }

  /// Values of a repeated run that take no more room than the same ones packed would.
  ///
  /// Counts the header and value of the run, and the header of the packed run after it.
  private static func shortestRepeat(width: Int) -> Int {
    let runBits = (3 + (width + 7) / 8) * 8
    return max(8, (runBits + width - 1) / width)
  }

  private static func endOfRepeat(_ values: Span<UInt32>, from start: Int) -> Int {
    let value = values[start]
    var end = start + 1
    while end < values.count && values[end] == value { end += 1 }
    return end
  }

  private static func appendPacked(
    _ values: Span<UInt32>,
    width: Int,
    to output: inout OutputBytes
  ) {
    guard !values.isEmpty else { return }
    output.append(varint: UInt64((values.count + 7) / 8) << 1 | 1)
    BitPacking.append(values, width: width, to: &output)
  }

  static func appendRepeated(
    _ value: UInt32,
    count: Int,
    width: Int,
    to output: inout OutputBytes
  ) {
    output.append(varint: UInt64(count) << 1)
    for byte in 0..<(width + 7) / 8 {
      output.append(UInt8(truncatingIfNeeded: value >> UInt32(8 * byte)))
    }
  }
}

extension RunLengthHybrid {
  /// Reads `count` values from `bytes[position ..< end]`.
  ///
  /// - Parameters:
  ///   - bytes: with `BitPacking.paddingBytes` behind `end`.
  ///   - position: moves behind the last run that was needed.
  ///   - values: receives the values behind those it has.
  ///   - page: offset of the page in the file, for errors.
  static func read(
    _ bytes: Span<UInt8>,
    at position: inout Int,
    end: Int,
    width: Int,
    count: Int,
    into values: inout [UInt32],
    page: Int
  ) throws(ParquetError) {
    guard (0...32).contains(width) else { throw .damaged(.runs, offset: page) }
    var missing = count
    while missing > 0 {
      guard let header = readVarint(bytes, at: &position, end: end), header <= 1 << 33 else {
        throw .damaged(.runs, offset: page)
      }
      let length = Int(header >> 1)
      guard length > 0 else { throw .damaged(.runs, offset: page) }
      if header & 1 == 0 {
        guard length <= missing, (width + 7) / 8 <= end - position else {
          throw .damaged(.runs, offset: page)
        }
        var value: UInt32 = 0
        for byte in 0..<(width + 7) / 8 {
          value |= UInt32(bytes[position + byte]) << UInt32(8 * byte)
        }
        position += (width + 7) / 8
        values.append(contentsOf: repeatElement(value, count: length))
        missing -= length
      } else {
        // The last run may have more groups than are needed: DuckDB fills up to 256 values.
        guard length * width <= end - position else { throw .damaged(.runs, offset: page) }
        let taken = min(missing, length * 8)
        BitPacking.append(bytes.raw, from: position, width: width, count: taken, to: &values)
        position += length * width
        missing -= taken
      }
    }
  }
}

extension RunLengthHybrid {
  /// Whether `bytes[position ..< end]` are one run that repeats a 1 of one bit `count` times, as
  /// the levels of pages without nulls are.
  static func isAllOnes(
    _ bytes: Span<UInt8>, at position: Int, end: Int, count: Int
  ) -> Bool {
    var place = position
    guard let header = readVarint(bytes, at: &place, end: end), header == UInt64(count) << 1,
      place < end
    else { return false }
    return bytes[place] == 1
  }
}

/// A ULEB128 number of up to 64 bits, or `nil` when it is cut off or too long.
func readVarint(_ bytes: Span<UInt8>, at position: inout Int, end: Int) -> UInt64? {
  var number: UInt64 = 0
  var shift: UInt64 = 0
  while position < end, shift < 64 {
    let byte = bytes[position]
    position += 1
    if shift == 63 && byte > 1 { return nil }
    number |= UInt64(byte & 0x7F) << shift
    if byte < 0x80 { return number }
    shift += 7
  }
  return nil
}
