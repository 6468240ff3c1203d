internal import Governance
internal import IdentityRules
internal import Pseudonymisation
internal import VeiledRecords

/// A group of people, without their names.
package struct ListedGroup: Sendable, Equatable {
  package let name: String
  /// Imported people; those that a built-in group finds by itself are not counted.
  package let members: Int
  /// When it was imported; `nil` for a built-in group to which nobody was added.
  package let imported: String?
  package let isBuiltIn: Bool
  /// Since when activities of its members are private; `nil`: they are not.
  package let privateSince: String?
}

/// What an import of groups came to.
package struct GroupImport: Sendable {
  package let groups: [ListedGroup]
  /// People who were passed over, as they are disabled.
  package let inactive: Int
  /// Members of whom the file has no login: logs seldom call them by what it has.
  package let unknown: Int
  /// What was made on the way.
  package let notices: [String]
}

/// The verbs on groups and on whose activities are private. Each needs `manage_settings`.
package struct GroupOperation {
  private let gate: Gate
  private let keyring: Keyring
  private let notices: [String]

  /// Asks whether this may be done.
  ///
  /// - Parameter isFirst: whether a home is made where there is none.
  package init(
    home path: String, tenant: String, isFirst: Bool = false
  ) throws(OperationError) {
    let prepared =
      try isFirst
      ? Home.prepare(at: path, tenant: tenant) : Home.prepared(at: path, tenant: tenant)
    gate = prepared.gate
    keyring = prepared.keyring
    notices = prepared.notices
    try gate.require(.manageSettings)
  }

  /// All groups, the built-in ones first, then by name.
  package func list() throws(OperationError) -> [ListedGroup] {
    let (lists, privates) = try governed { () throws(GovernanceError) in
      (
        try gate.state.lists(.group, tenant: gate.tenant),
        try gate.state.privateGroups(tenant: gate.tenant)
      )
    }
    func listed(_ name: String, _ list: SealedList?, isBuiltIn: Bool) -> ListedGroup {
      ListedGroup(
        name: name, members: list?.count ?? 0, imported: list?.added, isBuiltIn: isBuiltIn,
        privateSince: privates.first { $0.name == name }?.added)
    }
    let builtIn = BuiltInGroup.allCases.map(\.rawValue)
    return builtIn.map { name in
      listed(name, lists.first { $0.name == name }, isBuiltIn: true)
    }
      + lists.filter { !builtIn.contains($0.name) }.map {
        listed($0.name, $0, isBuiltIn: false)
      }
  }

  /// One group.
  package func group(_ name: String) throws(OperationError) -> ListedGroup {
    let wanted = Self.spelled(name)
    guard let group = try list().first(where: { $0.name == wanted }) else {
      throw OperationError(
        .usage,
        "There is no group \(name). Nothing was done; `logveil group list` shows those there are.")
    }
    return group
  }

  /// Built-in groups have one spelling.
  private static func spelled(_ name: String) -> String {
    BuiltInGroup(named: name)?.rawValue ?? name
  }

  /// The pseudonyms of a group's imported people under the newest key.
  ///
  /// That tells who they are to whoever knows names, so it needs `lookup` too, and `view_private`
  /// where the group is private.
  package func pseudonyms(of name: String) throws(OperationError) -> [String] {
    let group = try group(name)
    let kind: IdentityKind = group.privateSince == nil ? .user : .privateUser
    try gate.require(.lookup, for: .lookup)
    if kind == .privateUser { try gate.require(.viewPrivate, for: .viewPrivate) }
    let lists = try governed { () throws(GovernanceError) in
      try gate.state.lists(.group, tenant: gate.tenant)
    }
    guard let list = lists.first(where: { $0.name == group.name }) else { return [] }
    let rules = try NameRules(gate, source: nil)
    try gate.record(
      kind == .user ? .lookup : .viewPrivate, .successful, targets: ["members of \(group.name)"])
    let people = try keyring.open(list)
    do throws(VeilError) {
      return try PseudonymList(keyring, rules.primary).pseudonyms(of: people, kind: kind)
    } catch { throw OperationError(error) }
  }

  /// Takes the groups of a file in, each in the place of the one of its name.
  package func load(
    _ path: String, justification why: String?
  ) throws(OperationError) -> GroupImport {
    let why = try why.map { (text) throws(OperationError) in try Gate.justification(text).text }
    let file = try PeopleInput.people(in: path)
    guard !file.groups.isEmpty else {
      throw OperationError(
        .badData, "\(path): \(ImportError.nothingFound("groups with members").description)")
    }
    var lists: [(name: String, count: Int, sealed: [UInt8])] = []
    for group in file.groups {
      let name = Self.spelled(group.name)
      guard BuiltInGroup(named: name) != .external else {
        throw OperationError(
          .badData,
          "\(path): the group \(name) finds its people by their realms; the setting "
            + "managed_domains says which are one's own. Nothing was imported.")
      }
      guard (1...1000).contains(name.utf8.count) else {
        throw OperationError(
          .badData, "\(path): a group's name is longer than 1,000 bytes. Nothing was imported.")
      }
      let sealed = try keyring.seal(PeopleList(group.members), .group, name)
      lists.append((name, group.members.count, sealed))
    }
    try governed { () throws(GovernanceError) in
      try gate.state.putLists(
        .group, lists, tenant: gate.tenant, action: .groupImport, by: gate.initiator,
        justification: why)
    }
    let names = Set(lists.map(\.name))
    return GroupImport(
      groups: try list().filter { names.contains($0.name) }, inactive: file.inactive,
      unknown: file.unknown, notices: notices)
  }

  /// Forgets a group; rows that were stamped private stay so.
  package func remove(_ name: String, justification why: String?) throws(OperationError) {
    let why = try why.map { (text) throws(OperationError) in try Gate.justification(text).text }
    let group = try group(name)
    guard group.privateSince == nil else {
      throw OperationError(
        .usage,
        "The activities of \(group.name) are private. Nothing was done; `logveil privacy remove` "
          + "it first.")
    }
    guard group.imported != nil else {
      throw OperationError(.usage, "\(group.name) is a built-in group. Nothing was done.")
    }
    // Without its list the built-in group is still there, by its rule.
    if !group.isBuiltIn, let rule = try gate.rules(about: group.name, keyring).first {
      throw OperationError(
        .usage,
        "Rule #\(rule) on what runs leave out is about \(group.name). Nothing was done; `logveil "
          + "exclude remove \(rule)` first.")
    }
    _ = try governed { () throws(GovernanceError) in
      try gate.state.removeList(
        .group, group.name, tenant: gate.tenant, action: .groupRemove, by: gate.initiator,
        justification: why)
    }
  }

  /// Makes the activities of a group's members private from now on, or no longer.
  ///
  /// - Returns: whether that changed anything.
  package func setPrivate(
    _ name: String, _ isPrivate: Bool, justification why: String?
  ) throws(OperationError) -> Bool {
    let why = try why.map { (text) throws(OperationError) in try Gate.justification(text).text }
    let group = try group(name)
    return try governed { () throws(GovernanceError) in
      try gate.state.setPrivate(
        group.name, isPrivate, tenant: gate.tenant, by: gate.initiator, justification: why)
    }
  }

  /// Whether everyone with a realm is external, as no managed domain was named.
  package func lacksManagedDomains() throws(OperationError) -> Bool {
    try governed { () throws(GovernanceError) in
      try gate.state.value(of: .managedDomains, tenant: gate.tenant).isEmpty
    }
  }
}
