internal import ByteBlocks
internal import ByteKernels
internal import ClearRecords
internal import IdentityRules
internal import VeiledRecords

extension Veiler {
  /// Gives the names that nobody saw before their numbers.
  mutating func learn(
    _ kind: IdentityKind?, _ version: Int, _ fields: borrowing Buffer<FieldRange>,
    _ prints: borrowing Buffer<EventPrint>, _ block: borrowing Block,
    _ numbers: inout Buffer<UInt32>
  ) throws(VeilError) {
    let bytes = block.memoryBytes
    var new = newNames.take() ?? NewNames()
    new.begin(kind, version)
    for place in 0..<numbers.count where numbers[place] == PrintTable.absent {
      guard new.wait(place, for: prints[place]) else { continue }
      meet(
        bytes.extracting(Int(fields[place].start)..<Int(fields[place].end)), prints[place], &new)
    }
    try give(new)
    for (place, entry) in new.waiting { numbers[place] = given[entry] }
    newNames = consume new
  }

  /// Adds a name as it stands in the log, which nobody has met before.
  private mutating func meet(_ raw: Span<UInt8>, _ spelling: EventPrint, _ new: inout NewNames) {
    var canonical = self.canonical
    self.canonical = []
    defer { self.canonical = canonical }
    switch canonicalForm(of: raw, new.kind, into: &canonical) {
    case .none: new.add(NewNames.Entry(spelling, .number(NameNumber.none)))
    case .refused: new.add(NewNames.Entry(spelling, .number(NameNumber.refused)))
    case .pseudonym: meet(pseudonym: raw, spelling, &new)
    case .name:
      let kind = new.kind
      let isMapped = kind == .user ? replaceByPerson(&canonical) : nil
      if let number = verdict(on: canonical, kind) {
        return new.add(NewNames.Entry(spelling, .number(number), isMapped: isMapped))
      }
      let isSpelling = compareBytes(raw, canonical.span) == 0
      let name = NewNames.Name(
        print: isSpelling ? spelling : namePrint(kind, canonical.span), isSpelling: isSpelling,
        mayBeSpelling: true, tag: tag(of: canonical.span, kind))
      let isPrivate = kind == .user && rules.privateUsers?.contains(canonical) == true
      new.add(
        NewNames.Entry(spelling, .name(name), isMapped: isMapped), canonical.span,
        as: isPrivate ? .privateUser : .ofColumn)
    }
  }

  /// The same of what looks like a pseudonym.
  private mutating func meet(
    pseudonym raw: Span<UInt8>, _ spelling: EventPrint, _ new: inout NewNames
  ) {
    guard let kind = new.kind, encryptor.verify(raw, as: kind) else {
      return new.add(NewNames.Entry(spelling, .number(NameNumber.refused)))
    }
    if let number = verdict(onPseudonym: raw, kind) {
      return new.add(NewNames.Entry(spelling, .number(number)))
    }
    if let name = privateName(behind: raw, kind) {
      let form = NewNames.Name(
        print: namePrint(kind, name.span), isSpelling: false, mayBeSpelling: false, tag: 0)
      return new.add(NewNames.Entry(spelling, .name(form)), name.span, as: .privateUser)
    }
    var number: UInt16 = 0
    if kind == .ip, rules.tags != nil, let name = try? encryptor.reveal(raw) {
      number = tag(of: name.span, kind)
    }
    new.add(NewNames.Entry(spelling, .asWritten(tag: number)), raw, as: .asWritten)
  }

  /// Gives new names their texts and their numbers, which are then `given`.
  mutating func give(_ new: borrowing NewNames) throws(VeilError) {
    try write(new)
    var numbers = given
    given = []
    shared.list(of: new.kind).add(new, texts: newTexts, numbers: &numbers) { text in
      isOwnForm(new.names.span(text), new.kind)
    }
    given = numbers
  }

  /// Whether a name, as a spelling, has itself for its canonical form.
  private func isOwnForm(_ name: Span<UInt8>, _ kind: IdentityKind?) -> Bool {
    var again: [UInt8] = []
    return canonicalForm(of: name, kind, into: &again) == .name
      && compareBytes(name, again.span) == 0
  }

  private enum Form { case name, none, refused, pseudonym }

  private func canonicalForm(
    of raw: Span<UInt8>, _ kind: IdentityKind?, into canonical: inout [UInt8]
  ) -> Form {
    if let kind, rules.veil(kind), PseudonymText.looksLikeOne(raw) { return .pseudonym }
    guard let kind else {
      // A line without a host is no event, unless its format does not need one.
      if raw.isEmpty { return .none }
      return HostName.canonicalise(raw, into: &canonical) ? .name : .refused
    }
    let isDash = raw.isEmpty || (raw.count == 1 && raw[0] == UInt8(ascii: "-"))
    switch rules.canonical.canonicalise(raw, kind: kind, into: &canonical) {
    case .name: return .name
    case .nobody: return kind == .ip && !isDash && !Self.isHostName(raw) ? .refused : .none
    }
  }

  /// Whether a source that is no address has letters that none has: it is a name, and the event
  /// counts without it. Parsers of tables leave it where it stands.
  private static func isHostName(_ raw: Span<UInt8>) -> Bool {
    raw.indices.contains { (raw[$0] | 0x20) &- UInt8(ascii: "g") < 20 }
  }
}
