package import ByteKernels
package import VeiledRecords

/// One thread's share of a batch of archives: sums over the thread's own numbers.
package struct UsagePartial: ~Copyable, Sendable {
  package private(set) var groups = GroupTable()

  package init() {}

  /// Bytes of memory in use.
  package var byteCount: Int { groups.byteCount }

  /// Adds the events of a batch.
  package mutating func add(_ batch: borrowing VeiledBatch) throws(SumOverflow) {
    try groups.add(batch.events)
  }

  /// Adds another share of the same thread, as when an archive turned out to be whole.
  package mutating func add(_ other: consuming UsagePartial) throws(SumOverflow) {
    if groups.count == 0 {
      groups = other.groups
    } else {
      try groups.add(other.groups.all())
    }
  }
}

/// A share of a batch together with what its numbers stand for; nobody adds to it any more.
package final class FinishedPartial: Sendable {
  package let groups: GroupTable
  package let names: VeiledNames

  package init(_ partial: consuming UsagePartial, names: VeiledNames) {
    groups = partial.groups
    self.names = names
  }
}

/// Runs `body` for 0..<count, on as many threads as there are, and returns when all are done.
package typealias ParallelFor = (_ count: Int, _ body: @Sendable (Int) -> Void) -> Void
