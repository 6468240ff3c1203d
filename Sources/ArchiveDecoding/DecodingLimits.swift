/// What a hostile archive may cost at most.
package struct DecodingLimits: Sendable, Equatable {
  /// Bytes of text that one stored byte may turn into, over any 64 MiB of a unit's text.
  ///
  /// Log lines repeated without end reach 11,800 to 1 with zstd, gzip at most 1,030 and lz4 254;
  /// runs of one byte, which only bombs have, reach 31,700 and more.
  package var ratioMax: UInt64 = 20_000
  /// Largest window of a zstd frame, as a power of two: 27 = 128 MiB, as `zstd` itself allows.
  package var windowLogMax = 27
  /// Frames without text in a row within one unit: they cost time and give nothing.
  package var emptyFramesMax = 50_000

  /// The documented defaults.
  package init() {}

  /// Text over which the ratio is judged: shorter bursts cost nothing and are common.
  static let ratioTextBytes: UInt64 = 64 << 20
}

/// Judges how fast text grows out of stored bytes.
struct RatioMeter {
  private var textBytes: UInt64 = 0
  private var storedStart: UInt64
  private let ratioMax: UInt64

  init(at position: UInt64, limits: DecodingLimits) {
    storedStart = position
    ratioMax = limits.ratioMax
  }

  /// Counts `count` more bytes of text, decoded from what lies before `position`.
  mutating func note(_ count: Int, at position: UInt64) throws(ArchiveError) {
    textBytes += UInt64(count)
    guard textBytes >= DecodingLimits.ratioTextBytes else { return }
    let storedBytes = max(position - storedStart, 1)
    if textBytes / storedBytes > ratioMax {
      throw .ratioTooHigh(
        offset: position,
        textBytes: textBytes,
        storedBytes: storedBytes,
        ratioMax: ratioMax
      )
    }
    textBytes = 0
    storedStart = position
  }
}
