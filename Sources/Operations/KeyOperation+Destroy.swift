internal import Governance
internal import Pseudonymisation

extension KeyOperation {
  /// What must be typed to destroy a version: the tenant's name and the number.
  package static func confirmation(tenant: String, version: Int) -> String {
    "destroy \(tenant) \(version)"
  }

  /// Destroys a version for good, and writes a certificate into the governance log.
  ///
  /// Its pseudonyms can never be resolved again, in no table and no backup of one; events of its
  /// days become rejects. Key files of before, and exports, are outside of its reach: the
  /// certificate names every export, import and bridge of the version that the log knows.
  ///
  /// - Parameters:
  ///   - version: which one.
  ///   - typed: what was typed to confirm it.
  ///   - why: the justification.
  /// - Returns: the certificate.
  package func destroy(
    version: Int, confirmation typed: String, justification why: String
  ) throws(OperationError) -> String {
    let justification = try Gate.justification(why)
    try gate.require(.manageKeys, for: .keyDestroy, justification: justification)
    let wanted = Self.confirmation(tenant: tenant, version: version)
    guard typed == wanted else {
      throw OperationError(
        .usage, "To destroy the version, confirm with \"\(wanted)\". Nothing was done.")
    }
    let keyring = try home.loadKeys(of: tenant)
    guard let key = keyring.versions.first(where: { $0.number == version }) else {
      throw OperationError(VeilError.missingVersion(version))
    }
    if key.isDestroyed {
      guard try !hasCertificate(of: version) else {
        throw OperationError(
          .usage, "Key version \(version) was destroyed before. Nothing was done.")
      }
    } else {
      try gate.requireApproval(
        of: .keyDestroy, Array("version \(version)".utf8), summary: "version \(version)",
        keyring: keyring, justification: justification)
    }
    return try gate.audited(
      .keyDestroy, target: "version \(version)", justification: justification
    ) {
      // It is gone already where an attempt was cut off before it could certify that.
      if !key.isDestroyed {
        try reseal(keyring, avoiding: version)
        _ = try Keyring.destroy(version: version, tenant: tenant, folder: home.keysPath)
      }
      let certificate = try certificate(version: version, created: key.created)
      return (certificate, certificate)
    }
  }

  /// Groups, directories and rules that are sealed under a version that goes are sealed under
  /// another one; under the last one they go with it.
  private func reseal(_ keyring: Keyring, avoiding version: Int) throws {
    guard keyring.versions.contains(where: { !$0.isDestroyed && $0.number != version }) else {
      return
    }
    try governed { () throws(GovernanceError) in
      try gate.state.resealLists(tenant: tenant) { kind, name, sealed in
        let label = "\(kind.rawValue)/\(name)"
        let open = try? keyring.open(sealed.span, purpose: kind.purpose, label: label)
        guard let open else { return sealed }
        return try keyring.seal(
          open.span, purpose: kind.purpose, label: label, avoiding: version)
      }
      try gate.state.resealScopeRules(tenant: tenant) { rule in
        let open = try? keyring.open(rule.sealed.span, purpose: "rules", label: rule.kind)
        guard let open else { return rule.sealed }
        return try keyring.seal(open.span, purpose: "rules", label: rule.kind, avoiding: version)
      }
    }
  }

  /// Whether the log says that the version was destroyed.
  private func hasCertificate(of version: Int) throws(OperationError) -> Bool {
    try entries([.keyDestroy]).contains {
      $0.status == GovernanceStatus.successful.rawValue && Self.names(version, $0.target ?? "")
    }
  }

  /// Every copy of the version that was ever made by a verb, or may have been.
  private func certificate(version: Int, created: String) throws(OperationError) -> String {
    let records = try entries([.keyNew, .keyExport, .keyImport, .keyBridge])
    let parts = [
      ("exports", GovernanceAction.keyExport), ("imports", .keyImport), ("bridges", .keyBridge),
    ].map { name, action in
      let words = records.enumerated().compactMap { place, record in
        Self.mention(record, of: version, as: action, behind: records[(place + 1)...])
      }
      return "\(name): \(words.isEmpty ? "none" : words.joined(separator: ", "))"
    }
    let first = try governed { () throws(GovernanceError) in
      var filter = GovernanceFilter()
      filter.limit = 1
      return try gate.state.log.list(filter).first?.sequence ?? 1
    }
    let gap = first > 1 ? "; what stood in records before #\(first) was purged" : ""
    return "version \(version), made \(created); " + parts.joined(separator: "; ") + gap
  }

  private func entries(
    _ actions: Set<GovernanceAction>
  ) throws(OperationError) -> [GovernanceEntry] {
    var filter = GovernanceFilter()
    filter.actions = actions
    filter.tenant = tenant
    return try governed { () throws(GovernanceError) in try gate.state.log.list(filter) }
  }

  /// What a record says of a copy; `nil` where it is no copy of the version.
  private static func mention(
    _ record: GovernanceEntry, of version: Int, as action: GovernanceAction,
    behind later: ArraySlice<GovernanceEntry>
  ) -> String? {
    let target = record.target ?? ""
    // A key that was brought along is a copy of one that is elsewhere.
    let isOwnKey = record.action == GovernanceAction.keyNew.rawValue && target.hasSuffix("own key")
    guard record.action == action.rawValue || (action == .keyImport && isOwnKey) else { return nil }
    let words = "#\(record.sequence) \(record.time) by \(record.initiator)"
    switch GovernanceStatus(rawValue: record.status) {
    case .successful: return names(version, target) ? words : nil
    case .intent:
      // Without an outcome nobody knows how far it came.
      let next = later.first {
        $0.action == record.action && $0.initiator == record.initiator
      }
      let isOpen = next == nil || next?.status == GovernanceStatus.intent.rawValue
      let isMeant = names(version, target) || !target.hasPrefix("version")
      return isOpen && isMeant ? words + " (outcome unknown)" : nil
    default: return nil
    }
  }

  /// Whether a target, as `words` writes it, names a version.
  private static func names(_ version: Int, _ target: String) -> Bool {
    let words = target.prefix { $0 != "," }.split(separator: " ")
    guard let first = words.first, ["version", "versions"].contains(first) else { return false }
    return words.dropFirst().prefix { Int($0) != nil }.contains { Int($0) == version }
  }
}
