internal import ByteBlocks
internal import IdentityRules
internal import VeiledRecords

extension Veiler.Rules {
  /// Whether names of a kind become pseudonyms; `nil`: hosts.
  func veil(_ kind: IdentityKind?) -> Bool {
    switch kind {
    case .user, .privateUser: users
    case .machine, .ip: machines
    case nil: false
    }
  }
}

extension Veiler {
  /// The private person that a pseudonym of a log stands for, when it was made before the person's
  /// activities were private.
  mutating func privateName(behind raw: Span<UInt8>, _ kind: IdentityKind) -> [UInt8]? {
    guard kind == .user, let people = rules.privateUsers,
      PseudonymText(parsing: raw)?.kind == .user, let name = try? encryptor.reveal(raw),
      people.contains(name)
    else { return nil }
    return name
  }

  /// The tag of an address: of the network that it lies in.
  func tag(of address: Span<UInt8>, _ kind: IdentityKind?) -> UInt16 {
    guard kind == .ip, let tags = rules.tags, let address = CanonicalAddress(address) else {
      return 0
    }
    return tags.number(of: address)
  }

  /// Puts the texts of new names into `newTexts`; those of one form that follow each other are
  /// encrypted in one batch.
  mutating func write(_ new: borrowing NewNames) throws(VeilError) {
    newTexts.removeAll()
    guard let first = new.forms.first else { return }
    if new.forms.allSatisfy({ $0 == first }) {
      return try write(new.names, first, new.kind, new.version)
    }
    var start = 0
    while start < new.forms.count {
      let form = new.forms[start]
      var end = start
      var run = ByteStrings()
      while end < new.forms.count, new.forms[end] == form {
        run.append(new.names, end)
        end += 1
      }
      try write(run, form, new.kind, new.version)
      start = end
    }
  }

  private mutating func write(
    _ names: ByteStrings, _ form: NewNames.Form, _ kind: IdentityKind?, _ version: Int
  ) throws(VeilError) {
    switch form {
    case .asWritten: newTexts.append(contentsOf: names)
    case .privateUser:
      try encryptor.encrypt(names, kind: .privateUser, version: version, into: &newTexts)
    case .ofColumn:
      if let kind, rules.veil(kind) {
        return try encryptor.encrypt(names, kind: kind, version: version, into: &newTexts)
      }
      for name in 0..<names.count { appendReadable(names.span(name)) }
    }
  }

  /// Adds a name that stays readable: tables hold UTF-8 only, so other bytes become U+FFFD.
  private mutating func appendReadable(_ name: Span<UInt8>) {
    if name.indices.allSatisfy({ name[$0] < 0x80 }) { return newTexts.append(bytes: name) }
    let bytes = name.indices.map { name[$0] }
    newTexts.append(String(decoding: bytes, as: UTF8.self))
  }
}
