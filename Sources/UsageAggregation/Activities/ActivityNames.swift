internal import ByteBlocks
package import VeiledRecords

/// What the numbers of one worker stand for.
package struct ActivityNames: Sendable {
  package let names: VeiledNames
  package let details: DetailNames

  package init(names: VeiledNames, details: DetailNames) {
    self.names = names
    self.details = details
  }

  /// The same numbers, but only those names that chunks of `worker` have; `nil`: there is no such
  /// chunk.
  package func keeping(_ chunks: [ActivityChunk], of worker: Int) -> ActivityNames? {
    let chunks = chunks.filter { $0.worker == worker }
    guard !chunks.isEmpty else { return nil }
    var names = names
    var details = details
    names.users = Self.kept(names.users, chunks) { $0.users }
    names.addresses = Self.kept(names.addresses, chunks) { $0.addresses }
    names.devices = Self.kept(names.devices, chunks) { $0.devices }
    names.hosts = Self.kept(names.hosts, chunks) { $0.hosts }
    details.methods = Self.kept(details.methods, chunks) { $0.methods }
    details.agents = Self.kept(details.agents, chunks) { $0.agents }
    return ActivityNames(names: names, details: details)
  }

  private static func kept(
    _ names: ByteStrings, _ chunks: [ActivityChunk], _ numbers: (ActivityChunk.Columns) -> [UInt32]
  ) -> ByteStrings {
    var isUsed = [Bool](repeating: false, count: names.count)
    for chunk in chunks { for number in numbers(chunk.columns) { isUsed[Int(number)] = true } }
    var kept = ByteStrings()
    for number in 0..<names.count {
      if isUsed[number] { kept.append(names, number) } else { kept.append("") }
    }
    return kept
  }
}
