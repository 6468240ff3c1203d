internal import ByteBlocks
internal import IdentityRules
internal import VeiledRecords

extension Veiler {
  func isVeiled(_ kind: IdentityKind?) -> Bool {
    switch kind {
    case .user, .privateUser: rules.users
    case .machine, .ip: rules.machines
    case nil: false
    }
  }

  /// The private person that a pseudonym of a log stands for, when it was made before the person's
  /// activities were private.
  mutating func privateName(behind raw: Span<UInt8>, _ kind: IdentityKind) -> [UInt8]? {
    guard kind == .user, let people = rules.privateUsers,
      PseudonymText(parsing: raw)?.kind == .user, let name = try? encryptor.reveal(raw),
      people.contains(name)
    else { return nil }
    return name
  }

  /// Gives the new names their texts; those of one kind are encrypted in one batch.
  mutating func flush(_ newNames: inout NewNames) throws(VeilError) {
    guard newNames.names.count > 0 else { return }
    if newNames.privateNames.isEmpty {
      try write(
        newNames.names, newNames.kind, newNames.version, isVeiled: isVeiled(newNames.kind))
    } else {
      try writeBoth(newNames)
    }
    if newNames.kind == .ip, let tags = rules.tags {
      for place in 0..<newNames.names.count {
        tag(newNames.firstNumber + place, newNames.names.span(place), tags)
      }
    }
    newNames.firstNumber += newNames.names.count
    newNames.names.removeAll()
    newNames.privateNames.removeAll()
  }

  /// Notes what the network of an address is called.
  mutating func tag(_ number: Int, _ address: Span<UInt8>, _ tags: AddressTags) {
    if names.addressTags.count <= number {
      names.addressTags.append(
        contentsOf: repeatElement(0, count: number + 1 - names.addressTags.count))
    }
    names.addressTags[number] = CanonicalAddress(address).map { tags.number(of: $0) } ?? 0
  }

  /// Runs of private and of other users, in their order.
  private mutating func writeBoth(_ newNames: NewNames) throws(VeilError) {
    var start = 0
    while start < newNames.names.count {
      let isPrivate = newNames.privateNames.contains(start)
      var end = start
      var run = ByteStrings()
      while end < newNames.names.count, newNames.privateNames.contains(end) == isPrivate {
        run.append(newNames.names, end)
        end += 1
      }
      try write(
        run, isPrivate ? .privateUser : newNames.kind, newNames.version,
        isVeiled: isPrivate || isVeiled(newNames.kind))
      start = end
    }
  }

  /// Adds texts of names: pseudonyms, or what is readable.
  mutating func write(
    _ new: ByteStrings, _ kind: IdentityKind?, _ version: Int, isVeiled: Bool
  ) throws(VeilError) {
    guard let kind, isVeiled else {
      for name in 0..<new.count { appendReadable(new.span(name), kind) }
      return
    }
    switch kind {
    case .user, .privateUser:
      try encryptor.encrypt(new, kind: kind, version: version, into: &names.users)
    case .machine:
      try encryptor.encrypt(new, kind: kind, version: version, into: &names.devices)
    case .ip:
      try encryptor.encrypt(new, kind: kind, version: version, into: &names.addresses)
    }
  }

  func texts(_ kind: IdentityKind?) -> ByteStrings {
    switch kind {
    case .user, .privateUser: names.users
    case .ip: names.addresses
    case .machine: names.devices
    case nil: names.hosts
    }
  }

  /// Adds a name that stays readable: tables hold UTF-8 only, so other bytes become U+FFFD.
  private mutating func appendReadable(_ name: Span<UInt8>, _ kind: IdentityKind?) {
    if name.indices.allSatisfy({ name[$0] < 0x80 }) { return append(name, kind) }
    let bytes = name.indices.map { name[$0] }
    append(Array(String(decoding: bytes, as: UTF8.self).utf8).span, kind)
  }

  mutating func append(_ text: Span<UInt8>, _ kind: IdentityKind?) {
    switch kind {
    case .user, .privateUser: names.users.append(bytes: text)
    case .ip: names.addresses.append(bytes: text)
    case .machine: names.devices.append(bytes: text)
    case nil: names.hosts.append(bytes: text)
    }
  }
}
