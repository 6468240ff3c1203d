/// Groups that are there without an import.
package enum BuiltInGroup: String, CaseIterable, Sendable {
  /// Machine accounts (`HOST$`) and the service accounts that were imported under this name.
  case application = "Application"
  /// Everyone whose realm is outside of the tenant's managed domains; who has no realm is inside.
  case external = "External users"

  /// The group that `name` means, whatever its case.
  package init?(named name: String) {
    guard let group = Self.allCases.first(where: { $0.rawValue.lowercased() == name.lowercased() })
    else { return nil }
    self = group
  }
}

/// The members of groups, to be asked by the canonical form of a name.
///
/// Made afresh when a run starts, out of the names as they were imported: so no rule and no key of
/// an earlier day decides who is a member.
package struct GroupMembers: Sendable {
  private var names: Set<[UInt8]> = []
  private var includesApplications = false
  private var includesExternals = false
  private let managedDomains: [[UInt8]]
  private let canonical: CanonicalNames
  private let people: PersonMap?

  /// Nobody.
  ///
  /// - Parameters:
  ///   - managedDomains: domains and realms whose people are not external.
  ///   - canonical: the rules under which logs are read.
  ///   - people: the directory, where there is one: a member is one by each name.
  package init(
    managedDomains: [String], canonical: CanonicalNames, people: PersonMap? = nil
  ) {
    self.canonical = canonical
    self.people = people
    self.managedDomains = managedDomains.map { domain in
      let folded = UnicodeForm.folded(Array(domain.utf8)) ?? Array(domain.utf8)
      return canonical.realms.target(of: folded) ?? folded
    }
  }

  /// Whether there can be members.
  package var isEmpty: Bool { names.isEmpty && !includesApplications && !includesExternals }

  /// Adds people with all their names.
  package mutating func insert(_ list: PeopleList) {
    for person in list.people {
      for name in person {
        var form: [UInt8] = []
        guard canonical.canonicalise(name.span, into: &form) == .name else { continue }
        names.insert(people?.person(of: form) ?? form)
      }
    }
  }

  /// Adds what a built-in group stands for by itself.
  package mutating func insert(_ group: BuiltInGroup) {
    switch group {
    case .application: includesApplications = true
    case .external: includesExternals = true
    }
  }

  /// Whether the person with this canonical name is a member, by any name that the directory has
  /// of the person.
  package func contains(_ name: [UInt8]) -> Bool {
    if names.contains(name) { return true }
    if let person = people?.person(of: name), names.contains(person) { return true }
    guard includesApplications || includesExternals else { return false }
    let (user, realm) = Self.parts(name)
    if includesApplications, user.count > 1, user.last == UInt8(ascii: "$") { return true }
    guard includesExternals, let realm else { return false }
    return !managedDomains.contains { domain in
      realm.elementsEqual(domain)
        || (realm.count > domain.count && realm.suffix(domain.count).elementsEqual(domain)
          && realm[realm.endIndex - domain.count - 1] == UInt8(ascii: "."))
    }
  }

  /// A name and its realm, in whichever notation.
  private static func parts(
    _ name: [UInt8]
  ) -> (user: ArraySlice<UInt8>, realm: ArraySlice<UInt8>?) {
    if let split = name.lastIndex(of: UInt8(ascii: "\\")) {
      return (name[(split + 1)...], name[..<split])
    }
    if let split = name.lastIndex(of: UInt8(ascii: "@")) {
      return (name[..<split], name[(split + 1)...])
    }
    if let split = name.firstIndex(of: UInt8(ascii: "/")), split > 0, split + 1 < name.count {
      return (name[(split + 1)...], name[..<split])
    }
    return (name[...], nil)
  }
}
