internal import ByteBlocks
internal import ByteKernels
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
  private var headers: [String: HeaderReader] = [:]
  /// What it tells the formats of archives with.
  let trialParsers = TrialParsers()
  private var details = DetailNumbers()
  private var batchShare: Share?
  private var counted: CountedBytes
  /// Where its names stand on the shelf; changed while all rest.
  var shelfPlace: Int
  /// Held while names change, where others read them meanwhile.
  private let turn = Mutex(())

  init(_ number: Int, _ veiler: consuming Veiler, options: IngestOptions, use: MemoryUse) {
    shelfPlace = number
    counted = CountedBytes(use, factor: MemoryUse.nameFactor)
    self.veiler = veiler
    self.options = options
  }

  /// What the numbers in all workers' shares stand for.
  var names: VeiledNames { veiler.names }

  /// No names yet, for all workers to start anew with.
  var namesAnew: SharedNames { veiler.namesAnew }

  /// Names that the directory knew, and that it did not know, of all workers together.
  var directoryNames: (mapped: Int, unmapped: Int) { veiler.directoryNames }

  /// What the numbers in its activities stand for, at any time.
  var activityNames: ActivityNames {
    turn.withLock { _ in ActivityNames(names: veiler.names, details: details.names) }
  }

  /// Forgets all names; nothing may be added any more to what they numbered.
  ///
  /// - Parameter shared: no names yet, the same for all workers.
  func startAnew(_ shared: SharedNames) -> ActivityNames {
    turn.withLock { _ in
      defer {
        details = DetailNumbers()
        count()
      }
      return ActivityNames(names: veiler.startAnew(shared), details: details.names)
    }
  }

  /// Notes how much memory the names take by now.
  private func count() { counted.set(veiler.byteCount + details.byteCount) }

  /// Parses a block, takes the names out of it, and adds its events to a share.
  ///
  /// - Parameter choose: gives the share; `isModest` says whether no block of such byte counts can
  ///   overflow a sum by itself.
  func work(
    _ block: consuming Block, header: BlockHeader, textOffset: Int, profile: FormatProfile,
    into choose: (_ isModest: () -> Bool) -> Share
  ) throws -> BlockResult {
    var records = parser(profile).parse(block, header: header, textOffset: textOffset)
    let share = choose { records.isModest }
    if let days = options.days { records.keepOnly(days: days) }
    let prints = veiler.prints(of: records)
    guard let places = share.places(of: prints, status: records.status) else {
      preconditionFailure("A block was parsed for a share that has ended.")
    }
    if veiler.givesUsersByTime {
      // Who it was depends on the time: events of one print may be of several people.
      return try workByNumbers(records, textOffset: textOffset, into: share)
    }
    if options.keepsActivities {
      return try work(records, prints, places, textOffset: textOffset, into: share)
    }
    let batch = try veiler.veil(records, namesOf: places)
    try share.add(batch, prints, at: places)
    count()
    share.count()
    return BlockResult(
      textOffset: textOffset, counts: batch.counts, rejects: batch.rejects, leftOut: batch.leftOut,
      summary: share.isOfBatch ? UsageSummary(batch.events) : nil)
  }

  /// Its sums of small archives of the batch.
  func shareOfBatch(_ use: MemoryUse) -> Share {
    let share = batchShare ?? Share(use, isOfBatch: true)
    batchShare = share
    return share
  }

  /// Hands them over.
  func takeShareOfBatch() -> Share? { batchShare.take() }

  /// The same by the numbers of all names.
  private func workByNumbers(
    _ records: consuming RecordBatch, textOffset: Int, into share: Share
  ) throws -> BlockResult {
    let cut = ArchiveActivities.cut(textOffset..<textOffset + records.block.count)
    let isLater = options.keepsActivities ? cut.map { Self.isLater(records, $0) } : nil
    var held: RecordBatch? = consume records
    var veiled: VeiledBatch?
    var numbered: VeiledDetails?
    try turn.withLock { _ throws(VeilError) in
      guard let records = held.take() else { return }
      if options.keepsActivities { numbered = details.number(records, veiler.canonicalNames) }
      veiled = try veiler.veil(records)
    }
    guard let batch = veiled.take() else {
      preconditionFailure("A batch was veiled and is gone.")
    }
    try share.add(batch)
    count()
    share.count()
    var chunks: [(segment: Int, chunk: ActivityChunk)] = []
    if let shown = numbered.take() {
      chunks = self.chunks(batch, shown, textOffset: textOffset, isLater: isLater)
    }
    return BlockResult(
      textOffset: textOffset, counts: batch.counts, rejects: batch.rejects,
      leftOut: batch.leftOut, activities: chunks)
  }

  /// The rows of a block, in the segments that they belong to.
  private func chunks(
    _ batch: borrowing VeiledBatch, _ shown: borrowing VeiledDetails, textOffset: Int,
    isLater: [Bool]?
  ) -> [(segment: Int, chunk: ActivityChunk)] {
    let first = textOffset / ArchiveActivities.segmentTextBytes
    var chunks: [(segment: Int, chunk: ActivityChunk)] = []
    for (place, part) in [isLater?.map { !$0 }, isLater].enumerated()
    where place == 0 || part != nil {
      let chunk = ActivityChunk(
        batch, shown, worker: shelfPlace, textOffset: textOffset, part: part)
      if chunk.count > 0 { chunks.append((first + place, chunk)) }
    }
    return chunks
  }

  /// The same with a row for each event.
  private func work(
    _ records: consuming RecordBatch, _ prints: borrowing Buffer<EventPrint>,
    _ places: borrowing GroupPlaces, textOffset: Int, into share: Share
  ) throws -> BlockResult {
    let cut = ArchiveActivities.cut(textOffset..<textOffset + records.block.count)
    let isLater = cut.map { Self.isLater(records, $0) }
    var held: RecordBatch? = consume records
    var veiled: VeiledBatch?
    var numbered: VeiledDetails?
    try turn.withLock { _ throws(VeilError) in
      guard let records = held.take() else { return }
      numbered = details.number(records, veiler.canonicalNames)
      veiled = try veiler.veil(records, namesOf: places)
    }
    guard var batch = veiled.take(), let shown = numbered.take() else {
      preconditionFailure("A batch was veiled and is gone.")
    }
    share.fillNumbers(of: &batch, at: places)
    try share.add(batch, prints, at: places)
    count()
    share.count()
    return BlockResult(
      textOffset: textOffset, counts: batch.counts, rejects: batch.rejects,
      leftOut: batch.leftOut,
      activities: chunks(batch, shown, textOffset: textOffset, isLater: isLater))
  }

  /// Which records of a block start at or behind a place of the text.
  private static func isLater(_ records: borrowing RecordBatch, _ border: Int) -> [Bool] {
    var isLater: [Bool] = []
    for record in 0..<records.count {
      let isEvent = records.status[record] == RecordStatus.event.rawValue
      isLater.append(
        isEvent
          && records.lineStart(of: record) - records.block.start + records.textOffset >= border)
    }
    return isLater
  }

  /// A reader of the headers of an archive that begins.
  func header(_ profile: FormatProfile) -> HeaderReader {
    var reader = headers[profile.shapeName] ?? HeaderReader(profile)
    reader.startAnew()
    return reader
  }

  /// Keeps what the headers of an archive said, for the next one.
  func keep(_ header: HeaderReader, of profile: FormatProfile) {
    headers[profile.shapeName] = header
  }

  private func parser(_ profile: FormatProfile) -> any BlockParser {
    if let known = parsers[profile.shapeName] { return known }
    let parser = profile.parser(
      zone: options.zone, withDetails: options.keepsActivities)
    parsers[profile.shapeName] = parser
    return parser
  }
}

/// What a block's lines were.
struct BlockResult: Sendable {
  let textOffset: Int
  let counts: LineCounts
  let rejects: [RejectedLine]
  var leftOut: [Int: Int] = [:]
  /// What its events say, where they went straight into the batch.
  var summary: UsageSummary?
  var activities: [(segment: Int, chunk: ActivityChunk)] = []
}
