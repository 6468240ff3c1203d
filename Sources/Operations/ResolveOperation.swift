internal import ByteBlocks
internal import Governance
internal import IdentityRules
internal import Pseudonymisation
package import VeiledRecords

/// What a person asked `logveil resolve` to do.
package struct ResolveRequest: Sendable {
  /// Which way names are turned.
  package enum Direction: Sendable {
    /// Pseudonyms into names.
    case toNames
    /// Names into pseudonyms.
    case toPseudonyms
  }

  package var home: String
  package var tenant: String
  package var direction: Direction
  /// What names stand for; pseudonyms say that themselves.
  package var kind: IdentityKind
  package var justification: String

  package init(
    home: String, tenant: String, direction: Direction, kind: IdentityKind, justification: String
  ) {
    self.home = home
    self.tenant = tenant
    self.direction = direction
    self.kind = kind
    self.justification = justification
  }
}

/// What became of one name or pseudonym.
package struct ResolveAnswer: Sendable, Equatable {
  /// The pseudonym that was asked for; for a name its newest pseudonym, never the name. `nil` for
  /// a name that has none.
  package var input: String?
  /// `user`, `machine` or `ip`; `nil` where a text is no pseudonym.
  package var kind: String?
  /// The name, or the newest pseudonym.
  package var result: String?
  /// All pseudonyms of a name, the newest first; `nil` where a pseudonym was asked for.
  package var results: [String]?
  /// `malformed`, `unknown` or `destroyed`.
  package var error: String?
}

/// Turns pseudonyms into names, or names into pseudonyms: asks, records, answers.
///
/// Names are looked up in memory first. Before any of them is handed out, a record of each is
/// durable in the governance log; behind it comes another one with the outcome.
package final class ResolveOperation {
  private let request: ResolveRequest
  private let justification: Justification
  private let gate: Gate
  private let keyring: Keyring
  private let canonical: CanonicalNames
  private var encryptor: NameEncryptor

  /// Asks whether this may be done, and opens the keys.
  package init(_ request: ResolveRequest) throws(OperationError) {
    justification = try governed { () throws(GovernanceError) in
      try Justification(request.justification)
    }
    let home = try Home(at: request.home)
    gate = try Gate.open(home, tenant: request.tenant)
    switch request.direction {
    case .toNames: try gate.require(.resolve, for: .resolve, justification: justification)
    case .toPseudonyms: try gate.require(.lookup, for: .lookup, justification: justification)
    }
    keyring = try home.loadKeys(of: request.tenant)
    do { canonical = try CanonicalNames() } catch { throw OperationError(error) }
    self.request = request
    encryptor = NameEncryptor(keyring)
  }

  /// Answers some names, in their order.
  ///
  /// - Parameters:
  ///   - texts: names or pseudonyms as they were given.
  ///   - emit: gets the answers once their records are durable.
  package func answer(
    _ texts: [[UInt8]], emit: ([ResolveAnswer]) -> Void
  ) throws(OperationError) {
    guard !texts.isEmpty else { return }
    var answers: [ResolveAnswer] = []
    do throws(VeilError) {
      for text in texts {
        answers.append(
          request.direction == .toNames ? try reveal(text) : try pseudonyms(of: text))
      }
    } catch { throw OperationError(error) }
    let action: GovernanceAction = request.direction == .toNames ? .resolve : .lookup
    let targets = answers.map(Self.target)
    try gate.record(action, .intent, targets: targets, justification: justification)
    emit(answers)
    let outcomes = zip(targets, answers)
    for status in [GovernanceStatus.successful, .failed] {
      let those = outcomes.filter { ($0.1.error == nil) == (status == .successful) }
      try gate.record(
        action, status, targets: those.map(\.0), justification: justification,
        errors: those.map(\.1.error))
    }
  }

  /// What the log calls it: a pseudonym that the keys have proved to be one, or a fixed word. What
  /// was typed may be anything, also a name.
  private static func target(_ answer: ResolveAnswer) -> String {
    if answer.error == nil, let input = answer.input { return input }
    return "(\(answer.error ?? "malformed"))"
  }

  private func reveal(_ text: [UInt8]) throws(VeilError) -> ResolveAnswer {
    var answer = ResolveAnswer(
      input: String(decoding: text, as: UTF8.self),
      kind: PseudonymText(parsing: text.span)?.kind.word)
    do throws(VeilError) {
      answer.result = String(decoding: try encryptor.reveal(text.span), as: UTF8.self)
    } catch {
      guard let word = error.word else { throw error }
      answer.error = word
    }
    return answer
  }

  private func pseudonyms(of text: [UInt8]) throws(VeilError) -> ResolveAnswer {
    var answer = ResolveAnswer(kind: request.kind.word, results: [])
    if PseudonymText.looksLikeOne(text.span) {
      // As in a log: a pseudonym stays what it is, if it is one.
      guard encryptor.verify(text.span) else {
        answer.error = "unknown"
        return answer
      }
      answer.results = [String(decoding: text, as: UTF8.self)]
    } else {
      var name: [UInt8] = []
      guard text.count <= NameEncryptor.nameBytesMax,
        canonical.canonicalise(text.span, kind: request.kind, into: &name) == .name
      else {
        answer.error = "malformed"
        return answer
      }
      answer.results = try pseudonyms(ofName: name)
    }
    answer.result = answer.results?.first
    answer.input = answer.result
    if answer.result == nil { answer.error = "destroyed" }
    return answer
  }

  /// One pseudonym for each key version that is left, the newest first.
  private func pseudonyms(ofName name: [UInt8]) throws(VeilError) -> [String] {
    var names = ByteStrings()
    names.append(bytes: name)
    var texts = ByteStrings()
    for version in keyring.versions.reversed() where !version.isDestroyed {
      try encryptor.encrypt(names, kind: request.kind, version: version.number, into: &texts)
    }
    return (0..<texts.count).map { texts.string($0) }
  }
}

extension IdentityKind {
  /// The word for it on the command line and in JSON.
  package var word: String {
    switch self {
    case .user, .privateUser: "user"
    case .machine: "machine"
    case .ip: "ip"
    }
  }
}
