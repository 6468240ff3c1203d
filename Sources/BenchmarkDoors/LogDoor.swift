public import ByteBlocks
internal import ClearRecords
internal import LogFormats
internal import VeiledRecords

/// Parses blocks as a thread of the pipeline does, for the benchmarks.
public struct LogDoor: ~Copyable {
  private var header: HeaderReader
  private let parser: any BlockParser

  /// A parser of the format with this name; `nil` when there is none.
  public init?(format: String) {
    guard let profile = FormatCatalog.profile(named: format) else { return nil }
    header = HeaderReader(profile)
    parser = profile.parser()
  }

  /// Reads the header lines of `block` and parses all of it.
  ///
  /// - Returns: how many of its lines are events.
  public mutating func parse(_ block: consuming Block) -> Int {
    let parts = header.read(block)
    return parser.parse(block, header: parts, textOffset: 0).counts.events
  }
}
