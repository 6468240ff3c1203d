package import ByteBlocks

/// What the activity log shows of the events of one block beyond their groups, an entry a record.
package struct VeiledDetails: ~Copyable {
  /// Line in the block, from 0.
  package var lines: Buffer<UInt32>
  /// Numbers in the `DetailNames` of the thread; 0: none.
  package var methods, agents: Buffer<UInt32>
  /// Statuses of HTTP; 0: none.
  package var statuses: Buffer<Int16>

  /// Nothing of `count` records.
  package init(count: Int) {
    lines = Buffer(count: count)
    methods = Buffer(count: count)
    agents = Buffer(count: count)
    statuses = Buffer(count: count)
  }
}

/// What the numbers of details stand for. Number 0 is none; its text is empty.
package struct DetailNames: Sendable {
  package var methods = ByteStrings([""])
  package var agents = ByteStrings([""])

  package init() {}
}
