internal import ReportFigures

/// The key figures of a report, each with its growth and its days.
enum KeyFigures {
  static func list(_ report: DiscoveryReport, withDays: Bool = true) -> String {
    let now = report.totals
    let before = report.before
    var list = Builder(withDays: withDays)
    list.add(
      "Apps", FigureText.count(now.apps), more: "of the catalog",
      growth(now.apps, before?.apps), report.days.map { Int64($0.apps) })
    list.add(
      "Users", now.users.words, more: "distinct",
      growth(now.users, before?.users), report.days.map { Int64($0.users) })
    list.add(
      "Source addresses", now.addresses.words, more: "distinct",
      growth(now.addresses, before?.addresses), [])
    list.add(
      "Devices", now.devices.words, more: "distinct", growth(now.devices, before?.devices), [])
    let split =
      "↓ \(FigureText.bytes(now.sums.downloaded)) · ↑ \(FigureText.bytes(now.sums.uploaded))"
    list.add(
      "Traffic", FigureText.bytes(now.sums.total), more: split,
      growth(now.sums.total, before?.sums.total), report.days.map(\.sums.total))
    list.add(
      "Events", FigureText.count(now.sums.events), more: "log lines of use",
      growth(now.sums.events, before?.sums.events), report.days.map(\.sums.events))
    list.add(
      "Blocked", FigureText.count(now.sums.blocked),
      more: FigureText.share(now.sums.blocked, of: now.sums.events) + " of events",
      growth(now.sums.blocked, before?.sums.blocked), report.days.map(\.sums.blocked))
    list.add(
      "Uncatalogued domains", FigureText.count(now.domains),
      more: "of \(FigureText.count(now.hosts)) hosts in all",
      growth(now.domains, before?.domains), [])
    return list.html.text + "</dl>\n"
  }

  private static func growth(_ now: Int, _ before: Int?) -> String? {
    growth(Int64(now), before.map { Int64($0) })
  }

  private static func growth(_ now: Int64, _ before: Int64?) -> String? {
    before.flatMap { FigureText.growth(now, since: $0) }
  }

  /// Bounds cannot be compared.
  private static func growth(_ now: DistinctCount, _ before: DistinctCount?) -> String? {
    guard let before, now.isExact, before.isExact else { return nil }
    return growth(now.pseudonyms, before.pseudonyms)
  }

  private struct Builder {
    var html = HTMLText()
    let withDays: Bool

    init(withDays: Bool) {
      self.withDays = withDays
      html.raw("<dl class=\"figures\">")
    }

    mutating func add(
      _ name: String, _ value: String, more: String, _ growth: String?, _ days: [Int64]
    ) {
      html.raw("<div class=\"card figure\">")
      html.element("dt", "", name)
      html.raw("<dd class=\"value\">")
      // The unit of a size stands smaller than its number.
      let parts = value.split(separator: " ", maxSplits: 1)
      if parts.count == 2, !value.contains("–") {
        html.add(String(parts[0]))
        html.element("small", "", " " + parts[1])
      } else {
        html.add(value)
      }
      html.raw("</dd><dd class=\"more\">")
      if let growth { html.element("span", " class=\"growth\"", growth + " · ") }
      html.add(more)
      html.raw("</dd>")
      if withDays { html.raw(Charts.spark(days)) }
      html.raw("</div>")
    }
  }
}
