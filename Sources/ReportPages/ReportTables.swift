internal import ByteBlocks
package import ColumnTables
package import ReportFigures
package import VeiledRecords

/// The lists of a report as tables: what CSV and Parquet files of it hold.
package enum ReportTables {
  /// Tables by the names of their files.
  package static func all(_ report: DiscoveryReport) -> [(name: String, table: Table)] {
    [
      ("summary", summary(report)), ("daily", daily(report)), ("apps", apps(report)),
      ("app_users", appUsers(report)), ("uncatalogued", uncatalogued(report)),
      ("categories", categories(report)),
      ("risk_levels", groups("level", report.risks)),
      ("countries", groups("country", report.countries)),
      ("top_users", entities("user", report.users)),
      ("top_source_addresses", entities("src_ip", report.addresses)),
      ("top_devices", entities("device", report.devices)),
      ("sources", sources(report)), ("ip_tags", networks(report)),
    ]
  }

  private static func summary(_ report: DiscoveryReport) -> Table {
    let periods = [("period", report.totals)] + (report.before.map { [("before", $0)] } ?? [])
    return .rows(periods, or: ("", PeriodTotals())) { table, period in
      let (name, totals) = period
      table.text("period", name)
      let days = name == "period" ? (report.scope.first, report.scope.last) : report.daysBefore
      table.date("from", days.0)
      table.date("to", days.1)
      table.number("apps", totals.apps)
      table.count("users", totals.users)
      table.count("source_addresses", totals.addresses)
      table.count("devices", totals.devices)
      table.number("hosts", totals.hosts)
      table.number("uncatalogued_domains", totals.domains)
      table.sums(totals.sums)
    }
  }

  private static func daily(_ report: DiscoveryReport) -> Table {
    .rows(report.days, or: DayFigures(day: report.scope.first)) { table, day in
      table.date("date", day.day)
      table.number("apps", day.apps)
      table.number("users", day.users)
      table.sums(day.sums)
    }
  }

  private static func apps(_ report: DiscoveryReport) -> Table {
    let none = AppFigures(
      facts: AppFacts(number: 0, name: "", category: ""), firstDay: report.scope.first)
    return .rows(report.apps, or: none) { table, app in
      table.number("app_id", Int(app.facts.number))
      table.text("app", app.facts.name)
      table.text("category", app.facts.category)
      table.text("country", app.facts.country)
      table.text("tags", app.facts.tags.joined(separator: " "))
      table.text("risk", app.facts.risk.rawValue)
      table.optional("risk_score_tenths", app.facts.score.map { Int64($0) })
      table.optional("risk_known_percent", app.facts.knownPercent.map { Int64($0) })
      table.text("risk_set_by_hand", app.facts.scoreNote)
      table.count("users", app.users)
      table.count("source_addresses", app.addresses)
      table.count("devices", app.devices)
      table.sums(app.sums)
      table.optional("total_bytes_before", app.before?.total)
      table.text("is_new", app.isNew ? "yes" : "no")
      table.date("first_seen", app.firstDay)
      table.time("last_seen", app.lastSeen)
    }
  }

  private static func appUsers(_ report: DiscoveryReport) -> Table {
    let pairs = report.apps.flatMap { app in app.topUsers.map { (app.facts.name, $0) } }
    return .rows(pairs, or: ("", NamedSums(name: "", sums: UseSums()))) { table, pair in
      table.text("app", pair.0)
      table.text("user", pair.1.name)
      table.optional("events", pair.1.sums.events)
      table.optional("uploaded_bytes", pair.1.sums.uploaded)
      table.optional("total_bytes", pair.1.sums.total)
    }
  }

  private static func uncatalogued(_ report: DiscoveryReport) -> Table {
    .rows(report.domains, or: DomainFigures(name: "", firstDay: report.scope.first)) {
      table, domain in
      table.text("domain", domain.name)
      table.count("users", domain.users)
      table.count("source_addresses", domain.addresses)
      table.sums(domain.sums)
      table.date("first_seen", domain.firstDay)
      table.time("last_seen", domain.lastSeen)
    }
  }

  private static func categories(_ report: DiscoveryReport) -> Table {
    .rows(report.categories, or: CategoryFigures(name: "")) { table, category in
      table.text("category", category.name)
      table.number("apps", category.apps)
      table.count("users", category.users)
      table.sums(category.sums)
      for tag in AppTag.allCases {
        table.optional("total_bytes_\(tag.rawValue)", category.byTag[tag]?.total ?? 0)
      }
    }
  }

  private static func groups(_ name: String, _ groups: [AppGroupFigures]) -> Table {
    .rows(groups, or: AppGroupFigures(name: nil)) { table, group in
      table.text(name, group.name)
      table.number("apps", group.apps)
      table.sums(group.sums)
    }
  }

  private static func entities(_ name: String, _ entities: [EntityFigures]) -> Table {
    .rows(entities, or: EntityFigures(name: "")) { table, entity in
      table.text(name, entity.name)
      if name == "user" { table.number("apps", entity.apps) }
      table.sums(entity.sums)
      table.time("last_seen", entity.lastSeen)
    }
  }

  private static func sources(_ report: DiscoveryReport) -> Table {
    .rows(report.sources, or: SourceFigures(name: "")) { table, source in
      table.text("source", source.name)
      table.sums(source.sums, without: report.missing(in: source))
    }
  }

  private static func networks(_ report: DiscoveryReport) -> Table {
    .rows(report.addressTags, or: SourceFigures(name: "")) { table, tag in
      table.text("ip_tag", tag.name)
      table.sums(tag.sums)
    }
  }
}

extension Sums {
  /// Numbers of bytes by the columns of `usage`.
  var bytes: [(name: String, bytes: Int64)] {
    [("uploaded_bytes", uploaded), ("downloaded_bytes", downloaded), ("total_bytes", total)]
  }
}

extension DiscoveryReport {
  /// The first and the last day of the period before.
  package var daysBefore: (CivilDay, CivilDay) {
    (CivilDay(scope.before.lowerBound), CivilDay(scope.before.upperBound))
  }
}

extension Table {
  /// A row for each of `values`, by a body that sets the same columns in the same order each time.
  ///
  /// - Parameter none: tells which columns there are where there are no values.
  fileprivate static func rows<Value>(
    _ values: [Value], or none: Value, _ body: (inout TableBuilder, Value) -> Void
  ) -> Table {
    var builder = TableBuilder()
    for value in values { body(&builder, value) }
    if values.isEmpty { body(&builder, none) }
    let table = builder.table()
    return values.isEmpty ? table.picking([]) : table
  }
}

/// Collects rows member by member.
private struct TableBuilder {
  private var names: [String] = []
  private var types: [String: ColumnType] = [:]
  private var texts: [String: [String?]] = [:]
  private var numbers: [String: [Int64?]] = [:]

  mutating func text(_ name: String, _ value: String?) {
    note(name, .string)
    texts[name, default: []].append(value)
  }
  mutating func number(_ name: String, _ value: Int) { optional(name, Int64(value)) }
  mutating func optional(_ name: String, _ value: Int64?) { put(name, .int64, value) }
  mutating func date(_ name: String, _ day: CivilDay) { put(name, .date, Int64(day.daysSince1970)) }
  mutating func time(_ name: String, _ microseconds: Int64) { put(name, .timestamp, microseconds) }
  mutating func count(_ name: String, _ count: DistinctCount) {
    number(name, count.pseudonyms)
    number(name + "_at_least", count.atLeast)
  }
  /// - Parameter missing: columns of bytes that logs lack: null.
  mutating func sums(_ sums: Sums, without missing: Set<String> = []) {
    optional("events", sums.events)
    optional("blocked_events", sums.blocked)
    for (name, bytes) in sums.bytes { optional(name, missing.contains(name) ? nil : bytes) }
  }

  private mutating func put(_ name: String, _ type: ColumnType, _ value: Int64?) {
    note(name, type)
    numbers[name, default: []].append(value)
  }

  private mutating func note(_ name: String, _ type: ColumnType) {
    if types.updateValue(type, forKey: name) == nil { names.append(name) }
  }

  /// The rows so far.
  func table() -> Table {
    let columns = names.map { column($0) }
    return Table(
      schema: Schema(names.map { Field($0, types[$0] ?? .string) }), columns: columns,
      rowCount: columns.first?.count ?? 0)
  }

  private func column(_ name: String) -> Column {
    if types[name] == .string {
      let values = texts[name] ?? []
      return Column(.strings(ByteStrings(values.map { $0 ?? "" })), isValid: Self.valid(values))
    }
    let values = numbers[name] ?? []
    let isValid = Self.valid(values)
    if types[name] == .date {
      return Column(.int32s(values.map { Int32(clamping: $0 ?? 0) }), isValid: isValid)
    }
    return Column(.int64s(values.map { $0 ?? 0 }), isValid: isValid)
  }

  private static func valid<Value>(_ values: [Value?]) -> [Bool]? {
    values.contains { $0 == nil } ? values.map { $0 != nil } : nil
  }
}
