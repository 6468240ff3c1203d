import ByteBlocks
import ColumnTables

/// A leaf of nested columns as it was read, with a place up to which it is used.
struct LeafValues {
  enum Values {
    case booleans([Bool])
    case int32s([Int32])
    case int64s([Int64])
    case texts(Column.Values)
  }

  var definitions: [UInt32] = []
  var repetitions: [UInt32] = []
  var values = Values.booleans([])
  var definitionMax: UInt32 = 0
  private var place = 0
  private var valuePlace = 0

  /// Levels of the entry that comes next; `nil` behind the last one.
  var definition: UInt32? { place < definitions.count ? definitions[place] : nil }
  var repetition: UInt32? {
    place < definitions.count ? (repetitions.isEmpty ? 0 : repetitions[place]) : nil
  }

  /// Passes over the next entry.
  mutating func skip() {
    guard let definition else { return }
    place += 1
    if definition == definitionMax { valuePlace += 1 }
  }

  /// Takes the next entry.
  mutating func next() -> NestedValue {
    guard let definition else { return .null }
    place += 1
    guard definition == definitionMax else { return .null }
    defer { valuePlace += 1 }
    switch values {
    case .booleans(let values): return .boolean(values[valuePlace])
    case .int32s(let values): return .integer(Int64(values[valuePlace]))
    case .int64s(let values): return .integer(values[valuePlace])
    case .texts(.strings(let strings)): return .text(strings.string(valuePlace))
    case .texts(.codes(let codes, let dictionary)):
      return .text(dictionary.string(Int(codes[valuePlace])))
    case .texts: return .null
    }
  }
}

/// Decodes the chunks of one leaf: its levels, and the values that are there.
struct LeafDecoder<Sink: ColumnSink> {
  private(set) var sink: Sink
  private(set) var leaf = LeafValues()
  private let repetitionMax: UInt32
  private let name: String
  private let limits: ParquetLimits

  init(
    _ sink: consuming Sink, name: String, definitionMax: UInt32, repetitionMax: UInt32,
    limits: ParquetLimits
  ) {
    self.sink = sink
    self.name = name
    self.limits = limits
    self.repetitionMax = repetitionMax
    leaf.definitionMax = definitionMax
  }

  mutating func decode(
    _ chunk: ColumnChunkMetadata, of bytes: [UInt8], using decompressor: inout PageDecompressor
  ) throws(ParquetError) {
    guard chunk.valueCount > 0 else { return }
    guard let codec = Codec(rawValue: chunk.codec) else {
      throw .unsupported(.codec(column: name, number: Int(chunk.codec)))
    }
    guard chunk.valueCount <= limits.rowsMax else {
      throw .tooLarge(
        stated: Int(chunk.valueCount), limit: limits.rowsMax, offset: Int(chunk.chunkStart))
    }
    sink.beginChunk()
    var missing = Int(chunk.valueCount)
    var pages = PageScanner(bytes, chunk: chunk, limits: limits)
    while let page = try pages.next() {
      let header = page.header
      let size = Int(header.uncompressedSize)
      let shape = header.type == PageType.dataV2.rawValue ? header.v2 : nil
      let raw = shape.map { Int($0.repetitionBytes) + Int($0.definitionBytes) } ?? 0
      guard raw >= 0, raw <= page.stored.count else {
        throw .damaged(.pageSize, offset: page.offset)
      }
      try decompressor.decompress(
        bytes.span.extracting(page.stored), rawBytes: raw, size: size,
        codec: shape?.isCompressed == false ? .uncompressed : codec, offset: page.offset)
      let body = decompressor.body.span
      switch PageType(rawValue: header.type) {
      case .dictionary:
        try sink.readDictionary(
          body, end: size, count: Int(header.valueCount), offset: page.offset)
      case .data, .dataV2:
        guard Int(header.valueCount) <= missing else {
          throw .damaged(.rowCounts, offset: page.offset)
        }
        missing -= Int(header.valueCount)
        try decodeData(page, body, size: size)
      case .index: break
      case nil: throw .damaged(.pageHeader, offset: page.offset)
      }
    }
    guard missing == 0 else { throw .damaged(.rowCounts, offset: Int(chunk.chunkStart)) }
  }

  private mutating func decodeData(
    _ page: PageScanner.Page, _ body: Span<UInt8>, size: Int
  ) throws(ParquetError) {
    let count = Int(page.header.valueCount)
    let shape = page.header.type == PageType.dataV2.rawValue ? page.header.v2 : nil
    var position = 0
    let first = leaf.definitions.count
    try readLevels(
      body, at: &position, size: size, bytes: shape.map { Int($0.repetitionBytes) },
      max: repetitionMax, count: count, into: &leaf.repetitions, page.offset)
    try readLevels(
      body, at: &position, size: size, bytes: shape.map { Int($0.definitionBytes) },
      max: leaf.definitionMax, count: count, into: &leaf.definitions, page.offset)
    if leaf.definitionMax == 0 { leaf.definitions += Array(repeating: 0, count: count) }
    let valueCount = leaf.definitions[first...].count { $0 == leaf.definitionMax }
    try readValues(page, body, from: position, size: size, count: valueCount)
  }

  private func readLevels(
    _ body: Span<UInt8>, at position: inout Int, size: Int, bytes: Int?, max: UInt32, count: Int,
    into levels: inout [UInt32], _ offset: Int
  ) throws(ParquetError) {
    guard max > 0 else { return }
    var length = bytes ?? 0
    if bytes == nil {
      guard size - position >= 4 else { throw .damaged(.levels, offset: offset) }
      length = Int(body.raw.number(at: position, as: UInt32.self))
      position += 4
    }
    guard length <= size - position else { throw .damaged(.levels, offset: offset) }
    let end = position + length
    let first = levels.count
    try RunLengthHybrid.read(
      body, at: &position, end: end, width: levelWidth(max), count: count, into: &levels,
      page: offset)
    guard levels[first...].allSatisfy({ $0 <= max }) else {
      throw .damaged(.levels, offset: offset)
    }
    position = end
  }

  private mutating func readValues(
    _ page: PageScanner.Page, _ body: Span<UInt8>, from start: Int, size: Int, count: Int
  ) throws(ParquetError) {
    guard count > 0 else { return }
    guard let encoding = Encoding(rawValue: page.header.encoding) else {
      throw .unsupported(.encoding(column: name, number: Int(page.header.encoding)))
    }
    var position = start
    if encoding == .rleDictionary || encoding == .plainDictionary {
      guard position < size else { throw .damaged(.runs, offset: page.offset) }
      let width = Int(body[position])
      position += 1
      var codes: [UInt32] = []
      try RunLengthHybrid.read(
        body, at: &position, end: size, width: width, count: count, into: &codes,
        page: page.offset)
      try sink.appendRows(codes: codes, offset: page.offset)
    } else {
      let isKnown = try sink.readValues(
        body, at: &position, end: size, count: count, encoding: encoding, offset: page.offset)
      guard isKnown else {
        throw .unsupported(.encoding(column: name, number: Int(page.header.encoding)))
      }
    }
  }
}
