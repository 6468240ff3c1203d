package import ReportFigures
internal import VeiledRecords

/// The report as one page of HTML that holds all it needs.
package struct ReportPage {
  let report: DiscoveryReport
  var html = HTMLText()

  init(_ report: DiscoveryReport) { self.report = report }

  /// The bytes of the page.
  package static func bytes(_ report: DiscoveryReport) -> [UInt8] {
    var page = ReportPage(report)
    page.body()
    let title =
      "Discovery report · \(report.scope.tenant) · \(report.scope.first) – \(report.scope.last)"
    return Array(
      PageFrame.page(
        title: title, style: "full", data: PageData.json(report), body: page.html.text
      ).utf8)
  }

  private mutating func body() {
    html.raw(
      "<a class=\"skip\" href=\"#main\">Skip to the figures</a>\n<header class=\"top\"><div>")
    html.raw("<span class=\"brand\">\(PageFrame.mark)Logveil</span><nav aria-label=\"Sections\">")
    let sections = [
      ("overview", "Overview"), ("categories", "Categories"), ("top", "Top lists"),
      ("apps", "Apps"), ("uncatalogued", "Uncatalogued"), ("users", "Users"),
      ("machines", "Addresses and devices"), ("about", "About"),
    ]
    for (id, name) in sections { html.raw("<a href=\"#\(id)\">\(name)</a>") }
    html.raw("</nav><button class=\"tool\" id=\"theme\" type=\"button\">Light / dark</button>")
    html.raw("<button class=\"tool\" id=\"print\" type=\"button\">Print</button></div></header>\n")
    html.raw("<main id=\"main\">\n<div class=\"hero\"><h1>Discovery report</h1><p>")
    html.add(report.periodWords + " · " + report.aboutWords)
    html.raw("</p></div>\n")
    notes()
    overview()
    categories()
    topLists()
    appTable()
    domainTable()
    entityTables()
    html.raw("</main>\n")
    about()
    html.raw("<dialog id=\"sheet\" aria-labelledby=\"sheet-title\"></dialog>")
    html.raw("<noscript><p class=\"skip\">Sorting and filtering need a script.</p></noscript>")
  }

  private mutating func notes() {
    guard !report.notes.isEmpty else { return }
    html.raw("<ul class=\"notes\" aria-label=\"Notes\">")
    for note in report.notes { html.element("li", "", note) }
    html.raw("</ul>\n")
  }

  private mutating func overview() {
    html.raw("<section id=\"overview\"><h2 class=\"sr\">Overview</h2>")
    html.raw(KeyFigures.list(report))
    html.raw("<div class=\"grid two\" id=\"trends\">")
    let days = report.days.map(\.day)
    chart(
      "Traffic by day", "What was sent and fetched, in bytes.",
      Charts.columns(
        "Traffic", days: days, report.trafficSeries, text: FigureText.bytes, isBinary: true),
      legend: report.trafficSeries.map { ($0.style, $0.name) })
    let allowed = report.days.map { $0.sums.events - $0.sums.blocked }
    let blocked = report.days.map(\.sums.blocked)
    chart(
      "Events by day", "Log lines of use; blocked ones on top.",
      Charts.columns(
        "Events", days: days,
        [
          .init(name: "not blocked", style: "events", values: allowed),
          .init(name: "blocked", style: "blocked", values: blocked),
        ], text: { FigureText.short($0) }, isBinary: false),
      legend: [("events", "not blocked"), ("blocked", "blocked")])
    chart(
      "Users by day", "Distinct users of each day.",
      Charts.columns(
        "Users", days: days,
        [.init(name: "users", style: "people", values: report.days.map { Int64($0.users) })],
        text: { FigureText.short($0) }, isBinary: false), legend: [])
    chart(
      "Apps by day", "Distinct catalogued apps of each day.",
      Charts.columns(
        "Apps", days: days,
        [.init(name: "apps", style: "down", values: report.days.map { Int64($0.apps) })],
        text: { FigureText.short($0) }, isBinary: false), legend: [])
    html.raw("</div></section>\n")
  }

  private mutating func chart(
    _ title: String, _ words: String, _ svg: String, legend: [(style: String, name: String)]
  ) {
    html.raw("<figure class=\"card\">")
    html.element("h3", "", title)
    html.element("p", "", words)
    html.raw(svg)
    self.legend(legend)
    html.raw("</figure>")
  }

  mutating func legend(_ legend: [(style: String, name: String)]) {
    guard legend.count > 1 else { return }
    html.raw("<ul class=\"legend\">")
    for (style, name) in legend {
      html.raw("<li>\(Charts.swatch(style))")
      html.add(name)
      html.raw("</li>")
    }
    html.raw("</ul>")
  }

  private mutating func about() {
    let scope = report.scope
    html.raw("<footer id=\"about\"><dl>")
    let facts = [
      ("Made", "\(scope.made) by logveil \(scope.toolVersion)"),
      (
        "Table",
        "usage of tenant \(scope.tenant), version \(scope.tableVersion), rows from "
          + "\(scope.oldest) to \(scope.newest)"
      ),
      (
        "Catalog",
        "version \(scope.catalogVersion); apps are looked up by host with today's catalog"
      ),
      (
        "People",
        "Users, devices and addresses are pseudonyms. They are personal data still: who "
          + "has the keys can turn them back. Treat this file accordingly."
      ),
      (
        "Figures",
        "A user is a distinct pseudonym. An event is a line of the log that tells of use. "
          + "Traffic is the log's own total, else upload plus download. Days are UTC. "
          + "Growth compares with the \(scope.dayCount) days before."
      ),
    ]
    for (name, words) in facts {
      html.element("dt", "", name)
      html.element("dd", "", words)
    }
    html.raw("</dl></footer>\n")
  }
}

extension DiscoveryReport {
  /// Upload and download by day, and what of the total is neither.
  var trafficSeries: [Charts.Series] {
    let rest = days.map { max(0, $0.sums.total - $0.sums.uploaded - $0.sums.downloaded) }
    var series = [
      Charts.Series(name: "download", style: "down", values: days.map(\.sums.downloaded)),
      Charts.Series(name: "upload", style: "up", values: days.map(\.sums.uploaded)),
    ]
    if rest.contains(where: { $0 > 0 }) {
      series.append(.init(name: "not split", style: "other-traffic", values: rest))
    }
    return series
  }
}

extension FigureText {
  /// `1.2 k`, `3.4 M`.
  static func short(_ number: Int64) -> String {
    let units = ["", " k", " M", " G", " T"]
    var (value, unit) = (Double(number), 0)
    while value >= 999.95, unit < units.count - 1 { (value, unit) = (value / 1000, unit + 1) }
    let text = unit == 0 ? String(number) : decimal(value, 1)
    return (text.hasSuffix(".0") ? String(text.dropLast(2)) : text) + units[unit]
  }
}
