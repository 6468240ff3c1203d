package import ReportFigures
import TestSupport
import VeiledRecords

/// A report by a seed, of any size, with names of any kind.
package enum SampleReport {
  /// - Parameters:
  ///   - apps: as many apps as that; users, hosts and domains follow from it.
  ///   - name: the text of the name of a number.
  package static func make(
    seed: Int, apps: Int, days: Int, name: (Int) -> String
  ) -> DiscoveryReport {
    var random = SeededRandom(seed: seed)
    let first = CivilDay(20_000)
    let last = CivilDay(20_000 + Int32(days) - 1)
    var report = DiscoveryReport(
      scope: ReportScope(
        tenant: name(0), source: name(1), snapshot: nil, first: first, last: last,
        oldest: CivilDay(19_000), newest: last, tableVersion: 7, catalogVersion: "c",
        toolVersion: "t", made: "2026-01-01T00:00:00Z"))
    func sums() -> Sums {
      let (up, down) = (Int64(random.below(1 << 30)), Int64(random.below(1 << 30)))
      let events = Int64(random.below(10_000) + 1)
      return Sums(
        events: events, blocked: events / 20, uploaded: up, downloaded: down, total: up + down)
    }
    func named(_ count: Int, from start: Int) -> [NamedSums] {
      (0..<count).map { NamedSums(name: name(start + $0), sums: sums().uses) }
    }
    func daily() -> [Int64] { (0..<days).map { _ in Int64(random.below(1 << 26)) } }
    for number in 0..<apps {
      var facts = AppFacts(
        number: Int32(number + 1), name: name(100 + number), category: name(2 + number % 40),
        country: ["US", "DE", nil][number % 3])
      if number % 4 == 0 { facts.tags = [AppTag.allCases[number / 4 % 3].rawValue] }
      if number % 3 == 0 { (facts.score, facts.knownPercent) = (number % 101, 60) }
      var app = AppFigures(facts: facts, firstDay: first)
      app.sums = sums()
      app.before = sums()
      app.users = DistinctCount(random.below(50_000))
      app.isNew = number % 50 == 0
      app.lastSeen = Int64(20_001) * 86_400_000_000
      app.dailyBytes = daily()
      app.dailyEvents = daily()
      app.topUsers = named(10, from: 10_000 + random.below(3_000))
      app.topHosts = named(10, from: 20_000 + number * 10)
      report.apps.append(app)
      report.totals.sums += app.sums
    }
    for number in 0..<min(apps, 100) {
      var user = EntityFigures(name: name(10_000 + number))
      user.sums = sums()
      user.dailyBytes = daily()
      user.apps = min(10, apps)
      user.topApps = report.apps.prefix(10).map {
        NamedSums(name: $0.facts.name, sums: sums().uses)
      }
      report.users.append(user)
      var machine = EntityFigures(name: name(40_000 + number))
      machine.sums = sums()
      report.addresses.append(machine)
      report.devices.append(machine)
    }
    for number in 0..<apps {
      var domain = DomainFigures(name: name(50_000 + number), firstDay: first)
      domain.sums = sums()
      domain.users = DistinctCount(number)
      report.domains.append(domain)
    }
    for number in 0..<min(apps, 40) {
      var category = CategoryFigures(name: name(2 + number))
      category.sums = sums()
      category.byTag = [.other: category.sums]
      report.categories.append(category)
    }
    report.days = (0..<days).map { place in
      var day = DayFigures(day: CivilDay(20_000 + Int32(place)))
      day.sums = sums()
      day.users = random.below(50_000)
      return day
    }
    report.totals.apps = apps
    report.totals.users = DistinctCount(50_000)
    report.before = report.totals
    for level in RiskLevel.allCases {
      var group = AppGroupFigures(name: level.rawValue)
      group.apps = report.apps.count { $0.facts.risk == level }
      if group.apps > 0 { report.risks.append(group) }
    }
    var source = SourceFigures(name: name(1))
    source.sums = sums()
    report.sources = [source]
    report.attributes = [AttributeFigures(column: "user", widgets: ["users"])]
    return report
  }

  /// A harmless name.
  package static func plain(_ number: Int) -> String { "name \(number)" }

  /// A name that tries to be markup, script, style, an attribute, or something else than a text.
  package static func hostile(_ number: Int) -> String {
    "\(attacks[number % attacks.count])\(number)"
  }

  private static let attacks = [
    "<script>document.title='x'</script>", "<img src=x onerror=document.title='x'>", "</script><b>",
    "\"><svg onload=document.title='x'>", "' onmouseover='document.title=1' x='", "</title><h1>",
    "</style><style>*{display:none}</style>", "<!--", "-->", "]]>", "&lt;b&gt;&amp;", "{{7*7}}",
    "javascript:document.title='x'", "\u{202e}drow", "\u{2028}\u{2029}", "\u{0}\u{1}\u{7f}",
    "\u{1b}[31m", "=cmd|' /C calc'!A0", "a\u{300}\u{301}\u{302}", "<\u{301}b>", "\"\u{301}, x=\"",
    "</textarea><textarea>", "</dialog>", "<base href=//evil.example>", "<meta http-equiv=refresh>",
    "<a href=//evil.example>", "\\u003cb\\u003e", "__proto__", "constructor", "\r\n\t",
  ]
}
