internal import ByteBlocks
internal import CKernels

/// How many numbers there are of each kind of name.
public struct NameCounts: Equatable, Sendable {
  /// One more than the highest number.
  public let users, hosts, addresses, devices: Int

  /// Counts of a share's names, the one of "none" among them.
  public init(users: Int, hosts: Int, addresses: Int, devices: Int) {
    self.users = users
    self.hosts = hosts
    self.addresses = addresses
    self.devices = devices
  }
}

/// For each number of a share's names its rank among the names of all shares.
public struct GroupRanks: Sendable {
  /// By number.
  public let users, hosts, addresses, devices: [UInt32]

  /// Ranks of the four kinds of names.
  public init(users: [UInt32], hosts: [UInt32], addresses: [UInt32], devices: [UInt32]) {
    self.users = users
    self.hosts = hosts
    self.addresses = addresses
    self.devices = devices
  }

  var counts: NameCounts {
    NameCounts(
      users: users.count, hosts: hosts.count, addresses: addresses.count, devices: devices.count)
  }
}

/// Finished groups of one share, whose numbers are known to stand for something.
public final class GroupShare: Sendable {
  /// How many names the numbers stand for.
  public let counts: NameCounts
  /// Which numbers the groups have.
  public let usedUsers, usedHosts, usedAddresses, usedDevices: [Bool]
  /// The days of the groups, since 1970; empty without groups.
  public let days: Range<Int>
  private let table: GroupTable

  /// Number of groups.
  public var count: Int { table.count }

  /// Takes the groups over; nobody adds to them any more.
  ///
  /// - Precondition: every number in a group is below the count of its kind.
  /// - Complexity: one pass over the groups.
  public init(_ groups: consuming GroupTable, names counts: NameCounts) {
    groups.finish()
    var users = [Bool](repeating: false, count: counts.users)
    var hosts = [Bool](repeating: false, count: counts.hosts)
    var addresses = [Bool](repeating: false, count: counts.addresses)
    var devices = [Bool](repeating: false, count: counts.devices)
    days = Self.mark(groups, counts, &users, &hosts, &addresses, &devices)
    table = groups
    self.counts = counts
    (usedUsers, usedHosts, usedAddresses, usedDevices) = (users, hosts, addresses, devices)
  }

  private static func mark(
    _ groups: borrowing GroupTable, _ counts: NameCounts, _ users: inout [Bool],
    _ hosts: inout [Bool], _ addresses: inout [Bool], _ devices: inout [Bool]
  ) -> Range<Int> {
    var (first, last) = (UInt16.max, UInt16.min)
    var bounds = ck_name_counts(
      users: counts.users, hosts: counts.hosts, addresses: counts.addresses,
      devices: counts.devices)
    // SAFETY: each list of marks is as long as its count, which no number reaches that is marked;
    // a Bool is a byte, which becomes 1.
    let isBounded = unsafe users.withUnsafeMutableBytes { users in
      unsafe hosts.withUnsafeMutableBytes { hosts in
        unsafe addresses.withUnsafeMutableBytes { addresses in
          unsafe devices.withUnsafeMutableBytes { devices in
            var marks = unsafe ck_name_marks(
              users: users.baseAddress?.assumingMemoryBound(to: UInt8.self),
              hosts: hosts.baseAddress?.assumingMemoryBound(to: UInt8.self),
              addresses: addresses.baseAddress?.assumingMemoryBound(to: UInt8.self),
              devices: devices.baseAddress?.assumingMemoryBound(to: UInt8.self))
            return unsafe ck_group_used(
              groups.kernelGroups, groups.count, &bounds, &marks, &first, &last)
          }
        }
      }
    }
    precondition(isBounded != 0, "A group has a number that stands for nothing.")
    return groups.count == 0 ? 0..<0 : Int(first)..<Int(last) + 1
  }

  /// Where the groups are, while the share lives.
  @unsafe var kernelGroups: UnsafePointer<ck_group> { unsafe table.kernelGroups }
}
