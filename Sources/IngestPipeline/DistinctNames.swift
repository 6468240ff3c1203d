internal import ByteBlocks
internal import ByteDictionaries
internal import UsageAggregation

/// Counts the distinct names of batches, each of which has its own only once.
struct DistinctNames: ~Copyable {
  private let store: (any SpillStore)?
  private let heldBytesMax: Int
  private var first: ByteStrings?
  private var known = Interner()
  private var runs: [NameRun] = []

  /// - Parameters:
  ///   - store: where names go that are too many; `nil`: they stay.
  ///   - heldBytesMax: what names may take.
  init(_ store: (any SpillStore)?, heldBytesMax: Int) {
    self.store = store
    self.heldBytesMax = heldBytesMax
  }

  /// Adds the names of a batch; the one at place 0 is none.
  mutating func add(_ names: ByteStrings) throws {
    if first == nil, known.count == 0 {
      first = names
    } else {
      if let first = first.take() { intern(first) }
      intern(names)
    }
    if (first?.byteCount ?? 0) + known.byteCount > heldBytesMax { try spill() }
  }

  /// Adds names that were spilled.
  mutating func add(_ runs: [NameRun]) { self.runs += runs }

  /// Distinct names so far.
  mutating func count() throws -> Int {
    guard !runs.isEmpty, let store else {
      return first.map { max(1, $0.count) - 1 } ?? known.count
    }
    try spill()
    return try NameRun.distinctCount(runs, in: store)
  }

  private mutating func intern(_ names: ByteStrings) {
    for place in 1..<max(1, names.count) { _ = known.number(of: names.span(place)) }
  }

  private mutating func spill() throws {
    guard let store else { return }
    if let first = first.take() { runs.append(try NameRun(sorted: first, to: store)) }
    guard known.count > 0 else { return }
    runs.append(try NameRun(unsorted: known.strings, to: store))
    known = Interner()
  }
}
