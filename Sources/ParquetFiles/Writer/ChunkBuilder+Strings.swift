import ByteBlocks
import ColumnTables

extension ChunkBuilder {
  /// Encodes `rows` of a column of strings: with a dictionary if it pays, else lengths and bytes.
  mutating func encode(
    strings values: ByteStrings,
    isValid: [Bool]?,
    rows: Range<Int>,
    using codec: inout ZstdCompressor
  ) throws(ParquetError) {
    if let dictionary = StringDictionary(values, isValid: isValid, rows: rows, options: options) {
      let valid = isValid.map { Array($0[rows]) }
      return try encode(
        codes: dictionary.codes,
        of: dictionary.strings,
        isValid: valid,
        rows: 0..<rows.count,
        using: &codec
      )
    }
    encoding = options.isCompatible ? .plain : .deltaLengthByteArray
    stringByteCount = 0
    addBloomFilter(values, indices: rows.filter { isValid?[$0] ?? true }.map { UInt32($0) })
    let offsets = values.offsets
    for pageRows in textPageRanges(rows, lengthOf: { offsets[$0 + 1] - offsets[$0] }) {
      let nullCount = beginPage(rows: pageRows, isValid: isValid)
      let dense = pageRows.filter { isValid?[$0] ?? true }.map { UInt32($0) }
      if encoding == .deltaLengthByteArray, nullCount == 0 {
        DeltaLengthByteArray.append(values, rows: pageRows, to: &page)
      } else {
        append(values, indices: dense.span)
      }
      for row in dense { stringByteCount? += values.range(Int(row)).count }
      let part = PartStatistics(
        rowCount: pageRows.count,
        nullCount: nullCount,
        bounds: Self.bounds(of: values, indices: dense)
      )
      try endPage(part, using: &codec)
    }
  }

  private mutating func append(_ strings: borrowing ByteStrings, indices: Span<UInt32>) {
    guard encoding == .plain else {
      return DeltaLengthByteArray.append(strings, indices: indices, to: &page)
    }
    for i in 0..<indices.count { Plain.append(strings.span(Int(indices[i])), to: &page) }
  }

  private static func bounds(of strings: borrowing ByteStrings, indices: [UInt32]) -> Bounds? {
    guard var low = indices.first else { return nil }
    var high = low
    for index in indices.dropFirst() {
      let string = strings.span(Int(index))
      if compareBytes(string, strings.span(Int(low))) < 0 {
        low = index
      } else if compareBytes(string, strings.span(Int(high))) > 0 {
        high = index
      }
    }
    return Bounds(strings: strings.span(Int(low)), strings.span(Int(high)))
  }

  /// Encodes `rows` of a column that comes as codes of a sorted dictionary.
  ///
  /// The chunk's own dictionary has the strings that these rows use, in the same order.
  mutating func encode(
    codes: [UInt32],
    of dictionary: ByteStrings,
    isValid: [Bool]?,
    rows: Range<Int>,
    using codec: inout ZstdCompressor
  ) throws(ParquetError) {
    let used = UsedCodes(codes, of: dictionary, isValid: isValid, rows: rows)
    stringByteCount = used.stringByteCount
    addBloomFilter(dictionary, indices: used.codes)
    if used.codes.isEmpty { return try encodeNulls(rows, isValid, using: &codec) }
    guard used.pays(options) else {
      return try encodeWithoutDictionary(
        codes: codes,
        of: dictionary,
        isValid: isValid,
        rows: rows,
        using: &codec
      )
    }
    page.removeAll()
    for code in used.codes { Plain.append(dictionary.span(Int(code)), to: &page) }
    try endDictionaryPage(count: used.codes.count, using: &codec)
    encoding = .rleDictionary
    for pageRows in pageRanges(rows, valueBytes: 4) {
      let nullCount = beginPage(rows: pageRows, isValid: isValid)
      let dense = used.renamed(codes, isValid: nullCount == 0 ? nil : isValid, rows: pageRows)
      append(codes: dense.span, dictionaryCount: used.codes.count)
      var part = PartStatistics(rowCount: pageRows.count, nullCount: nullCount)
      if let (low, high) = codeBounds(dense.span) {
        part.bounds = Bounds(
          strings: dictionary.span(Int(used.codes[Int(low)])),
          dictionary.span(Int(used.codes[Int(high)]))
        )
      }
      try endPage(part, using: &codec)
    }
  }

  private mutating func encodeWithoutDictionary(
    codes: [UInt32],
    of dictionary: ByteStrings,
    isValid: [Bool]?,
    rows: Range<Int>,
    using codec: inout ZstdCompressor
  ) throws(ParquetError) {
    encoding = options.isCompatible ? .plain : .deltaLengthByteArray
    let offsets = dictionary.offsets
    let pageRanges = textPageRanges(rows) { row in
      guard isValid?[row] ?? true else { return 0 }
      let code = Int(codes[row])
      return offsets[code + 1] - offsets[code]
    }
    for pageRows in pageRanges {
      let nullCount = beginPage(rows: pageRows, isValid: isValid)
      var dense = Array(codes[pageRows])
      if nullCount > 0, let isValid {
        dense = withoutNulls(dense.span, isValid.span.extracting(pageRows))
      }
      append(dictionary, indices: dense.span)
      var part = PartStatistics(rowCount: pageRows.count, nullCount: nullCount)
      if let (low, high) = codeBounds(dense.span) {
        part.bounds = Bounds(strings: dictionary.span(Int(low)), dictionary.span(Int(high)))
      }
      try endPage(part, using: &codec)
    }
  }

  /// Pages of nothing but nulls.
  private mutating func encodeNulls(
    _ rows: Range<Int>, _ isValid: [Bool]?, using codec: inout ZstdCompressor
  ) throws(ParquetError) {
    encoding = options.isCompatible ? .plain : .deltaLengthByteArray
    for pageRows in pageRanges(rows, valueBytes: 4) {
      let nullCount = beginPage(rows: pageRows, isValid: isValid)
      append(ByteStrings(), indices: Span())
      try endPage(PartStatistics(rowCount: pageRows.count, nullCount: nullCount), using: &codec)
    }
  }

  /// `rows` cut so that no page has too many rows or too many bytes of text.
  private func textPageRanges(
    _ rows: Range<Int>,
    lengthOf: (Int) -> Int
  ) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var start = rows.lowerBound
    var byteCount = 0
    for row in rows {
      let length = lengthOf(row) + 4
      let isFull = byteCount + length > options.pageBytesMax || row - start >= options.pageRowsMax
      if isFull, row > start {
        ranges.append(start..<row)
        start = row
        byteCount = 0
      }
      byteCount += length
    }
    if start < rows.upperBound { ranges.append(start..<rows.upperBound) }
    return ranges
  }
}
