internal import Governance
internal import IdentityRules
internal import Pseudonymisation
internal import VeiledRecords

/// A directory that was imported, without its names.
package struct ListedDirectory: Sendable, Equatable {
  package let name: String
  /// `people` or `addresses`.
  package let kind: String
  /// People, or addresses with their times.
  package let count: Int
  package let imported: String
  /// What an import found of people beside names; `nil` in a list, which opens nothing.
  package var attributes: [String]?
}

/// What is known of people beyond one name, as of the start of a run.
struct LoadedDirectory: Sendable {
  var people: PersonMap?
  var addresses: AddressMap?
  /// A keyed code of all of it, for what decides the rows of an archive.
  var code = ""
}

extension Gate {
  /// The directories of the tenant, made afresh; `nil` where there are none.
  func directory(
    _ keyring: Keyring, _ canonical: CanonicalNames
  ) throws(OperationError) -> LoadedDirectory? {
    let (people, addresses) = try governed { () throws(GovernanceError) in
      (
        try state.lists(.directory, tenant: tenant), try state.lists(.addresses, tenant: tenant)
      )
    }
    guard !people.isEmpty || !addresses.isEmpty else { return nil }
    var loaded = LoadedDirectory()
    var all: [UInt8] = []
    if !people.isEmpty {
      var map = PersonMap(canonical)
      for list in people {
        // What is said of people beside their names decides no row.
        let opened = try keyring.open(list).names
        map.insert(opened)
        all += opened.bytes
      }
      loaded.people = map
    }
    if !addresses.isEmpty {
      var map = AddressMap()
      for list in addresses {
        let opened = try keyring.open(list)
        map.insert(opened, canonical: canonical, people: loaded.people)
        all += opened.bytes
      }
      loaded.addresses = map
    }
    do { loaded.code = try keyring.auditCode(of: all.span) ?? "" } catch {
      throw OperationError(error)
    }
    return loaded
  }

  /// Who is who among people alone.
  func people(
    _ keyring: Keyring, _ canonical: CanonicalNames
  ) throws(OperationError) -> PersonMap? {
    try directory(keyring, canonical)?.people
  }
}

/// The verbs on directories. Each needs `manage_settings`.
package struct DirectoryOperation {
  private let gate: Gate
  private let keyring: Keyring

  package init(home path: String, tenant: String) throws(OperationError) {
    let prepared = try Home.prepare(at: path, tenant: tenant)
    gate = prepared.gate
    keyring = prepared.keyring
    try gate.require(.manageSettings)
  }

  /// All directories, by name.
  package func list() throws(OperationError) -> [ListedDirectory] {
    let (people, addresses) = try governed { () throws(GovernanceError) in
      (
        try gate.state.lists(.directory, tenant: gate.tenant),
        try gate.state.lists(.addresses, tenant: gate.tenant)
      )
    }
    return (people + addresses).map { list in
      ListedDirectory(
        name: list.name, kind: list.kind == .directory ? "people" : "addresses",
        count: list.count, imported: list.added)
    }
  }

  /// Takes a file in, in the place of the directory of its name.
  package func load(
    _ path: String, name: String, justification why: String?
  ) throws(OperationError) -> ListedDirectory {
    let why = try why.map { (text) throws(OperationError) in try Gate.justification(text).text }
    guard (1...200).contains(name.utf8.count) else {
      throw OperationError(.usage, "--name is a name of 1 to 200 bytes.")
    }
    let bytes = try PeopleInput.read(path)
    let kind: SealedList.Kind
    let list: PeopleList
    var found: Set<PersonAttribute> = []
    if AddressFile.isOne(bytes) {
      kind = .addresses
      do throws(ImportError) { list = PeopleList(try AddressFile(bytes).leases) } catch {
        throw OperationError(.badData, "\(path): \(error.description)")
      }
    } else {
      kind = .directory
      let people = try PeopleInput.people(of: bytes, path).people
      for person in people { found.formUnion(person.attributes.keys) }
      list = PeopleList(people)
    }
    guard !list.people.isEmpty else {
      let reason = ImportError.nothingFound("people").description
      throw OperationError(.badData, "\(path): \(reason)")
    }
    let sealed = try keyring.seal(list, kind, name)
    try governed { () throws(GovernanceError) in
      try gate.state.putLists(
        kind, [(name, list.people.count, sealed)], tenant: gate.tenant,
        action: .directoryImport, by: gate.initiator, justification: why)
    }
    guard var listed = try listed(named: name, kind) else {
      preconditionFailure("A directory was put and is gone.")
    }
    listed.attributes = PersonAttribute.allCases.filter(found.contains).map(\.rawValue)
    return listed
  }

  private func listed(
    named name: String, _ kind: SealedList.Kind
  ) throws(OperationError) -> ListedDirectory? {
    try list().first {
      $0.name == name && $0.kind == (kind == .directory ? "people" : "addresses")
    }
  }

  /// Forgets a directory; pseudonyms that were made by it stay.
  package func remove(_ name: String, justification why: String?) throws(OperationError) {
    let why = try why.map { (text) throws(OperationError) in try Gate.justification(text).text }
    var isGone = false
    for kind in [SealedList.Kind.directory, .addresses] {
      let done = try governed { () throws(GovernanceError) in
        try gate.state.removeList(
          kind, name, tenant: gate.tenant, action: .directoryImport, by: gate.initiator,
          justification: why)
      }
      isGone = isGone || done
    }
    if !isGone {
      throw OperationError(
        .usage, "There is no directory \(name). `logveil directory list` shows those there are.")
    }
  }
}
