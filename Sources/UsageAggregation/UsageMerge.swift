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
  /// What numbers stand for: most often the same in all shares.
  private let names: [VeiledNames]
  /// By share, its place in `names`.
  private let nameList: [Int]
  /// By place in `names`.
  private let users, addresses, devices: RankedNames
  /// Hosts in the order of their bytes; place 0 is none.
  private let hostNames: RankedNames

  /// Ranks the names of all shares.
  package init(_ partials: [FinishedPartial], parallel: ParallelFor) {
    self.partials = partials
    var names: [VeiledNames] = []
    var nameList: [Int] = []
    for partial in partials {
      let place = names.firstIndex { $0.isSame(as: partial.names) } ?? names.count
      if place == names.count { names.append(partial.names) }
      nameList.append(place)
    }
    (self.names, self.nameList) = (names, nameList)
    func used(_ column: (GroupShare) -> [Bool]) -> [[Bool]] {
      var used = [[Bool]](repeating: [], count: names.count)
      for (place, partial) in zip(nameList, partials) {
        let own = column(partial.groups)
        used[place] = used[place].isEmpty ? own : zip(used[place], own).map { $0 || $1 }
      }
      return used
    }
    let all = RankedNames.ranked(
      [names.map(\.users), names.map(\.addresses), names.map(\.devices), names.map(\.hosts)],
      isUsed: [used(\.usedUsers), used(\.usedAddresses), used(\.usedDevices), used(\.usedHosts)],
      parallel: parallel)
    (users, addresses, devices, hostNames) = (all[0], all[1], all[2], all[3])
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
    let ranks = names.indices.map { list in
      GroupRanks(
        users: users.ranks[list], hosts: hostNames.ranks[list].map { order.place[Int($0)] },
        addresses: addresses.ranks[list], devices: devices.ranks[list])
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
      parts = try GroupColumns.merged(
        partials, ranks: nameList.map { ranks[$0] }, layout: layout, parallel: parallel)
    } catch { throw .sumOverflow }
    return UsageRows(
      parts: parts, order: order, users: users.sorted, addresses: addresses.sorted,
      devices: devices.sorted, tags: AddressTagCodes(addresses, names))
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
