package import DeltaLake
package import ReportFigures
package import StagedExecution
package import TableQueries
package import VeiledRecords

/// Which days a report is about.
package enum ReportPeriod: Sendable, Equatable {
  /// So many days, counted back from the newest day with rows.
  case newest(days: Int)
  /// All days of a range; without an end it goes to the oldest or newest day with rows.
  case range(CivilDay?, CivilDay?)
}

/// What a report is asked for.
package struct ReportQuery: Sendable {
  package var tenant: String
  package var snapshot: String?
  package var source: String?
  /// Tags of address ranges; empty: all addresses.
  package var addressTags: [String] = []
  /// A group of people, by name, and all their pseudonyms; `nil`: everybody.
  package var group: (name: String, pseudonyms: Set<String>)?
  package var period = ReportPeriod.newest(days: 30)
  /// Users, addresses and devices that are listed.
  package var entitiesMax = 100
  /// Users and hosts that an app's page lists, and apps that a user's page lists.
  package var detailsMax = 10
  /// The pseudonym that stands for one under another key version; `nil`: versions are not linked.
  package var canonical: (@Sendable (Span<UInt8>) -> [UInt8]?)?

  package init(tenant: String) { self.tenant = tenant }
}

/// Why there is no report.
package enum UsageReportError: Error, CustomStringConvertible {
  case query(TableQueryError)
  /// The table has no row at all.
  case noRows
  case unknownSource(String, known: [String])
  case unknownTags([String], known: [String])
  /// Nobody of the group has a row that the other conditions take.
  case nobody(group: String)
  /// No row lies in the period.
  case emptyPeriod(CivilDay, CivilDay, oldest: CivilDay, newest: CivilDay)

  package var description: String {
    switch self {
    case .query(let error): error.description
    case .noRows: "The table usage has no rows yet: run `logveil run` first."
    case .unknownSource(let name, let known):
      "No row is of the source \(name). There are: \(known.joined(separator: ", "))."
    case .unknownTags(let names, let known) where known.isEmpty:
      "No row has the tag \(names.joined(separator: ", ")): none has any. `logveil ip-range` gives "
        + "tags to addresses, which hold for what is read later."
    case .unknownTags(let names, let known):
      "No row has the tag \(names.joined(separator: ", ")). There are: "
        + "\(known.joined(separator: ", "))."
    case .nobody(let group):
      "No row is of anybody in \(group); private members are left out."
    case .emptyPeriod(let first, let last, let oldest, let newest):
      "No row lies between \(first) and \(last). The table has rows from \(oldest) to \(newest)."
    }
  }
}

/// Computes the figures of a report from the table `usage`.
package struct UsageReport {
  private let scan: UsageScan
  private let query: ReportQuery
  private let apps: AppDirectory

  /// - Parameters:
  ///   - table: the table `usage`.
  ///   - snapshot: the version that is reported on.
  package init(
    _ table: DeltaTable, _ snapshot: Snapshot, query: ReportQuery, apps: AppDirectory
  ) {
    var filter = RowFilter()
    if let source = query.source { filter.take("source", [source]) }
    if !query.addressTags.isEmpty { filter.take("ip_tag", Set(query.addressTags)) }
    if let group = query.group { filter.take("user", group.pseudonyms) }
    scan = UsageScan(table: table, snapshot: snapshot, filter: filter)
    self.query = query
    self.apps = apps
  }

  /// Reads what is needed and adds it up.
  ///
  /// - Parameters:
  ///   - crew: reads files at once; the figures do not depend on it.
  ///   - made: the present moment, as the report shows it.
  /// - Complexity: a pass over ten columns of the period and of the period before, and one over
  ///   the hosts of all older rows. Memory: the pairs of app and user, and a row group a worker.
  package func make(
    _ crew: some Executor, made: String, toolVersion: String
  ) throws(UsageReportError) -> DiscoveryReport {
    let scope = try scope(crew, made: made, toolVersion: toolVersion)
    let book = NameBook(apps: apps, canonical: query.canonical)
    return try queried { () throws(TableQueryError) in
      var before: PeriodSums?
      if scope.hasBefore { before = try read(scope.before, book, crew) }
      let history = try FirstDays(before: scope.first, scan, book, crew)
      let days = scope.first.daysSince1970...scope.last.daysSince1970
      let period = try read(days, book, crew)
      var maker = FigureMaker(scope, period, before: before, history, book, apps, query)
      if let bytes = period.dailyBytes(of: maker.topUsers) {
        maker.dailyOfUsers = bytes
      } else {
        maker.dailyOfUsers = try DailyUsers(maker.topUsers, days, scan, book, crew).bytes
      }
      return maker.report()
    }
  }

  private func read(
    _ days: ClosedRange<Int32>, _ book: NameBook, _ crew: some Executor
  ) throws(TableQueryError) -> PeriodSums {
    let period = PeriodScan(days: days, book: book)
    try period.run(scan, crew)
    return period.finish()
  }

  private func scope(
    _ crew: some Executor, made: String, toolVersion: String
  ) throws(UsageReportError) -> ReportScope {
    let (oldest, newest) = try bounds(crew)
    let first: CivilDay
    let last: CivilDay
    switch query.period {
    case .newest(let days):
      last = newest
      first = CivilDay(newest.daysSince1970 - Int32(days) + 1)
    case .range(let from, let to):
      (first, last) = (from ?? oldest, to ?? newest)
      guard first.daysSince1970 <= newest.daysSince1970,
        last.daysSince1970 >= max(oldest.daysSince1970, first.daysSince1970)
      else { throw .emptyPeriod(first, last, oldest: oldest, newest: newest) }
    }
    var scope = ReportScope(
      tenant: query.tenant, source: query.source, snapshot: query.snapshot, first: first,
      last: last, oldest: oldest, newest: newest, tableVersion: scan.snapshot.version,
      catalogVersion: apps.version, toolVersion: toolVersion, made: made)
    scope.addressTags = query.addressTags
    scope.group = query.group?.name
    return scope
  }

  /// The oldest and the newest day with rows that the filter takes.
  private func bounds(
    _ crew: some Executor
  ) throws(UsageReportError) -> (oldest: CivilDay, newest: CivilDay) {
    let days = scan.days
    guard let newest = try first(of: days.reversed()), let oldest = try first(of: days) else {
      throw try reason(crew)
    }
    return (CivilDay(oldest), CivilDay(newest))
  }

  /// Why no row is taken.
  private func reason(_ crew: some Executor) throws(UsageReportError) -> UsageReportError {
    func known(_ column: String) throws(UsageReportError) -> [String] {
      try queried { () throws(TableQueryError) in try scan.texts(of: column, crew) }
    }
    let sources = try known("source")
    if sources.isEmpty { return .noRows }
    if let source = query.source, !sources.contains(source) {
      return .unknownSource(source, known: sources)
    }
    if !query.addressTags.isEmpty {
      let tags = try known("ip_tag")
      if !query.addressTags.contains(where: tags.contains) {
        return .unknownTags(query.addressTags, known: tags)
      }
    }
    return query.group.map { .nobody(group: $0.name) } ?? .noRows
  }

  private func first(of days: [Int32]) throws(UsageReportError) -> Int32? {
    for day in days
    where try queried({ () throws(TableQueryError) in try scan.holdsRows(on: day) }) {
      return day
    }
    return nil
  }

  private func queried<Value>(
    _ body: () throws(TableQueryError) -> Value
  ) throws(UsageReportError) -> Value {
    do { return try body() } catch { throw .query(error) }
  }
}
