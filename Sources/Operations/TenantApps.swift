package import AppMatching
internal import Governance
internal import ReportFigures
package import VeiledRecords

/// The apps of a tenant: the catalog, its own apps, and all that it states of them.
package struct TenantApps: Sendable {
  package let catalog: AppCatalog
  let own: [OwnApp]
  private let facts: [Int32: [AppFact]]
  let metric: RiskMetric

  init(_ gate: Gate) throws(OperationError) {
    do {
      let own = try gate.state.ownApps(tenant: gate.tenant)
      self.own = own
      catalog = try AppCatalog.embedded().adding(own.map(\.catalogApp))
      let stated = try gate.state.appFacts(tenant: gate.tenant)
      facts = Dictionary(grouping: stated, by: \.app)
      var metric = RiskMetric()
      for fact in stated where fact.kind == .importance {
        if fact.key == Self.notApplicableKey {
          metric.notApplicableCounts = fact.value == "yes"
        } else {
          metric.importances[fact.key] = Importance(rawValue: fact.value)
        }
      }
      self.metric = metric
    } catch { throw OperationError(error) }
  }

  static let notApplicableKey = "not_applicable_counts"

  /// Tags of an app, sorted.
  package func tags(_ app: AppID) -> [String] { facts(app, .tag).map(\.key).sorted() }

  /// The risk score: what somebody set, else what the stated factors give.
  package func score(_ app: AppID) -> RiskScore? {
    let values = facts(app, .factor).reduce(into: [String: FactorValue]()) {
      $0[$1.key] = FactorValue($1.value)
    }
    let computed = RiskScore(values, metric: metric)
    guard let set = scoreByHand(app) else { return computed }
    return RiskScore(tenths: set.tenths, knownPercent: computed?.knownPercent ?? 0)
  }

  /// The score that somebody set in place of the computed one, and why.
  package func scoreByHand(_ app: AppID) -> (tenths: Int, note: String)? {
    guard let set = facts(app, .score).first, let tenths = Int(set.value) else { return nil }
    return (tenths, set.note)
  }

  func facts(_ app: AppID, _ kind: AppFact.Kind) -> [AppFact] {
    (facts[app.rawValue] ?? []).filter { $0.kind == kind }
  }

  /// What a report shows of an app; `nil` for a number without one.
  func reportFacts(_ number: Int32) -> AppFacts? {
    let app = AppID(number)
    guard let name = catalog.name(app), let category = catalog.category(app) else { return nil }
    var facts = AppFacts(
      number: number, name: name, category: category, country: catalog.country(app))
    facts.tags = tags(app)
    let score = score(app)
    facts.score = score?.tenths
    facts.scoreNote = scoreByHand(app)?.note
    facts.knownPercent = facts.scoreNote == nil ? score?.knownPercent : nil
    return facts
  }
}

extension OwnApp {
  var catalogApp: CatalogApp {
    CatalogApp(
      id: AppID(number), name: name, category: category, domains: domains, ranges: ranges,
      country: country)
  }
}
