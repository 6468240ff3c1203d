internal import ByteBlocks
internal import ClearRecords
internal import IdentityRules
internal import VeiledRecords

extension Veiler {
  /// The form that stands for the person with a canonical name; counts what the directory knows.
  mutating func person(_ canonical: [UInt8]) -> [UInt8] {
    guard let people = rules.people else { return canonical }
    guard let person = people.person(of: canonical) else {
      unmappedNames += 1
      return canonical
    }
    mappedNames += 1
    return person
  }

  /// Gives events without a user the one who had the address at that time.
  ///
  /// - Parameter records: those to be looked at; `nil`: all.
  mutating func assignUsers(
    _ batch: borrowing RecordBatch, _ records: [Int]?, _ version: Int,
    _ users: inout Buffer<UInt32>
  ) throws(VeilError) {
    guard let addresses = rules.addresses, batch.hasSources else { return }
    let tables = tables(.user, version)
    var newNames = NewNames(kind: .user, version: version, firstNumber: texts(.user).count)
    let bytes = batch.block.memoryBytes
    for record in records ?? Array(0..<batch.count) where users[record] == NameTables.none {
      guard batch.status[record] == RecordStatus.event.rawValue else { continue }
      let field = batch.sources[record]
      let raw = bytes.extracting(Int(field.start)..<Int(field.end))
      guard let address = CanonicalAddress(raw),
        let person = addresses.person(at: address, batch.times[record])
      else { continue }
      if let place = verdict(on: person, .user) {
        users[record] = place
        continue
      }
      users[record] = tables.number(
        of: person.span, namePrint(.user, person.span), isSpelling: false, orAdd: &newNames,
        isPrivate: rules.privateUsers?.contains(person) == true
      ) {
        var again: [UInt8] = []
        return rules.canonical.canonicalise(person.span, into: &again) == .name && again == person
      }
    }
    try flush(&newNames)
  }
}
