internal import AppMatching
internal import Synchronization
internal import UsageReports
internal import VeiledRecords

/// The apps as reports ask for them: by host, with today's catalog.
final class ReportApps: Sendable {
  private let apps: TenantApps
  private let domains: Mutex<RegistrableDomain>

  init(_ apps: TenantApps) throws(MatchingError) {
    self.apps = apps
    domains = Mutex(try RegistrableDomain())
  }

  var directory: AppDirectory {
    AppDirectory(
      version: apps.catalog.version, classify: { self.classify($0) },
      facts: { self.apps.reportFacts($0) })
  }

  private func classify(_ host: Span<UInt8>) -> HostClass {
    if let app = apps.catalog.app(forHost: host) { return .app(app.rawValue) }
    var bytes: [UInt8] = []
    for place in host.indices { bytes.append(host[place]) }
    let range = domains.withLock { [bytes] in $0.domain(of: bytes.span) }
    return .domain(String(decoding: range.map { bytes[$0] } ?? bytes[...], as: UTF8.self))
  }
}
