internal import ByteBlocks
internal import CEmbedded
package import VeiledRecords

/// The cloud apps that Logveil knows: number, name, category, domains and addresses of each.
///
/// A catalog is read once per run and shared by all threads; nothing in it changes afterwards.
package struct AppCatalog: Sendable {
  /// 16 hex digits that tell two catalogs apart: a hash of the text it was read from.
  package private(set) var version: String
  /// All apps, in the order of their names' UTF-8 bytes, as column dictionaries want them.
  package private(set) var appsByName: [AppID]
  /// All categories that have an app, each once, sorted by their UTF-8 bytes.
  package private(set) var categories: [String]

  private struct App: Sendable {
    var name: String
    var category: String
    var domains: [String]
    var ranges: [String] = []
    var country: String?
  }
  private var apps: [AppID: App]
  private var domains: DomainTable
  private var ranges = RangeTable()

  /// Reads the catalog that is compiled in.
  package static func embedded() throws(MatchingError) -> AppCatalog {
    // SAFETY: the C array is constant, lives as long as the program, and has this many bytes.
    let bytes = unsafe Span(
      _unsafeStart: ce_app_catalog,
      count: ce_app_catalog_bytes
    )
    return try AppCatalog(csv: bytes)
  }

  /// Reads a catalog.
  ///
  /// The first line names the columns, in any order; columns with other names are left alone.
  /// Domains stand in one field, separated by spaces; upper case in them does not count. So do
  /// ranges of addresses, in a column that may be missing.
  /// - Parameter text: CSV in UTF-8; fields may be quoted, one app a line.
  /// - Throws: the first thing that is wrong, with its line.
  package init(csv text: Span<UInt8>) throws(MatchingError) {
    let rows = try CatalogRows.cut(text)
    guard let header = rows.first else { throw .empty }
    let columns = try CatalogColumns(header: header.fields)
    var apps: [AppID: App] = [:]
    var domains = DomainTable()
    var lines = FirstLines()
    for row in rows.dropFirst() {
      guard row.fields.count == header.fields.count else {
        throw .fieldCount(
          line: row.line,
          expected: header.fields.count,
          found: row.fields.count
        )
      }
      let app = App(
        name: try columns.filled(.name, in: row),
        category: try columns.filled(.category, in: row),
        domains: try columns.domains(in: row),
        ranges: try columns.ranges(in: row),
        country: try columns.country(in: row)
      )
      let id = try columns.appID(in: row)
      try lines.note(id: id, name: app.name, line: row.line)
      for domain in app.domains {
        guard let other = domains.insert(domain, value: id.rawValue) else { continue }
        throw .duplicate(.domains, line: row.line, firstLine: lines.line(of: AppID(other)))
      }
      for range in app.ranges.compactMap({ AppRange($0) }) {
        guard let other = ranges.put(range, value: id.rawValue) else { continue }
        throw .duplicate(.ipRanges, line: row.line, firstLine: lines.line(of: AppID(other)))
      }
      apps[id] = app
    }
    self.apps = apps
    self.domains = domains
    version = Self.contentHash(text)
    (appsByName, categories) = Self.lists(of: apps)
  }

  private static func lists(of apps: [AppID: App]) -> ([AppID], [String]) {
    let ids = Array(apps.keys)
    let categories = Array(Set(apps.values.map(\.category)))
    return (
      byteOrder(ids.map { apps[$0]?.name ?? "" }).map { ids[$0] },
      byteOrder(categories).map { categories[$0] }
    )
  }

  /// The places of `texts` in the order of their UTF-8 bytes.
  private static func byteOrder(_ texts: [String]) -> [Int] {
    let strings = ByteStrings(texts)
    return texts.indices.sorted { first, second in
      let (first, second) = (strings.span(first), strings.span(second))
      var index = 0
      while index < min(first.count, second.count), first[index] == second[index] { index += 1 }
      guard index < min(first.count, second.count) else { return first.count < second.count }
      return first[index] < second[index]
    }
  }

  /// Adds an app; see `adding`.
  mutating func put(_ app: CatalogApp) {
    apps[app.id] = App(
      name: app.name, category: app.category, domains: app.domains, ranges: app.ranges,
      country: app.country)
    for domain in app.domains { domains.put(domain, value: app.id.rawValue) }
    for range in app.ranges.compactMap({ AppRange($0) }) {
      ranges.put(range, value: app.id.rawValue)
    }
  }

  /// Brings the lists up to date after apps were added, which `mark` tells apart.
  mutating func finish(marking mark: String) {
    (appsByName, categories) = Self.lists(of: apps)
    version = Self.contentHash(Array((version + mark).utf8).span)
  }

  /// The app of a name, or of a number in digits; `nil` when there is none.
  package func app(named name: String) -> AppID? {
    if let number = Int32(name), apps[AppID(number)] != nil { return AppID(number) }
    return appsByName.first { apps[$0]?.name == name }
      ?? appsByName.first { apps[$0]?.name.lowercased() == name.lowercased() }
  }

  /// Number of apps.
  package var count: Int { apps.count }

  /// The app whose domain is the longest that `host` is, or lies under; of an address the app
  /// with the smallest range around it.
  ///
  /// - Parameter host: without port; a dot at its end and upper case do not count.
  /// - Returns: `nil` when no app of the catalog has the host.
  /// - Complexity: one pass over `host` and one probe a label; no allocation.
  package func app(forHost host: Span<UInt8>) -> AppID? {
    if !ranges.isEmpty, let address = AddressNumber(host) {
      return ranges.smallest(around: address).map { AppID($0) }
    }
    return domains.longestSuffix(of: host).map { AppID($0) }
  }

  /// The name of `app`, or `nil` when this catalog does not have it.
  package func name(_ app: AppID) -> String? { apps[app]?.name }

  /// The category of `app`, or `nil` when this catalog does not have it.
  package func category(_ app: AppID) -> String? { apps[app]?.category }

  /// The domains of `app` in the order of the catalog; empty when this catalog does not have it.
  package func domains(_ app: AppID) -> [String] { apps[app]?.domains ?? [] }

  /// The ranges of addresses of `app`, in the order of the catalog.
  package func ranges(_ app: AppID) -> [String] { apps[app]?.ranges ?? [] }

  /// Where the owner of `app` has its headquarters, two letters of ISO 3166; `nil` where the
  /// catalog does not say.
  package func country(_ app: AppID) -> String? { apps[app]?.country }

  /// FNV-1a of 64 bits: it tells versions apart and guards against nothing.
  private static func contentHash(_ text: Span<UInt8>) -> String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for index in text.indices { hash = (hash ^ UInt64(text[index])) &* 0x0000_0100_0000_01B3 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

/// On which line each number and each name stood first.
private struct FirstLines {
  private var ids: [AppID: Int] = [:]
  private var names: [String: Int] = [:]

  mutating func note(id: AppID, name: String, line: Int) throws(MatchingError) {
    if let first = ids.updateValue(line, forKey: id) {
      throw .duplicate(.appID, line: line, firstLine: first)
    }
    if let first = names.updateValue(line, forKey: name) {
      throw .duplicate(.name, line: line, firstLine: first)
    }
  }

  func line(of id: AppID) -> Int { ids[id] ?? 0 }
}
