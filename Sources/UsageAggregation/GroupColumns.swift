internal import ByteKernels

/// Groups as columns, sorted: tables are made of them one column at a time.
struct GroupColumns: Sendable {
  private(set) var days: [UInt16] = []
  /// Ranks.
  private(set) var users: [UInt32] = []
  private(set) var hosts: [UInt32] = []
  private(set) var addresses: [UInt32] = []
  private(set) var devices: [UInt32] = []
  private(set) var actions: [UInt8] = []
  /// Which byte counts there are: `Group.hasUploaded` and its like.
  private(set) var has: [UInt8] = []
  private(set) var events: [UInt32] = []
  private(set) var uploaded: [Int64] = []
  private(set) var downloaded: [Int64] = []
  private(set) var totals: [Int64] = []
  private(set) var firstSeen: [Int64] = []
  private(set) var lastSeen: [Int64] = []

  var count: Int { days.count }

  /// Adds groups behind those that are here.
  mutating func append(_ groups: Span<Group>) {
    Self.append(groups, to: &days) { $0.day }
    Self.append(groups, to: &users) { $0.user }
    Self.append(groups, to: &hosts) { $0.host }
    Self.append(groups, to: &addresses) { $0.address }
    Self.append(groups, to: &devices) { $0.device }
    Self.append(groups, to: &actions) { $0.action }
    Self.append(groups, to: &has) { $0.has }
    Self.append(groups, to: &events) { $0.events }
    Self.append(groups, to: &uploaded) { $0.uploaded }
    Self.append(groups, to: &downloaded) { $0.downloaded }
    Self.append(groups, to: &totals) { $0.total }
    Self.append(groups, to: &firstSeen) { $0.firstSeen }
    Self.append(groups, to: &lastSeen) { $0.lastSeen }
  }

  /// One group again.
  func group(_ place: Int) -> Group {
    var group = Group()
    (group.day, group.action, group.has) = (days[place], actions[place], has[place])
    (group.user, group.host) = (users[place], hosts[place])
    (group.address, group.device) = (addresses[place], devices[place])
    group.events = events[place]
    (group.uploaded, group.downloaded, group.total) = (
      uploaded[place], downloaded[place], totals[place]
    )
    (group.firstSeen, group.lastSeen) = (firstSeen[place], lastSeen[place])
    return group
  }

  @inline(__always) private static func append<Value>(
    _ groups: Span<Group>, to column: inout [Value], _ value: (Group) -> Value
  ) {
    column.append(addingCapacity: groups.count) { values in
      for place in groups.indices { values.append(value(groups[place])) }
    }
  }

  /// The days, each with how many groups it has.
  var runsOfDays: [(day: UInt16, count: Int)] {
    guard let first = days.first else { return [] }
    if days.last == first { return [(first, count)] }
    return days.reduce(into: []) { runs, day in
      if runs.last?.day == day { runs[runs.count - 1].count += 1 } else { runs.append((day, 1)) }
    }
  }

  /// Merges shares whose names are ranked: parts that stand one behind the other.
  static func merged(
    _ partials: [FinishedPartial], ranks: [GroupRanks], layout: KeyLayout, parallel: ParallelFor
  ) throws(SumOverflow) -> [GroupColumns] {
    let merge = GroupMerge(
      partials.map(\.groups), ranks: ranks, layout: layout, parallel: parallel)
    let parts = Slots<Result<GroupColumns, SumOverflow>>(count: merge.rangeCount)
    parallel(merge.rangeCount) { range in
      parts.set(
        range,
        Result { () throws(SumOverflow) in
          var columns = GroupColumns()
          try merge.addUp(range) { columns.append($0) }
          return columns
        })
    }
    return try parts.all().map { part throws(SumOverflow) in try part.get() }
      .filter { $0.count > 0 }
  }
}
