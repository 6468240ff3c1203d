internal import ByteBlocks
internal import ByteKernels
internal import ClearRecords
internal import IdentityRules
internal import VeiledRecords

extension Veiler {
  /// Puts the form that stands for the person with a canonical name in its place; whether the
  /// directory knew it.
  func replaceByPerson(_ canonical: inout [UInt8]) -> Bool? {
    guard let people = rules.people else { return nil }
    guard let person = people.person(of: canonical) else { return false }
    canonical = person
    return true
  }

  /// Gives events without a user the one who had the address at that time.
  ///
  /// - Parameter records: those to be looked at; `nil`: all.
  mutating func assignUsers(
    _ batch: borrowing RecordBatch, _ records: [Int]?, _ version: Int,
    _ users: inout Buffer<UInt32>
  ) throws(VeilError) {
    guard let addresses = rules.addresses, batch.hasSources else { return }
    let people = known(.user).people(version)
    var new = newNames.take() ?? NewNames()
    new.begin(.user, version)
    let bytes = batch.block.memoryBytes
    for record in records ?? Array(0..<batch.count) where users[record] == NameNumber.none {
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
      let print = namePrint(.user, person.span)
      if let number = people.numbers.find(print) {
        users[record] = number
      } else if new.wait(record, for: print) {
        let name = NewNames.Name(print: print, isSpelling: false, mayBeSpelling: true, tag: 0)
        let isPrivate = rules.privateUsers?.contains(person) == true
        new.add(
          NewNames.Entry(nil, .name(name)), person.span,
          as: isPrivate ? .privateUser : .ofColumn)
      }
    }
    try give(new)
    for (place, number) in given.enumerated() {
      if case .name(let name) = new.entries[place].outcome {
        people.numbers.add(name.print, number)
      }
    }
    for (record, entry) in new.waiting { users[record] = given[entry] }
    newNames = consume new
  }
}
