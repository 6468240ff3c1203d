internal import Synchronization

/// Adds up the groups of several shares, in the order of their keys.
///
/// The keys are cut into ranges by a sample, and each range is sorted by radix and added up on its
/// own. So the result does not depend on how many threads there are. A range fits into the
/// second-level cache; what moves is a key and where its group is, not the group.
public final class GroupMerge: Sendable {
  private let shares: [GroupShare]
  /// Where each range starts, and where the last one ends.
  private let starts: [Int]
  private let items: GroupItems
  private let taken: Mutex<Set<Int>>

  /// Number of ranges.
  public var rangeCount: Int { starts.count - 1 }

  /// Cuts the groups of `shares` into ranges.
  ///
  /// - Parameter parallel: calls its body for 0..<count, on as many threads as there are, and
  ///   returns when all are done.
  /// - Precondition: there is a rank for every number of each share, below the sizes of `layout`,
  ///   whose keys are not too long.
  public init(
    _ shares: [GroupShare], ranks: [GroupRanks], layout: KeyLayout,
    parallel: (_ count: Int, _ body: @Sendable (Int) -> Void) -> Void
  ) {
    precondition(
      layout.bits <= KeyLayout.bitsMax && shares.map(\.counts) == ranks.map(\.counts)
        && shares.allSatisfy { $0.count < Int(UInt32.max) }, "These groups can't be sorted.")
    self.shares = shares
    let items = GroupItems(count: shares.reduce(0) { $0 + $1.count }, layout)
    let chunks = GroupChunk.all(of: shares)
    // SAFETY: chunks are apart from each other.
    parallel(chunks.count) { chunk in
      unsafe items.writeKeys(of: shares, chunks[chunk], ranks)
    }
    let splitters = items.splitters()
    let counts = Mutex([[Int]](repeating: [], count: chunks.count))
    // SAFETY: as before.
    parallel(chunks.count) { chunk in
      let found = unsafe items.findRanges(chunks[chunk], splitters)
      counts.withLock { $0[chunk] = found }
    }
    let found = counts.withLock { $0 }
    var (starts, places) = ([0], [[Int]](repeating: [], count: chunks.count))
    for range in 0...splitters.count {
      var next = starts[range]
      for chunk in chunks.indices {
        places[chunk].append(next)
        next += found[chunk][range]
      }
      starts.append(next)
    }
    let targets = places
    // SAFETY: every item of every chunk has a place of its own.
    parallel(chunks.count) { chunk in
      unsafe items.scatter(chunks[chunk], to: targets[chunk])
    }
    self.starts = starts
    self.items = items
    taken = Mutex([])
  }

  /// Sorts a range and hands its sums out, some at a time, in the order of their keys; they have
  /// ranks for numbers.
  ///
  /// - Precondition: nobody has asked for this range before.
  public func addUp(_ range: Int, _ body: (Span<Group>) -> Void) throws(SumOverflow) {
    precondition(taken.withLock { $0.insert(range).inserted }, "A range is added up once.")
    // SAFETY: ranges are apart from each other, and this is the only look at this one.
    try unsafe items.addUp(starts[range]..<starts[range + 1], of: shares, body)
  }
}
