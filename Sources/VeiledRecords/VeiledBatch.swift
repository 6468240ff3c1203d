package import ByteBlocks
package import ByteKernels

/// The events of one block past the veil: numbers of names instead of names.
///
/// Users, hosts, source addresses and devices are numbers in the `VeiledNames` of the thread that
/// made the batch.
package struct VeiledBatch: ~Copyable {
  /// Events, and records that are none by their status.
  package var events: EventColumns
  /// What the block's lines were.
  package var counts: LineCounts
  /// Lines that were refused, in the order they were found.
  package var rejects: [RejectedLine]
  /// How many events each rule has left out, by the rule's place.
  package var leftOut: [Int: Int] = [:]

  package init(
    events: consuming EventColumns, counts: LineCounts, rejects: [RejectedLine]
  ) {
    self.events = events
    self.counts = counts
    self.rejects = rejects
  }
}

/// What the numbers of one thread's batches stand for: texts as the tables show them.
///
/// Number 0 is "none" in every list; its text is empty.
package struct VeiledNames: Sendable {
  /// Pseudonyms, or names where the run does not pseudonymise.
  package var users: ByteStrings
  /// Pseudonyms, or canonical addresses.
  package var addresses: ByteStrings
  /// Pseudonyms, or canonical machine names.
  package var devices: ByteStrings
  /// Canonical hosts.
  package var hosts: ByteStrings
  /// By the number of an address its range's tag: a place in `tags` from 1 on, 0 for none. Empty
  /// where no range has a tag.
  package var addressTags: [UInt16] = []
  /// What networks are called.
  package var tags: [String] = []

  /// No names.
  package init() {
    users = ByteStrings([""])
    addresses = ByteStrings([""])
    devices = ByteStrings([""])
    hosts = ByteStrings([""])
  }
}

extension VeiledNames {
  /// Whether both are the same names in the same memory, as copies are; others may be equal, too.
  package func isSame(as other: VeiledNames) -> Bool {
    users.isSame(as: other.users) && addresses.isSame(as: other.addresses)
      && devices.isSame(as: other.devices) && hosts.isSame(as: other.hosts)
  }

  /// The tag of an address.
  package func tag(ofAddress number: Int) -> String? {
    guard number < addressTags.count, addressTags[number] > 0 else { return nil }
    return tags[Int(addressTags[number]) - 1]
  }

  /// Whether a user's text is the pseudonym of somebody whose activities are private: `p`, a key
  /// version, `-`, and as much behind it as the shortest pseudonym has.
  package static func isPrivate(_ user: Span<UInt8>) -> Bool {
    guard user.count >= 55, user[0] == UInt8(ascii: "p") else { return false }
    var place = 1
    while place < user.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(user[place]) {
      place += 1
    }
    return place > 1 && place <= 7 && user[place] == UInt8(ascii: "-")
  }

  /// Which of some users are private, by their places.
  package static func privateOnes(of users: ByteStrings) -> [Bool] {
    (0..<users.count).map { isPrivate(users.span($0)) }
  }
}
