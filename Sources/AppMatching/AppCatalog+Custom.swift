package import VeiledRecords

/// An app that an organisation adds to the catalog.
package struct CatalogApp: Sendable, Equatable {
  package var id: AppID
  package var name: String
  package var category: String
  /// In lower case.
  package var domains: [String]
  package var country: String?
  /// Ranges of addresses, as `AppRange` reads them.
  package var ranges: [String]

  package init(
    id: AppID, name: String, category: String, domains: [String], ranges: [String] = [],
    country: String? = nil
  ) {
    self.id = id
    self.name = name
    self.category = category
    self.domains = domains
    self.ranges = ranges
    self.country = country
  }

  /// The first number of apps that organisations add; the catalog's own stay below.
  package static let firstOwnNumber: Int32 = 1_000_000

  /// The first domain that is none; `nil` where all are.
  package var badDomain: String? { domains.first { !CatalogColumns.isDomain($0) } }

  /// The first range that is none; `nil` where all are.
  package var badRange: String? { ranges.first { AppRange($0) == nil } }
}

extension AppCatalog {
  /// The catalog with `apps` beside its own; where both have a domain or a range, `apps` have it.
  package func adding(_ apps: [CatalogApp]) -> AppCatalog {
    guard !apps.isEmpty else { return self }
    var catalog = self
    for app in apps { catalog.put(app) }
    catalog.finish(
      marking: apps.map { "\($0.id.rawValue)\($0.name)\($0.category)\($0.domains)\($0.ranges)" }
        .joined())
    return catalog
  }
}
