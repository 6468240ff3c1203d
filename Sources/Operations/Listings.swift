package import Governance
internal import Pseudonymisation
internal import VeiledRecords

/// A version of a tenant's keys, for people; never its bytes.
package struct ListedKey: Sendable, Equatable {
  package let version: Int
  /// The first day whose events it encrypts; `nil` for the first version.
  package let validFrom: String?
  package let created: String
  /// `active` or `destroyed`.
  package let state: String
  /// Where the key-encryption key comes from that wraps it; `none` for a plain key file.
  package let wrap: String
}

/// The verbs that only list.
package enum Listings {
  /// The key versions of a tenant, the oldest first.
  package static func keys(home: String, tenant: String) throws(OperationError) -> [ListedKey] {
    let prepared = try Home.prepared(at: home, tenant: tenant)
    try prepared.gate.require(.manageKeys)
    return prepared.keyring.versions.map { version in
      ListedKey(
        version: version.number,
        validFrom: version.validFromDay.map { CivilDay($0).description },
        created: version.created, state: version.isDestroyed ? "destroyed" : "active",
        wrap: prepared.keyring.wrapping?.source.description ?? "none")
    }
  }

  /// Records of the governance log, the oldest first.
  ///
  /// - Parameter newestMax: of the records that fit, only so many of the newest.
  package static func governance(
    home: String, tenant: String, filter: GovernanceFilter, newestMax: Int?
  ) throws(OperationError) -> [GovernanceEntry] {
    let gate = try Gate.open(try Home(at: home), tenant: tenant)
    try gate.require(.viewGovernance)
    let entries = try governed { () throws(GovernanceError) in
      try gate.state.log.list(gate.visible(filter))
    }
    return newestMax.map { entries.suffix($0) } ?? entries
  }
}
