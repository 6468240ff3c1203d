/// Where a reader gets a file's bytes from: memory, or somewhere else and only those it needs.
enum FileBytes: Sendable {
  case whole([UInt8])
  case parts(byteCount: Int, read: @Sendable (Range<Int>) throws(ParquetError) -> [UInt8])

  /// What is read from the end of a file, in the hope that the footer lies in it.
  private static let tailBytes = 64 << 10

  var byteCount: Int {
    switch self {
    case .whole(let bytes): bytes.count
    case .parts(let byteCount, _): byteCount
    }
  }

  /// The bytes of a range that lies in the file.
  func bytes(_ range: Range<Int>) throws(ParquetError) -> [UInt8] {
    switch self {
    case .whole(let bytes): return Array(bytes[range])
    case .parts(_, let read):
      let bytes = try read(range)
      guard bytes.count == range.count else {
        throw .damaged(.chunkRange, offset: range.lowerBound)
      }
      return bytes
    }
  }

  /// The end of the file with at least `wanted` bytes, and where it begins in the file.
  private func tail(_ wanted: Int) throws(ParquetError) -> (bytes: [UInt8], start: Int) {
    switch self {
    case .whole(let bytes): return (bytes, 0)
    case .parts(let byteCount, let read):
      let start = max(0, byteCount - max(wanted, Self.tailBytes))
      let bytes = try read(start..<byteCount)
      guard bytes.count == byteCount - start else { throw .notParquet(byteCount: byteCount) }
      return (bytes, start)
    }
  }

  /// The bytes that the footer is in, where it lies in them, and where it lies in the file.
  func footer() throws(ParquetError) -> FooterPlace {
    var (bytes, start) = try tail(0)
    guard byteCount >= 12, bytes.count >= 8 else { throw .notParquet(byteCount: byteCount) }
    let isEncrypted = bytes.suffix(4).elementsEqual(ParquetMagic.encrypted)
    guard isEncrypted || bytes.suffix(4).elementsEqual(ParquetMagic.plain),
      isEncrypted || start > 0 || bytes.prefix(4).elementsEqual(ParquetMagic.plain)
    else { throw .notParquet(byteCount: byteCount) }
    let end = byteCount - 8
    let length = Int(bytes.span.raw.number(at: end - start, as: UInt32.self))
    guard length <= end - 4 else {
      throw isEncrypted ? .unsupported(.encryption) : .damaged(.footer, offset: end)
    }
    if end - length < start { (bytes, start) = try tail(length + 8) }
    return FooterPlace(
      bytes: bytes, range: end - length - start..<end - start, inFile: end - length..<end,
      isEncrypted: isEncrypted)
  }

  /// A chunk with all its pages, and what its footer says of it, moved to where it lies in them.
  func chunk(
    _ chunk: ColumnChunkMetadata
  ) throws(ParquetError) -> (bytes: [UInt8], chunk: ColumnChunkMetadata) {
    guard case .parts(_, let read) = self, chunk.valueCount > 0 else {
      if case .whole(let bytes) = self { return (bytes, chunk) }
      return ([], chunk)
    }
    let start = Int(chunk.chunkStart)
    let bytes = try read(start..<start + Int(chunk.compressedSize))
    guard bytes.count == Int(chunk.compressedSize) else {
      throw .damaged(.chunkRange, offset: start)
    }
    // Offset 0 means "no dictionary": four bytes in front keep every offset above it.
    return (ParquetMagic.plain + bytes, chunk.moved(by: -Int64(distance(of: chunk))))
  }

  /// How far on a chunk lies in the file from where `chunk` puts it.
  func distance(of chunk: ColumnChunkMetadata) -> Int {
    guard case .parts = self, chunk.valueCount > 0 else { return 0 }
    return Int(chunk.chunkStart) - ParquetMagic.plain.count
  }
}

/// Where a footer was found.
struct FooterPlace {
  let bytes: [UInt8]
  /// In `bytes`.
  let range: Range<Int>
  let inFile: Range<Int>
  let isEncrypted: Bool
}

extension ColumnChunkMetadata {
  /// The same chunk elsewhere.
  func moved(by distance: Int64) -> Self {
    var moved = self
    moved.dataPageOffset += distance
    if let dictionary = dictionaryPageOffset, dictionary > 0 {
      moved.dictionaryPageOffset = dictionary + distance
    }
    return moved
  }
}
