package import ByteBlocks
package import ByteKernels
package import ClearRecords
package import IdentityRules
package import VeiledRecords

/// Takes the names out of a batch of records; one per thread.
///
/// This is the wall: the batch that goes in is consumed, and what comes out holds numbers that
/// stand for pseudonyms. Each distinct name is put into its canonical form and encrypted once, by
/// the veiler that meets it first; after that a name costs a hash and a comparison.
package struct Veiler: ~Copyable {
  /// What becomes a pseudonym, and what stays readable.
  package struct Rules: Sendable {
    /// Users become pseudonyms.
    package var users: Bool
    /// Machines and source addresses become pseudonyms.
    package var machines: Bool
    /// How names are brought into their canonical form.
    package var canonical: CanonicalNames
    /// People whose activities are private: always pseudonyms, of a kind of their own; `nil`:
    /// nobody's are.
    package var privateUsers: GroupMembers?
    /// Who is who; `nil`: each name is somebody of its own.
    package var people: PersonMap?
    /// Whose an address was, for events without a user; `nil`: nobody's.
    package var addresses: AddressMap?
    /// What is left out; `nil`: nothing.
    package var scope: ScopeRules?
    /// What networks are called; `nil`: nothing.
    package var tags: AddressTags?

    package init(users: Bool = true, machines: Bool = true, canonical: CanonicalNames) {
      self.users = users
      self.machines = machines
      self.canonical = canonical
    }
  }

  let rules: Rules
  /// What the numbers stand for, those of other veilers as well.
  private(set) var shared: SharedNames
  var encryptor: NameEncryptor
  private var users, addresses, devices, hosts: KnownNumbers
  /// New names, their texts and their numbers: the memory for them.
  var newNames: NewNames?
  var newTexts = ByteStrings()
  var given: [UInt32] = []
  /// Pseudonyms that take the place of readable names in the rows of private people.
  var hidden: [ReadableMachine: UInt32] = [:]
  /// The canonical form of one name.
  var canonical: [UInt8] = []

  /// A veiler under the newest of `keyring`'s keys, or the one of the event's day.
  ///
  /// - Parameter shared: numbers that veilers under the same rules share; `nil`: its own.
  package init(_ keyring: Keyring, rules: Rules, shared: SharedNames? = nil) {
    self.rules = rules
    let shared = shared ?? SharedNames(veilers: 1)
    self.shared = shared
    (users, addresses, devices, hosts) = Self.known(shared)
    encryptor = NameEncryptor(keyring)
  }

  /// What the numbers of the batches stand for by now.
  package var names: VeiledNames { shared.names(tags: rules.tags?.names ?? []) }

  /// No names yet, for all veilers that share these to start anew with.
  package var namesAnew: SharedNames { shared.anew() }

  /// Spellings of users that the directory knew, and that it did not know, each once, of all
  /// veilers that share their numbers.
  package var directoryNames: (mapped: Int, unmapped: Int) { shared.directoryNames }

  /// Whether the user of an event may depend on its time.
  package var givesUsersByTime: Bool { rules.addresses != nil }

  /// How names are brought into their canonical form.
  package var canonicalNames: CanonicalNames { rules.canonical }

  /// Bytes of memory in use, with its part of what is shared.
  package var byteCount: Int {
    users.byteCount + addresses.byteCount + devices.byteCount + hosts.byteCount
      + shared.byteCountShare
  }

  /// Forgets all names, and hands out what the numbers stood for until now.
  ///
  /// Nothing that was numbered before may be added to.
  ///
  /// - Parameter shared: `namesAnew` of one of those that share them.
  package mutating func startAnew(_ shared: SharedNames) -> VeiledNames {
    defer { self.shared = shared }
    (users, addresses, devices, hosts) = Self.known(shared)
    hidden = [:]
    return names
  }

  /// The events of `batch` without names.
  ///
  /// Events whose address or host cannot be one, or whose name is a pseudonym of somebody else,
  /// become rejects.
  package mutating func veil(_ batch: consuming RecordBatch) throws(VeilError) -> VeiledBatch {
    try veil(batch, records: nil)
  }

  /// The same, when the names of most events need not be known: only those of `places.absent` get
  /// numbers, the others get 0.
  package mutating func veil(
    _ batch: consuming RecordBatch, namesOf places: borrowing GroupPlaces
  ) throws(VeilError) -> VeiledBatch {
    // Where most are wanted, it is faster to number all.
    if places.absentCount * 4 > batch.count * 3 { return try veil(batch, records: nil) }
    return try veil(batch, records: (0..<places.absentCount).map { Int(places.absent[$0]) })
  }

  /// What tells events apart without their names: the same day, action and names, as they stand in
  /// the log, give the same print in all batches of this veiler.
  package func prints(of batch: borrowing RecordBatch) -> Buffer<EventPrint> {
    let key = shared.printKey
    var prints = key.prints(times: batch.times, actions: batch.actions, count: batch.count)
    let all = 0..<batch.count
    key.add(batch.hosts.span.extracting(all), column: 0, in: batch.block, to: &prints)
    if batch.hasUsers {
      key.add(batch.users.span.extracting(all), column: 1, in: batch.block, to: &prints)
    }
    if batch.hasSources {
      key.add(batch.sources.span.extracting(all), column: 2, in: batch.block, to: &prints)
    }
    if batch.hasDevices {
      key.add(batch.devices.span.extracting(all), column: 3, in: batch.block, to: &prints)
    }
    return prints
  }

  private mutating func veil(
    _ batch: consuming RecordBatch, records: [Int]?
  ) throws(VeilError) -> VeiledBatch {
    let versions = liveVersions(of: &batch)
    var users = Buffer<UInt32>(count: batch.count)
    var addresses = Buffer<UInt32>(count: batch.count)
    var devices = Buffer<UInt32>(count: batch.count)
    var hosts = Buffer<UInt32>(count: batch.count)
    for version in versions {
      let records =
        versions.count == 1 ? records : self.records(of: version, in: batch, among: records)
      if batch.hasUsers {
        try number(.user, batch.users, records, version, batch.block, &users)
      }
      if rules.addresses != nil { try assignUsers(batch, records, version, &users) }
      if batch.hasSources {
        try number(.ip, batch.sources, records, version, batch.block, &addresses)
      }
      if batch.hasDevices {
        try number(.machine, batch.devices, records, version, batch.block, &devices)
      }
    }
    try number(nil, batch.hosts, records, 0, batch.block, &hosts)
    refuse(&batch, records, users, .foreignPseudonym, .user)
    refuse(&batch, records, addresses, .badAddress, .sourceAddress)
    refuse(&batch, records, devices, .foreignPseudonym, .device)
    refuse(&batch, records, hosts, .badHost, .host)
    let leftOut = leaveOut(&batch, users, addresses, devices, hosts)
    if hidesMachines {
      try hideMachines(.ip, batch, of: users, &addresses)
      try hideMachines(.machine, batch, of: users, &devices)
    }
    var veiled = batch.veiled(
      users: users, hosts: hosts, addresses: addresses, devices: devices)
    veiled.leftOut = leftOut
    return veiled
  }
}

extension Veiler {
  /// The key versions of the events' days; events of destroyed ones become rejects.
  private func liveVersions(of batch: inout RecordBatch) -> [Int] {
    let versions = keyVersions(of: batch)
    let destroyed = Set(encryptor.keyring.versions.filter(\.isDestroyed).map(\.number))
    guard versions.contains(where: destroyed.contains) else { return versions }
    for record in 0..<batch.count
    where batch.status[record] == RecordStatus.event.rawValue
      && destroyed.contains(keyVersion(at: batch.times[record]))
    {
      batch.refuse(record, .keyDestroyed, in: .user)
    }
    return versions.filter { !destroyed.contains($0) }
  }

  /// The key versions that the events' days ask for, oldest first.
  private func keyVersions(of batch: borrowing RecordBatch) -> [Int] {
    guard rules.users || rules.machines || rules.privateUsers != nil else { return [0] }
    guard encryptor.keyring.versions.count > 1 else { return [encryptor.keyring.newestVersion] }
    var (first, last) = (Int64.max, Int64.min)
    for record in 0..<batch.count where batch.status[record] == RecordStatus.event.rawValue {
      first = min(first, batch.times[record])
      last = max(last, batch.times[record])
    }
    guard first <= last else { return [encryptor.keyring.newestVersion] }
    let (low, high) = (keyVersion(at: first), keyVersion(at: last))
    guard low != high else { return [low] }
    return encryptor.keyring.versions.map(\.number).filter { (low...high).contains($0) }
  }

  func keyVersion(at micros: Int64) -> Int {
    encryptor.keyring.version(forDay: Int32(micros / 86_400_000_000))
  }

  private func records(
    of version: Int, in batch: borrowing RecordBatch, among records: [Int]?
  ) -> [Int] {
    (records ?? Array(0..<batch.count)).filter { record in
      batch.status[record] == RecordStatus.event.rawValue
        && keyVersion(at: batch.times[record]) == version
    }
  }

  /// Numbers a column of names.
  ///
  /// - Parameters:
  ///   - kind: what the names stand for; `nil`: hosts, which stay readable.
  ///   - records: the records to be numbered; `nil`: all.
  private mutating func number(
    _ kind: IdentityKind?, _ fields: borrowing Buffer<FieldRange>, _ records: [Int]?,
    _ version: Int, _ block: borrowing Block, _ numbers: inout Buffer<UInt32>
  ) throws(VeilError) {
    let known = known(kind).spellings(version)
    guard let records else {
      let prints = prints(kind, fields.span.extracting(0..<numbers.count), block)
      if known.find(prints, values: &numbers) > 0 {
        try learn(kind, version, fields, prints, block, &numbers)
      }
      return
    }
    var partFields = Buffer<FieldRange>(count: records.count)
    var partNumbers = Buffer<UInt32>(count: records.count)
    for (place, record) in records.enumerated() { partFields[place] = fields[record] }
    let prints = prints(kind, partFields.span, block)
    if known.find(prints, values: &partNumbers) > 0 {
      try learn(kind, version, partFields, prints, block, &partNumbers)
    }
    for (place, record) in records.enumerated() { numbers[record] = partNumbers[place] }
  }

  /// The prints of names by themselves.
  private func prints(
    _ kind: IdentityKind?, _ fields: Span<FieldRange>, _ block: borrowing Block
  ) -> Buffer<EventPrint> {
    shared.printKey.prints(of: fields, column: Self.printColumn(of: kind), in: block)
  }

  /// The print of a name by itself.
  func namePrint(_ kind: IdentityKind?, _ name: Span<UInt8>) -> EventPrint {
    shared.printKey.namePrint(of: name, column: Self.printColumn(of: kind))
  }

  /// The column of prints that names of a kind are in.
  private static func printColumn(of kind: IdentityKind?) -> Int {
    switch kind {
    case nil: 0
    case .user, .privateUser: 1
    case .ip: 2
    case .machine: 3
    }
  }

  private static func known(
    _ shared: SharedNames
  ) -> (users: KnownNumbers, addresses: KnownNumbers, devices: KnownNumbers, hosts: KnownNumbers) {
    (
      KnownNumbers(shared.list(of: .user)), KnownNumbers(shared.list(of: .ip)),
      KnownNumbers(shared.list(of: .machine)), KnownNumbers(shared.list(of: nil))
    )
  }

  func known(_ kind: IdentityKind?) -> KnownNumbers {
    switch kind {
    case .user, .privateUser: users
    case .ip: addresses
    case .machine: devices
    case nil: hosts
    }
  }

  private func refuse(
    _ batch: inout RecordBatch, _ records: [Int]?, _ numbers: borrowing Buffer<UInt32>,
    _ reason: RejectReason, _ attribute: Attribute
  ) {
    guard let records else {
      for record in 0..<batch.count where numbers[record] == NameNumber.refused {
        batch.refuse(record, reason, in: attribute)
      }
      return
    }
    for record in records where numbers[record] == NameNumber.refused {
      batch.refuse(record, reason, in: attribute)
    }
  }
}
