internal import Governance
internal import IdentityRules
internal import Pseudonymisation
internal import VeiledRecords

/// One rule on what runs leave out.
package struct ListedRule: Sendable {
  package let id: Int64
  package let effect: String
  package let kind: String
  /// What it is about; a user or a device by the pseudonym.
  package let value: String
  package let comment: String?
  package let added: String
}

/// The rules of a tenant as a run uses them.
struct LoadedScope: Sendable {
  let rules: ScopeRules
  /// Ids of the rules, by their places.
  let ids: [Int64]
  /// A keyed code of all rules, for what decides the rows of an archive.
  let code: String
}

extension Gate {
  /// The rules of the tenant, made afresh; `nil` where there are none.
  func scope(
    _ keyring: Keyring, _ canonical: CanonicalNames
  ) throws(OperationError) -> LoadedScope? {
    let stored = try governed { () throws(GovernanceError) in
      try state.scopeRules(tenant: tenant)
    }
    guard !stored.isEmpty else { return nil }
    let people = try people(keyring, canonical)
    var rules = ScopeRules()
    var all: [UInt8] = []
    for rule in stored {
      let value = try keyring.openRule(rule)
      guard let effect = ScopeRules.Effect(rawValue: rule.effect),
        let kind = ScopeRules.Kind(rawValue: rule.kind)
      else {
        throw OperationError(
          .configuration, "Rule #\(rule.id) was made by a newer Logveil. Nothing was read.")
      }
      var members: GroupMembers?
      if kind == .group {
        members = try self.members(
          of: [String(decoding: value, as: UTF8.self)], usedBy: .rule(rule.id), keyring, canonical)
      }
      guard
        rules.insert(
          effect, kind, value, members: members, canonical: canonical, people: people)
      else {
        throw OperationError(
          .configuration,
          "Rule #\(rule.id) does not fit the rules by which names are read now. Nothing was "
            + "read; `logveil exclude remove \(rule.id)` and add it anew.")
      }
      all += Array("\(rule.effect) \(rule.kind) ".utf8) + value + [0]
    }
    let code: String
    do { code = try keyring.auditCode(of: all.span) ?? "" } catch { throw OperationError(error) }
    return LoadedScope(rules: rules, ids: stored.map(\.id), code: code)
  }
}

extension Gate {
  /// Ids of the rules that are about a group.
  func rules(about group: String, _ keyring: Keyring) throws(OperationError) -> [Int64] {
    let stored = try governed { () throws(GovernanceError) in
      try state.scopeRules(tenant: tenant)
    }
    var ids: [Int64] = []
    for rule in stored where rule.kind == ScopeRules.Kind.group.rawValue {
      let name = String(decoding: try keyring.openRule(rule), as: UTF8.self)
      if (BuiltInGroup(named: name)?.rawValue ?? name) == group { ids.append(rule.id) }
    }
    return ids
  }
}

extension Keyring {
  fileprivate func openRule(_ rule: SealedRule) throws(OperationError) -> [UInt8] {
    do throws(VeilError) {
      return try open(rule.sealed.span, purpose: "rules", label: rule.kind)
    } catch {
      throw OperationError(
        .configuration, "Rule #\(rule.id) cannot be opened. \(error.description)")
    }
  }
}

/// The verbs on rules. Each needs `manage_settings`.
package struct ScopeOperation {
  private let gate: Gate
  private let keyring: Keyring

  package init(home path: String, tenant: String) throws(OperationError) {
    let prepared = try Home.prepare(at: path, tenant: tenant)
    gate = prepared.gate
    keyring = prepared.keyring
    try gate.require(.manageSettings)
  }

  /// All rules, the oldest first.
  package func list() throws(OperationError) -> [ListedRule] {
    let rules = try governed { () throws(GovernanceError) in
      try gate.state.scopeRules(tenant: gate.tenant)
    }
    let names = try NameRules(gate, source: nil)
    return try rules.map { (rule) throws(OperationError) in
      let value = try keyring.openRule(rule)
      return ListedRule(
        id: rule.id, effect: rule.effect, kind: rule.kind,
        value: try shown(value, ScopeRules.Kind(rawValue: rule.kind), names.primary),
        comment: rule.comment, added: rule.added)
    }
  }

  /// Groups, addresses and hosts as they are; people and machines by their pseudonyms.
  private func shown(
    _ value: [UInt8], _ kind: ScopeRules.Kind?, _ canonical: CanonicalNames
  ) throws(OperationError) -> String {
    guard kind == .user || kind == .device else { return String(decoding: value, as: UTF8.self) }
    do throws(VeilError) {
      return try PseudonymList(keyring, canonical).pseudonyms(
        of: PeopleList([[value]]), kind: kind == .user ? .user : .machine
      ).first ?? "-"
    } catch { throw OperationError(error) }
  }

  /// Adds rules of one kind; returns their ids.
  ///
  /// - Parameter kind: user, group, ip, device or host.
  package func add(
    _ kind: String, _ values: [[UInt8]], isIncluding: Bool, comment: String?
  ) throws(OperationError) -> [Int64] {
    guard let kind = ScopeRules.Kind(rawValue: kind) else {
      preconditionFailure("There is no such kind of rules.")
    }
    let effect: ScopeRules.Effect = isIncluding ? .include : .exclude
    let comment = try comment.map { (text) throws(OperationError) in
      try Gate.justification(text).text
    }
    let canonical = try NameRules(gate, source: nil).primary
    var sealed: [[UInt8]] = []
    for value in values {
      var trial = ScopeRules()
      var members: GroupMembers?
      if kind == .group {
        let name = String(decoding: value, as: UTF8.self)
        let known = try governed { () throws(GovernanceError) in
          try gate.state.lists(.group, tenant: gate.tenant).map(\.name)
        }
        guard known.contains(name) || BuiltInGroup(named: name) != nil else {
          throw OperationError(
            .usage, "There is no group \(name). `logveil group list` shows those there are.")
        }
        members = try gate.members(of: [name], usedBy: .rule(nil), keyring, canonical)
      }
      guard kind == .group || !PseudonymText.looksLikeOne(value.span) else {
        throw OperationError(
          .usage,
          "A value of --\(kind.rawValue) is a pseudonym; rules are about names as logs have them. "
            + "Nothing was changed.")
      }
      guard kind != .host || ScopeRules.isHost(value) else {
        throw OperationError(
          .usage,
          "A value of --host is no host: it stands for itself and all below it, and a * can only "
            + "be in front of it, as in *.example.com. Nothing was changed.")
      }
      guard trial.insert(effect, kind, value, members: members, canonical: canonical) else {
        throw OperationError(
          .usage, "A value of --\(kind.rawValue) can be none. Nothing was changed.")
      }
      do throws(VeilError) {
        sealed.append(try keyring.seal(value.span, purpose: "rules", label: kind.rawValue))
      } catch { throw OperationError(error) }
    }
    guard try list().count + sealed.count <= ScopeRules.rulesMax else {
      throw OperationError(
        .usage, "There are at most \(ScopeRules.rulesMax) rules: make groups of people.")
    }
    return try governed { () throws(GovernanceError) in
      try gate.state.addScopeRules(
        effect.rawValue, kind.rawValue, sealed: sealed, comment: comment, tenant: gate.tenant,
        by: gate.initiator)
    }
  }

  /// Takes a rule away.
  package func remove(_ id: Int64, justification why: String?) throws(OperationError) {
    let why = try why.map { (text) throws(OperationError) in try Gate.justification(text).text }
    let isGone = try governed { () throws(GovernanceError) in
      try gate.state.removeScopeRule(
        id, tenant: gate.tenant, by: gate.initiator, justification: why)
    }
    if !isGone {
      throw OperationError(
        .usage, "There is no rule #\(id). `logveil exclude list` shows those there are.")
    }
  }
}
