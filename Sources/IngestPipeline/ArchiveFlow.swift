internal import ArchiveDecoding
internal import ByteBlocks
internal import LogFormats
internal import UsageAggregation
internal import VeiledRecords

/// One unit of an archive on its way through a decoder.
// SAFETY: `decoder` and `block` belong to the worker that has set `isBusy`; all else is read and
// written under the board's lock.
final class UnitFlow: @unchecked Sendable {
  let unit: ArchiveUnit
  var decoder: UnitDecoder?
  var block: Block?
  var isBusy = false
  /// Decoded and not yet taken by the ordered side.
  var outputs: [DecodedBox] = []
  var hasEnded = false
  var following: ArchiveUnit?
  var failure: ArchiveError?

  init(_ unit: ArchiveUnit) { self.unit = unit }

  /// Whether there is more to decode.
  var wantsDecoding: Bool { !isBusy && !hasEnded && failure == nil }
}

/// Holds a decoded block until somebody takes it.
// SAFETY: one owner at a time, handed over under the board's lock.
final class DecodedBox: @unchecked Sendable {
  private var decoded: DecodedBlock?

  init(_ decoded: consuming DecodedBlock) { self.decoded = consume decoded }

  func take() -> DecodedBlock? { decoded.take() }
}

/// One archive on its way from stored bytes to sums.
// SAFETY: `source` and what hangs on it are set before others see the flow; `assembler` and
// `header` belong to the worker that has set `isAssembling`, `scanner` to the one that has set
// `isScanning`, `hasher` to the one that has set `isHashing`; a share belongs to its worker; all
// else is read and written under the board's lock.
final class ArchiveFlow: @unchecked Sendable {
  enum Phase { case opening, flowing, drained }

  var phase = Phase.opening
  let report: ArchiveReport
  /// Files in it that are still to be opened, where it is a container, which has nothing else.
  var entries: ArraySlice<ArchiveReference> = []
  var isKnown = false
  var failure: ArchiveProblem?

  var source: (any StoredBytes)?
  var codec = Codec.plain

  /// Units in text order; the first is the head, whose text comes next.
  var units: [UnitFlow] = []
  var scanner: UnitScanner?
  var isScanning = false
  var isScannedOut = false
  /// Where the scanner has to start again, because what it had found was no unit.
  var scanFrom: ArchiveUnit?
  /// Stored bytes that were looked through.
  var scannedTo: UInt64 = 0

  /// Several workers read it, each a stretch of its own; `nil`: it is read in order.
  var stretches: Stretches?

  var isAssembling = false
  var assembler: TextAssembler?
  var text: AssembledText?
  /// Where blocks start that are being parsed.
  private var inFlight: [Int] = []
  /// Where the last block ends, of an archive that is read in order.
  private var assembledTo = 0

  var profile: FormatProfile?
  var header: HeaderReader?

  var isHashing = false
  var hasher: StoredHasher?

  /// Line counts of blocks and overlong lines, by where they start in the text.
  var pieces: [(textOffset: Int, lines: Int)] = []
  var rejects: [RejectedLine] = []
  /// Its rows in the activity log; `nil`: they are not kept.
  var activities: ArchiveActivities?
  /// One for each worker that took part.
  var shares: [Int: Share] = [:]
  /// What its events say, where they went straight into the batch.
  var summary: UsageSummary?
  var isInBatch = false
  /// What of its sums was spilled.
  var spilled = SpilledSums()

  init(_ reference: ArchiveReference, keepsActivities: Bool) {
    activities = keepsActivities ? ArchiveActivities() : nil
    report = ArchiveReport(reference)
  }

  /// Whether the ordered side has a block to take, or a failure to find.
  var canAssemble: Bool {
    guard phase == .flowing, !isAssembling, text == nil, failure == nil, let head = units.first
    else { return false }
    return !head.outputs.isEmpty || head.failure != nil
  }

  /// Whether nothing of it is under way any more.
  var isQuiet: Bool {
    !isParsing && !isAssembling && !isHashing && !isScanning && units.allSatisfy { !$0.isBusy }
      && isEncoded && stretches?.isBusy != true
  }

  var isParsing: Bool { !inFlight.isEmpty }

  /// Whether it is small, and nothing of it is left to do but to join: what it holds is little.
  var isSmallAndRead: Bool {
    guard let text, text.textBytes <= UInt64(Block.headroomBytes) else { return false }
    return hasher == nil && isQuiet
  }

  /// Notes a block that is parsed from now on.
  func begin(_ text: Range<Int>) {
    inFlight.append(text.lowerBound)
    assembledTo = text.upperBound
  }

  /// Notes a block that was parsed, or could not be.
  func end(_ textOffset: Int) {
    if let place = inFlight.firstIndex(of: textOffset) { inFlight.remove(at: place) }
  }

  /// Lines that start before this place of the text were all parsed.
  private var parsedTo: Int { stretches?.parsedTo ?? inFlight.min() ?? assembledTo }

  /// Lets others encode the activities of text that was parsed.
  func handOutActivities() { activities?.handOut(before: parsedTo) }

  /// Gets ready to be read from its start to its end, one unit behind the other.
  func readInOrder() throws(ArchiveError) {
    guard let source else { return }
    stretches = nil
    assembledTo = 0
    units = [UnitFlow(.first(of: source, codec: codec))]
    var scanner = UnitScanner(source, codec: codec)
    _ = scanner.next()  // The first unit, which is there already.
    self.scanner = consume scanner
    assembler = try TextAssembler()
  }

  /// Whether no activities wait to be encoded.
  private var isEncoded: Bool {
    guard let activities else { return true }
    return activities.encoding == 0 && (activities.ready.isEmpty || failure != nil)
  }

  /// Bytes of text that it adds to its batch at most; `nil` where nothing is known of that.
  var textBytesMax: UInt64? {
    if let text { return text.textBytes }
    if failure != nil || isKnown { return 0 }
    guard phase == .flowing, let source, source.filter == nil, let bytes = source.byteCount,
      bytes < 1 << 40
    else { return nil }
    // No codec packs more into a byte than zstd, with blocks of 128 KiB that repeat one byte.
    return codec == .plain ? bytes : bytes << 16
  }

  /// Ends the archive; what others still decode or parse of it will be thrown away.
  func fail(_ problem: ArchiveProblem) {
    if failure == nil { failure = problem }
    for unit in units { unit.outputs = [] }
  }
}
