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

  /// No names.
  package init() {
    users = ByteStrings([""])
    addresses = ByteStrings([""])
    devices = ByteStrings([""])
    hosts = ByteStrings([""])
  }
}
