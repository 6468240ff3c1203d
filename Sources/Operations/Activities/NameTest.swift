internal import Pseudonymisation
internal import Synchronization

/// Asks what stands behind pseudonyms, and tells nobody: for what cannot be listed, as members by a
/// rule and large networks. Each distinct one is asked once.
final class NameTest: Sendable {
  private struct State: ~Copyable {
    var encryptor: NameEncryptor
    var known: [[UInt8]: Bool]
  }
  private let state: Mutex<State>
  private let fits: @Sendable ([UInt8]) -> Bool

  /// - Parameters:
  ///   - texts: what is wanted as it stands.
  ///   - fits: whether a canonical name is wanted.
  init(
    _ keyring: Keyring, or texts: Set<[UInt8]> = [],
    _ fits: @escaping @Sendable ([UInt8]) -> Bool
  ) {
    self.fits = fits
    let known = Dictionary(uniqueKeysWithValues: texts.map { ($0, true) })
    state = Mutex(State(encryptor: NameEncryptor(keyring), known: known))
  }

  /// Whether the name is wanted that a pseudonym stands for; one whose key was destroyed is not.
  ///
  /// - Parameter text: a pseudonym, or a name in a log with clear ones.
  func contains(_ text: Span<UInt8>) -> Bool {
    let text = text.indices.map { text[$0] }
    return state.withLock { [fits] state in
      if let known = state.known[text] { return known }
      let isPseudonym = PseudonymText(parsing: text.span) != nil
      let name = isPseudonym ? try? state.encryptor.reveal(text.span) : text
      let isWanted = name.map(fits) ?? false
      state.known[text] = isWanted
      return isWanted
    }
  }
}
