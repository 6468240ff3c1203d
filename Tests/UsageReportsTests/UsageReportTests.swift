import ReportFigures
import StagedExecution
import TestSupport
import Testing
import UsageReports
import VeiledRecords

@Suite struct UsageReportTests {
  @Test func countsAndSums() throws {
    let bench = try ReportBench([
      [
        Row(day: 100, host: "x.app1.example", user: "u1-a", events: 3),
        Row(day: 100, host: "y.app1.example", user: "u1-b", action: "blocked", events: 2),
        Row(day: 100, host: "z.example", user: nil, up: nil, down: nil, total: nil),
      ],
      [Row(day: 102, host: "x.app2.example", user: "u1-a", address: "i1-x")],
    ])
    let report = try bench.report()
    #expect(report.scope.first == CivilDay(73))
    #expect(report.scope.last == CivilDay(102))
    #expect(report.totals.apps == 2)
    #expect(report.totals.domains == 1)
    #expect(report.totals.hosts == 4)
    #expect(report.totals.users == DistinctCount(2))
    #expect(report.totals.addresses == DistinctCount(1))
    #expect(report.totals.devices == DistinctCount(0))
    #expect(
      report.totals.sums
        == Sums(events: 7, blocked: 2, uploaded: 30, downloaded: 60, total: 90))
    #expect(report.apps.map(\.facts.name) == ["App 1", "App 2"])
    #expect(report.apps[0].users == DistinctCount(2))
    #expect(report.apps[0].topHosts.map(\.name) == ["x.app1.example", "y.app1.example"])
    #expect(report.apps[0].dailyEvents[27] == 5)
    #expect(report.domains.map(\.name) == ["z.example"])
    #expect(report.missing.map(\.column) == ["device"])
    #expect(report.days[27].users == 2)
    #expect(report.days[28].users == 0)
    #expect(report.users[0].name == "u1-a")
    #expect(report.users[0].apps == 2)
    #expect(report.users[0].dailyBytes.reduce(0, +) == 60)
  }

  @Test func newAppsAndGrowth() throws {
    let bench = try ReportBench([
      [Row(day: 50, host: "app1.example", total: 100), Row(day: 50, host: "old.example")],
      [Row(day: 57, host: "app1.example", total: 40)],
      [
        Row(day: 64, host: "app1.example", total: 60),
        Row(day: 64, host: "app2.example", total: 7), Row(day: 64, host: "old.example"),
      ],
    ])
    let report = try bench.report(.newest(days: 7))
    #expect(report.newApps.map(\.facts.name) == ["App 2"])
    #expect(report.before?.sums.total == 40)
    #expect(report.apps[0].before?.total == 40)
    #expect(report.apps[0].firstDay == CivilDay(50))
    #expect(report.domains[0].firstDay == CivilDay(50))
    // The table does not reach back over all of the period before.
    #expect(try bench.report(.newest(days: 8)).before == nil)
    #expect(try bench.report(.newest(days: 30)).newApps.isEmpty)
  }

  @Test func severalKeyVersionsAreABoundUnlessBridged() throws {
    let bench = try ReportBench([
      [Row(user: "u1-a"), Row(user: "u1-b"), Row(user: "u2-a"), Row(user: "p1-c")]
    ])
    let report = try bench.report()
    #expect(report.totals.users == DistinctCount(pseudonyms: 4, atLeast: 3))
    #expect(report.keyVersions == [1, 2])
    let bridged = try bench.report(canonical: { text in
      text.count == 4 && text[1] == UInt8(ascii: "1")
        ? [text[0], UInt8(ascii: "2"), text[2], text[3]] : nil
    })
    #expect(bridged.totals.users == DistinctCount(3))
    #expect(bridged.users.map(\.name) == ["u2-a", "u2-b"])
    #expect(bridged.isBridged)
  }

  @Test func privateUsersAreCountedAndNotListed() throws {
    let bench = try ReportBench([
      [
        Row(host: "app1.example", user: "u1-a"),
        Row(host: "app1.example", user: "p1-b", total: 500), Row(user: "p1-b", device: "p1-b"),
      ]
    ])
    let report = try bench.report()
    #expect(report.totals.users == DistinctCount(2))
    #expect(report.apps[0].users == DistinctCount(2))
    #expect(report.apps[0].sums.total == 530)
    #expect(report.users.map(\.name) == ["u1-a"])
    #expect(report.apps[0].topUsers.map(\.name) == ["u1-a"])
    // A machine may be called so.
    #expect(report.devices.map(\.name) == ["p1-b"])
  }

  @Test func machinesOfPrivatePeopleAreCountedAndListedWithoutThem() throws {
    let bench = try ReportBench([
      [
        Row(user: "u1-a", address: "i1-both", device: "m1-both"),
        Row(user: "p1-b", address: "i1-both", device: "m1-both", total: 500, isPrivate: true),
        Row(user: "p1-b", address: "i1-own", device: "m1-own", isPrivate: true),
      ]
    ])
    let report = try bench.report()
    #expect(report.totals.addresses == DistinctCount(2))
    #expect(report.totals.devices == DistinctCount(2))
    #expect(report.addresses.map(\.name) == ["i1-both"])
    #expect(report.devices.map(\.name) == ["m1-both"])
    #expect(report.addresses[0].sums.total == 30 && report.addresses[0].sums.events == 1)
    #expect(report.totals.sums.total == 560)
  }

  /// More users than are hashed, sums beyond 32 bits and events beyond 16: by user, exactly.
  @Test func sumsOfAppsAreExactForManyUsersAndLargeNumbers() throws {
    func rows(_ day: Int32) -> [Row] {
      (0..<2500).map { number in
        let isLarge = number % 500 == 7
        return Row(
          day: day, host: "app1.example", user: "u1-\(number)",
          events: isLarge ? 60_000 : 3, up: isLarge ? 3 << 31 : Int64(number),
          down: 0, total: isLarge ? (3 << 31) + Int64(number) : 2 * Int64(number))
      }
    }
    let report = try ReportBench([rows(100), rows(101), rows(102)]).report()
    let app = report.apps[0]
    #expect(app.users == DistinctCount(2500))
    #expect(app.topUsers.prefix(5).map(\.name) == [2007, 1507, 1007, 507, 7].map { "u1-\($0)" })
    #expect(
      app.topUsers[0].sums
        == UseSums(events: 180_000, uploaded: 9 << 31, total: (9 << 31) + 3 * 2007))
    #expect(app.topUsers[5].name == "u1-2499" && app.topUsers[5].sums.total == 6 * 2499)
    #expect(app.topUsers[5].sums.events == 9 && app.topUsers[5].sums.uploaded == 3 * 2499)
    #expect(report.users[0].topApps[0].sums == app.topUsers[0].sums)
    #expect(report.users[5].dailyBytes.suffix(3) == [4998, 4998, 4998])
  }

  @Test func oneNetworkOrGroupOnly() throws {
    let bench = try ReportBench([
      [
        Row(user: "u1-a", tag: "VPN", total: 5), Row(user: "u1-b", tag: "VPN", total: 7),
        Row(user: "u1-a", total: 11), Row(user: "u1-c", tag: "site", total: 13),
      ]
    ])
    let all = try bench.report()
    #expect(all.addressTags.map(\.name) == ["site", "VPN"])
    #expect(all.addressTags.map(\.sums.total) == [13, 12])
    #expect(try bench.report(tags: ["VPN"]).totals.sums.total == 12)
    #expect(try bench.report(tags: ["VPN", "site"]).totals.users == DistinctCount(3))
    let group = try bench.report(group: ["u1-a", "u2-a"])
    #expect(group.totals.sums.total == 16 && group.scope.group == "team")
    #expect(try bench.report(tags: ["VPN"], group: ["u1-a"]).totals.sums.total == 5)
    #expect {
      try bench.report(tags: ["vpn"])
    } throws: {
      "\($0)" == "No row has the tag vpn. There are: VPN, site."
    }
    #expect {
      try bench.report(group: ["u1-z"])
    } throws: {
      "\($0)" == "No row is of anybody in team; private members are left out."
    }
  }

  @Test func oneSourceOnly() throws {
    let bench = try ReportBench([
      [Row(day: 90, source: "paris"), Row(day: 90, source: "rome", user: "u1-r")],
      [Row(day: 99, source: "paris")],
    ])
    let report = try bench.report(source: "rome")
    #expect(report.scope.newest == CivilDay(90))
    #expect(report.totals.sums.events == 1)
    #expect(report.users.map(\.name) == ["u1-r"])
    #expect(report.sources.map(\.name) == ["rome"])
    #expect { try bench.report(source: "oslo") } throws: { error in
      guard case .unknownSource("oslo", let known)? = error as? UsageReportError else {
        return false
      }
      return known == ["paris", "rome"]
    }
  }

  @Test func aPeriodWithoutRowsIsRefused() throws {
    let bench = try ReportBench([[Row(day: 100)]])
    #expect(throws: UsageReportError.self) {
      try bench.report(.range(CivilDay(101), CivilDay(105)))
    }
    #expect(throws: UsageReportError.self) {
      try bench.report(.range(nil, CivilDay(99)))
    }
    #expect(try bench.report(.range(CivilDay(90), nil)).days.count == 11)
    #expect(throws: UsageReportError.self) { try ReportBench([]).report() }
  }

  /// Rows by a seed against a slow twin; the schedule of the threads does not matter.
  @Test(arguments: 0..<12) func agreesWithASlowTwin(seed: Int) throws {
    var random = SeededRandom(seed: seed)
    let files = (0..<6).map { _ in rows(day: 80 + Int32(random.next() % 25), &random) }
    let bench = try ReportBench(files)
    let report = try bench.report(
      .range(CivilDay(90), CivilDay(104)), crew: SeededCrew(workers: 3, seed: UInt64(seed)))
    let same = try bench.report(.range(CivilDay(90), CivilDay(104)))
    #expect(report == same)
    let inside = files.flatMap { $0 }.filter { (90...104).contains($0.day) }
    guard !inside.isEmpty else { return }
    check(report, inside)
  }

  private func rows(day: Int32, _ random: inout SeededRandom) -> [Row] {
    func pick(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }
    return (0..<pick(400) + 1).map { _ in
      let isApp = pick(3) > 0
      return Row(
        day: day, source: "s\(pick(3))",
        host: isApp ? "h\(pick(5)).app\(pick(9) + 1).example" : "d\(pick(20)).example",
        user: pick(7) == 0 ? nil : "u1-\(pick(40))",
        address: pick(3) == 0 ? nil : "i1-\(pick(30))",
        action: pick(4) == 0 ? "blocked" : "allowed",
        events: Int64(pick(9) + 1), up: Int64(pick(1000)), down: Int64(pick(5000)),
        total: Int64(pick(9000)))
    }
  }

  private func check(_ report: DiscoveryReport, _ rows: [Row]) {
    func app(_ row: Row) -> String? {
      let label = row.host?.split(separator: ".").dropLast().last ?? ""
      return label.hasPrefix("app") ? "App " + label.dropFirst(3) : nil
    }
    #expect(report.totals.sums.events == rows.reduce(0) { $0 + $1.events })
    #expect(
      report.totals.sums.blocked
        == rows.filter { $0.action == "blocked" }.reduce(0) { $0 + $1.events })
    #expect(report.totals.users.pseudonyms == Set(rows.compactMap(\.user)).count)
    #expect(report.totals.addresses.pseudonyms == Set(rows.compactMap(\.address)).count)
    #expect(report.totals.hosts == Set(rows.compactMap(\.host)).count)
    let byApp = Dictionary(grouping: rows, by: app)
    #expect(report.totals.apps == byApp.count - (byApp[nil] == nil ? 0 : 1))
    for figures in report.apps {
      let mine = byApp[figures.facts.name] ?? []
      #expect(figures.users.pseudonyms == Set(mine.compactMap(\.user)).count)
      #expect(figures.sums.total == mine.reduce(0) { $0 + ($1.total ?? 0) })
      let users = Dictionary(grouping: mine.filter { $0.user != nil }) { $0.user ?? "" }
        .mapValues { $0.reduce(0) { $0 + ($1.total ?? 0) } }
      #expect(figures.topUsers.map(\.sums.total) == Array(users.values.sorted(by: >).prefix(10)))
      for user in figures.topUsers { #expect(users[user.name] == user.sums.total) }
    }
    for category in report.categories {
      let mine = rows.filter { row in
        report.apps.contains { $0.facts.category == category.name && $0.facts.name == app(row) }
      }
      #expect(category.users.pseudonyms == Set(mine.compactMap(\.user)).count)
    }
    for day in report.days {
      let mine = rows.filter { $0.day == day.day.daysSince1970 }
      #expect(day.users == Set(mine.compactMap(\.user)).count)
      #expect(day.sums.total == mine.reduce(0) { $0 + ($1.total ?? 0) })
      #expect(day.apps == Set(mine.compactMap(app)).count)
    }
    for user in report.users {
      let mine = rows.filter { $0.user == user.name }
      #expect(user.sums.events == mine.reduce(0) { $0 + $1.events })
      #expect(user.apps == Set(mine.compactMap(app)).count)
      #expect(user.dailyBytes.reduce(0, +) == user.sums.total)
    }
  }
}
