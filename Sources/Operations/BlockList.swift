internal import AppMatching
internal import Governance
internal import VeiledRecords

/// The appliance that a list of blocked domains is written for.
package enum BlockListFormat: String, Sendable, CaseIterable {
  case fortinet, paloalto, bluecoat, zscaler, asa, srx, websense, plain
}

/// Domains of unsanctioned apps, as an appliance reads them, and what could not be put in.
package struct BlockList: Sendable, Equatable {
  package let text: String
  package let apps: [String]
  /// Unsanctioned apps that are not in the text, each with its reason.
  package let refused: [(app: String, reason: String)]

  package static func == (a: BlockList, b: BlockList) -> Bool {
    a.text == b.text && a.apps == b.apps && a.refused.map(\.app) == b.refused.map(\.app)
  }
}

extension AppsOperation {
  /// A list for an appliance that blocks all apps tagged `unsanctioned`.
  package func blockList(_ format: BlockListFormat) throws(OperationError) -> BlockList {
    try gate.require(.viewReports, .manageSettings)
    let apps = try TenantApps(gate)
    var (chosen, refused): ([ListedApp], [(app: String, reason: String)]) = ([], [])
    for app in apps.catalog.appsByName.compactMap({ apps.listed($0) })
    where app.tags.contains("unsanctioned") {
      if let reason = Self.reasonAgainst(app, apps) {
        refused.append((app.name, reason))
      } else {
        chosen.append(app)
      }
    }
    let domains = Set(chosen.flatMap(\.domains)).sorted()
    let names = chosen.map(\.name)
    try gate.record(
      .export, .successful, targets: ["block list for \(format.rawValue), \(names.count) apps"])
    return BlockList(text: format.text(of: domains), apps: names, refused: refused)
  }

  /// Why an app cannot be blocked; `nil` where it can.
  private static func reasonAgainst(_ app: ListedApp, _ apps: TenantApps) -> String? {
    // Older versions gave both tags.
    if app.tags.contains("sanctioned") { return "it is tagged sanctioned, too" }
    if let reason = BlockList.need(of: app) { return reason }
    if app.domains.isEmpty { return "it has addresses only, and these lists hold domains" }
    for other in apps.catalog.appsByName.compactMap({ apps.listed($0) })
    where other.number != app.number && other.tags.contains("sanctioned") {
      let within = other.domains.first { inner in
        app.domains.contains { inner == $0 || inner.hasSuffix(".\($0)") }
      }
      if let within { return "\(other.name) is sanctioned and lies within its domains: \(within)" }
    }
    return nil
  }
}

extension BlockListFormat {
  /// The list as the appliance reads it; a domain stands for itself and all hosts below it.
  func text(of domains: [String]) -> String {
    switch self {
    case .plain, .websense: return lines(domains)
    case .zscaler: return lines(domains.map { ".\($0)" })
    case .fortinet:
      let patterns = domains.flatMap { [$0, "*.\($0)"] }
      let entries = patterns.enumerated().flatMap { place, pattern in
        [
          "    edit \(place + 1)", "      set url \"\(pattern)\"", "      set type wildcard",
          "      set action block", "      set status enable", "    next",
        ]
      }
      return lines(
        ["config webfilter urlfilter", "  edit 0", "  set name \"logveil-unsanctioned\""]
          + ["  config entries"] + entries + ["  end", "  next", "end"])
    case .paloalto:
      let members = domains.flatMap { ["\($0)/", "*.\($0)/"] }.joined(separator: " ")
      return lines([
        "set profiles custom-url-category logveil-unsanctioned type \"URL List\"",
        "set profiles custom-url-category logveil-unsanctioned list [ \(members) ]",
      ])
    case .bluecoat:
      return lines(
        ["define category logveil_unsanctioned"] + domains.map { "  \($0)" } + ["end"])
    case .asa:
      // By DNS, since an object of an access list stands for one host name only. The expressions
      // of an ASA know no end of the text: one also matches names that go on behind the domain.
      let names = domains.indices.map { "logveil-\($0 + 1)" }
      return lines(
        zip(names, domains).map { "regex \($0) \"(^|\\.)\(Self.escaped($1))\"" }
          + ["class-map type regex match-any logveil-unsanctioned"]
          + names.map { " match regex \($0)" }
          + [
            "class-map type inspect dns match-all logveil-dns",
            " match domain-name regex class logveil-unsanctioned",
            "policy-map type inspect dns logveil-block", " class logveil-dns", "  drop log",
          ])
    case .srx:
      let list = "security utm custom-objects url-pattern logveil-unsanctioned value"
      return lines(
        domains.flatMap { ["set \(list) http://\($0)", "set \(list) http://*.\($0)"] } + [
          "set security utm custom-objects custom-url-category logveil-blocked value "
            + "logveil-unsanctioned"
        ])
    }
  }

  private static func escaped(_ domain: String) -> String {
    domain.split(separator: ".").joined(separator: "\\.")
  }

  private func lines(_ lines: [String]) -> String { lines.joined(separator: "\n") }
}
