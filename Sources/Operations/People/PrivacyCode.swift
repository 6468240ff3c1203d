internal import Governance
internal import IdentityRules
internal import Pseudonymisation

extension PreparedHome {
  /// A keyed code of all that decides whose activities are private, and under which keys they
  /// stand: the private groups and their people, managed domains, directories, realms and key
  /// versions, as they are now. Empty where nobody's are. It tells nobody a name.
  ///
  /// Rows may be committed where this is what it was before anything was read for them.
  ///
  /// - Parameter realms: realms that are the same, by the source's rules.
  func privacyCode(realms: [String: String]) throws(OperationError) -> String {
    let groups = try governed { () throws(GovernanceError) in
      try gate.state.privateGroups(tenant: gate.tenant).map(\.name)
    }
    if groups.isEmpty { return "" }
    let (lists, directories, domains) = try governed { () throws(GovernanceError) in
      (
        try gate.state.lists(.group, tenant: gate.tenant),
        try gate.state.lists(.directory, tenant: gate.tenant),
        try gate.state.value(of: .managedDomains, tenant: gate.tenant)
      )
    }
    // The keys, too, may be others than those that a run has begun with.
    let keyring = try home.loadKeys(of: gate.tenant)
    var all: [UInt8] = []
    func add(_ part: [UInt8]) { all += Array("\(part.count) ".utf8) + part }
    for name in groups {
      add(Array(name.utf8))
      if let list = lists.first(where: { $0.name == name }) { add(try keyring.open(list).bytes) }
    }
    for list in directories { add(try keyring.open(list).names.bytes) }
    add(Array(domains.utf8))
    for (realm, target) in realms.sorted(by: { $0.key < $1.key }) {
      add(Array("\(realm)=\(target)".utf8))
    }
    for version in keyring.versions {
      add(Array("\(version.number) \(version.validFromDay ?? 0) \(version.isDestroyed)".utf8))
    }
    do { return try keyring.auditCode(of: all.span) ?? "" } catch { throw OperationError(error) }
  }
}
