internal import ByteBlocks
internal import ByteKernels
package import ClearRecords
package import IdentityRules
package import VeiledRecords

/// Numbers what the activity log shows of an event beyond its group: method, status, user agent.
///
/// These are no names, but a user agent may hold one: what looks like a mail address in it, and
/// the name of the event's own user, become `@`. One per thread.
package struct DetailNumbers: ~Copyable {
  /// What the numbers stand for; 0 is none.
  package private(set) var names = DetailNames()
  private let printKey = PrintKey()
  private var methods = PrintTable()
  private var agents = PrintTable()
  private var ownNames = OwnNames()

  package init() {}

  /// Bytes of memory in use.
  package var byteCount: Int {
    methods.byteCount + agents.byteCount + names.methods.byteCount + names.agents.byteCount
      + ownNames.byteCount
  }

  /// The details of a batch that was parsed with them.
  package mutating func number(
    _ batch: borrowing RecordBatch, _ canonical: CanonicalNames
  ) -> VeiledDetails {
    var details = VeiledDetails(count: batch.count)
    for record in 0..<batch.count { details.lines[record] = batch.lines[record] }
    switch batch.details {
    case .some(let fields):
      let all = 0..<batch.count
      let methodPrints = printKey.prints(
        of: fields.methods.span.extracting(all), column: 0, in: batch.block)
      if methods.find(methodPrints, values: &details.methods) > 0 {
        Self.add(
          fields.methods, methodPrints, batch, &methods, &names.methods, &details.methods,
          Self.method)
      }
      let agentPrints = printKey.prints(
        of: fields.userAgents.span.extracting(all), column: 0, in: batch.block)
      let newAgents = agents.find(agentPrints, values: &details.agents)
      let own =
        batch.hasUsers
        ? ownNames.inAgents(fields.userAgents, details.agents, batch, canonical) : []
      if newAgents > 0 {
        Self.add(
          fields.userAgents, agentPrints, batch, &agents, &names.agents, &details.agents,
          Self.agent, but: own.map(\.record))
      }
      for (record, text) in own {
        let print = printKey.namePrint(of: text.span, column: 0)
        details.agents[record] = Self.number(
          of: text.span, print, &agents, &names.agents, Self.agent)
      }
      let bytes = batch.block.memoryBytes
      for record in 0..<batch.count {
        let field = fields.statuses[record]
        details.statuses[record] = Self.status(
          bytes.extracting(Int(field.start)..<Int(field.end)))
      }
    case nil: break
    }
    return details
  }

  /// Adds fields that are absent in `table`, but those of some records.
  private static func add(
    _ fields: borrowing Buffer<FieldRange>, _ prints: borrowing Buffer<EventPrint>,
    _ batch: borrowing RecordBatch, _ table: inout PrintTable, _ texts: inout ByteStrings,
    _ numbers: inout Buffer<UInt32>, _ tidy: (Span<UInt8>) -> [UInt8]?, but others: [Int] = []
  ) {
    let bytes = batch.block.memoryBytes
    var other = 0
    for record in 0..<batch.count {
      if other < others.count, others[other] == record {
        other += 1
      } else if numbers[record] == PrintTable.absent {
        let field = bytes.extracting(Int(fields[record].start)..<Int(fields[record].end))
        numbers[record] = number(of: field, prints[record], &table, &texts, tidy)
      }
    }
  }

  private static func number(
    of field: Span<UInt8>, _ print: EventPrint, _ table: inout PrintTable,
    _ texts: inout ByteStrings, _ tidy: (Span<UInt8>) -> [UInt8]?
  ) -> UInt32 {
    if let known = table.find(print) { return known }
    var number: UInt32 = 0
    if let text = tidy(field) {
      number = UInt32(texts.count)
      texts.append(bytes: text)
    }
    table.add(print, number)
    return number
  }

  private static func isNone(_ field: Span<UInt8>) -> Bool {
    field.isEmpty || (field.count == 1 && field[0] == UInt8(ascii: "-"))
  }

  /// A method is a known word; all else is none, as it may be anything, also a name.
  private static func method(_ field: Span<UInt8>) -> [UInt8]? {
    RequestMethod.isKnown(field) ? field.indices.map { field[$0] } : nil
  }

  /// Bytes of a user agent that are kept.
  private static let agentBytesMax = 512

  private static func agent(_ field: Span<UInt8>) -> [UInt8]? {
    if isNone(field) { return nil }
    var bytes = field.indices.prefix(agentBytesMax).map { field[$0] }
    if bytes.contains(UInt8(ascii: "@")) || bytes.contains(UInt8(ascii: "%")) {
      bytes = withoutAddresses(bytes)
    }
    return bytes.allSatisfy { $0 < 0x80 }
      ? bytes : Array(String(decoding: bytes, as: UTF8.self).utf8)
  }

  /// Words with an `@`, also written `%40`, become `@`.
  private static func withoutAddresses(_ bytes: [UInt8]) -> [UInt8] {
    let ends = Array(" +;,()<>\"'=".utf8)
    var tidy: [UInt8] = []
    var word: [UInt8] = []
    func isAddress() -> Bool {
      word.contains(UInt8(ascii: "@"))
        || String(decoding: word, as: UTF8.self).contains("%40")
    }
    for byte in bytes + [0] {
      guard byte == 0 || ends.contains(byte) else {
        word.append(byte)
        continue
      }
      tidy += isAddress() ? [UInt8(ascii: "@")] : word
      word = []
      if byte != 0 { tidy.append(byte) }
    }
    return tidy
  }

  /// A status of HTTP, also behind the slash of Squid's `TCP_MISS/200`; 0: none.
  private static func status(_ field: Span<UInt8>) -> Int16 {
    var value: Int16 = 0
    var place = field.count
    var power: Int16 = 1
    while place > 0, field[place - 1] != UInt8(ascii: "/") {
      let digit = field[place - 1] &- UInt8(ascii: "0")
      guard digit < 10, power <= 100 else { return 0 }
      value += Int16(digit) * power
      power *= 10
      place -= 1
    }
    return value
  }
}
