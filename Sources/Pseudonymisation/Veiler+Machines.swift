internal import ByteBlocks
internal import ClearRecords
internal import VeiledRecords

/// An address or a device that stays readable, by its number, and the key version of its event.
struct ReadableMachine: Hashable {
  let kind: IdentityKind
  let number: UInt32
  let version: Int
}

extension Veiler {
  /// Whether private people could be found by what stays readable beside their pseudonyms.
  var hidesMachines: Bool { !rules.machines && rules.privateUsers != nil }

  /// Puts pseudonyms in the place of a column's readable names where the user is private.
  ///
  /// - Parameters:
  ///   - kind: of the column.
  ///   - users: numbers of the users.
  mutating func hideMachines(
    _ kind: IdentityKind, _ batch: borrowing RecordBatch, of users: borrowing Buffer<UInt32>,
    _ numbers: inout Buffer<UInt32>
  ) throws(VeilError) {
    let isPrivate = shared.list(of: .user).arePrivate(users)
    for record in 0..<batch.count where isPrivate[record] {
      let number = numbers[record]
      guard batch.status[record] == RecordStatus.event.rawValue, number != NameNumber.none,
        number < NameNumber.excludedFirst
      else { continue }
      let machine = ReadableMachine(
        kind: kind, number: number, version: keyVersion(at: batch.times[record]))
      if let known = hidden[machine] {
        numbers[record] = known
      } else {
        numbers[record] = try hide(machine)
        hidden[machine] = numbers[record]
      }
    }
  }

  private mutating func hide(_ machine: ReadableMachine) throws(VeilError) -> UInt32 {
    let list = shared.list(of: machine.kind)
    let name = list.text(machine.number)
    var names = ByteStrings()
    names.append(bytes: name.span)
    newTexts.removeAll()
    try encryptor.encrypt(
      names, kind: machine.kind, version: machine.version, into: &newTexts)
    return list.add(newTexts.span(0), tag: tag(of: name.span, machine.kind))
  }
}
