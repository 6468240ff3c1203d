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
    guard !key.isDestroyed else {
      throw OperationError(
        .usage, "Key version \(version) was destroyed before. Nothing was done.")
    }
    try gate.requireApproval(
      of: .keyDestroy, Array("version \(version)".utf8), summary: "version \(version)",
      keyring: keyring, justification: justification)
    return try gate.audited(
      .keyDestroy, target: "version \(version)", justification: justification
    ) {
      _ = try Keyring.destroy(version: version, tenant: tenant, folder: home.keysPath)
      let certificate = try certificate(version: version, created: key.created)
      return (certificate, certificate)
    }
  }

  /// Every copy of the version that was ever made by a verb.
  private func certificate(version: Int, created: String) throws(OperationError) -> String {
    var filter = GovernanceFilter()
    filter.actions = [.keyExport, .keyImport, .keyBridge]
    filter.statuses = [.successful]
    filter.tenant = tenant
    let entries = try governed { () throws(GovernanceError) in
      try gate.state.log.list(filter)
    }
    let parts = [
      ("exports", GovernanceAction.keyExport), ("imports", .keyImport), ("bridges", .keyBridge),
    ].map { name, action in
      let found = entries.filter {
        $0.action == action.rawValue && Self.names(version, $0.target ?? "")
      }
      let words = found.map { "#\($0.sequence) \($0.time) by \($0.initiator)" }
      return "\(name): \(words.isEmpty ? "none" : words.joined(separator: ", "))"
    }
    return "version \(version), made \(created); " + parts.joined(separator: "; ")
  }

  /// Whether a target, as `words` writes it, names a version.
  private static func names(_ version: Int, _ target: String) -> Bool {
    let words = target.prefix { $0 != "," }.split(separator: " ")
    guard let first = words.first, ["version", "versions"].contains(first) else { return false }
    return words.dropFirst().prefix { Int($0) != nil }.contains { Int($0) == version }
  }
}
