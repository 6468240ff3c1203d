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
  /// The source by whose rules a name is read; `nil`: those of the tenant.
  package var source: String?
  package var justification: String

  package init(
    home: String, tenant: String, direction: Direction, kind: IdentityKind,
    source: String? = nil, justification: String
  ) {
    self.source = source
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
  /// All pseudonyms of a name, the newest first, and behind them those of private rows, where the
  /// person is private and the initiator may know; `nil` where a pseudonym was asked for.
  package var results: [String]?
  /// `malformed`, `unknown` or `destroyed`.
  package var error: String?
}

/// Turns pseudonyms into names, or names into pseudonyms: asks, records, answers.
///
/// Names are looked up in memory first. Before any of them is handed out, a second admin has agreed
/// where the tenant wants that, they are taken out of the budget of the day, and a record of each
/// is durable in the governance log; behind it comes another one with the outcome.
package final class ResolveOperation {
  /// How many pseudonyms a request for approval spells out.
  private static let shownMax = 5

  private let request: ResolveRequest
  private let justification: Justification
  private let gate: Gate
  private let keyring: Keyring
  private let rules: NameRules
  /// Who is who, by the first of the rules.
  private let people: PersonMap?
  /// Whose activities are private, by each of the rules; empty where the initiator may not know.
  private let privatePeople: [GroupMembers]
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
    rules = try NameRules(gate, source: request.source)
    people = try gate.people(keyring, rules.primary)
    var privatePeople: [GroupMembers] = []
    if request.direction == .toPseudonyms, request.kind == .user, try gate.permits(.viewPrivate) {
      for canonical in rules.all {
        if let some = try gate.privatePeople(keyring, canonical) { privatePeople.append(some) }
      }
    }
    self.privatePeople = privatePeople
    self.request = request
    encryptor = NameEncryptor(keyring)
  }

  /// Whether a second admin must agree to what is asked for.
  package func asksSecondAdmin() throws(OperationError) -> Bool {
    try governed { () throws(GovernanceError) in
      try gate.state.needsFourEyes(
        request.direction == .toNames ? .resolve : .lookup, tenant: gate.tenant)
    }
  }

  /// Answers some names, in their order.
  ///
  /// - Parameters:
  ///   - texts: names or pseudonyms as they were given.
  ///   - emit: gets the answers once their records are durable; where it cannot show them, that is
  ///     recorded.
  package func answer(
    _ texts: [[UInt8]], emit: ([ResolveAnswer]) throws(OperationError) -> Void
  ) throws(OperationError) {
    guard !texts.isEmpty else { return }
    let isPrivate =
      request.kind == .privateUser
      || texts.contains { PseudonymText(parsing: $0.span)?.kind == .privateUser }
    if isPrivate {
      try gate.require(.viewPrivate, for: .viewPrivate, justification: justification)
    }
    var answers: [ResolveAnswer] = []
    do throws(VeilError) {
      for text in texts {
        answers.append(
          request.direction == .toNames ? try reveal(text) : try pseudonyms(of: text))
      }
    } catch { throw OperationError(error) }
    let action: GovernanceAction = request.direction == .toNames ? .resolve : .lookup
    var targets: [String] = []
    for (answer, text) in zip(answers, texts) { targets.append(try target(answer, text)) }
    try requireApproval(texts, targets, action)
    try governed { () throws(GovernanceError) in
      try gate.state.spend(
        targets.map {
          GovernanceRecord(
            action, .intent, by: gate.initiator, target: $0, tenant: gate.tenant,
            justification: justification.text)
        }, on: request.direction == .toNames ? .resolve : .lookup, tenant: gate.tenant,
        by: gate.initiator)
    }
    try recordPrivate(answers.count)
    do { try emit(answers) } catch {
      try gate.record(
        action, .failed, targets: targets, justification: justification,
        errors: targets.map { _ in error.description })
      throw error
    }
    let outcomes = zip(targets, answers)
    for status in [GovernanceStatus.successful, .failed] {
      let those = outcomes.filter { ($0.1.error == nil) == (status == .successful) }
      try gate.record(
        action, status, targets: those.map(\.0), justification: justification,
        errors: those.map(\.1.error))
    }
  }

  /// Who is told pseudonyms of private rows has seen who is private. The record comes with every
  /// answer that could have told it, and names nobody: else it would tell it to who reads the log.
  private func recordPrivate(_ count: Int) throws(OperationError) {
    guard !privatePeople.isEmpty else { return }
    try gate.record(
      .viewPrivate, .successful, targets: ["who is private of \(count) looked up"],
      justification: justification)
  }

  /// What the log calls it: a pseudonym that the keys have proved to be one, else a keyed code of
  /// what was typed, which may be anything, also a name.
  private func target(
    _ answer: ResolveAnswer, _ text: [UInt8]
  ) throws(OperationError) -> String {
    if answer.error == nil, let input = answer.input { return input }
    do { return try keyring.auditCode(of: text.span) ?? "(\(answer.error ?? "malformed"))" } catch {
      throw OperationError(error)
    }
  }

  /// Asks a second admin, where the tenant wants that, for these names and this way.
  private func requireApproval(
    _ texts: [[UInt8]], _ targets: [String], _ action: GovernanceAction
  ) throws(OperationError) {
    let shown = targets.prefix(Self.shownMax).joined(separator: " ")
    let more = targets.count > Self.shownMax ? " and \(targets.count - Self.shownMax) more" : ""
    let summary = shown + more
    var all = Array("\(request.kind.word)\n\(request.source ?? "")\0".utf8)
    for text in texts { all += text + [0x0a] }
    try gate.requireApproval(
      of: action == .resolve ? .resolve : .lookup, all, summary: summary, keyring: keyring,
      justification: justification)
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
      let names = canonicalForms(of: text)
      guard !names.isEmpty else {
        answer.error = "malformed"
        return answer
      }
      var results = try pseudonyms(ofNames: names, as: request.kind)
      if names.contains(where: { name in privatePeople.contains { $0.contains(name) } }) {
        results += try pseudonyms(ofNames: names, as: .privateUser)
      }
      answer.results = results
    }
    answer.result = answer.results?.first
    answer.input = answer.result
    if answer.result == nil { answer.error = "destroyed" }
    return answer
  }

  /// What a name is under each of the rules, that of the source first; empty where it is none.
  private func canonicalForms(of text: [UInt8]) -> [[UInt8]] {
    guard text.count <= NameEncryptor.nameBytesMax else { return [] }
    var forms: [[UInt8]] = []
    for canonical in rules.all {
      var name: [UInt8] = []
      guard canonical.canonicalise(text.span, kind: request.kind, into: &name) == .name,
        !forms.contains(name)
      else { continue }
      // A directory may have come later than pseudonyms of the name itself.
      if request.kind != .machine, request.kind != .ip, let person = people?.person(of: name),
        !forms.contains(person)
      {
        forms.append(person)
      }
      if !forms.contains(name) { forms.append(name) }
    }
    return forms
  }

  /// Pseudonyms under each key version that is left, the newest first.
  private func pseudonyms(
    ofNames forms: [[UInt8]], as kind: IdentityKind
  ) throws(VeilError) -> [String] {
    var names = ByteStrings()
    for form in forms { names.append(bytes: form.span) }
    var texts = ByteStrings()
    for version in keyring.versions.reversed() where !version.isDestroyed {
      try encryptor.encrypt(names, kind: kind, version: version.number, into: &texts)
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
