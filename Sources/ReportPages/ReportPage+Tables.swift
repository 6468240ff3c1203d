internal import ReportFigures
internal import VeiledRecords

extension ReportPage {
  /// A column of a table that can be sorted.
  private struct Head {
    var name: String
    var isNumber = false
  }

  mutating func appTable() {
    html.raw("<section id=\"apps\"><h2>Apps</h2><p>All apps of the catalog that were used. ")
    html.raw("Open one for its days, users and hosts.</p><div class=\"card long\">")
    let categories = report.categories.map(\.name).sorted()
    filters(
      "Filter apps", id: "apps",
      [
        ("category", "All categories", categories),
        ("tag", "All tags", Set(report.apps.flatMap(\.facts.tags)).sorted() + ["none"]),
        ("risk", "All risk levels", report.risks.compactMap(\.name)),
        ("new", "New and known", ["new", "known"]),
      ])
    var heads = [
      Head(name: "App"), Head(name: "Category"), Head(name: "Tags"),
      Head(name: "Risk score", isNumber: true), Head(name: "Users", isNumber: true),
      Head(name: "Traffic", isNumber: true), Head(name: "Upload", isNumber: true),
      Head(name: "Events", isNumber: true), Head(name: "Blocked", isNumber: true),
    ]
    if report.before != nil { heads.append(Head(name: "Growth", isNumber: true)) }
    heads.append(Head(name: "Last seen", isNumber: true))
    begin("Apps by traffic", heads)
    for (place, app) in report.apps.enumerated() { appRow(place, app) }
    end(rows: report.apps.count, none: "No app of the catalog was used in this period.")
    html.raw("</div></section>\n")
  }

  private mutating func appRow(_ place: Int, _ app: AppFigures) {
    let tags = app.facts.tags.isEmpty ? "none" : app.facts.tags.joined(separator: "|")
    html.raw("<tr\(Self.hidden(place)) data-category=\"\(HTMLText.escaped(app.facts.category))\" ")
    html.raw("data-tag=\"\(HTMLText.escaped(tags))\" data-risk=\"\(app.facts.risk.rawValue)\" ")
    html.raw("data-new=\"\(app.isNew ? "new" : "known")\"><th scope=\"row\">")
    name(app.facts.name, opens: "app-\(place)", isMono: false)
    if app.isNew { html.raw(" <span class=\"chip new\">new</span>") }
    html.raw("</th>")
    html.element("td", "", app.facts.category)
    html.raw("<td>")
    for tag in app.facts.tags { chip(tag) }
    html.raw("</td>")
    risk(app.facts)
    number(Int64(app.users.pseudonyms), app.users.words)
    number(app.sums.total, FigureText.bytes(app.sums.total))
    number(app.sums.uploaded, FigureText.bytes(app.sums.uploaded))
    number(app.sums.events, FigureText.count(app.sums.events))
    number(app.sums.blocked, FigureText.count(app.sums.blocked))
    if let before = app.before {
      let growth = FigureText.growth(app.sums.total, since: before.total)
      let key =
        before.total > 0 ? (app.sums.total - before.total) * 1000 / before.total : .max >> 12
      number(key, growth ?? "–")
    }
    time(app.lastSeen)
    html.raw("</tr>\n")
  }

  private mutating func chip(_ tag: String) {
    let style = ["sanctioned": " good", "unsanctioned": " bad", "monitored": " warn"][tag] ?? ""
    html.element("span", " class=\"chip\(style)\"", tag)
  }

  private mutating func risk(_ facts: AppFacts) {
    guard let score = facts.score else {
      html.raw("<td class=\"n quiet\" data-v=\"-1\">unknown</td>")
      return
    }
    let style = ["high": "bad", "medium": "warn", "low": "good"][facts.risk.rawValue] ?? ""
    html.raw("<td class=\"n\" data-v=\"\(score)\"><span class=\"chip \(style)\">")
    html.raw("\(FigureText.tenths(score))</span> <small class=\"quiet\">")
    html.raw(facts.scoreNote == nil ? "\(facts.knownPercent ?? 0) % known" : "set by hand")
    html.raw("</small></td>")
  }

  mutating func domainTable() {
    html.raw("<section id=\"uncatalogued\"><h2>Uncatalogued domains</h2><p>Domains that no app of ")
    html.raw(
      "the catalog has, by users and upload. <code>logveil apps add</code> gives one a name.")
    html.raw("</p><div class=\"card long\">")
    filters("Filter domains", id: "domains", [])
    begin(
      "Uncatalogued domains by users and upload",
      [
        Head(name: "Domain"), Head(name: "Users", isNumber: true),
        Head(name: "Traffic", isNumber: true), Head(name: "Upload", isNumber: true),
        Head(name: "Events", isNumber: true), Head(name: "First seen", isNumber: true),
        Head(name: "Last seen", isNumber: true),
      ])
    let shown = report.domains.prefix(Self.domainsMax)
    for (place, domain) in shown.enumerated() {
      html.raw("<tr\(Self.hidden(place))><th scope=\"row\">")
      name(domain.name.isEmpty ? "(no host)" : domain.name, opens: nil, isMono: false)
      html.raw("</th>")
      number(Int64(domain.users.pseudonyms), domain.users.words)
      number(domain.sums.total, FigureText.bytes(domain.sums.total))
      number(domain.sums.uploaded, FigureText.bytes(domain.sums.uploaded))
      number(domain.sums.events, FigureText.count(domain.sums.events))
      number(Int64(domain.firstDay.daysSince1970), domain.firstDay.description)
      time(domain.lastSeen)
      html.raw("</tr>\n")
    }
    end(rows: shown.count, none: "Every host belongs to an app of the catalog.")
    if report.domains.count > Self.domainsMax {
      html.raw("<p class=\"quiet\">The first \(FigureText.count(Self.domainsMax)) of ")
      html.raw(
        "\(FigureText.count(report.domains.count)); <code>report --csv</code> has them all.</p>")
    }
    html.raw("</div></section>\n")
  }

  /// Rows of a list that are shown at first.
  private static let rowsShown = 25

  private static func hidden(_ place: Int) -> String { place < rowsShown ? "" : " hidden" }

  /// Domains that the page lists; more would make it slow to open.
  private static let domainsMax = 1000

  mutating func entityTables() {
    html.raw("<section id=\"users\"><h2>Users</h2><p>The \(report.users.count) largest users by ")
    html.raw("traffic. Open one for its days and apps.</p>")
    entityTable("User", report.users, id: "user-table", opens: "user")
    html.raw("</section><section id=\"machines\"><h2>Source addresses and devices</h2>")
    html.raw("<p>The largest by traffic.</p><div class=\"grid\">")
    entityTable("Source address", report.addresses, id: "address-table", opens: nil)
    entityTable("Device", report.devices, id: "device-table", opens: nil)
    html.raw("</div></section>\n")
  }

  private mutating func entityTable(
    _ word: String, _ entities: [EntityFigures], id: String, opens: String?
  ) {
    html.raw("<div class=\"card long\">")
    filters("Filter: \(word.lowercased())", id: id, [])
    var heads = [Head(name: word)]
    if opens != nil { heads.append(Head(name: "Apps", isNumber: true)) }
    heads += ["Traffic", "Upload", "Events", "Blocked", "Last seen"]
      .map { Head(name: $0, isNumber: true) }
    begin("\(word): the largest by traffic", heads)
    for (place, entity) in entities.enumerated() {
      html.raw("<tr\(Self.hidden(place))><th scope=\"row\">")
      name(entity.name, opens: opens.map { "\($0)-\(place)" }, isMono: true)
      html.raw("</th>")
      if opens != nil { number(Int64(entity.apps), FigureText.count(entity.apps)) }
      number(entity.sums.total, FigureText.bytes(entity.sums.total))
      number(entity.sums.uploaded, FigureText.bytes(entity.sums.uploaded))
      number(entity.sums.events, FigureText.count(entity.sums.events))
      number(entity.sums.blocked, FigureText.count(entity.sums.blocked))
      time(entity.lastSeen)
      html.raw("</tr>\n")
    }
    end(rows: entities.count, none: "The logs have none.")
    html.raw("</div>")
  }

  private mutating func filters(
    _ label: String, id: String, _ selects: [(name: String, all: String, values: [String])]
  ) {
    html.raw(
      "<div class=\"filters\"><input type=\"search\" id=\"filter-\(id)\" autocomplete=\"off\" ")
    html.raw("spellcheck=\"false\" placeholder=\"\(HTMLText.escaped(label)) …\" ")
    html.raw("aria-label=\"\(HTMLText.escaped(label))\">")
    for (name, all, values) in selects where values.count > 1 {
      html.raw(
        "<select name=\"\(name)\" aria-label=\"\(HTMLText.escaped(all))\"><option value=\"\">")
      html.add(all)
      html.raw("</option>")
      for value in values {
        html.raw("<option value=\"\(HTMLText.escaped(value))\">")
        html.add(value)
        html.raw("</option>")
      }
      html.raw("</select>")
    }
    html.raw("<output aria-live=\"polite\"></output></div>")
  }

  private mutating func begin(_ caption: String, _ heads: [Head]) {
    html.raw("<div class=\"scroll\"><table data-list=\"\(Self.rowsShown)\"><caption class=\"sr\">")
    html.add(caption)
    html.raw("</caption><thead><tr>")
    for head in heads {
      html.raw("<th scope=\"col\"\(head.isNumber ? " class=\"n\"" : "")><button type=\"button\">")
      html.add(head.name)
      html.raw("</button></th>")
    }
    html.raw("</tr></thead><tbody>\n")
  }

  private mutating func end(rows: Int, none: String) {
    html.raw("</tbody></table></div>")
    if rows == 0 { html.element("p", " class=\"empty\"", none) }
    html.raw("<button type=\"button\" class=\"tool all\" hidden>Show all</button>")
  }

  private mutating func number(_ value: Int64, _ text: String) {
    html.raw("<td class=\"n\" data-v=\"\(value)\">")
    html.add(text)
    html.raw("</td>")
  }

  private mutating func time(_ microseconds: Int64) {
    let text = UTCTime.text(microseconds)
    number(microseconds / 1_000_000, text.prefix(16).replacing("T", with: " "))
  }

  private mutating func number(_ value: Int64, _ text: some StringProtocol) {
    number(value, String(text))
  }
}
