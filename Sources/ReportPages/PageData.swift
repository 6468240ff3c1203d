internal import ReportFigures
internal import VeiledRecords

/// What the script of a page needs for the pages of apps and users, as short as it goes.
///
/// Names of users stand once, in `names`; elsewhere a number stands for them. The key `n` is a
/// name, `t` what stands under it, `c` figures in a fixed order, `b` and `e` bytes and events by
/// day, `u`, `h` and `a` users, hosts and apps, each `[name, traffic, upload, events]`.
enum PageData {
  static func json(_ report: DiscoveryReport) -> String {
    var names = NameList()
    for user in report.users { _ = names.number(of: user.name) }
    var json = JSONText()
    json.object { json in
      json.member("first", Int64(report.scope.first.daysSince1970))
      json.name("apps")
      json.array(report.apps) { app($1, &$0, &names) }
      json.name("users")
      let numbers = Dictionary(
        report.apps.enumerated().map { ($1.facts.name, $0) }, uniquingKeysWith: { one, _ in one })
      json.array(report.users) { user($1, numbers, &$0, &names) }
      json.name("names")
      json.array(names.names) { $0.string($1) }
    }
    return json.text
  }

  private static func app(_ app: AppFigures, _ json: inout JSONText, _ names: inout NameList) {
    let users = app.topUsers.map { (names.number(of: $0.name), $0.sums) }
    json.object { json in
      json.member("n", app.facts.name)
      json.member("t", words(app.facts))
      numbers(
        "c",
        [
          Int64(app.users.pseudonyms), Int64(app.addresses.pseudonyms),
          Int64(app.devices.pseudonyms), app.sums.total, app.sums.uploaded, app.sums.downloaded,
          app.sums.events, app.sums.blocked, Int64(app.firstDay.daysSince1970),
          app.lastSeen / 1_000_000,
        ], &json)
      numbers("b", app.dailyBytes, &json)
      numbers("e", app.dailyEvents, &json)
      json.name("u")
      json.array(users) { json, user in
        json.array { json in
          json.number(Int64(user.0))
          sums(user.1, &json)
        }
      }
      json.name("h")
      json.array(app.topHosts) { json, host in
        json.array { json in
          json.string(PlainText.visible(host.name))
          sums(host.sums, &json)
        }
      }
    }
  }

  private static func user(
    _ user: EntityFigures, _ apps: [String: Int], _ json: inout JSONText, _ names: inout NameList
  ) {
    let name = names.number(of: user.name)
    json.object { json in
      json.member("n", name)
      numbers(
        "c",
        [
          Int64(user.apps), user.sums.total, user.sums.uploaded, user.sums.events,
          user.sums.blocked, user.lastSeen / 1_000_000,
        ], &json)
      numbers("b", user.dailyBytes, &json)
      json.name("a")
      json.array(user.topApps) { json, app in
        json.array { json in
          json.number(Int64(apps[app.name] ?? 0))
          sums(app.sums, &json)
        }
      }
    }
  }

  private static func numbers(_ name: String, _ values: [Int64], _ json: inout JSONText) {
    json.name(name)
    json.array(values) { $0.number($1) }
  }

  private static func sums(_ sums: UseSums, _ json: inout JSONText) {
    json.number(sums.total)
    json.number(sums.uploaded)
    json.number(sums.events)
  }

  /// `Cloud storage · US · sanctioned · low risk`.
  private static func words(_ facts: AppFacts) -> String {
    var parts = [facts.category]
    if let country = facts.country { parts.append("headquarters: " + CountryNames.name(country)) }
    if !facts.tags.isEmpty { parts.append("tags: " + facts.tags.joined(separator: ", ")) }
    if let score = facts.score {
      let origin =
        facts.scoreNote.map { "set by hand: \($0)" } ?? "\(facts.knownPercent ?? 0) % of it known"
      parts.append("risk score \(FigureText.tenths(score)) of 10, \(origin)")
    }
    return parts.joined(separator: " · ")
  }

  private struct NameList {
    private(set) var names: [String] = []
    private var numbers: [String: Int] = [:]

    mutating func number(of name: String) -> Int {
      if let number = numbers[name] { return number }
      numbers[name] = names.count
      names.append(PlainText.visible(name))
      return names.count - 1
    }
  }
}
