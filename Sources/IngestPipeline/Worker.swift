internal import ByteBlocks
internal import ClearRecords
internal import LogFormats
internal import Pseudonymisation
internal import Synchronization
internal import UsageAggregation
internal import VeiledRecords

/// What one worker keeps from block to block: its veiler, with its dictionaries, and its parsers.
// SAFETY: used by its worker while the crew runs, and by the run between two rounds of the crew.
final class Worker: @unchecked Sendable {
  private let options: IngestOptions
  private var veiler: Veiler
  private var parsers: [String: any BlockParser] = [:]

  init(_ veiler: consuming Veiler, options: IngestOptions) {
    self.veiler = veiler
    self.options = options
  }

  /// What the numbers in this worker's shares stand for.
  var names: VeiledNames { veiler.names }

  private let used = Atomic(0)

  /// Bytes of its names and of the sums it adds to, as of its last block; readable by others.
  var usedBytes: Int { used.load(ordering: .relaxed) }

  /// What merging the sums takes beyond them: their ranks, keys and rows.
  static let mergeFactor = 3

  /// Parses a block, takes the names out of it, and adds its events to a share.
  func work(
    _ block: consuming Block, header: BlockHeader, textOffset: Int, profile: FormatProfile,
    into share: Share
  ) throws -> BlockResult {
    var records = parser(profile).parse(block, header: header, textOffset: textOffset)
    if let days = options.days { records.keepOnly(days: days) }
    let prints = veiler.prints(of: records)
    guard let places = share.places(of: prints, status: records.status) else {
      preconditionFailure("A block was parsed for a share that has ended.")
    }
    let batch = try veiler.veil(records, namesOf: places)
    try share.add(batch, prints, at: places)
    used.store(veiler.byteCount + Self.mergeFactor * share.byteCount, ordering: .relaxed)
    return BlockResult(textOffset: textOffset, counts: batch.counts, rejects: batch.rejects)
  }

  private func parser(_ profile: FormatProfile) -> any BlockParser {
    if let known = parsers[profile.shapeName] { return known }
    let parser = profile.parser(zone: options.zone)
    parsers[profile.shapeName] = parser
    return parser
  }
}

/// What a block's lines were.
struct BlockResult: Sendable {
  let textOffset: Int
  let counts: LineCounts
  let rejects: [RejectedLine]
}
