internal import ByteBlocks
internal import ReportFigures
internal import TableQueries
internal import VeiledRecords

/// Makes the figures of a report out of the sums of its periods.
struct FigureMaker {
  let scope: ReportScope
  let period: PeriodSums
  private let before: PeriodSums?
  let history: FirstDays
  let targets: [Target]
  private let targetOfHost: [UInt32]
  private let facts: [Int: AppFacts]
  private let hosts: [String]
  let users: Names
  let addresses: Names
  let devices: Names
  let sources: ByteStrings
  let tags: ByteStrings
  let query: ReportQuery
  /// The users that are listed, by their numbers, the largest first.
  let topUsers: [UInt32]
  /// Bytes of each day of these users.
  var dailyOfUsers: [[Int64]] = []

  init(
    _ scope: ReportScope, _ period: PeriodSums, before: PeriodSums?, _ history: FirstDays,
    _ book: NameBook, _ apps: AppDirectory, _ query: ReportQuery
  ) {
    self.scope = scope
    self.period = period
    self.before = before
    self.history = history
    self.query = query
    targets = book.targetList
    targetOfHost = book.targetsOfHosts
    var facts: [Int: AppFacts] = [:]
    for (place, target) in targets.enumerated() {
      if case .app(let number) = target.kind { facts[place] = apps.facts(number) }
    }
    self.facts = facts
    hosts = book.hostTexts
    users = Names(book.users, hidesPrivate: true)
    addresses = Names(book.addresses)
    devices = Names(book.devices)
    sources = book.sources.texts()
    tags = book.tags.texts()
    topUsers = users.largest(period.names.users, max: query.entitiesMax)
  }

  /// All figures.
  func report() -> DiscoveryReport {
    var report = DiscoveryReport(scope: scope)
    report.totals = totals(of: period)
    report.before = before.map { totals(of: $0) }
    report.days = days()
    report.apps = apps()
    report.domains = domains()
    report.categories = categories(report.apps)
    report.risks = RiskLevel.allCases.compactMap { level in
      group(level.rawValue, report.apps.filter { $0.facts.risk == level })
    }
    report.countries = countries(report.apps)
    report.users = userFigures(report.apps)
    report.addresses = entities(addresses, period.names.addresses)
    report.devices = entities(devices, period.names.devices)
    report.sources = figures(sources, period.names.sources)
    report.addressTags = figures(tags, period.names.tags)
    report.attributes = attributes()
    report.keyVersions = keyVersions()
    report.isBridged = query.canonical != nil
    return report
  }

  /// What is known of the app that a target is.
  func facts(of target: Int) -> AppFacts? { facts[target] }

  private func totals(of period: PeriodSums) -> PeriodTotals {
    var totals = PeriodTotals()
    for (place, target) in period.targets.enumerated() where target.sums.events > 0 {
      if targets[place].isApp { totals.apps += 1 } else { totals.domains += 1 }
      totals.sums += target.sums
    }
    totals.users = users.count(period.names.users.numbers)
    totals.addresses = addresses.count(period.names.addressNumbers)
    totals.devices = devices.count(period.names.deviceNumbers)
    totals.hosts = period.names.hosts.dropFirst().count { $0.events > 0 }
    return totals
  }

  private func days() -> [DayFigures] {
    period.names.days.enumerated().map { place, day in
      var figures = DayFigures(day: CivilDay(scope.first.daysSince1970 + Int32(place)))
      figures.sums = day.sums
      figures.users = day.users.count
      figures.apps = day.targets.numbers.count { targets[Int($0)].isApp }
      return figures
    }
  }

  private func apps() -> [AppFigures] {
    let hostsOfApps = topHosts()
    var apps: [AppFigures] = []
    for (place, target) in period.targets.enumerated() where target.sums.events > 0 {
      guard let facts = facts[place] else { continue }
      let firstDay = history.day(of: place) ?? target.firstDay
      var app = AppFigures(facts: facts, firstDay: CivilDay(firstDay))
      app.users = users.count(target.users)
      app.addresses = addresses.count(target.addresses)
      app.devices = devices.count(target.devices)
      app.sums = target.sums
      app.before = before.map { place < $0.targets.count ? $0.targets[place].sums : Sums() }
      app.isNew = history.hasRows && history.day(of: place) == nil
      app.lastSeen = target.lastSeen
      app.dailyBytes = target.dailyBytes
      app.dailyEvents = target.dailyEvents
      app.topUsers = users.largest(target.uses, max: query.detailsMax)
      app.topHosts = hostsOfApps[place] ?? []
      apps.append(app)
    }
    return apps.sorted { Self.isBefore($0.sums.uses, $0.facts.name, $1.sums.uses, $1.facts.name) }
  }

  /// The largest hosts of each app, by its target.
  private func topHosts() -> [Int: [NamedSums]] {
    var hostsOf: [Int: [NamedSums]] = [:]
    for (number, sums) in period.names.hosts.enumerated() where number > 0 && sums.events > 0 {
      let target = Int(targetOfHost[number])
      guard targets[target].isApp else { continue }
      hostsOf[target, default: []].append(NamedSums(name: hosts[number - 1], sums: sums))
    }
    return hostsOf.mapValues { Self.largest($0, max: query.detailsMax) }
  }
}
