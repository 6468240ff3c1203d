/// Writes rows of nested columns as a Parquet file: for the few small files that need it.
///
/// One row group, one page a column, values as they are (PLAIN) and zstd around them: every reader
/// of Parquet takes that.
package enum NestedWriter {
  /// The file of `rows`.
  ///
  /// - Parameter rows: at least one; by name of their column, what is missing is null.
  package static func encode(
    _ fields: [NestedField], rows: [[String: NestedValue]], createdBy: String
  ) throws(ParquetError) -> [UInt8] {
    precondition(!rows.isEmpty, "A file of nested columns needs a row.")
    var shredder = NestedShredder(fields)
    for row in rows { shredder.add(row) }
    var bytes = ParquetMagic.plain
    var group = RowGroupMetadata(rowCount: Int64(rows.count), fileOffset: Int64(bytes.count))
    var codec = try ZstdCompressor(level: 3)
    for leaf in shredder.leaves { group.columns.append(try append(leaf, to: &bytes, &codec)) }
    group.totalByteSize = group.columns.reduce(0) { $0 + $1.uncompressedSize }
    group.totalCompressedSize = group.columns.reduce(0) { $0 + $1.compressedSize }
    var footer = FileMetadata(rowCount: Int64(rows.count), createdBy: createdBy)
    footer.schema = [SchemaElement(name: "schema", childCount: Int32(fields.count))]
    for field in fields { footer.schema += elements(of: field.type, named: field.name) }
    footer.rowGroups = [group]
    let tail = footer.encoded()
    bytes += tail
    for shift in stride(from: 0, to: 32, by: 8) { bytes.append(UInt8(tail.count >> shift & 255)) }
    return bytes + ParquetMagic.plain
  }

  // MARK: Schema

  private static func elements(of type: NestedType, named name: String) -> [SchemaElement] {
    let optional = Repetition.optional.rawValue
    let repeated = Repetition.repeated.rawValue
    var top = SchemaElement(repetition: optional, name: name)
    switch type {
    case .group(let fields):
      top.childCount = Int32(fields.count)
      return [top] + fields.flatMap { elements(of: $0.type, named: $0.name) }
    case .list(let element):
      (top.childCount, top.convertedType) = (1, 3)
      let middle = SchemaElement(repetition: repeated, name: "list", childCount: 1)
      return [top, middle] + elements(of: element, named: "element")
    case .map:
      (top.childCount, top.convertedType) = (1, 1)
      let middle = SchemaElement(repetition: repeated, name: "key_value", childCount: 2)
      var key = elements(of: .text, named: "key")
      key[0].repetition = Repetition.required.rawValue
      return [top, middle] + key + elements(of: .text, named: "value")
    default:
      top.type = type.physical?.rawValue
      if type == .text { (top.convertedType, top.logicalType) = (0, .string) }
      return [top]
    }
  }

  // MARK: Pages

  private static func append(
    _ leaf: NestedShredder.Leaf, to bytes: inout [UInt8], _ codec: inout ZstdCompressor
  ) throws(ParquetError) -> ColumnChunkMetadata {
    var page = OutputBytes()
    appendLevels(leaf.repetitions, max: leaf.repetitionMax, to: &page)
    appendLevels(leaf.definitions, max: leaf.definitionMax, to: &page)
    page.append(leaf.bytes.span)
    if leaf.physical == .boolean { BooleanRuns.appendBits(leaf.booleans.span, to: &page) }
    guard page.count <= Int(Int32.max) / 2 else {
      throw .pageTooLarge(column: leaf.path.joined(separator: "."), byteCount: page.count)
    }
    var header = PageHeader(
      type: PageType.data.rawValue, uncompressedSize: Int32(page.count),
      valueCount: Int32(leaf.definitions.count), encoding: Encoding.plain.rawValue)
    let frame = try codec.compress(page.span) { frame in
      header.crc = Int32(bitPattern: crc32(frame))
      return frame.indices.map { frame[$0] }
    }
    header.compressedSize = Int32(frame.count)
    let start = bytes.count
    let encoded = header.encoded()
    bytes += encoded + frame
    return ColumnChunkMetadata(
      type: leaf.physical.rawValue, encodings: [Encoding.plain.rawValue, Encoding.rle.rawValue],
      path: leaf.path, codec: Codec.zstd.rawValue, valueCount: Int64(leaf.definitions.count),
      uncompressedSize: Int64(encoded.count + page.count),
      compressedSize: Int64(bytes.count - start), dataPageOffset: Int64(start),
      encodingStats: [
        ColumnChunkMetadata.EncodingStats(
          pageType: PageType.data.rawValue, encoding: Encoding.plain.rawValue, count: 1)
      ])
  }

  private static func appendLevels(
    _ levels: [UInt32], max: UInt32, to page: inout OutputBytes
  ) {
    guard max > 0 else { return }
    let start = page.count
    page.append(littleEndian: UInt32(0))
    RunLengthHybrid.append(levels.span, width: levelWidth(max), to: &page)
    page.overwrite(at: start, with: UInt32(page.count - start - 4))
  }
}

/// Bits of a level up to `max`.
func levelWidth(_ max: UInt32) -> Int { UInt32.bitWidth - max.leadingZeroBitCount }
