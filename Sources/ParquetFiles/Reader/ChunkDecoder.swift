import ColumnTables

/// Takes the values of one column's pages; what differs from type to type.
protocol ColumnSink {
  associatedtype Row

  /// What takes the place of a null.
  static var nullRow: Row { get }
  var rows: [Row] { get set }

  /// A new chunk begins: its dictionary is another one.
  mutating func beginChunk()
  /// Reads a dictionary of `count` values from `page`.
  mutating func readDictionary(
    _ page: Span<UInt8>,
    end: Int,
    count: Int,
    offset: Int
  ) throws(ParquetError)
  /// Appends `count` values from `page[position ..< end]`.
  ///
  /// - Returns: whether the type knows the encoding.
  mutating func readValues(
    _ page: Span<UInt8>,
    at position: inout Int,
    end: Int,
    count: Int,
    encoding: Encoding,
    offset: Int
  ) throws(ParquetError) -> Bool
  /// Appends the dictionary's values that `codes` stand for.
  mutating func appendRows(codes: [UInt32], offset: Int) throws(ParquetError)
}

/// Decodes chunk after chunk of one column.
struct ChunkDecoder<Sink: ColumnSink> {
  private var sink: Sink
  private let field: Field
  private let limits: ParquetLimits
  /// Empty as long as no row was null; then a flag a row.
  private var isValid: [Bool] = []
  private var nullCount = 0
  private var levels: [UInt32] = []
  private var codes: [UInt32] = []

  init(_ sink: consuming Sink, field: Field, limits: ParquetLimits) {
    self.sink = sink
    self.field = field
    self.limits = limits
  }

  /// The sink with all rows, and which of them are not null.
  consuming func finish() -> (Sink, [Bool]?) {
    isValid.append(contentsOf: repeatElement(true, count: nullCount > 0 ? missingFlags : 0))
    return (sink, nullCount > 0 ? isValid : nil)
  }

  /// Rows that have no flag yet: none of them is null.
  private var missingFlags: Int { sink.rows.count - isValid.count }

  /// Appends the rows of `chunk`, which lies in the file that `bytes` are.
  mutating func decode(
    _ chunk: ColumnChunkMetadata,
    of bytes: [UInt8],
    using decompressor: inout PageDecompressor
  ) throws(ParquetError) {
    guard chunk.valueCount > 0 else { return }
    guard let codec = Codec(rawValue: chunk.codec) else {
      throw .unsupported(.codec(column: field.name, number: Int(chunk.codec)))
    }
    sink.beginChunk()
    // Many small steps of growth would copy all rows each time; a lie costs a bound of memory only.
    if sink.rows.isEmpty { sink.rows.reserveCapacity(Int(min(chunk.valueCount, 1 << 20))) }
    let start = Int(chunk.chunkStart)
    var missing = Int(chunk.valueCount)
    var hasDictionary = false
    var pages = PageScanner(bytes, chunk: chunk, limits: limits)
    while let page = try pages.next() {
      switch PageType(rawValue: page.header.type) {
      case .dictionary:
        guard !hasDictionary, page.offset == start else {
          throw .damaged(.pageOrder, offset: page.offset)
        }
        hasDictionary = true
        try decodeDictionary(page, codec, bytes, &decompressor)
      case .data, .dataV2:
        guard page.header.valueCount <= missing else {
          throw .damaged(.rowCounts, offset: page.offset)
        }
        missing -= Int(page.header.valueCount)
        try decompress(page, codec, bytes, &decompressor)
        try decodeData(page, decompressor.body.span, hasDictionary: hasDictionary)
      case .index: break
      case nil: throw .damaged(.pageHeader, offset: page.offset)
      }
    }
    guard missing == 0 else { throw .damaged(.rowCounts, offset: start) }
  }

  private mutating func decodeDictionary(
    _ page: PageScanner.Page,
    _ codec: Codec,
    _ bytes: [UInt8],
    _ decompressor: inout PageDecompressor
  ) throws(ParquetError) {
    let header = page.header
    guard [Encoding.plain.rawValue, Encoding.plainDictionary.rawValue].contains(header.encoding)
    else {
      throw .unsupported(.encoding(column: field.name, number: Int(header.encoding)))
    }
    let size = Int(header.uncompressedSize)
    try decompressor.decompress(
      bytes.span.extracting(page.stored),
      rawBytes: 0,
      size: size,
      codec: codec,
      offset: page.offset
    )
    try sink.readDictionary(
      decompressor.body.span,
      end: size,
      count: Int(header.valueCount),
      offset: page.offset
    )
  }

  private func decompress(
    _ page: PageScanner.Page,
    _ codec: Codec,
    _ bytes: [UInt8],
    _ decompressor: inout PageDecompressor
  ) throws(ParquetError) {
    let header = page.header
    let size = Int(header.uncompressedSize)
    var rawBytes = 0
    var isCompressed = true
    if header.type == PageType.dataV2.rawValue {
      guard let shape = header.v2, shape.repetitionBytes == 0, shape.definitionBytes >= 0,
        shape.rowCount == header.valueCount, field.isNullable || shape.definitionBytes == 0
      else { throw .damaged(.pageHeader, offset: page.offset) }
      rawBytes = Int(shape.definitionBytes)
      // Without any value there may be nothing to decompress.
      isCompressed = shape.isCompressed && (page.stored.count > rawBytes || size > rawBytes)
    }
    try decompressor.decompress(
      bytes.span.extracting(page.stored),
      rawBytes: rawBytes,
      size: size,
      codec: isCompressed ? codec : .uncompressed,
      offset: page.offset
    )
  }

  private mutating func decodeData(
    _ page: PageScanner.Page,
    _ body: Span<UInt8>,
    hasDictionary: Bool
  ) throws(ParquetError) {
    let rowCount = Int(page.header.valueCount)
    let start = try decodeLevels(page, body, rowCount: rowCount)
    let nulls = levels.isEmpty ? 0 : rowCount - levels.reduce(0) { $0 + Int($1 & 1) }
    if let shape = page.header.v2, shape.nullCount != nulls {
      throw .damaged(.levels, offset: page.offset)
    }
    let firstRow = sink.rows.count
    try decodeValues(page, body, from: start, count: rowCount - nulls, hasDictionary: hasDictionary)
    guard sink.rows.count == firstRow + rowCount - nulls else {
      throw .damaged(.rowCounts, offset: page.offset)
    }
    guard nulls > 0 else { return }
    isValid.append(contentsOf: repeatElement(true, count: firstRow - isValid.count))
    spread(from: firstRow, nullCount: nulls)
    nullCount += nulls
  }

  /// Reads the definition levels of a nullable column, none where no row is null; says where the
  /// values start.
  private mutating func decodeLevels(
    _ page: PageScanner.Page,
    _ body: Span<UInt8>,
    rowCount: Int
  ) throws(ParquetError) -> Int {
    levels.removeAll(keepingCapacity: true)
    guard field.isNullable else { return 0 }
    var position = 0
    let end = try levelsEnd(
      page,
      body,
      at: &position,
      size: Int(page.header.uncompressedSize)
    )
    if RunLengthHybrid.isAllOnes(body, at: position, end: end, count: rowCount) { return end }
    try RunLengthHybrid.read(
      body,
      at: &position,
      end: end,
      width: 1,
      count: rowCount,
      into: &levels,
      page: page.offset
    )
    guard levels.allSatisfy({ $0 <= 1 }) else { throw .damaged(.levels, offset: page.offset) }
    return end
  }

  /// Where the definition levels end; `position` moves to their start.
  private func levelsEnd(
    _ page: PageScanner.Page,
    _ body: Span<UInt8>,
    at position: inout Int,
    size: Int
  ) throws(ParquetError) -> Int {
    if let shape = page.header.v2, page.header.type == PageType.dataV2.rawValue {
      return Int(shape.definitionBytes)
    }
    guard page.header.levelEncoding == Encoding.rle.rawValue else {
      throw .unsupported(
        .levelEncoding(column: field.name, number: Int(page.header.levelEncoding))
      )
    }
    guard size >= 4 else { throw .damaged(.levels, offset: page.offset) }
    let length = Int(body.raw.number(at: 0, as: UInt32.self))
    guard length <= size - 4 else { throw .damaged(.levels, offset: page.offset) }
    position = 4
    return 4 + length
  }

  private mutating func decodeValues(
    _ page: PageScanner.Page,
    _ body: Span<UInt8>,
    from start: Int,
    count: Int,
    hasDictionary: Bool
  ) throws(ParquetError) {
    guard count > 0 else { return }
    let end = Int(page.header.uncompressedSize)
    let number = Int(page.header.encoding)
    guard let encoding = Encoding(rawValue: page.header.encoding) else {
      throw .unsupported(.encoding(column: field.name, number: number))
    }
    var position = start
    if encoding == .rleDictionary || encoding == .plainDictionary {
      guard hasDictionary else { throw .damaged(.pageOrder, offset: page.offset) }
      guard position < end else { throw .damaged(.runs, offset: page.offset) }
      let width = Int(body[position])
      position += 1
      codes.removeAll(keepingCapacity: true)
      try RunLengthHybrid.read(
        body,
        at: &position,
        end: end,
        width: width,
        count: count,
        into: &codes,
        page: page.offset
      )
      try sink.appendRows(codes: codes, offset: page.offset)
    } else {
      let isKnown = try sink.readValues(
        body,
        at: &position,
        end: end,
        count: count,
        encoding: encoding,
        offset: page.offset
      )
      guard isKnown else { throw .unsupported(.encoding(column: field.name, number: number)) }
      guard position == end || encoding != .plain else {
        throw .damaged(.plainValues, offset: page.offset)
      }
    }
  }

  /// Moves the values behind `firstRow` apart, so that each stands in its own row, and flags them.
  private mutating func spread(from firstRow: Int, nullCount: Int) {
    isValid.append(contentsOf: repeatElement(nullCount < levels.count, count: levels.count))
    // The only references, taken once: behind a protocol each access is a call.
    var (rows, valid): ([Sink.Row], [Bool]) = ([], [])
    swap(&rows, &sink.rows)
    swap(&valid, &isValid)
    var source = rows.count
    rows.append(contentsOf: repeatElement(Sink.nullRow, count: nullCount))
    if nullCount < levels.count {
      var target = rows.mutableSpan
      var flags = valid.mutableSpan
      let levels = self.levels.span
      for row in levels.indices.reversed() {
        if levels[row] == 1 {
          source &-= 1
          target[firstRow &+ row] = target[source]
        } else {
          target[firstRow &+ row] = Sink.nullRow
          flags[firstRow &+ row] = false
        }
      }
    }
    swap(&rows, &sink.rows)
    swap(&valid, &isValid)
  }
}
