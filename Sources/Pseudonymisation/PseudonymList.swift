internal import ByteBlocks
package import IdentityRules
package import VeiledRecords

/// Turns lists of people into pseudonyms, sorted, each once.
package struct PseudonymList {
  private let keyring: Keyring
  private let canonical: CanonicalNames

  package init(_ keyring: Keyring, _ canonical: CanonicalNames) {
    self.keyring = keyring
    self.canonical = canonical
  }

  /// The pseudonyms of all names under the newest key that was not destroyed.
  package func pseudonyms(
    of list: PeopleList, kind: IdentityKind
  ) throws(VeilError) -> [String] {
    guard let version = keyring.versions.last(where: { !$0.isDestroyed }) else {
      throw .destroyedVersion(keyring.newestVersion)
    }
    var forms: Set<[UInt8]> = []
    for name in list.people.joined() {
      var form: [UInt8] = []
      if canonical.canonicalise(name.span, into: &form) == .name { forms.insert(form) }
    }
    var names = ByteStrings()
    for form in forms { names.append(bytes: form.span) }
    var texts = ByteStrings()
    var encryptor = NameEncryptor(keyring)
    try encryptor.encrypt(names, kind: kind, version: version.number, into: &texts)
    return (0..<texts.count).map { texts.string($0) }.sorted()
  }
}
