internal import ByteBlocks
internal import ClearRecords
internal import IdentityRules
internal import VeiledRecords

extension Veiler {
  private static func column(_ kind: IdentityKind?) -> ScopeRules.Column {
    switch kind {
    case .user, .privateUser: .user
    case .ip: .address
    case .machine: .device
    case nil: .host
    }
  }

  /// The number of a name whose events are left out; `nil`: they are taken.
  func verdict(on name: [UInt8], _ kind: IdentityKind?) -> UInt32? {
    guard let place = rules.scope?.verdict(Self.column(kind), name) else { return nil }
    return NameNumber.excludedFirst + UInt32(place)
  }

  /// The same of a pseudonym that a log holds in place of a name.
  mutating func verdict(onPseudonym raw: Span<UInt8>, _ kind: IdentityKind) -> UInt32? {
    guard rules.scope != nil, let name = try? encryptor.reveal(raw) else { return nil }
    return verdict(on: name, kind)
  }

  /// Leaves out events by the numbers of their names; counts them by the place of the rule.
  func leaveOut(
    _ batch: inout RecordBatch, _ users: borrowing Buffer<UInt32>,
    _ addresses: borrowing Buffer<UInt32>, _ devices: borrowing Buffer<UInt32>,
    _ hosts: borrowing Buffer<UInt32>
  ) -> [Int: Int] {
    guard let scope = rules.scope else { return [:] }
    var counts: [Int: Int] = [:]
    // What an event without a user, an address … is taken for.
    let nobody = ScopeRules.Column.allCases.map { scope.verdict($0, []) }
    for record in 0..<batch.count where batch.status[record] == RecordStatus.event.rawValue {
      let numbers = [users[record], addresses[record], devices[record], hosts[record]]
      for (column, number) in numbers.enumerated() {
        let place =
          number == NameNumber.none
          ? nobody[column]
          : number >= NameNumber.excludedFirst && number < NameNumber.refused
            ? Int(number - NameNumber.excludedFirst) : nil
        guard let place else { continue }
        batch.leaveOut(record)
        counts[place, default: 0] += 1
        break
      }
    }
    return counts
  }
}
