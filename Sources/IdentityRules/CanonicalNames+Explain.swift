/// One step from a name in a log to its canonical form.
package struct CanonicalStep: Equatable, Sendable {
  /// What was done: a word of the set below.
  package enum Rule: String, Sendable {
    case asIs = "as_is"
    case folded = "lower_case_and_unicode"
    case escapes = "escapes_undone"
    case backslashes = "backslashes_collapsed"
    case trimmed = "blanks_and_quotes_removed"
    case nobody = "names_nobody"
    case directoryName = "ldap_name_rewritten"
    case realm = "realm_mapped"
    case unstable = "taken_as_it_was"
  }

  package let rule: Rule
  /// The name behind the step.
  package let name: [UInt8]
}

extension CanonicalNames {
  /// The steps of a user's name that change something, the first one as it came in.
  ///
  /// The last one is what `canonicalise` gives.
  package func steps(of raw: Span<UInt8>) -> [CanonicalStep] {
    let original = raw.indices.map { raw[$0] }
    var trail = Trail(original)
    for _ in 0..<Self.roundsMax {
      let before = trail.name
      guard let folded = UnicodeForm.folded(before) else { break }
      trail.note(.folded, folded)
      trail.change(.escapes) { Spelling.undoEscapes(&$0) }
      trail.change(.backslashes) { Spelling.collapseBackslashes(&$0) }
      trail.change(.trimmed) { Spelling.trim(&$0) }
      if Nobodies.includes(trail.name) {
        trail.note(.nobody, [])
        return trail.steps
      }
      if trail.name.contains(UInt8(ascii: "=")) {
        trail.change(.directoryName) { DistinguishedName.rewrite(&$0, realms) }
      }
      trail.change(.realm) { realms.apply(&$0) }
      if trail.name.isEmpty || trail.name == before { return trail.steps }
    }
    // What does not come to rest is taken byte for byte.
    trail.note(.unstable, original)
    return trail.steps
  }
}

/// Steps so far.
private struct Trail {
  private(set) var steps: [CanonicalStep]
  private(set) var name: [UInt8]

  init(_ name: [UInt8]) {
    self.name = name
    steps = [CanonicalStep(rule: .asIs, name: name)]
  }

  mutating func change(_ rule: CanonicalStep.Rule, _ body: (inout [UInt8]) -> Void) {
    var next = name
    body(&next)
    note(rule, next)
  }

  mutating func note(_ rule: CanonicalStep.Rule, _ next: [UInt8]) {
    if next == name { return }
    name = next
    steps.append(CanonicalStep(rule: rule, name: next))
  }
}
