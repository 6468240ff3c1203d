internal import ByteBlocks
internal import ByteKernels
internal import ClearRecords
internal import IdentityRules

/// Finds names of events' own users in their user agents, which some programs put there.
struct OwnNames: ~Copyable {
  /// Shorter ones are too often something else.
  private static let bytesMin = 4
  /// Names whose spellings are kept.
  private static let namesMax = 1 << 16

  /// Pairs of a user and an agent's number that were looked at, of which nothing was found: 63 bits
  /// of both, under a random key. Most lines are of such a pair; a table that is no longer near the
  /// processor costs more than the pairs that are looked at again.
  private var absentOnes = Buffer<UInt64>(count: 1 << pairBits)
  private static let pairBits = 15
  private let printKey = PrintKey()

  private var numbers = DictionaryTable()
  private var spellings: [[[UInt8]]] = []
  private var spellingBytes = 0
  /// What an array costs beside its bytes.
  private static let arrayBytes = 48

  /// Bytes of memory in use.
  var byteCount: Int { absentOnes.count * 8 + numbers.byteCount + spellingBytes }

  /// The records whose user agent holds the name, in order, and the agent with `@` in its place.
  ///
  /// What counts is the name without its realm, as a word of its own, whatever the case; where it
  /// may be spelt otherwise, all its spellings.
  ///
  /// - Parameter numbers: of the agents: 0 where there is none, or `PrintTable.absent`.
  mutating func inAgents(
    _ agents: borrowing Buffer<FieldRange>, _ numbers: borrowing Buffer<UInt32>,
    _ batch: borrowing RecordBatch, _ canonical: CanonicalNames
  ) -> [(record: Int, text: [UInt8])] {
    let bytes = batch.block.memoryBytes
    let users = printKey.prints(
      of: batch.users.span.extracting(0..<batch.count), column: 0, in: batch.block)
    var found: [(record: Int, text: [UInt8])] = []
    for record in 0..<batch.count {
      let (name, agent, number) = (batch.users[record], agents[record], numbers[record])
      guard name.count >= Self.bytesMin, number != 0 else { continue }
      let pair = users[record].low ^ UInt64(number) &* 0x9E37_79B9_7F4A_7C15 | 1
      let slot = Int(pair &>> (64 - Self.pairBits))
      if absentOnes[slot] == pair { continue }
      if let text = without(name, agent, bytes, canonical) {
        found.append((record, text))
      } else if number != PrintTable.absent {
        absentOnes[slot] = pair
      }
    }
    return found
  }

  /// `agent` with `@` in place of `name`; `nil` where it does not hold it. Letters that are escaped
  /// in it, as in `ann%61`, are not in the result.
  private mutating func without(
    _ name: FieldRange, _ agent: FieldRange, _ bytes: Span<UInt8>, _ canonical: CanonicalNames
  ) -> [UInt8]? {
    let name = bytes.extracting(Int(name.start)..<Int(name.end))
    let agent = bytes.extracting(Int(agent.start)..<Int(agent.end))
    guard let undone = UnescapedText(agent, agent.indices) else {
      return without(name, agent, canonical)
    }
    return without(name, undone.bytes.span, canonical)
  }

  private mutating func without(
    _ name: Span<UInt8>, _ agent: Span<UInt8>, _ canonical: CanonicalNames
  ) -> [UInt8]? {
    if let bare = NameSpellings.bareAlone(name) {
      return bare.count >= Self.bytesMin ? Self.without(name.extracting(bare), agent) : nil
    }
    var text: [UInt8]?
    for spelling in spellings(of: name, canonical) {
      if let before = text {
        text = Self.without(spelling.span, before.span) ?? before
      } else {
        text = Self.without(spelling.span, agent)
      }
    }
    return text
  }

  /// All spellings of a name, the longest first.
  private mutating func spellings(
    of name: Span<UInt8>, _ canonical: CanonicalNames
  ) -> [[UInt8]] {
    if let known = numbers.find(name) { return spellings[Int(known)] }
    if spellings.count >= Self.namesMax {
      numbers = DictionaryTable()
      spellings = []
      spellingBytes = 0
    }
    let all = NameSpellings.all(of: name, bytesMin: Self.bytesMin, canonical).map(\.bytes)
      .sorted { $0.count > $1.count }
    numbers.add(name, UInt32(spellings.count))
    spellings.append(all)
    spellingBytes += all.reduce(Self.arrayBytes) { $0 + $1.count + Self.arrayBytes }
    return all
  }

  private static func without(_ name: Span<UInt8>, _ agent: Span<UInt8>) -> [UInt8]? {
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
