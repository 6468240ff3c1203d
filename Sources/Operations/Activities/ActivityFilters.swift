internal import ByteBlocks
internal import Governance
internal import IdentityRules
internal import Pseudonymisation
internal import VeiledRecords

/// Turns what a person asked for into filters over columns; names that must become pseudonyms for
/// that are looked up, which needs `lookup` and is recorded.
struct ActivityFilters {
  let request: ActivityRequest
  let gate: Gate
  let keyring: Keyring

  func filters() throws(OperationError) -> [ActivityFilter] {
    var filters: [ActivityFilter] = []
    for choice in request.choices { filters.append(try filter(choice)) }
    if let followed = request.followed { filters.append(try following(followed)) }
    return filters
  }

  private func filter(_ choice: ActivityRequest.Choice) throws(OperationError) -> ActivityFilter {
    let match: ActivityFilter.Match
    switch choice.key {
    case .host: match = .hosts(Set(choice.values.map { Array($0.lowercased().utf8) }))
    case .ip: match = try addresses(choice.values)
    case .group: match = try group(choice.values)
    case .status:
      let numbers = try choice.values.map { (text) throws(OperationError) in
        guard let number = Int64(text) else {
          throw OperationError(.usage, "--status \(text): a status of HTTP is a number.")
        }
        return number
      }
      match = .numbers(Set(numbers))
    case .user, .device:
      if !request.isClear {
        for value in choice.values where !PseudonymText.looksLikeOne(Array(value.utf8).span) {
          throw OperationError(
            .usage,
            "--\(choice.key.rawValue): people and machines are asked for by their pseudonyms; "
              + "`logveil resolve --to-anonymised` gives those of a name.")
        }
      }
      match = .texts(Self.bytes(choice.values))
    case .app, .action, .method: match = .words(Set(choice.values.map { $0.lowercased() }))
    case .source, .archive, .ipTag:
      match = .texts(Self.bytes(choice.values))
    }
    return ActivityFilter(
      column: choice.key.column, match: match, isExcluding: choice.isExcluding)
  }

  private static func bytes(_ texts: [String]) -> Set<[UInt8]> {
    Set(texts.map { Array($0.utf8) })
  }

  /// Addresses are pseudonyms in the log, unless it is one with clear ones: both are looked for.
  private func addresses(_ values: [String]) throws(OperationError) -> ActivityFilter.Match {
    let isPseudonym = { (text: String) in PseudonymText.looksLikeOne(Array(text.utf8).span) }
    if values.allSatisfy(isPseudonym) { return .texts(Self.bytes(values)) }
    var texts = Self.bytes(values.filter(isPseudonym))
    var ranges: [AddressRange] = []
    for value in values where !isPseudonym(value) {
      guard let range = AddressRange(value) else {
        throw OperationError(.usage, "--ip \(value): this is no address, network or pseudonym.")
      }
      ranges.append(range)
    }
    if request.isClear { return .addresses(ranges) }
    try gate.require(.lookup, for: .lookup)
    try gate.record(
      .lookup, .successful, targets: ["\(ranges.count) ranges of addresses, to filter by"])
    let listed = ranges.compactMap(\.addresses)
    guard listed.count == ranges.count else {
      // Too many to be listed: each address of the log is asked for.
      return .names(
        NameTest(keyring, or: texts) { [ranges] name in
          guard let address = CanonicalAddress(name.span) else { return false }
          return ranges.contains { $0.contains(address) }
        })
    }
    var names = ByteStrings()
    for address in listed.joined() {
      var text: [UInt8] = []
      address.append(to: &text)
      names.append(bytes: text.span)
      texts.insert(text)  // Where machines are not pseudonymised.
    }
    return .texts(texts.union(try pseudonyms(names, .ip)))
  }

  /// Pseudonyms under every key that was not destroyed.
  private func pseudonyms(
    _ names: ByteStrings, _ kind: IdentityKind
  ) throws(OperationError) -> Set<[UInt8]> {
    var texts = ByteStrings()
    var encryptor = NameEncryptor(keyring)
    do throws(VeilError) {
      for version in keyring.versions where !version.isDestroyed {
        try encryptor.encrypt(names, kind: kind, version: version.number, into: &texts)
      }
    } catch { throw OperationError(error) }
    return Set((0..<texts.count).map { Array(texts[$0]) })
  }

  private func users(_ names: Set<[UInt8]>) throws(OperationError) -> Set<[UInt8]> {
    var list = ByteStrings()
    for name in names { list.append(bytes: name.span) }
    var all = try pseudonyms(list, .user)
    if request.confirmation != nil { all.formUnion(try pseudonyms(list, .privateUser)) }
    return request.isClear ? all.union(names) : all
  }

  /// Members of imported groups are looked for by their pseudonyms; those of built-in ones, who are
  /// members by a rule, among all users.
  private func group(_ groups: [String]) throws(OperationError) -> ActivityFilter.Match {
    let names = groups.map { BuiltInGroup(named: $0)?.rawValue ?? $0 }
    guard names.contains(where: { BuiltInGroup(named: $0) != nil }) else {
      return .texts(try members(names))
    }
    try gate.require(.lookup, for: .lookup)
    try requireView(of: names)
    for name in names where BuiltInGroup(named: name) == nil { _ = try list(of: name) }
    let tests = try NameRules(gate, source: nil).all.map { (canonical) throws(OperationError) in
      try gate.members(of: names, usedBy: .question, keyring, canonical)
    }
    try record(names)
    return .names(NameTest(keyring) { name in tests.contains { $0.contains(name) } })
  }

  /// Rows of members tell who is in a group, also those from before it was private.
  private func requireView(of groups: [String]) throws(OperationError) {
    let privates = try privateGroups()
    guard let group = groups.first(where: { privates.contains($0) }),
      try !gate.permits(.viewPrivate)
    else { return }
    do { try gate.require(.viewPrivate, for: .viewPrivate) } catch {
      throw OperationError(
        error.exitCode,
        "The group \(group) is private: who is in it, and so which rows are theirs, may be asked "
          + "with the permission `\(Permission.viewPrivate.rawValue)` only. Nothing was shown.")
    }
  }

  private func privateGroups() throws(OperationError) -> Set<String> {
    try governed { () throws(GovernanceError) in
      Set(try gate.state.privateGroups(tenant: gate.tenant).map(\.name))
    }
  }

  private func record(_ groups: [String]) throws(OperationError) {
    let privates = try privateGroups()
    for isPrivate in [false, true] {
      let those = groups.filter { privates.contains($0) == isPrivate }
      try gate.record(
        isPrivate ? .viewPrivate : .lookup, .successful,
        targets: those.map { "members of \($0), to filter by" })
    }
  }

  /// What is kept of an imported group.
  private func list(of group: String) throws(OperationError) -> SealedList {
    let lists = try governed { () throws(GovernanceError) in
      try gate.state.lists(.group, tenant: gate.tenant)
    }
    guard let list = lists.first(where: { $0.name == group }) else {
      throw OperationError(
        .usage, "There is no group \(group). `logveil group list` shows those there are.")
    }
    return list
  }

  /// The pseudonyms of the members of groups; those of private people only where they are asked
  /// for.
  func members(_ groups: [String]) throws(OperationError) -> Set<[UInt8]> {
    try gate.require(.lookup, for: .lookup)
    try requireView(of: groups)
    let rules = try NameRules(gate, source: nil)
    let maps = try rules.all.map { (canonical) throws(OperationError) in
      (canonical: canonical, people: try gate.people(keyring, canonical))
    }
    var names: Set<[UInt8]> = []
    for group in groups {
      for name in try keyring.open(list(of: group)).people.joined() {
        for (canonical, people) in maps {
          var form: [UInt8] = []
          guard canonical.canonicalise(name.span, into: &form) == .name else { continue }
          names.insert(form)
          // Since there is a directory, rows are of the name that stands for the person.
          if let person = people?.person(of: form) { names.insert(person) }
        }
      }
    }
    try record(groups)
    return try users(names)
  }

  /// The person behind a pseudonym, under all keys; nobody learns the name.
  private func following(_ pseudonym: String) throws(OperationError) -> ActivityFilter {
    try gate.require(.lookup, for: .lookup)
    var encryptor = NameEncryptor(keyring)
    let bytes = Array(pseudonym.utf8)
    guard let kind = PseudonymText(parsing: bytes.span)?.kind,
      kind == .user || kind == .privateUser
    else { throw OperationError(.usage, "--follow-user takes the pseudonym of a user.") }
    if kind == .privateUser { try gate.require(.viewPrivate, for: .viewPrivate) }
    let name: [UInt8]
    do throws(VeilError) { name = try encryptor.reveal(bytes.span) } catch {
      throw OperationError(.usage, "--follow-user: \(error.description)")
    }
    try gate.record(.lookup, .successful, targets: [pseudonym])
    return ActivityFilter(column: "user", match: .texts(try users([name])), isExcluding: false)
  }
}
