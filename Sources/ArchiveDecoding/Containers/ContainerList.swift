internal import ByteBlocks

/// Files in containers: zip and tar, the latter in any codec; each file in them is an archive.
package enum ContainerList {
  /// More files in one container than any honest one has.
  static let entriesMax = 1_000_000

  /// The archives with each container replaced by the files in it, in their order.
  ///
  /// Folders, links and hidden files in containers are left out. A container that breaks off is
  /// listed as far as it goes, and one more archive behind it, which cannot be opened. Of a
  /// compressed tar that is damaged anywhere nothing is listed but that: the checksum of its codec
  /// does not say which file is meant.
  /// - Complexity: a pass over the headers; a compressed tar is decompressed twice for that.
  package static func expanded(_ archives: [ArchiveReference]) -> [ArchiveReference] {
    archives.flatMap { archive in entries(of: archive) ?? [archive] }
  }

  /// The files in a container; `nil` when it is none.
  static func entries(of archive: ArchiveReference) -> [ArchiveReference]? {
    guard archive.mayBeContainer, let source = try? archive.openStored() else { return nil }
    return entries(of: archive, source)
  }

  /// The same of a container that is open.
  static func entries(
    of archive: ArchiveReference, _ source: any StoredBytes
  ) -> [ArchiveReference]? {
    guard let content = content(of: source) else { return nil }
    let handle: ContainerHandle
    do throws(ArchiveError) { handle = try ContainerHandle(content) } catch {
      return [ArchiveReference(archive, entry: 0, named: "?", damage: error)]
    }
    var entries: [ArchiveReference] = []
    do throws(ArchiveError) {
      try handle.open(archive.path)
      while let header = try handle.nextHeader() {
        if header.isFile, !isHidden(header.name) {
          entries.append(
            ArchiveReference(
              archive, entry: header.number, named: header.name, byteCount: header.byteCount))
        }
        guard handle.next < entriesMax else { throw .corrupt(offset: 0, .container) }
      }
    } catch {
      // A text in xz or bzip2 is no tar; its decoder says what it is.
      if content == .compressedTar, handle.next == 0 { return nil }
      let broken = ArchiveReference(archive, entry: handle.next, named: "?", damage: error)
      return content == .compressedTar ? [broken] : entries + [broken]
    }
    guard content == .compressedTar else { return entries }
    if handle.next == 0 { return nil }
    let damage = damage(of: archive)
    return damage.map { [ArchiveReference(archive, entry: 0, named: "?", damage: $0)] } ?? entries
  }

  /// What is wrong with a compressed tar by the checks of its codec, all of which is decoded.
  private static func damage(of archive: ArchiveReference) -> ArchiveError? {
    do throws(ArchiveError) {
      var reader = try reader(of: try archive.open(), blocks: 2, textBytesMax: 512 << 10)
      while try reader.next() != nil {}
      return nil
    } catch { return error }
  }

  /// Whether an archive in a codec of ours is a tar. What cannot be decoded is none: its decoder
  /// says what it is.
  private static func isTar(_ source: any StoredBytes) -> Bool {
    do throws(ArchiveError) {
      return try reader(of: source, blocks: 1, textBytesMax: 8 * TarHeader.byteCount).beginsTar()
    } catch { return false }
  }

  private static func reader(
    of source: any StoredBytes, blocks: Int, textBytesMax: Int
  ) throws(ArchiveError) -> ArchiveReader {
    try ArchiveReader(
      source, decoders: DecoderPool(),
      blocks: BlockPool(blocksMax: blocks, textBytesMax: textBytesMax), isContainer: true)
  }

  private static func isHidden(_ name: String) -> Bool {
    name.split(separator: "/").contains { part in
      part.hasPrefix(".") && part != "." && part != ".." || part == "__MACOSX"
    }
  }

  /// What a file can be by its first bytes; `nil`: no container.
  private static func content(of source: any StoredBytes) -> ContainerHandle.Content? {
    guard source.byteCount != nil,
      let bytes = try? source.bytes(at: 0, count: TarHeader.byteCount)
    else { return nil }
    let span = bytes.span
    if starts(bytes, [0x50, 0x4B, 3, 4]) || starts(bytes, [0x50, 0x4B, 5, 6]) {
      return .container
    }
    if TarHeader.begins(span) { return .container }
    if StoredFilter.Kind(of: bytes) != nil { return .compressedTar }
    let magic = bytes.count < 4 ? 0 : span.littleEndian32(at: 0)
    let isKnown =
      magic == FrameMagic.zstd || magic == FrameMagic.lz4 || magic & 0xFFFF == 0x8B1F
    return isKnown && isTar(source) ? .compressedTar : nil
  }

  private static func starts(_ bytes: [UInt8], _ signature: [UInt8]) -> Bool {
    bytes.starts(with: signature)
  }
}

extension ArchiveReference {
  /// Whether there may be files in it: it is a regular file, and in no container itself.
  var mayBeContainer: Bool { !isStandardInput && entry == nil && byteCount != nil }
}
