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
    for record in 0..<batch.count where batch.status[record] == RecordStatus.event.rawValue {
      let (user, number) = (Int(users[record]), numbers[record])
      guard number > 0, number < texts(kind).count, user > 0, user < names.users.count,
        VeiledNames.isPrivate(names.users.span(user))
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
    let number = texts(machine.kind).count
    var name = ByteStrings()
    name.append(texts(machine.kind), Int(machine.number))
    try write(name, machine.kind, machine.version, isVeiled: true)
    if machine.kind == .ip, let tags = rules.tags { tag(number, name.span(0), tags) }
    return UInt32(number)
  }
}
