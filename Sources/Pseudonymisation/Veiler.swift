package import ByteBlocks
package import ByteKernels
package import ClearRecords
package import IdentityRules
package import VeiledRecords

/// Takes the names out of a batch of records; one per thread.
///
/// This is the wall: the batch that goes in is consumed, and what comes out holds numbers that
/// stand for pseudonyms. Each distinct name is put into its canonical form and encrypted once per
/// thread; after that a name costs a hash and a comparison.
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

  /// What the numbers of the batches stand for.
  package internal(set) var names = VeiledNames()

  let rules: Rules
  private let printKey = PrintKey()
  var encryptor: NameEncryptor
  /// Names that the directory knew, and names that it did not know, each once.
  package internal(set) var mappedNames = 0, unmappedNames = 0
  private var users = NameTables()
  private var addresses = NameTables()
  private var devices = NameTables()
  private var hosts = NameTables()
  /// Pseudonyms that take the place of readable names in the rows of private people.
  var hidden: [ReadableMachine: UInt32] = [:]
  /// The canonical form of one name.
  private var canonical: [UInt8] = []

  /// A veiler under the newest of `keyring`'s keys, or the one of the event's day.
  package init(_ keyring: Keyring, rules: Rules) {
    self.rules = rules
    encryptor = NameEncryptor(keyring)
    names.tags = rules.tags?.names ?? []
  }

  /// Whether the user of an event may depend on its time.
  package var givesUsersByTime: Bool { rules.addresses != nil }

  /// How names are brought into their canonical form.
  package var canonicalNames: CanonicalNames { rules.canonical }

  /// Bytes of memory in use.
  package var byteCount: Int {
    users.byteCount + addresses.byteCount + devices.byteCount + hosts.byteCount
      + names.users.byteCount + names.addresses.byteCount + names.devices.byteCount
      + names.hosts.byteCount
  }

  /// Forgets all names, and hands out what the numbers stood for until now.
  ///
  /// Prints stay the same, numbers do not: nothing that was numbered before may be added to.
  package mutating func startAnew() -> VeiledNames {
    (users, addresses, devices, hosts) = (NameTables(), NameTables(), NameTables(), NameTables())
    hidden = [:]
    defer {
      names = VeiledNames()
      names.tags = rules.tags?.names ?? []
    }
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
    var prints = printKey.prints(times: batch.times, actions: batch.actions, count: batch.count)
    let all = 0..<batch.count
    printKey.add(batch.hosts.span.extracting(all), column: 0, in: batch.block, to: &prints)
    if batch.hasUsers {
      printKey.add(batch.users.span.extracting(all), column: 1, in: batch.block, to: &prints)
    }
    if batch.hasSources {
      printKey.add(batch.sources.span.extracting(all), column: 2, in: batch.block, to: &prints)
    }
    if batch.hasDevices {
      printKey.add(batch.devices.span.extracting(all), column: 3, in: batch.block, to: &prints)
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
    let tables = tables(kind, version)
    guard let records else {
      let prints = prints(kind, fields.span.extracting(0..<numbers.count), block)
      if tables.find(prints, &numbers) > 0 {
        try learn(kind, version, tables, fields, prints, block, &numbers)
      }
      return
    }
    var partFields = Buffer<FieldRange>(count: records.count)
    var partNumbers = Buffer<UInt32>(count: records.count)
    for (place, record) in records.enumerated() { partFields[place] = fields[record] }
    let prints = prints(kind, partFields.span, block)
    if tables.find(prints, &partNumbers) > 0 {
      try learn(kind, version, tables, partFields, prints, block, &partNumbers)
    }
    for (place, record) in records.enumerated() { numbers[record] = partNumbers[place] }
  }

  /// The prints of names by themselves.
  private func prints(
    _ kind: IdentityKind?, _ fields: Span<FieldRange>, _ block: borrowing Block
  ) -> Buffer<EventPrint> {
    printKey.prints(of: fields, column: Self.printColumn(of: kind), in: block)
  }

  /// The print of a name by itself.
  func namePrint(_ kind: IdentityKind?, _ name: Span<UInt8>) -> EventPrint {
    printKey.namePrint(of: name, column: Self.printColumn(of: kind))
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

  func tables(_ kind: IdentityKind?, _ version: Int) -> VersionTables {
    switch kind {
    case .user, .privateUser: users.of(version)
    case .ip: addresses.of(version)
    case .machine: devices.of(version)
    case nil: hosts.of(0)
    }
  }

  /// Gives the names that were never seen before their numbers.
  private mutating func learn(
    _ kind: IdentityKind?, _ version: Int, _ tables: VersionTables,
    _ fields: borrowing Buffer<FieldRange>, _ prints: borrowing Buffer<EventPrint>,
    _ block: borrowing Block, _ numbers: inout Buffer<UInt32>
  ) throws(VeilError) {
    var newNames = NewNames(kind: kind, version: version, firstNumber: texts(kind).count)
    let bytes = block.memoryBytes
    for place in 0..<numbers.count where numbers[place] == PrintTable.absent {
      if let known = tables.known(prints[place]) {
        numbers[place] = known
      } else {
        let raw = bytes.extracting(Int(fields[place].start)..<Int(fields[place].end))
        let number = try number(of: raw, prints[place], tables, &newNames)
        tables.remember(prints[place], number)
        numbers[place] = number
      }
    }
    try flush(&newNames)
  }

  /// The number of one name as it stands in the log.
  private mutating func number(
    of raw: Span<UInt8>, _ print: EventPrint, _ tables: VersionTables, _ newNames: inout NewNames
  ) throws(VeilError) -> UInt32 {
    var canonical = self.canonical
    self.canonical = []
    defer { self.canonical = canonical }
    switch canonicalForm(of: raw, newNames.kind, into: &canonical) {
    case .none: return NameTables.none
    case .refused: return NameTables.refused
    case .pseudonym:
      guard let kind = newNames.kind, encryptor.verify(raw, as: kind) else {
        return NameTables.refused
      }
      if let place = verdict(onPseudonym: raw, kind) { return place }
      if let name = privateName(behind: raw, kind) {
        return tables.number(
          of: name.span, namePrint(kind, name.span), isSpelling: false, orAdd: &newNames,
          isPrivate: true
        ) {
          false
        }
      }
      try flush(&newNames)
      append(raw, newNames.kind)
      if kind == .ip, let tags = rules.tags, let name = try? encryptor.reveal(raw) {
        tag(newNames.firstNumber, name.span, tags)
      }
      newNames.firstNumber += 1
      return UInt32(newNames.firstNumber - 1)
    case .name:
      let kind = newNames.kind
      if kind == .user { canonical = person(canonical) }
      if let place = verdict(on: canonical, kind) { return place }
      let isSpelling = compareBytes(raw, canonical.span) == 0
      let print = isSpelling ? print : namePrint(kind, canonical.span)
      return tables.number(
        of: canonical.span, print, isSpelling: isSpelling, orAdd: &newNames,
        isPrivate: kind == .user && rules.privateUsers?.contains(canonical) == true
      ) {
        var again: [UInt8] = []
        return canonicalForm(of: canonical.span, kind, into: &again) == .name && again == canonical
      }
    }
  }

  private enum Form { case name, none, refused, pseudonym }

  private func canonicalForm(
    of raw: Span<UInt8>, _ kind: IdentityKind?, into canonical: inout [UInt8]
  ) -> Form {
    if let kind, isVeiled(kind), PseudonymText.looksLikeOne(raw) { return .pseudonym }
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

  private func refuse(
    _ batch: inout RecordBatch, _ records: [Int]?, _ numbers: borrowing Buffer<UInt32>,
    _ reason: RejectReason, _ attribute: Attribute
  ) {
    guard let records else {
      for record in 0..<batch.count where numbers[record] == NameTables.refused {
        batch.refuse(record, reason, in: attribute)
      }
      return
    }
    for record in records where numbers[record] == NameTables.refused {
      batch.refuse(record, reason, in: attribute)
    }
  }
}
