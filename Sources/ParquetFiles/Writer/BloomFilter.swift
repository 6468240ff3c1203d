import ByteBlocks
import CXXHash
import ColumnTables

/// Parquet's split-block bloom filter: each value sets eight bits of one block of 32 bytes.
struct BloomFilter {
  /// 1 % of the values that are not there pass.
  private static let bitsPerValue = 10.5
  /// Readers take nothing longer.
  private static let bytesMax = 1 << 27
  private static let salts: [UInt32] = [
    0x47b6_137b, 0x4497_4d91, 0x8824_ad5b, 0xa2b7_289d,
    0x7054_95c7, 0x2df1_424b, 0x9efc_4947, 0x5c6b_fb31,
  ]

  private var words: [UInt32]
  private let blockCount: UInt64

  /// A filter for `valueCount` distinct values.
  ///
  /// Its size is a power of two: Arrow wants it.
  init(valueCount: Int) {
    let bytes = Int(Double(valueCount) * Self.bitsPerValue / 8)
    var size = 32
    while size < min(bytes, Self.bytesMax) { size *= 2 }
    words = [UInt32](repeating: 0, count: size / 4)
    blockCount = UInt64(size / 32)
  }

  mutating func insert(hash: UInt64) {
    let block = Int(((hash >> 32) &* blockCount) >> 32)
    let key = UInt32(truncatingIfNeeded: hash)
    for (i, salt) in Self.salts.enumerated() {
      words[block * 8 + i] |= 1 << ((key &* salt) >> 27)
    }
  }

  /// Inserts a string, or a number's bytes as PLAIN has them.
  mutating func insert(_ bytes: Span<UInt8>) {
    // SAFETY: the bytes live for this call, and are only read.
    insert(hash: unsafe bytes.withUnsafeBytes { unsafe XXH64($0.baseAddress, $0.count, 0) })
  }

  mutating func insert<Number: FixedWidthInteger & BitwiseCopyable>(_ number: Number) {
    // SAFETY: as above.
    insert(
      hash: unsafe withUnsafeBytes(of: number.littleEndian) { bytes in
        unsafe XXH64(bytes.baseAddress, bytes.count, 0)
      }
    )
  }

  /// Header and bits, as they stand in a file.
  func encoded() -> [UInt8] {
    var writer = CompactWriter()
    writer.field(1, Int32(words.count * 4))
    // Split-block, XXH64, uncompressed: each is the only member of its union.
    for number in 2...4 { writer.field(number) { $0.field(1) { _ in } } }
    writer.stop()
    var output = OutputBytes(capacity: words.count * 4)
    output.append(rawValues: words.span)
    return writer.array() + output.array()
  }
}

extension ChunkBuilder {
  private var wantsBloomFilter: Bool { options.bloomFilterColumns.contains(field.name) }

  /// Makes the filter of `strings` at `indices`.
  mutating func addBloomFilter(_ strings: borrowing ByteStrings, indices: [UInt32]) {
    guard wantsBloomFilter else { return }
    var filter = BloomFilter(valueCount: indices.count)
    for index in indices { filter.insert(strings.span(Int(index))) }
    bloomFilter = filter.encoded()
  }

  /// Makes the filter of `numbers`.
  mutating func addBloomFilter<Number: FixedWidthInteger & BitwiseCopyable>(_ numbers: [Number]) {
    guard wantsBloomFilter else { return }
    var filter = BloomFilter(valueCount: numbers.count)
    for number in numbers { filter.insert(number) }
    bloomFilter = filter.encoded()
  }

  /// Makes the filter of those of `numbers` that are not null.
  mutating func addBloomFilter<Number: FixedWidthInteger & BitwiseCopyable>(
    _ numbers: [Number],
    isValid: [Bool]?,
    rows: Range<Int>
  ) {
    guard wantsBloomFilter else { return }
    addBloomFilter(rows.filter { isValid?[$0] ?? true }.map { numbers[$0] })
  }
}
