internal import ByteBlocks
internal import Governance
internal import IdentityRules
internal import Pseudonymisation
internal import Synchronization
internal import VeiledRecords

/// Finds who is behind the users of a month, in memory alone: pseudonyms of all key versions, and
/// of names that the directory learned later, become one; and it keeps what the directory says.
final class PersonLink: Sendable {
  private struct State: ~Copyable {
    var encryptor: NameEncryptor
    var attributes: [[UInt8]: [PersonAttribute: String]] = [:]
    /// Pseudonyms of those whose activities are private, now or when they were stamped so.
    var privates: Set<[UInt8]> = []
  }
  private let state: Mutex<State>
  /// `nil` where all key versions were destroyed: then nobody can be found.
  private let newest: Int?
  private let directories: [PersonAttributes]
  private let privateGroups: [GroupMembers]

  init(_ gate: Gate, _ keyring: Keyring) throws(OperationError) {
    let version = keyring.versions.last { !$0.isDestroyed }?.number
    newest = version
    let lists = try governed { () throws(GovernanceError) in
      version == nil ? [] : try gate.state.lists(.directory, tenant: gate.tenant)
    }
    let opened = try lists.map { list throws(OperationError) in try keyring.open(list) }
    var directories: [PersonAttributes] = []
    var groups: [GroupMembers] = []
    for canonical in try NameRules(gate, source: nil).all where version != nil {
      var people = PersonMap(canonical)
      for list in opened { people.insert(list.names) }
      var attributes = PersonAttributes(people, canonical)
      for list in opened { attributes.insert(list) }
      directories.append(attributes)
      if let members = try gate.privatePeople(keyring, canonical) { groups.append(members) }
    }
    self.directories = directories
    privateGroups = groups
    state = Mutex(State(encryptor: NameEncryptor(keyring)))
  }

  /// The one pseudonym of a user; `nil` where the text stands for itself: it is no user, or its key
  /// was destroyed.
  func person(of text: Span<UInt8>) -> [UInt8]? {
    guard let newest, let pseudonym = PseudonymText(parsing: text),
      pseudonym.kind == .user || pseudonym.kind == .privateUser
    else { return nil }
    let bytes = text.indices.map { text[$0] }
    return state.withLock { [directories, privateGroups] state in
      guard let name = try? state.encryptor.reveal(bytes.span) else { return nil }
      let known = directories.lazy.compactMap { $0.of(name) }.first
      let person = known?.person ?? name
      var (names, results) = (ByteStrings(), ByteStrings())
      names.append(bytes: person.span)
      guard
        (try? state.encryptor.encrypt(names, kind: .user, version: newest, into: &results)) != nil
      else { return nil }
      let one = Array(results[0])
      if pseudonym.kind == .privateUser
        || privateGroups.contains(where: { $0.contains(name) || $0.contains(person) })
      {
        state.privates.insert(one)
      }
      state.attributes[one] = known?.attributes
      return one
    }
  }

  /// What is said of the person of a pseudonym.
  func attributes(of pseudonym: String) -> [PersonAttribute: String] {
    state.withLock { $0.attributes[Array(pseudonym.utf8)] ?? [:] }
  }

  /// Whether a row about them may be told at all.
  func isPrivate(_ pseudonym: String) -> Bool {
    state.withLock { $0.privates.contains(Array(pseudonym.utf8)) }
  }
}
