import ByteBlocks

/// DELTA_BYTE_ARRAY: each string without what it shares with the one before.
///
/// Read only: other writers use it for sorted strings.
enum DeltaByteArray {
  /// Reads `count` strings from `bytes[position ..< end]`.
  ///
  /// - Parameter bytesMax: a few bytes may stand for very long strings, so their sum is limited.
  static func read(
    _ bytes: Span<UInt8>,
    at position: inout Int,
    end: Int,
    count: Int,
    into values: inout ByteStrings,
    bytesMax: Int,
    page: Int
  ) throws(ParquetError) {
    var shared: [Int32] = []
    try DeltaBinaryPacked.read(
      bytes,
      at: &position,
      end: end,
      count: count,
      into: &shared,
      page: page
    )
    var rests = ByteStrings()
    try DeltaLengthByteArray.read(
      bytes,
      at: &position,
      end: end,
      count: count,
      into: &rests,
      page: page
    )
    var string: [UInt8] = []
    var total = 0
    for i in 0..<count {
      guard shared[i] >= 0, Int(shared[i]) <= string.count else {
        throw .damaged(.stringLengths, offset: page)
      }
      string.removeLast(string.count - Int(shared[i]))
      string.append(contentsOf: rests[i])
      total += string.count
      guard total <= bytesMax else {
        throw .tooLarge(stated: total, limit: bytesMax, offset: page)
      }
      values.append(bytes: string)
    }
  }
}
