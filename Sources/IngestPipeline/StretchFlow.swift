internal import ArchiveDecoding
internal import ByteBlocks
internal import LogFormats

/// One stretch of an archive on its way through a worker.
// SAFETY: `reader`, `header`, `block` and what was counted belong to the worker that has set
// `isBusy`; all else is read and written under the board's lock.
final class StretchFlow: @unchecked Sendable {
  let stretch: TextStretch
  var reader: StretchReader?
  var header: HeaderReader
  var block: Block?
  /// What was counted as progress.
  var storedBytes: UInt64 = 0, textBytes: UInt64 = 0
  var isBusy = false
  /// Who read the last block, and knows the groups of those before; `nil`: it was not begun.
  var worker: Int?
  /// What is left of it, once all lines were parsed.
  var end: StretchEnd?

  init(_ stretch: TextStretch, _ header: HeaderReader) {
    self.stretch = stretch
    self.header = header
  }

  /// Whether somebody may go on with it.
  var isIdle: Bool { !isBusy && end == nil }
}

/// The stretches of an archive, which workers read at the same time.
///
/// All but the first are parsed under the header that the first block of the archive leaves behind.
/// Where another one follows, or a record goes on behind its block, the archive is read again, in
/// order.
// SAFETY: as of `ArchiveFlow`.
final class Stretches: @unchecked Sendable {
  let all: [StretchFlow]
  /// What the first block says of those behind it.
  let header: HeaderReader
  /// Stretches that may be begun and not be part of `text` yet: their sums are in memory.
  private let windowMax: Int
  /// The others wait for a worker.
  private var begun = 0
  /// The end of these is part of `text`.
  private var taken = 0
  /// Belongs to the worker that has set `isFolding`.
  private var text: StretchedText?
  private var isFolding = false
  /// Another header came than was foreseen, or a record that goes on behind its block.
  var isMisled = false

  init(
    _ stretches: [TextStretch], first: HeaderReader, others: HeaderReader, textBytes: UInt64,
    workers: Int
  ) throws(ArchiveError) {
    windowMax = 2 * workers
    all = stretches.enumerated().map { StretchFlow($1, $0 == 0 ? first : others) }
    header = others
    text = try StretchedText(textBytes)
  }

  var isBusy: Bool { all[taken..<begun].contains(where: \.isBusy) }

  /// Lines that start before this place of the text were all parsed: the last one of a stretch may
  /// start with the next.
  var parsedTo: Int {
    let next = all[taken...].first { $0.end == nil }?.stretch
    return Int(clamping: next?.start ?? all.last?.stretch.end ?? 0)
  }

  /// The stretch that a worker goes on with: its own, a new one, or one that its owner left.
  func next(for worker: Int) -> StretchFlow? {
    if isMisled { return nil }
    let idle = all[taken..<begun].filter(\.isIdle)
    if let own = idle.first(where: { $0.worker == worker }) { return own }
    guard begun < all.count, begun - taken < windowMax else { return idle.first }
    begun += 1
    return all[begun - 1]
  }

  /// Ends that come next in the text, for somebody who calls `fold` with them; called under the
  /// board's lock, and none when somebody else is at it.
  func takeEnds() -> [StretchEnd] {
    var ends: [StretchEnd] = []
    while !isFolding, taken < begun, let end = all[taken].end {
      ends.append(end)
      all[taken].end = nil
      taken += 1
    }
    isFolding = isFolding || !ends.isEmpty
    return ends
  }

  /// Adds ends to the text, outside of the lock: hashing takes its time.
  func fold(_ ends: [StretchEnd]) { for end in ends { text?.take(end) } }

  /// Ends what `takeEnds` began; gives the text when there is no more of it. Called under the
  /// board's lock.
  func endFolding() -> AssembledText? {
    isFolding = false
    return taken == all.count ? text.take()?.finish() : nil
  }
}
