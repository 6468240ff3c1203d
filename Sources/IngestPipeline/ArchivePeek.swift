package import ArchiveDecoding
internal import ByteBlocks
internal import ClearRecords
package import LogFormats
internal import VeiledRecords

/// What the beginning of an archive tells without reading all of it.
package enum ArchivePeek {
  private static let textBytes = 64 << 10

  /// What the beginning says.
  package enum Beginning: Sendable, Equatable {
    /// The day of the first event, in days since 1970.
    case day(Int32)
    /// There is no event in all of the text, nor a line that was refused.
    case quiet
    /// No event can be read.
    case unreadable
  }

  /// What the beginning of an archive says of its day.
  ///
  /// - Parameter parsers: the caller's own, of the same options.
  /// - Complexity: reads and parses at most 64 KiB of text.
  package static func beginning(
    of archive: ArchiveReference, options: IngestOptions, with parsers: TrialParsers
  ) throws(ArchiveError) -> Beginning {
    var reader = try ArchiveReader(
      try archive.open(), limits: options.limits, decoders: DecoderPool(),
      blocks: BlockPool(blocksMax: 2, textBytesMax: textBytes))
    let assembled = try reader.next { FormatProfile.unfinishedBytes($0, of: options.profile) }
    guard let assembled = consume assembled else { return .quiet }
    let textOffset = Int(assembled.textOffset)
    let block = assembled.takeBlock()
    let profile: FormatProfile
    if let named = options.profile {
      profile = named.chosen(for: block, with: parsers)
    } else {
      let found = try? FormatDetection.detect(
        block, own: options.ownProfiles, with: parsers)
      guard let match = found else { return .unreadable }
      profile = match.profile
    }
    var header = HeaderReader(profile)
    let first = header.read(block)
    let parser = profile.parser(zone: options.zone)
    let records = parser.parse(block, header: first, textOffset: textOffset)
    for record in 0..<records.count where records.status[record] == RecordStatus.event.rawValue {
      return .day(Int32(clamping: records.times[record] / 86_400_000_000))
    }
    let isRefused = (0..<records.count).contains {
      RecordStatus(rawValue: records.status[$0]).reason != nil
    }
    if isRefused { return .unreadable }
    return try reader.next() == nil ? .quiet : .unreadable
  }

  /// The hash of the stored bytes, as `ingests` has it.
  ///
  /// - Complexity: reads all of them.
  package static func fileHash(of archive: ArchiveReference) throws(ArchiveError) -> String {
    let stored = try archive.open().unfiltered
    guard stored.byteCount != nil else { return try streamed(stored) }
    var hasher = try StoredHasher(stored)
    while try !hasher.step() {}
    return hasher.id.hex
  }

  private static func streamed(_ stream: any StoredBytes) throws(ArchiveError) -> String {
    var buffer = [UInt8](repeating: 0, count: textBytes)
    var offset: UInt64 = 0
    while true {
      var span = buffer.mutableSpan
      let received = try stream.read(at: offset, into: &span)
      offset += UInt64(received)
      if received == 0 { return stream.streamed?.id.hex ?? "" }
    }
  }

  /// The content id of the text, by which tables know an archive whatever it is packed in.
  ///
  /// - Complexity: decodes all of it.
  package static func contentID(
    of archive: ArchiveReference, limits: DecodingLimits
  ) throws(ArchiveError) -> String {
    var reader = try ArchiveReader(
      try archive.open(), limits: limits, decoders: DecoderPool(),
      blocks: BlockPool(blocksMax: 2, textBytesMax: 512 << 10))
    while try reader.next() != nil {}
    return reader.finish().contentID.hex
  }
}
