package import ReportFigures

/// The report on two sheets of A4, ready to be printed or saved as PDF. It runs no script, and no
/// pseudonym stands in it.
package struct ExecutivePage {
  private let report: DiscoveryReport
  private var page: ReportPage

  /// The bytes of the page.
  package static func bytes(_ report: DiscoveryReport) -> [UInt8] {
    var pages = Self(report: report, page: ReportPage(report))
    pages.first()
    pages.second()
    return Array(
      PageFrame.page(
        title: "Executive summary · \(report.scope.tenant) · \(report.scope.first) – "
          + "\(report.scope.last)",
        style: "executive", data: nil, body: "<main>\(pages.page.html.text)</main>"
      ).utf8)
  }

  private mutating func first() {
    page.html.raw("<div class=\"page\"><div class=\"hero\"><h1>Cloud use at a glance</h1><p>")
    page.html.add(report.periodWords + " · " + report.aboutWords)
    page.html.raw("</p></div>")
    page.html.raw(KeyFigures.list(report, withDays: false))
    page.html.raw(
      "<div class=\"card\"><h3>Traffic by day</h3><p>Download and upload, in bytes.</p>")
    page.html.raw(
      Charts.columns(
        "Traffic", days: report.days.map(\.day), report.trafficSeries, text: FigureText.bytes,
        isBinary: true))
    page.legend(report.trafficSeries.map { ($0.style, $0.name) })
    page.html.raw("</div><section><h2>What stands out</h2>")
    points(Findings.points(report))
    page.html.raw("</section>")
    foot(1)
  }

  private mutating func second() {
    page.html.raw("<div class=\"page\"><div class=\"grid two\">")
    let apps = report.apps.prefix(8)
    list(
      "Largest apps",
      apps.map {
        .init(
          name: $0.facts.name,
          value: "\(FigureText.bytes($0.sums.total)) · \($0.users.words) users",
          bar: Charts.bar([("down", $0.sums.total)], of: apps.first?.sums.total ?? 0))
      })
    let categories = report.categories.prefix(8)
    list(
      "Largest categories",
      categories.map { category in
        .init(
          name: category.name,
          value: "\(FigureText.bytes(category.sums.total)) · \(FigureText.apps(category.apps))",
          bar: Charts.bar(
            AppTag.allCases.map { ($0.rawValue, category.byTag[$0]?.total ?? 0) },
            of: categories.first?.sums.total ?? 0))
      }, legend: ReportPage.tagLegend)
    let new = report.newApps.prefix(8)
    list(
      "New apps",
      new.map { .init(name: $0.facts.name, value: "\($0.users.words) users", bar: "") })
    let domains = report.domains.prefix(8)
    list(
      "Uncatalogued domains",
      domains.map {
        .init(name: $0.name, value: "\($0.users.words) users", bar: "")
      })
    page.html.raw("</div><section><h2>What to do</h2>")
    points(Findings.advice(report))
    page.html.raw("</section>")
    if !report.notes.isEmpty {
      page.html.raw("<section><h2>To be read with it</h2>")
      points(report.notes)
      page.html.raw("</section>")
    }
    foot(2)
  }

  private mutating func list(
    _ title: String, _ rows: [ReportPage.BarRow], legend: [(style: String, name: String)] = []
  ) {
    page.html.raw("<div class=\"card\">")
    page.html.element("h3", "", title)
    page.bars(rows)
    if !legend.isEmpty { page.legend(legend) }
    page.html.raw("</div>")
  }

  private mutating func points(_ points: [String]) {
    page.html.raw("<ul class=\"points\">")
    for point in points { page.html.element("li", "", point) }
    page.html.raw("</ul>")
  }

  private mutating func foot(_ number: Int) {
    page.html.raw("<div class=\"foot\"><span>")
    page.html.add(
      "Made \(report.scope.made) by logveil \(report.scope.toolVersion), table version "
        + "\(report.scope.tableVersion)")
    page.html.raw("</span><span>\(number) of 2</span></div></div>")
  }
}
