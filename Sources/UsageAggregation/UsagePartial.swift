package import ByteBlocks
package import ByteKernels
package import VeiledRecords

/// One thread's share of a batch of archives: sums over the thread's own numbers.
package struct UsagePartial: ~Copyable, Sendable {
  package private(set) var groups = GroupTable()

  package init() {}

  /// Rows that are sums already, each key once.
  init(_ rows: [Group]) { groups = GroupTable(distinct: rows.span) }

  /// Bytes of memory in use.
  package var byteCount: Int { groups.byteCount }

  /// Which events belong to groups that are here already.
  package mutating func places(
    of prints: borrowing Buffer<EventPrint>, status: borrowing Buffer<UInt8>
  ) -> GroupPlaces {
    groups.places(of: prints, status: status)
  }

  /// Adds the events of a batch by the numbers of their names.
  package mutating func add(_ batch: borrowing VeiledBatch) throws(SumOverflow) {
    try groups.add(batch.events)
  }

  /// Adds the events of a batch whose prints were looked up here.
  package mutating func add(
    _ batch: borrowing VeiledBatch, _ prints: borrowing Buffer<EventPrint>,
    at places: borrowing GroupPlaces
  ) throws(SumOverflow) {
    try groups.add(batch.events, prints, at: places)
  }

  /// Gives events whose prints were known the numbers of their names.
  package borrowing func fillNumbers(
    of batch: inout VeiledBatch, at places: borrowing GroupPlaces
  ) {
    groups.fillNumbers(of: &batch.events, at: places)
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
  package let groups: GroupShare
  package let names: VeiledNames

  /// Number of groups.
  package var rowCount: Int { groups.count }

  package init(_ partial: consuming UsagePartial, names: VeiledNames) {
    groups = GroupShare(
      partial.groups,
      names: NameCounts(
        users: names.users.count, hosts: names.hosts.count, addresses: names.addresses.count,
        devices: names.devices.count))
    self.names = names
  }
}

/// Runs `body` for 0..<count, on as many threads as there are, and returns when all are done.
package typealias ParallelFor = (_ count: Int, _ body: @Sendable (Int) -> Void) -> Void

/// The same on the caller's thread alone.
package func inTurn(_ count: Int, _ body: @Sendable (Int) -> Void) {
  for turn in 0..<count { body(turn) }
}

/// What a share says of all its events together.
package struct UsageSummary: Sendable {
  /// Days since 1970.
  package var days: Set<Int32> = []
  /// Sums stop at the largest number; the rows' own sums are exact or refused.
  package var uploaded: Int64 = 0
  package var downloaded: Int64 = 0
  /// `nil` without events.
  package var firstSeen, lastSeen: Int64?

  package init() {}
}

extension UsageSummary {
  /// What the events of a block say.
  ///
  /// - Precondition: no sum of their byte counts overflows; see `RecordBatch.isModest`.
  package init(_ events: borrowing EventColumns) {
    let sums = EventSums(events)
    guard let seen = sums.seen else { return }
    (uploaded, downloaded) = (sums.uploaded, sums.downloaded)
    (firstSeen, lastSeen) = (seen.lowerBound, seen.upperBound)
    let dayMicros: Int64 = 86_400_000_000
    let (first, last) = (seen.lowerBound / dayMicros, seen.upperBound / dayMicros)
    days = [Int32(clamping: first), Int32(clamping: last)]
    // The first and the last event tell all, unless there are days in between.
    guard last - first > 1 else { return }
    let (status, times) = (events.status.span, events.times.span)
    for event in 0..<events.count where status[event] == 0 {
      days.insert(Int32(clamping: times[event] / dayMicros))
    }
  }

  /// Adds all groups of a share.
  package mutating func add(_ partial: borrowing UsagePartial) {
    var lastDay: UInt16?
    var (first, last) = (firstSeen ?? .max, lastSeen ?? .min)
    let all = partial.groups.all()
    for place in all.indices {
      let group = all[place]
      uploaded = uploaded.addingSaturated(group.uploaded)
      downloaded = downloaded.addingSaturated(group.downloaded)
      (first, last) = (min(first, group.firstSeen), max(last, group.lastSeen))
      if group.day != lastDay {
        days.insert(Int32(group.day))
        lastDay = group.day
      }
    }
    if first <= last { (firstSeen, lastSeen) = (first, last) }
  }
}
