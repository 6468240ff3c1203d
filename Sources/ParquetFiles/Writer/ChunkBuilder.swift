import ColumnTables

/// Builds the pages of one column chunk, one after the other.
///
/// For each page: `beginPage` writes the definition levels, the caller appends the values to
/// `page`, `endPage` compresses both together and appends them behind a header.
struct ChunkBuilder: ~Copyable {
  let field: Field
  let options: ParquetOptions
  /// The body of the page in the making.
  var page = OutputBytes()
  var stringByteCount: Int?
  var bloomFilter: [UInt8]?
  var encoding = Encoding.plain

  private var bytes: [UInt8] = []
  private var pages: [EncodedChunk.Page] = []
  private var dictionaryPageBytes: Int?
  private var uncompressedSize = 0
  /// Pages that are stored before another one is tried: the last one that was did not get smaller.
  private var storedPages = 0
  private static let storedPagesMax = 7
  /// Shorter ones tell nothing of those behind them.
  private static let triedBytesMin = 4 << 10
  private var statistics = PartStatistics()

  init(field: Field, options: ParquetOptions) {
    self.field = field
    self.options = options
  }

  /// Starts a data page of `rows`.
  ///
  /// - Returns: how many of the rows are null.
  mutating func beginPage(rows: Range<Int>, isValid: [Bool]?) -> Int {
    page.removeAll()
    guard field.isNullable else { return 0 }
    page.append(littleEndian: UInt32(0))
    var nullCount = 0
    if let isValid {
      let valid = isValid.span.extracting(rows)
      nullCount = valid.count - countTrue(valid)
      if nullCount > 0 { BooleanRuns.append(valid, to: &page) }
    }
    if nullCount == 0 {
      RunLengthHybrid.appendRepeated(1, count: rows.count, width: 1, to: &page)
    }
    page.overwrite(at: 0, with: UInt32(page.count - 4))
    return nullCount
  }

  /// Ends the data page with the rows that `statistics` count.
  mutating func endPage(
    _ part: PartStatistics,
    using codec: inout ZstdCompressor
  ) throws(ParquetError) {
    let start = bytes.count
    let header = PageHeader(
      type: PageType.data.rawValue,
      valueCount: Int32(part.rowCount),
      encoding: encoding.rawValue
    )
    try appendPage(header, using: &codec)
    pages.append(
      EncodedChunk.Page(
        offset: start,
        byteCount: bytes.count - start,
        firstRow: statistics.rowCount,
        statistics: part
      )
    )
    statistics.add(part)
  }

  /// Writes `page` as the dictionary page of `count` values; comes before all data pages.
  mutating func endDictionaryPage(
    count: Int,
    using codec: inout ZstdCompressor
  ) throws(ParquetError) {
    precondition(bytes.isEmpty, "A dictionary page must come first.")
    let header = PageHeader(
      type: PageType.dictionary.rawValue,
      valueCount: Int32(count),
      encoding: Encoding.plain.rawValue
    )
    try appendPage(header, using: &codec)
    // It says nothing about the codes.
    storedPages = 0
    dictionaryPageBytes = bytes.count
  }

  private mutating func appendPage(
    _ shape: PageHeader,
    using codec: inout ZstdCompressor
  ) throws(ParquetError) {
    guard page.count <= Int(Int32.max) / 2 else {
      throw .pageTooLarge(column: field.name, byteCount: page.count)
    }
    var header = shape
    header.uncompressedSize = Int32(page.count)
    var bytes = self.bytes
    self.bytes = []  // The only reference, so that appending does not copy.
    let (isStored, pageBytes) = (storedPages > 0, page.count)
    var frameBytes = 0
    let headerBytes = try codec.compress(page.span, isStored: isStored) { frame in
      frameBytes = frame.count
      header.compressedSize = Int32(frame.count)
      header.crc = Int32(bitPattern: crc32(frame))
      let encoded = header.encoded()
      bytes.append(contentsOf: encoded)
      unsafe frame.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
      return encoded.count
    }
    self.bytes = bytes
    if isStored {
      storedPages -= 1
    } else if pageBytes >= Self.triedBytesMin, frameBytes > pageBytes / 32 * 31 {
      storedPages = Self.storedPagesMax
    }
    uncompressedSize += headerBytes + page.count
  }

  consuming func finish(column: Int) -> EncodedChunk {
    EncodedChunk(
      column: column,
      rowCount: statistics.rowCount,
      bytes: bytes,
      pages: pages,
      dictionaryPageBytes: dictionaryPageBytes,
      encoding: encoding,
      hasLevels: field.isNullable,
      uncompressedSize: uncompressedSize,
      statistics: statistics,
      stringByteCount: stringByteCount,
      bloomFilter: bloomFilter
    )
  }
}

/// How many of `values` are true.
func countTrue(_ values: Span<Bool>) -> Int {
  // SAFETY: a Bool is one byte, 0 or 1; reads stay inside the span.
  unsafe values.withUnsafeBytes { bytes in
    var count = 0
    let whole = bytes.count / 8 * 8
    for place in stride(from: 0, to: whole, by: 8) {
      let eight = unsafe bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)
      // The top byte of the product is the sum of all eight.
      count += Int((eight &* 0x0101_0101_0101_0101) &>> 56)
    }
    for place in whole..<bytes.count { count += unsafe Int(bytes[place]) }
    return count
  }
}

/// The values of the rows that are not null, in order.
func withoutNulls<Value: BitwiseCopyable>(
  _ values: Span<Value>,
  _ isValid: Span<Bool>
) -> [Value] {
  precondition(values.count == isValid.count, "Values and nulls differ in length.")
  // SAFETY: at most one value is written per value read.
  return unsafe [Value](unsafeUninitializedCapacity: values.count) { target, count in
    for i in 0..<values.count {
      unsafe target[count] = values[i]
      count &+= isValid[i] ? 1 : 0
    }
  }
}

/// The lowest and the highest of `codes`; `nil` if there are none.
func codeBounds(_ codes: Span<UInt32>) -> (UInt32, UInt32)? {
  guard !codes.isEmpty else { return nil }
  typealias Eight = SIMD8<UInt32>
  var low = Eight(repeating: codes[0])
  var high = low
  var i = 0
  while i + Eight.scalarCount <= codes.count {
    // SAFETY: all of the bytes lie in the span.
    let eight = unsafe codes.bytes.unsafeLoadUnaligned(
      fromByteOffset: i * MemoryLayout<UInt32>.size, as: Eight.self)
    low = pointwiseMin(low, eight)
    high = pointwiseMax(high, eight)
    i += Eight.scalarCount
  }
  var (least, most) = (low.min(), high.max())
  while i < codes.count {
    least = min(least, codes[i])
    most = max(most, codes[i])
    i += 1
  }
  return (least, most)
}
