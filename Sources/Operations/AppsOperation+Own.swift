internal import AppMatching
internal import ByteBlocks
internal import Governance
internal import IdentityRules
internal import VeiledRecords

extension AppsOperation {
  /// Adds an app of the tenant's own, or changes it.
  package func add(
    name: String, category: String, domains: [String], ranges: [String] = [], country: String?
  ) throws(OperationError) -> ListedApp {
    try gate.require(.manageSettings, for: .appChange)
    // What can be a tag of addresses can be a name: some signs to see, and none that control.
    guard AddressTags.isTag(name), Int32(name) == nil, !name.contains(",") else {
      throw OperationError(
        .usage,
        "\(Self.shown(name)): this can be no app's name. It has 1 to \(AddressTags.tagBytesMax) "
          + "bytes, no comma and no control characters, and is no number.")
    }
    guard AddressTags.isTag(category) else {
      throw OperationError(.usage, "\(Self.shown(category)): this can be no category.")
    }
    let apps = try TenantApps(gate)
    let known = apps.own.first { $0.name.lowercased() == name.lowercased() }
    if known == nil, apps.catalog.app(named: name) != nil {
      throw OperationError(
        .usage, "The catalog has an app \(name) already. Nothing was changed; choose another name.")
    }
    let number =
      known?.number ?? (apps.own.map(\.number).max() ?? CatalogApp.firstOwnNumber - 1) + 1
    let app = OwnApp(
      number: number, name: name, category: category,
      domains: try domains.map(Self.inASCII), ranges: ranges, country: country)
    try check(app, apps)
    try governed { () throws(GovernanceError) in
      try gate.state.putOwnApp(app, tenant: gate.tenant, by: gate.initiator)
    }
    return try listed(name)
  }

  /// A domain as logs have it: in lower case, and other letters than ASCII's as `xn--…`.
  static func inASCII(_ domain: String) throws(OperationError) -> String {
    let folded = UnicodeForm.folded(Array(domain.utf8)).map { String(decoding: $0, as: UTF8.self) }
    guard let ascii = folded.flatMap({ DomainText.ascii($0) }) else {
      throw OperationError(
        .usage, "\(shown(domain)): this is no domain. Write it like example.com.")
    }
    return ascii
  }

  /// A text that was refused, without what a terminal would obey.
  static func shown(_ text: String) -> String {
    let scalars = text.unicodeScalars.prefix(80).map { scalar in
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: Unicode.Scalar(0xFFFD) ?? " "
      default: scalar
      }
    }
    return String(String.UnicodeScalarView(scalars))
  }

  private func check(_ app: OwnApp, _ apps: TenantApps) throws(OperationError) {
    guard !app.domains.isEmpty || !app.ranges.isEmpty else {
      throw OperationError(.usage, "An app needs a domain or a range of addresses.")
    }
    if let bad = app.catalogApp.badRange {
      throw OperationError(
        .usage,
        "\(Self.shown(bad)): this is no range. Write its first address and length, like "
          + "192.0.2.0/24; the length is 8 or more, for IPv6 16 or more.")
    }
    if let bad = app.catalogApp.badDomain {
      throw OperationError(
        .usage, "\(Self.shown(bad)): this is no domain. Write it like example.com.")
    }
    if let country = app.country, !CountryCode.isKnown(country) {
      throw OperationError(
        .usage,
        "--headquarters \(Self.shown(country)): a country is two capital letters of ISO 3166, "
          + "as DE.")
    }
    for other in apps.own where other.number != app.number {
      if let shared = other.domains.first(where: { app.domains.contains($0) }) {
        throw OperationError(.usage, "\(shared) belongs to \(other.name) already.")
      }
      let theirs = Set(other.ranges.compactMap { AppRange($0) })
      if let shared = app.ranges.first(where: { AppRange($0).map(theirs.contains) ?? false }) {
        throw OperationError(.usage, "\(shared) belongs to \(other.name) already.")
      }
    }
    do {
      var suffixes = try RegistrableDomain()
      for domain in app.domains where suffixes.domain(of: Array(domain.utf8).span) == nil {
        throw OperationError(
          .usage, "\(domain) is a public suffix: it is nobody's alone. Nothing was changed.")
      }
    } catch { throw OperationError(error) }
  }

  /// Removes an app of the tenant's own.
  package func remove(_ name: String) throws(OperationError) {
    try gate.require(.manageSettings, for: .appChange)
    let apps = try TenantApps(gate)
    guard let app = apps.own.first(where: { $0.name == name || String($0.number) == name }) else {
      throw OperationError(
        .noInput, "There is no app \(name) of your own; those of the catalog stay.")
    }
    try governed { () throws(GovernanceError) in
      try gate.state.removeOwnApp(app, tenant: gate.tenant, by: gate.initiator)
    }
  }
}
