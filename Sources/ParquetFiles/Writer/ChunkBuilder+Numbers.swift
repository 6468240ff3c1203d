import ColumnTables

extension ChunkBuilder {
  /// Encodes `rows` of a column of booleans.
  mutating func encode(
    booleans values: [Bool],
    isValid: [Bool]?,
    rows: Range<Int>,
    using codec: inout ZstdCompressor
  ) throws(ParquetError) {
    encoding = options.isCompatible ? .plain : .rle
    for pageRows in pageRanges(rows, valueBytes: 1) {
      let nullCount = beginPage(rows: pageRows, isValid: isValid)
      let all = values.span.extracting(pageRows)
      var part = PartStatistics(rowCount: pageRows.count, nullCount: nullCount)
      if nullCount > 0, let isValid {
        let dense = withoutNulls(all, isValid.span.extracting(pageRows))
        part.bounds = Self.append(dense.span, encoding: encoding, to: &page)
      } else {
        part.bounds = Self.append(all, encoding: encoding, to: &page)
      }
      try endPage(part, using: &codec)
    }
  }

  private static func append(
    _ values: Span<Bool>,
    encoding: Encoding,
    to page: inout OutputBytes
  ) -> Bounds? {
    if encoding == .plain {
      BooleanRuns.appendBits(values, to: &page)
    } else {
      let start = page.count
      page.append(littleEndian: UInt32(0))
      BooleanRuns.append(values, to: &page)
      page.overwrite(at: start, with: UInt32(page.count - start - 4))
    }
    guard !values.isEmpty else { return nil }
    let trueCount = countTrue(values)
    return Bounds(numbers: trueCount == values.count ? 1 : 0, trueCount > 0 ? 1 : 0)
  }

  /// Encodes `rows` of a column of numbers: with a dictionary if it pays, else as deltas.
  mutating func encode<Number: FixedWidthInteger & SignedInteger & BitwiseCopyable>(
    numbers values: [Number],
    isValid: [Bool]?,
    rows: Range<Int>,
    using codec: inout ZstdCompressor
  ) throws(ParquetError) where Number.Magnitude: BitwiseCopyable {
    var dictionary: NumberDictionary<Number>?
    // Times hardly repeat.
    if field.type != .timestamp {
      dictionary = NumberDictionary(values, isValid: isValid, rows: rows, options: options)
    }
    if let dictionary {
      page.removeAll()
      Plain.append(dictionary.keys.span, to: &page)
      try endDictionaryPage(count: dictionary.keys.count, using: &codec)
      addBloomFilter(dictionary.keys)
      encoding = .rleDictionary
    } else {
      encoding = options.isCompatible ? .plain : .deltaBinaryPacked
      addBloomFilter(values, isValid: isValid, rows: rows)
    }
    for pageRows in pageRanges(rows, valueBytes: MemoryLayout<Number>.size) {
      let nullCount = beginPage(rows: pageRows, isValid: isValid)
      let all = values.span.extracting(pageRows)
      let codes = dictionary.map { $0.codes[pageRows.shifted(by: -rows.lowerBound)] }
      let bounds: Bounds?
      if nullCount > 0, let isValid {
        let valid = isValid.span.extracting(pageRows)
        bounds = append(withoutNulls(all, valid).span)
        if let codes { append(codes: withoutNulls(codes.span, valid).span, dictionary) }
      } else {
        bounds = append(all)
        if let codes { append(codes: codes.span, dictionary) }
      }
      try endPage(
        PartStatistics(rowCount: pageRows.count, nullCount: nullCount, bounds: bounds),
        using: &codec
      )
    }
  }

  /// Appends numbers to the page, unless it is one of a dictionary's codes.
  private mutating func append<Number: FixedWidthInteger & SignedInteger & BitwiseCopyable>(
    _ values: Span<Number>
  ) -> Bounds? where Number.Magnitude: BitwiseCopyable {
    switch encoding {
    case .plain: Plain.append(values, to: &page)
    case .deltaBinaryPacked: DeltaBinaryPacked.append(values, to: &page)
    default: break
    }
    guard !values.isEmpty else { return nil }
    var low = values[0]
    var high = low
    for i in 1..<values.count {
      low = min(low, values[i])
      high = max(high, values[i])
    }
    return Bounds(numbers: Int64(low), Int64(high))
  }

  private mutating func append<Number>(
    codes: Span<UInt32>,
    _ dictionary: NumberDictionary<Number>?
  ) {
    append(codes: codes, dictionaryCount: dictionary?.keys.count ?? 0)
  }

  /// Appends the body of an RLE_DICTIONARY page: the bit width and the codes.
  mutating func append(codes: Span<UInt32>, dictionaryCount: Int) {
    // Never 0: some readers of other versions trip over a width of no bits.
    let width = max(1, BitPacking.width(of: UInt64(max(dictionaryCount, 1) - 1)))
    page.append(UInt8(width))
    RunLengthHybrid.append(codes, width: width, to: &page)
  }

  /// `rows` cut into pages of values that take `valueBytes` each.
  func pageRanges(_ rows: Range<Int>, valueBytes: Int) -> [Range<Int>] {
    rows.cut(max(1, min(options.pageRowsMax, options.pageBytesMax / valueBytes)))
  }
}

extension Range<Int> {
  /// Parts of `length`, the last one shorter.
  func cut(_ length: Int) -> [Range<Int>] {
    stride(from: lowerBound, to: upperBound, by: length).map {
      $0..<Swift.min($0 + length, upperBound)
    }
  }

  func shifted(by distance: Int) -> Range<Int> {
    lowerBound + distance..<upperBound + distance
  }
}
