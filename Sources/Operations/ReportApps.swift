internal import AppMatching
internal import ReportFigures
internal import Synchronization
internal import UsageReports
internal import VeiledRecords

/// The apps as reports ask for them: by host, with today's catalog.
final class ReportApps: Sendable {
  private let catalog: AppCatalog
  private let domains: Mutex<RegistrableDomain>

  init(_ catalog: AppCatalog) throws(MatchingError) {
    self.catalog = catalog
    domains = Mutex(try RegistrableDomain())
  }

  var directory: AppDirectory {
    AppDirectory(
      version: catalog.version, classify: { self.classify($0) }, facts: { self.facts($0) })
  }

  private func classify(_ host: Span<UInt8>) -> HostClass {
    if let app = catalog.app(forHost: host) { return .app(app.rawValue) }
    var bytes: [UInt8] = []
    for place in host.indices { bytes.append(host[place]) }
    let range = domains.withLock { [bytes] in $0.domain(of: bytes.span) }
    return .domain(String(decoding: range.map { bytes[$0] } ?? bytes[...], as: UTF8.self))
  }

  private func facts(_ number: Int32) -> AppFacts? {
    let app = AppID(number)
    guard let name = catalog.name(app), let category = catalog.category(app) else { return nil }
    return AppFacts(
      number: number, name: name, category: category, country: catalog.country(app))
  }
}
