public import ByteBlocks
internal import ClearRecords
internal import Glibc
internal import LogFormats
internal import VeiledRecords

/// What a parser found in all blocks so far.
public struct ParsedSums: Sendable {
  /// All lines, comments included.
  public internal(set) var lines = 0
  /// Lines that count.
  public internal(set) var events = 0
  /// Lines that are no traffic.
  public internal(set) var excluded = 0
  /// Lines that could not be read.
  public internal(set) var rejected = 0
  /// Bytes that clients sent.
  public internal(set) var uploadedBytes: Int64 = 0
  /// Bytes that clients were sent.
  public internal(set) var downloadedBytes: Int64 = 0
  /// Both directions.
  public internal(set) var totalBytes: Int64 = 0
  /// Processor time that the parser alone took: no reading, no adding up.
  public internal(set) var nanoseconds: UInt64 = 0

  /// Nothing.
  public init() {}
}

/// Parses one archive as a thread of the pipeline does, and times that alone: no dictionaries, no
/// veil, no tables.
public struct ParseDoor: ~Copyable {
  private var header: HeaderReader
  private let parser: any BlockParser
  private var textOffset = 0

  /// What was found so far.
  public private(set) var sums = ParsedSums()

  /// A parser for the archive that starts with `first`, by the format with this name; `nil` when
  /// there is none.
  public init?(format: String, first: borrowing Block) {
    guard let profile = FormatCatalog.profile(named: format)?.chosen(for: first) else { return nil }
    header = HeaderReader(profile)
    parser = profile.parser()
  }

  /// Parses the next block of the archive.
  public mutating func parse(_ block: consuming Block) {
    let bytes = block.count
    let start = nanosecondsNow()
    let parts = header.read(block)
    let batch = parser.parse(block, header: parts, textOffset: textOffset)
    sums.nanoseconds += nanosecondsNow() - start
    textOffset += bytes
    add(batch)
  }

  private mutating func add(_ batch: borrowing RecordBatch) {
    sums.lines += batch.counts.lines
    sums.events += batch.counts.events
    sums.excluded += batch.counts.excluded
    sums.rejected += batch.counts.rejected
    for record in 0..<batch.count where batch.status[record] == RecordStatus.event.rawValue {
      sums.uploadedBytes += max(0, batch.uploaded[record])
      sums.downloadedBytes += max(0, batch.downloaded[record])
      sums.totalBytes += max(0, batch.totals[record])
    }
  }
}

/// This thread's time on a processor, so that what else runs counts little.
private func nanosecondsNow() -> UInt64 {
  var time = timespec()
  unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}
