internal import Sealing

extension FileEncryption {
  /// What makes the associated data of a file its own: a keyed code of its chunks.
  func fileID(_ rowGroups: [[EncodedChunk]]) throws(ParquetError) -> [UInt8] {
    var codes: [UInt8] = []
    do {
      for chunk in rowGroups.joined() {
        codes += try MessageCode.hmacSHA256(chunk.bytes.span, key: nonceKey)
      }
      return Array(try MessageCode.hmacSHA256(codes.span, key: nonceKey).prefix(8))
    } catch { throw .encryption(error.description) }
  }

  /// The end of an encrypted file in front of its length: how it is encrypted, and the footer.
  func tail(_ footer: [UInt8], fileID: [UInt8]) throws(ParquetError) -> [UInt8] {
    var writer = CompactWriter()
    writer.field(1) { $0.field(1) { $0.field(2, fileID) } }
    writer.field(2, keyName)
    writer.stop()
    let place = ModulePlace(fileID: fileID)
    return writer.array()
      + (try ModuleSealer(self).seal(footer, place.associated(.footer)))
  }
}

extension EncodedChunk {
  /// The same chunk with its headers and pages sealed. It has no page index and no bloom filter:
  /// what readers need of them would tell of single people.
  func sealed(
    _ sealer: borrowing ModuleSealer, _ place: ModulePlace
  ) throws(ParquetError) -> EncodedChunk {
    var sealed: [UInt8] = []
    var sealedPages: [Page] = []
    var dictionaryBytes: Int?
    if let dictionaryPageBytes {
      try Self.append(
        bytes[..<dictionaryPageBytes], to: &sealed, sealer,
        place.associated(.dictionaryPageHeader), place.associated(.dictionaryPage))
      dictionaryBytes = sealed.count
    }
    for (number, page) in pages.enumerated() {
      let start = sealed.count
      try Self.append(
        bytes[page.offset..<page.offset + page.byteCount], to: &sealed, sealer,
        place.associated(.dataPageHeader, page: number),
        place.associated(.dataPage, page: number))
      sealedPages.append(
        Page(
          offset: start, byteCount: sealed.count - start, firstRow: page.firstRow,
          statistics: page.statistics))
    }
    return EncodedChunk(
      column: column, rowCount: rowCount, bytes: sealed, pages: sealedPages,
      dictionaryPageBytes: dictionaryBytes, encoding: encoding, hasLevels: hasLevels,
      uncompressedSize: uncompressedSize + sealed.count - bytes.count, statistics: statistics,
      stringByteCount: stringByteCount, bloomFilter: nil)
  }

  private static func append(
    _ page: ArraySlice<UInt8>, to sealed: inout [UInt8], _ sealer: borrowing ModuleSealer,
    _ headerPlace: [UInt8], _ bodyPlace: [UInt8]
  ) throws(ParquetError) {
    let whole = Array(page)
    var reader = CompactReader(whole, in: 0..<whole.count)
    var header = try PageHeader(&reader)
    let body = try sealer.seal(Array(whole[reader.position...]), bodyPlace)
    header.compressedSize = Int32(body.count)
    header.crc = nil  // The tag tells more.
    sealed += try sealer.seal(header.encoded(), headerPlace)
    sealed += body
  }
}

/// What a reader needs to open the modules of a file.
struct FileOpening: Sendable {
  let key: KeyHandle
  let fileID: [UInt8]

  /// The footer of an encrypted file, and what opens all else.
  static func footer(
    _ place: FooterPlace, keys: FileKeys?
  ) throws(ParquetError) -> (bytes: [UInt8], opening: FileOpening) {
    guard let keys else { throw .unsupported(.encryption) }
    var reader = CompactReader(place.bytes, in: place.range)
    var (fileID, prefix, keyName): ([UInt8], [UInt8], [UInt8]) = ([], [], [])
    var isGCM = false
    try reader.structure(requires: [1]) { reader, number, type throws(ParquetError) in
      switch (number, type) {
      case (1, .structure):
        try reader.structure { reader, number, type throws(ParquetError) in
          guard number == 1, type == .structure else { return false }
          isGCM = true
          try reader.structure { reader, number, type throws(ParquetError) in
            switch (number, type) {
            case (1, .binary): prefix = try reader.binary()
            case (2, .binary): fileID = try reader.binary()
            default: return false
            }
            return true
          }
          return true
        }
      case (2, .binary): keyName = try reader.binary()
      default: return false
      }
      return true
    }
    guard isGCM else { throw .unsupported(.encryption) }
    let name = String(decoding: keyName, as: UTF8.self)
    guard let key = keys(name) else { throw .noKey(name: name) }
    let opening = FileOpening(key: key, fileID: prefix + fileID)
    var position = reader.position
    do throws(ParquetError) {
      let footer = try ModuleOpener(key).open(
        place.bytes, at: &position, end: place.range.upperBound,
        ModulePlace(fileID: opening.fileID).associated(.footer))
      return (footer, opening)
    } catch {
      guard case .damaged = error else { throw error }
      throw .noKey(name: name)
    }
  }

  /// A chunk in plain pages, and what a footer would say of it.
  func opened(
    _ bytes: [UInt8], _ chunk: ColumnChunkMetadata, rowGroup: Int, column: Int,
    limits: ParquetLimits
  ) throws(ParquetError) -> (bytes: [UInt8], chunk: ColumnChunkMetadata) {
    let opener = try ModuleOpener(key)
    let place = ModulePlace(fileID: fileID, rowGroup: rowGroup, column: column)
    var plain = ParquetMagic.plain
    var moved = chunk
    var position = Int(chunk.chunkStart)
    let end = position + Int(chunk.compressedSize)
    var isDictionary = (chunk.dictionaryPageOffset ?? 0) > 0
    moved.dictionaryPageOffset = isDictionary ? Int64(plain.count) : nil
    moved.dataPageOffset = Int64(plain.count)
    var page = 0
    while position < end {
      let kinds: (ModuleKind, ModuleKind) =
        isDictionary
        ? (.dictionaryPageHeader, .dictionaryPage) : (.dataPageHeader, .dataPage)
      let number = isDictionary ? nil : page
      let headerBytes = try opener.open(
        bytes, at: &position, end: end, place.associated(kinds.0, page: number))
      var reader = CompactReader(headerBytes, in: 0..<headerBytes.count)
      var header = try PageHeader(&reader)
      let body = try opener.open(
        bytes, at: &position, end: end, place.associated(kinds.1, page: number))
      header.compressedSize = Int32(clamping: body.count)
      header.crc = nil
      guard header.v2 == nil else { throw .unsupported(.encryption) }
      plain += header.encoded()
      plain += body
      if isDictionary { moved.dataPageOffset = Int64(plain.count) } else { page += 1 }
      isDictionary = false
    }
    moved.compressedSize = Int64(plain.count - ParquetMagic.plain.count)
    return (plain, moved)
  }
}
