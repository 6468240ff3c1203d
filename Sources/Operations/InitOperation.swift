internal import Governance
package import Pseudonymisation

/// What a person asked `logveil init` to do.
package struct InitRequest: Sendable {
  package var home: String
  package var tenant: String
  /// The first admin; `nil`: the account that asks.
  package var admin: String?
  /// Where the key-encryption key comes from; `nil`: the keys are not wrapped.
  package var wrappedBy: KeySource?

  package init(home: String, tenant: String, admin: String?, wrappedBy: KeySource? = nil) {
    self.wrappedBy = wrappedBy
    self.home = home
    self.tenant = tenant
    self.admin = admin
  }
}

/// A home that was made.
package struct InitSummary: Sendable {
  package let home: String
  package let tenant: String
  package let admin: String
  package let keyFile: String
  /// By which the whole governance log can be verified, in hexadecimal digits.
  package let publicKey: String
}

/// Makes a new home: folder, state with its first admin, keys of a tenant.
package enum InitOperation {
  /// Makes it, or refuses where one was made before.
  package static func run(_ request: InitRequest) throws(OperationError) -> InitSummary {
    if let admin = request.admin {
      guard !admin.isEmpty, admin.utf8.count <= 256, !admin.utf8.contains(where: { $0 < 0x21 })
      else { throw OperationError(.usage, "--admin is the name of an account, without blanks.") }
    }
    if Home.exists(at: request.home) {
      let home = try Home(at: request.home)
      guard try !home.hasState() else {
        throw OperationError(
          .cannotCreate,
          "\(request.home): there is a home already. Nothing was changed; choose another folder "
            + "with --home or LOGVEIL_HOME.")
      }
    }
    let made = try Home.prepare(
      at: request.home, tenant: request.tenant, admin: request.admin,
      wrappedBy: request.wrappedBy)
    return InitSummary(
      home: request.home, tenant: request.tenant,
      admin: request.admin ?? made.gate.initiator.account,
      keyFile: "\(made.home.keysPath)/\(request.tenant).json",
      publicKey: try GovernanceOperation.firstPublicKey(made.gate) ?? "")
  }
}
