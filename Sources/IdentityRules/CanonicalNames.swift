package import VeiledRecords

/// What a name in a log turned out to be.
package enum CanonicalResult: Equatable, Sendable {
  /// A name; its canonical form was written.
  case name
  /// No name at all: empty, `-`, `N/A`, `anonymous` and the like. Stored as null.
  case nobody
}

/// The canonical form of names: the spellings of one person come out as the same bytes.
///
/// Version 1 (`canon_version` in the table `ingests`); another rule is another version, as tables
/// of two versions can't be joined. The steps, in their order:
///
/// 1. Bytes that are no valid UTF-8 stay exactly as they are, and no further step looks at them.
/// 2. Lower case (Unicode, without regard to language or to the neighbouring letters), full-width
///    and half-width forms to the ordinary ones, Unicode normalisation form C.
/// 3. `%xx` is undone where the outcome is printable, valid UTF-8; several backslashes in a row
///    become one.
/// 4. Blanks and one or more pairs of double quotes around the name go.
/// 5. Values that name nobody become null, see `Nobodies`.
/// 6. An LDAP name becomes `value@rest`: the value of its first `uid`, `userid` or
///    `samaccountname`, else of its first `cn`, and the values of all other parts joined by dots:
///    `CN=Anna Schmidt,OU=Sales,DC=corp,DC=example` is `anna schmidt@sales.corp.example`.
/// 7. `REALM\user`, `user@realm` and `realm/user` keep their notation; a realm that the realm map
///    knows makes all three `user@target`.
///
/// Without a realm map nobody is merged with anybody: what differs in more than case, width,
/// escapes, blanks and quotes stays two, but for LDAP names that differ in nothing but the types
/// of their parts. Steps 2 to 7 are repeated until nothing changes, and what
/// would not come to rest is taken as it was: so the canonical form of a canonical form is itself.
package struct CanonicalNames: Sendable {
  /// The version of these rules.
  package static let version = 1
  // Each round undoes one more layer of spelling; real names need two.
  static let roundsMax = 8

  let realms: RealmMap

  /// The canonical form under `rules`.
  package init(_ rules: CanonicalRules = CanonicalRules()) throws(IdentityError) {
    realms = try RealmMap(rules.realms)
  }

  /// Writes the canonical form of a user's name.
  ///
  /// - Parameters:
  ///   - raw: the name as the log has it, without the log format's own quotes and escapes.
  ///   - name: receives the canonical form; cleared first, and empty where there is nobody.
  /// - Returns: whether it is somebody's name.
  /// - Complexity: one pass without allocation for ASCII without `%`, `=` and quotes.
  package func canonicalise(_ raw: Span<UInt8>, into name: inout [UInt8]) -> CanonicalResult {
    canonicalise(raw, into: &name) { tidyUser(&$0) }
  }

  /// Writes the canonical form of a machine's name: steps 1 to 5, then without leading
  /// backslashes, without the `$` that ends machine accounts, and without the dot of a full name.
  ///
  /// - Parameters: as of `canonicalise`.
  package func canonicaliseMachine(
    _ raw: Span<UInt8>,
    into name: inout [UInt8]
  ) -> CanonicalResult {
    canonicalise(raw, into: &name) { tidyMachine(&$0) }
  }

  /// Writes the canonical form of whatever `kind` stands for; an address is written as
  /// `CanonicalAddress` has it, and what is no address is nobody's.
  package func canonicalise(
    _ raw: Span<UInt8>,
    kind: IdentityKind,
    into name: inout [UInt8]
  ) -> CanonicalResult {
    switch kind {
    case .user, .privateUser: return canonicalise(raw, into: &name)
    case .machine: return canonicaliseMachine(raw, into: &name)
    case .ip:
      name.removeAll(keepingCapacity: true)
      guard let address = CanonicalAddress(raw) else { return .nobody }
      address.append(to: &name)
      return .name
    }
  }
}

extension CanonicalNames {
  private func canonicalise(
    _ raw: Span<UInt8>,
    into name: inout [UInt8],
    tidy: (inout [UInt8]) -> Void
  ) -> CanonicalResult {
    if Spelling.lowerPlain(raw, into: &name) {
      tidy(&name)
    } else {
      settle(raw, into: &name, tidy: tidy)
    }
    return name.isEmpty ? .nobody : .name
  }

  /// Repeats all steps until they change nothing.
  private func settle(
    _ raw: Span<UInt8>,
    into name: inout [UInt8],
    tidy: (inout [UInt8]) -> Void
  ) {
    let original = raw.indices.map { raw[$0] }
    var current = original
    for _ in 0..<CanonicalNames.roundsMax {
      guard var next = UnicodeForm.folded(current) else { break }
      Spelling.undoEscapes(&next)
      tidy(&next)
      if next == current {
        name = current
        return
      }
      current = next
    }
    name = original
  }

  private func tidyUser(_ name: inout [UInt8]) {
    Spelling.collapseBackslashes(&name)
    Spelling.trim(&name)
    if Nobodies.includes(name) {
      name.removeAll(keepingCapacity: true)
      return
    }
    if name.contains(UInt8(ascii: "=")) { DistinguishedName.rewrite(&name, realms) }
    realms.apply(&name)
  }

  private func tidyMachine(_ name: inout [UInt8]) {
    Spelling.collapseBackslashes(&name)
    Spelling.trim(&name)
    Spelling.trim(&name, alsoInFront: UInt8(ascii: "\\"), alsoBehind: "$.".utf8)
    if Nobodies.includes(name) { name.removeAll(keepingCapacity: true) }
  }
}
