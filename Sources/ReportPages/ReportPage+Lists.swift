internal import ReportFigures

extension ReportPage {
  /// Categories, risk levels and countries.
  mutating func categories() {
    html.raw("<section id=\"categories\"><h2>Categories and risk</h2>")
    html.raw("<p>What kinds of apps are in use, and what the organisation says of them.</p>")
    html.raw("<div class=\"grid two\"><div class=\"card\"><h3>Categories by traffic</h3>")
    html.raw("<p>Coloured by tag.</p>")
    let most = report.categories.first?.sums.total ?? 0
    bars(
      report.categories.prefix(12).map { category in
        let parts = AppTag.allCases.map { ($0.rawValue, category.byTag[$0]?.total ?? 0) }
        let apps = FigureText.apps(category.apps)
        return BarRow(
          name: category.name,
          value:
            "\(FigureText.bytes(category.sums.total)) · \(apps) · \(category.users.words) users",
          bar: Charts.bar(parts, of: most))
      })
    legend(Self.tagLegend)
    html.raw("</div><div class=\"grid\">")
    risks()
    countries()
    html.raw("</div></div></section>\n")
  }

  /// What the colours of categories say.
  static let tagLegend: [(style: String, name: String)] = [
    ("sanctioned", "sanctioned"), ("monitored", "monitored"), ("unsanctioned", "unsanctioned"),
    ("other", "not decided"),
  ]

  private mutating func risks() {
    html.raw("<div class=\"card\"><h3>Risk levels</h3><p>By the factors that were stated; an app ")
    html.raw("without any is unknown, not safe.</p>")
    if report.risks.isEmpty {
      html.raw("<p class=\"empty\">No catalogued app was used.</p></div>")
      return
    }
    let parts = report.risks.map { ("risk-\($0.name ?? "unknown")", Int64($0.apps)) }
    let words = report.risks.map { "\($0.apps) \($0.name ?? "unknown")" }.joined(separator: ", ")
    html.raw("<div class=\"donut\">")
    html.raw(
      Charts.ring(
        parts, middle: FigureText.count(report.totals.apps), label: "Apps by risk: \(words)"))
    html.raw("<table><caption class=\"sr\">Risk levels</caption><thead><tr>")
    html.raw("<th scope=\"col\">Risk</th><th class=\"n\" scope=\"col\">Apps</th>")
    html.raw("<th class=\"n\" scope=\"col\">Traffic</th></tr></thead><tbody>")
    for risk in report.risks {
      let name = risk.name ?? "unknown"
      html.raw("<tr><th scope=\"row\"><span class=\"legend\">")
      html.raw("<span>\(Charts.swatch("risk-\(name)"))</span>\(name)</span></th><td class=\"n\">")
      html.raw("\(FigureText.count(risk.apps))</td><td class=\"n\">")
      html.raw("\(FigureText.bytes(risk.sums.total))</td></tr>")
    }
    html.raw("</tbody></table></div></div>")
  }

  private mutating func countries() {
    html.raw(
      "<div class=\"card\"><h3>Headquarters of apps</h3><p>By traffic; where an app's owner ")
    html.raw("has its seat, which is not where its data lies.</p>")
    let most = report.countries.first?.sums.total ?? 0
    bars(
      report.countries.prefix(8).map { country in
        let apps = FigureText.apps(country.apps)
        return BarRow(
          name: country.name.map { CountryNames.name($0) } ?? "not stated",
          value: "\(FigureText.bytes(country.sums.total)) · \(apps)",
          bar: Charts.bar(
            [(country.name == nil ? "risk-unknown" : "down", country.sums.total)], of: most))
      })
    html.raw("</div>")
  }

  /// The largest of everything, and what is new.
  mutating func topLists() {
    html.raw("<section id=\"top\"><h2>Top lists</h2><p>The largest by traffic.</p>")
    html.raw("<div class=\"grid three\">")
    let isByEvents = report.totals.sums.total == 0
    func value(_ sums: Sums) -> (Int64, String) {
      isByEvents
        ? (sums.events, "\(FigureText.count(sums.events)) events")
        : (sums.total, FigureText.bytes(sums.total))
    }
    card(
      "Apps",
      rows: report.apps.prefix(15).enumerated().map {
        ($1.facts.name, value($1.sums), "app-\($0)", false)
      })
    card(
      "Users",
      rows: report.users.prefix(15).enumerated().map {
        ($1.name, value($1.sums), "user-\($0)", true)
      })
    card(
      "Source addresses",
      rows: report.addresses.prefix(15).map {
        ($0.name, value($0.sums), nil, true)
      })
    card("Devices", rows: report.devices.prefix(15).map { ($0.name, value($0.sums), nil, true) })
    newApps()
    let bySource = report.sources.prefix(15).map { source in
      let isLogged = isByEvents || !report.missing(in: source).contains("total_bytes")
      let shown = isLogged ? value(source.sums) : (0, "sizes not logged")
      return (source.name, shown, String?.none, false)
    }
    card("Sources", rows: bySource)
    let byTag = report.addressTags.prefix(15).map { ($0.name, value($0.sums), String?.none, false) }
    if !byTag.isEmpty { card("Networks", rows: byTag) }
    html.raw("</div></section>\n")
  }

  private mutating func newApps() {
    let new = report.newApps
    html.raw("<div class=\"card\"><h3>New apps</h3>")
    html.element("p", "", "\(new.count) with no use before \(DayText.long(report.scope.first)).")
    let numbers = Dictionary(
      uniqueKeysWithValues: report.apps.enumerated().map { ($1.facts.number, $0) })
    bars(
      new.prefix(15).map { app in
        BarRow(
          name: app.facts.name,
          value: "\(app.users.words) users since \(DayText.short(app.firstDay))",
          bar: "", opens: numbers[app.facts.number].map { "app-\($0)" })
      })
    html.raw("</div>")
  }

  private mutating func card(
    _ title: String, rows: [(name: String, value: (Int64, String), opens: String?, isMono: Bool)]
  ) {
    html.raw("<div class=\"card\">")
    html.element("h3", "", title)
    let most = rows.first?.value.0 ?? 0
    bars(
      rows.map { row in
        BarRow(
          name: row.name, value: row.value.1,
          bar: Charts.bar([(row.isMono ? "people" : "down", row.value.0)], of: most),
          opens: row.opens, isMono: row.isMono)
      })
    html.raw("</div>")
  }

  /// One row of a list of bars.
  struct BarRow {
    var name: String
    var value: String
    var bar: String
    /// The page that opens from the name.
    var opens: String?
    var isMono = false
  }

  mutating func bars(_ rows: [BarRow]) {
    guard !rows.isEmpty else {
      html.raw("<p class=\"empty\">Nothing to show.</p>")
      return
    }
    html.raw("<ol class=\"bars\">")
    for row in rows {
      html.raw("<li>")
      name(row.name, opens: row.opens, isMono: row.isMono, style: "name")
      html.element("span", " class=\"number\"", row.value)
      html.raw(row.bar)
      html.raw("</li>")
    }
    html.raw("</ol>")
  }

  /// A name, as a button where it has a page.
  mutating func name(_ name: String, opens: String?, isMono: Bool, style: String = "") {
    let names = [style, opens == nil ? "" : "open", isMono ? "mono" : ""].filter { !$0.isEmpty }
    let classes = names.isEmpty ? "" : " class=\"\(names.joined(separator: " "))\""
    if let opens {
      html.element("button", "\(classes) type=\"button\" data-open=\"\(opens)\"", name)
    } else {
      html.raw("<span\(classes) title=\"\(HTMLText.escaped(name))\">")
      html.add(name)
      html.raw("</span>")
    }
  }
}
