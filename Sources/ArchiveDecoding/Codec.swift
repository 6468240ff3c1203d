/// How an archive's text is stored: told by the first bytes, never by the name.
package enum Codec: String, Sendable, CaseIterable {
  /// The text itself, also an empty file.
  case plain
  case zstd
  case lz4
  case gzip

  /// Tells the codec of `source`.
  ///
  /// Looks past frames to be skipped, whose magic number zstd and lz4 share: in a file as far as
  /// need be, in a stream within the prefix that it keeps. Where no other frame is found, the codec
  /// is zstd.
  ///
  /// Formats that are known but not read are refused. So is an archive of one to three bytes with
  /// which the magic number of a codec starts: more likely it was cut off than written so.
  package static func detect(_ source: any StoredBytes) throws(ArchiveError) -> Codec {
    let reach = source.byteCount ?? UInt64(ArchiveStream.prefixBytes - 16)
    var offset: UInt64 = 0
    while true {
      let bytes = try source.bytes(at: offset, count: 16)
      let magic = bytes.count < 4 ? 0 : bytes.span.littleEndian32(at: 0)
      guard FrameMagic.isSkippable(magic) else {
        return offset == 0 ? try first(bytes.span) : magic == FrameMagic.lz4 ? .lz4 : .zstd
      }
      guard bytes.count >= 8 else { return .zstd }
      offset += 8 + UInt64(bytes.span.littleEndian32(at: 4))
      guard offset < reach else { return .zstd }
    }
  }

  /// Tells the codec by the first bytes of an archive, of which none is a frame to be skipped.
  private static func first(_ bytes: Span<UInt8>) throws(ArchiveError) -> Codec {
    if bytes.count < 4 {
      for codec in allCases where FrameMagic.begins(with: bytes, codec) {
        throw .truncated(offset: UInt64(bytes.count))
      }
      return .plain
    }
    let magic = bytes.littleEndian32(at: 0)
    if magic == FrameMagic.zstd { return .zstd }
    if magic == FrameMagic.lz4 { return .lz4 }
    if magic & 0xFFFF == 0x8B1F { return .gzip }
    if let format = FrameMagic.refusal(magic) ?? foreign(bytes) {
      throw .unsupported(offset: 0, format)
    }
    return .plain
  }

  private static let signatures: [([UInt8], ArchiveError.UnsupportedFormat)] = [
    ([0x50, 0x4B, 3, 4], .zip), ([0x50, 0x4B, 5, 6], .zip), ([0x50, 0x4B, 7, 8], .zip),
    ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], .sevenZip),
    ([0x1F, 0x9D], .unixCompress), ([0x1F, 0xA0], .unixCompress),
  ]

  private static func foreign(_ bytes: Span<UInt8>) -> ArchiveError.UnsupportedFormat? {
    for (signature, format) in signatures where starts(bytes, with: signature) { return format }
    return StoredFilter.Kind(of: bytes.indices.map { bytes[$0] })?.format
  }

  private static func starts(_ bytes: Span<UInt8>, with signature: [UInt8]) -> Bool {
    guard bytes.count >= signature.count else { return false }
    for index in signature.indices where bytes[index] != signature[index] { return false }
    return true
  }
}
