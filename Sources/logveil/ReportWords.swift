import ReportFigures
import ReportPages
import VeiledRecords

/// A report in words and columns for the terminal.
struct ReportWords {
  private let report: DiscoveryReport
  private static let rowsMax = 15

  init(_ report: DiscoveryReport) { self.report = report }

  var text: String {
    ([heading, figures, apps, categories, networks, users, newApps, domains] + [notes])
      .filter { !$0.isEmpty }.joined(separator: "\n\n")
  }

  private var heading: String {
    let scope = report.scope
    var words = "Discovery report of tenant \(scope.tenant), \(scope.first) to \(scope.last)"
    words += scope.source.map { ", source \(Terminal.escape($0))" } ?? ""
    if !scope.addressTags.isEmpty {
      words += ", networks \(Terminal.escape(scope.addressTags.joined(separator: ", ")))"
    }
    words += scope.group.map { ", people of \(Terminal.escape($0))" } ?? ""
    return words + "\ntable version \(scope.tableVersion), catalog \(scope.catalogVersion)"
  }

  private var figures: String {
    let (now, before) = (report.totals, report.before)
    var table = TextTable(["", "period", "growth", "by day"], rightAligned: [1, 2])
    func add(_ name: String, _ value: String, _ now: Int64, _ before: Int64?, _ days: [Int64]) {
      let growth = before.flatMap { FigureText.growth(now, since: $0) } ?? "-"
      table.add([name, value, growth, Self.spark(days)])
    }
    func add(_ name: String, _ now: DistinctCount, _ before: DistinctCount?, _ days: [Int64]) {
      let known = now.isExact ? before.flatMap { $0.isExact ? Int64($0.pseudonyms) : nil } : nil
      add(name, now.words, Int64(now.pseudonyms), known, days)
    }
    add(
      "apps", FigureText.count(now.apps), Int64(now.apps), before.map { Int64($0.apps) },
      report.days.map { Int64($0.apps) })
    add("users", now.users, before?.users, report.days.map { Int64($0.users) })
    add("source addresses", now.addresses, before?.addresses, [])
    add("devices", now.devices, before?.devices, [])
    let sums: [(String, KeyPath<Sums, Int64>, (Int64) -> String)] = [
      ("traffic", \.total, { FigureText.bytes($0) }),
      ("  upload", \.uploaded, { FigureText.bytes($0) }),
      ("  download", \.downloaded, { FigureText.bytes($0) }),
      ("events", \.events, { FigureText.count($0) }),
      ("  blocked", \.blocked, { FigureText.count($0) }),
    ]
    for (name, path, text) in sums {
      let value = now.sums[keyPath: path]
      add(
        name, text(value), value, before?.sums[keyPath: path],
        report.days.map { $0.sums[keyPath: path] })
    }
    add(
      "uncatalogued domains", FigureText.count(now.domains), Int64(now.domains),
      before.map { Int64($0.domains) }, [])
    return table.text
  }

  private var apps: String {
    var table = TextTable(
      ["app", "category", "users", "traffic", "upload", "events", "risk", "tags"],
      rightAligned: [2, 3, 4, 5])
    for app in report.apps.prefix(Self.rowsMax) {
      table.add([
        app.facts.name + (app.isNew ? " (new)" : ""), app.facts.category, app.users.words,
        FigureText.bytes(app.sums.total), FigureText.bytes(app.sums.uploaded),
        FigureText.count(app.sums.events),
        app.facts.score.map {
          RiskWords.text(tenths: $0, known: app.facts.knownPercent, note: app.facts.scoreNote)
        } ?? "unknown",
        app.facts.tags.joined(separator: " "),
      ])
    }
    return titled("Largest apps, of \(report.totals.apps)", table, isEmpty: report.apps.isEmpty)
  }

  private var networks: String {
    var table = TextTable(["network", "traffic", "upload", "events"], rightAligned: [1, 2, 3])
    for tag in report.addressTags.prefix(Self.rowsMax) {
      table.add([
        tag.name, FigureText.bytes(tag.sums.total), FigureText.bytes(tag.sums.uploaded),
        FigureText.count(tag.sums.events),
      ])
    }
    return titled("Networks", table, isEmpty: report.addressTags.isEmpty)
  }

  private var categories: String {
    var table = TextTable(["category", "apps", "users", "traffic", ""], rightAligned: [1, 2, 3])
    for category in report.categories.prefix(10) {
      table.add([
        category.name, String(category.apps), category.users.words,
        FigureText.bytes(category.sums.total),
        FigureText.share(category.sums.total, of: report.totals.sums.total),
      ])
    }
    return titled("Categories", table, isEmpty: report.categories.isEmpty)
  }

  private var users: String {
    var table = TextTable(
      ["user", "apps", "traffic", "upload", "events"], rightAligned: [1, 2, 3, 4])
    for user in report.users.prefix(10) {
      table.add([
        user.name, String(user.apps), FigureText.bytes(user.sums.total),
        FigureText.bytes(user.sums.uploaded), FigureText.count(user.sums.events),
      ])
    }
    return titled("Largest users", table, isEmpty: report.users.isEmpty)
  }

  private var newApps: String {
    var table = TextTable(["new app", "since", "users", "traffic"], rightAligned: [2, 3])
    for app in report.newApps.prefix(10) {
      table.add([
        app.facts.name, app.firstDay.description, app.users.words,
        FigureText.bytes(app.sums.total),
      ])
    }
    return titled("New apps: \(report.newApps.count)", table, isEmpty: report.newApps.isEmpty)
  }

  private var domains: String {
    var table = TextTable(
      ["domain", "users", "upload", "events", "first seen"], rightAligned: [1, 2, 3])
    for domain in report.domains.prefix(10) {
      table.add([
        domain.name, domain.users.words, FigureText.bytes(domain.sums.uploaded),
        FigureText.count(domain.sums.events), domain.firstDay.description,
      ])
    }
    return titled(
      "Domains without an app: \(report.domains.count)", table, isEmpty: report.domains.isEmpty)
  }

  private var notes: String { report.notes.map { "Note: " + $0 }.joined(separator: "\n") }

  private func titled(_ title: String, _ table: TextTable, isEmpty: Bool) -> String {
    isEmpty ? "" : title + "\n" + table.text
  }

  /// Days as blocks of eight heights; long periods are drawn in at most 60 steps.
  private static func spark(_ values: [Int64]) -> String {
    guard let most = values.max(), most > 0, values.count > 1 else { return "" }
    let step = (values.count + 59) / 60
    let blocks = Array("▁▂▃▄▅▆▇█")
    return stride(from: 0, to: values.count, by: step).map { start in
      let value = values[start..<min(start + step, values.count)].max() ?? 0
      if value == 0 { return " " }
      return String(blocks[min(7, Int(Double(value) * 8 / Double(most)))])
    }.joined()
  }
}
