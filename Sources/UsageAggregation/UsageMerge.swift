package import ByteBlocks
internal import ByteKernels
internal import VeiledRecords

/// Merges the shares of all threads into sorted rows, exactly, and turns them into tables.
///
/// ```
/// partials ─► ranks of names ─► groups with ranks ─► sorted and added up ─► a table per day
/// ```
/// Names become their ranks in sorted order, so that rows are compared as numbers, and a column's
/// dictionary is sorted without another look at a string.
package struct UsageMerge: Sendable {
  private let partials: [FinishedPartial]
  private let users, addresses, devices: RankedNames
  /// Hosts in the order of their bytes; place 0 is none.
  private let hostNames: RankedNames

  /// Ranks the names of all shares.
  package init(_ partials: [FinishedPartial], parallel: ParallelFor) {
    self.partials = partials
    let lists = (0..<4).map { kind in partials.map { Self.list(kind, of: $0) } }
    let all = RankedNames.ranked(
      lists.map { $0.map(\.names) }, isUsed: lists.map { $0.map(\.isUsed) }, parallel: parallel)
    (users, addresses, devices, hostNames) = (all[0], all[1], all[2], all[3])
  }

  private static func list(
    _ kind: Int, of partial: FinishedPartial
  ) -> (names: ByteStrings, isUsed: [Bool]) {
    let (names, groups) = (partial.names, partial.groups)
    return switch kind {
    case 0: (names.users, groups.usedUsers)
    case 1: (names.addresses, groups.usedAddresses)
    case 2: (names.devices, groups.usedDevices)
    default: (names.hosts, groups.usedHosts)
    }
  }

  /// The distinct hosts, to be classified: place 0 is none.
  package var hosts: ByteStrings { hostNames.sorted }
  /// The distinct pseudonyms of users: place 0 is none.
  package var userNames: ByteStrings { users.sorted }

  /// Sorts and adds up all groups.
  ///
  /// - Parameter classes: those of `hosts`.
  package func rows(
    classes: HostClasses, parallel: ParallelFor
  ) throws(UsageMergeError) -> UsageRows {
    let order = HostOrder(hosts, classes, parallel: parallel)
    let ranks = partials.indices.map { share in
      GroupRanks(
        users: users.ranks[share],
        hosts: hostNames.ranks[share].map { order.place[Int($0)] },
        addresses: addresses.ranks[share], devices: devices.ranks[share])
    }
    let layout = KeyLayout(
      days: days(), hosts: hosts.count, users: users.sorted.count,
      addresses: addresses.sorted.count, devices: devices.sorted.count,
      actions: EventAction.allCases.count)
    guard layout.bits <= KeyLayout.bitsMax,
      partials.allSatisfy({ $0.groups.count < Int(UInt32.max) })
    else { throw .tooManyNames }
    let parts: [GroupColumns]
    do {
      parts = try GroupColumns.merged(partials, ranks: ranks, layout: layout, parallel: parallel)
    } catch { throw .sumOverflow }
    return UsageRows(
      parts: parts, order: order, users: users.sorted, addresses: addresses.sorted,
      devices: devices.sorted, tags: AddressTagCodes(addresses, partials.map(\.names)))
  }

  /// The days of all groups, from the first to the last.
  private func days() -> Range<Int> {
    let days = partials.map(\.groups.days).filter { !$0.isEmpty }
    return (days.map(\.lowerBound).min() ?? 0)..<(days.map(\.upperBound).max() ?? 1)
  }
}

/// Why shares could not be merged.
package enum UsageMergeError: Error, Equatable, CustomStringConvertible {
  case sumOverflow
  case tooManyNames

  package var description: String {
    switch self {
    case .sumOverflow:
      "A sum of bytes or events does not fit 64 bits. Nothing was committed; run fewer archives "
        + "at once, and look for byte counts that cannot be true."
    case .tooManyNames:
      "There are too many distinct names for one batch. Nothing was committed; run fewer archives "
        + "at once."
    }
  }
}
