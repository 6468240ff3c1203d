internal import ByteBlocks
internal import ByteKernels
internal import ClearRecords

/// Finds names of events' own users in their user agents, which some programs put there.
enum OwnNames {
  /// Shorter ones are too often something else.
  private static let bytesMin = 4

  /// The records whose user agent holds the name, in order, and the agent with `@` in its place.
  ///
  /// What counts is the name without its realm, as a word of its own, whatever the case.
  static func inAgents(
    _ agents: borrowing Buffer<FieldRange>, _ batch: borrowing RecordBatch
  ) -> [(record: Int, text: [UInt8])] {
    let bytes = batch.block.memoryBytes
    var found: [(record: Int, text: [UInt8])] = []
    var (lastName, lastAgent) = (FieldRange.missing, FieldRange.missing)
    var lastText: [UInt8]?
    for record in 0..<batch.count {
      let (name, agent) = (bare(batch.users[record], bytes), agents[record])
      guard name.end - name.start >= bytesMin, agent.end - agent.start >= bytesMin else { continue }
      // Most lines have the user and the agent of the one before.
      if !isSame(name, lastName, bytes) || !isSame(agent, lastAgent, bytes) {
        (lastName, lastAgent) = (name, agent)
        lastText = without(name, agent, bytes)
      }
      if let lastText { found.append((record, lastText)) }
    }
    return found
  }

  /// `anna` of `CORP\anna` and of `anna@corp.example`.
  private static func bare(_ user: FieldRange, _ bytes: Span<UInt8>) -> FieldRange {
    var (name, place) = (user, user.start)
    while place < user.end {
      switch bytes[Int(place)] {
      case UInt8(ascii: "\\"), UInt8(ascii: "/"): name.start = place + 1
      case UInt8(ascii: "@") where place > name.start:
        name.end = place
        return name
      default: break
      }
      place += 1
    }
    return name
  }

  private static func isSame(_ a: FieldRange, _ b: FieldRange, _ bytes: Span<UInt8>) -> Bool {
    a == b
      || compareBytes(
        bytes.extracting(Int(a.start)..<Int(a.end)), bytes.extracting(Int(b.start)..<Int(b.end)))
        == 0
  }

  /// `agent` with `@` in place of `name`; `nil` where it does not hold it.
  private static func without(
    _ name: FieldRange, _ agent: FieldRange, _ bytes: Span<UInt8>
  ) -> [UInt8]? {
    let name = bytes.extracting(Int(name.start)..<Int(name.end))
    let agent = bytes.extracting(Int(agent.start)..<Int(agent.end))
    var (text, copied): ([UInt8], Int) = ([], 0)
    while let place = ByteSearch.word(name, in: agent, agent.indices, from: copied) {
      for index in copied..<place { text.append(agent[index]) }
      text.append(UInt8(ascii: "@"))
      copied = place + name.count
    }
    guard copied > 0 else { return nil }
    for index in copied..<agent.count { text.append(agent[index]) }
    return text
  }
}
