/// Walks over the pages of a chunk and checks their sizes and checksums.
struct PageScanner {
  private let bytes: [UInt8]
  private let column: String
  private let end: Int
  private let limits: ParquetLimits
  private var position: Int

  struct Page {
    let header: PageHeader
    /// Offset of the header.
    let offset: Int
    /// The page as it is stored.
    let stored: Range<Int>
  }

  /// The pages of `chunk`, whose range was checked with the footer.
  init(_ bytes: [UInt8], chunk: ColumnChunkMetadata, limits: ParquetLimits) {
    self.bytes = bytes
    self.limits = limits
    column = chunk.path.joined(separator: ".")
    position = Int(chunk.chunkStart)
    end = position + Int(chunk.compressedSize)
  }

  /// The next page; `nil` behind the last one.
  mutating func next() throws(ParquetError) -> Page? {
    guard position < end else { return nil }
    let offset = position
    var reader = CompactReader(bytes, in: position..<end)
    let header = try PageHeader(&reader)
    let size = Int(header.compressedSize)
    guard size <= end - reader.position else { throw .damaged(.pageSize, offset: offset) }
    guard Int(header.uncompressedSize) <= limits.pageBytesMax else {
      throw .tooLarge(
        stated: Int(header.uncompressedSize),
        limit: limits.pageBytesMax,
        offset: offset
      )
    }
    let stored = reader.position..<reader.position + size
    if let crc = header.crc {
      guard crc32(bytes.span.extracting(stored)) == UInt32(bitPattern: crc) else {
        throw .checksum(column: column, offset: offset)
      }
    }
    position = stored.upperBound
    return Page(header: header, offset: offset, stored: stored)
  }
}
