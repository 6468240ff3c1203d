internal import ReportFigures

/// What stands out in a report, in sentences that its own figures bear out.
enum Findings {
  /// What is so.
  static func points(_ report: DiscoveryReport) -> [String] {
    let sums = report.totals.sums
    var points: [String] = []
    let top = report.apps.prefix(3)
    if let first = top.first, sums.total > 0 {
      let share = FigureText.share(top.reduce(0) { $0 + $1.sums.total }, of: sums.total)
      let names = top.map(\.facts.name).joined(separator: ", ")
      points.append(
        top.count == 1
          ? "\(first.facts.name) carries \(share) of all traffic."
          : "\(names) carry \(share) of all traffic.")
    }
    if let before = report.before,
      let growth = FigureText.growth(sums.total, since: before.sums.total)
    {
      points.append(
        "Traffic changed by \(growth) against the \(report.scope.dayCount) days before.")
    }
    if let app = largestUpload(report), sums.uploaded > 0 {
      points.append(
        "\(FigureText.bytes(sums.uploaded)) were uploaded, \(FigureText.bytes(app.sums.uploaded)) "
          + "of it to \(app.facts.name).")
    }
    let new = report.newApps
    if !new.isEmpty {
      let most = new.max { $0.users.pseudonyms < $1.users.pseudonyms }
      points.append(
        "\(new.count) \(new.count == 1 ? "app is" : "apps are") new; \(most?.facts.name ?? "") has "
          + "the most users of them: \(most?.users.words ?? "0").")
    }
    if report.totals.domains > 0 {
      let total = report.domains.reduce(Int64(0)) { $0 + $1.sums.total }
      points.append(
        "\(FigureText.count(report.totals.domains)) domains belong to no app of the catalog; they "
          + "carry \(FigureText.share(total, of: sums.total)) of the traffic.")
    }
    if sums.blocked > 0 {
      points.append(
        "\(FigureText.count(sums.blocked)) events were blocked, "
          + "\(FigureText.share(sums.blocked, of: sums.events)) of all.")
    }
    return points
  }

  /// What could be done about it.
  static func advice(_ report: DiscoveryReport) -> [String] {
    var advice: [String] = []
    let unsanctioned = report.apps.filter { $0.facts.tagClass == .unsanctioned }
    if !unsanctioned.isEmpty {
      let used = unsanctioned.filter { $0.sums.events > $0.sums.blocked }
      advice.append(
        "\(unsanctioned.count) unsanctioned \(unsanctioned.count == 1 ? "app was" : "apps were") "
          + "used, \(used.count) of them without being blocked every time: "
          + "logveil apps block-list writes the list for a firewall.")
    }
    let open = report.apps.filter { $0.facts.tagClass == .other }
    if !open.isEmpty {
      let names = open.prefix(3).map(\.facts.name).joined(separator: ", ")
      advice.append(
        "Decide on the \(FigureText.apps(open.count)) without a tag, the largest first: \(names).")
    }
    let high = report.apps.filter { $0.facts.risk == .high }
    if !high.isEmpty {
      advice.append(
        "\(FigureText.apps(high.count)) in use \(high.count == 1 ? "is" : "are") of high risk: "
          + high.prefix(3).map(\.facts.name).joined(separator: ", ") + ".")
    }
    let unknown = report.apps.filter { $0.facts.risk == .unknown }
    if !unknown.isEmpty {
      advice.append(
        "Of \(FigureText.apps(unknown.count)) too few risk factors are stated: an unknown risk is "
          + "not a low one.")
    }
    if let domain = report.domains.first, domain.users.pseudonyms > 0 {
      advice.append(
        "Look at the uncatalogued domains with the most users, first \(domain.name) "
          + "(\(domain.users.words) users).")
    }
    if !report.missing.isEmpty {
      let names = report.missing.map(\.column).joined(separator: ", ")
      advice.append("Let the proxies log what they leave out: \(names).")
    }
    return advice
  }

  private static func largestUpload(_ report: DiscoveryReport) -> AppFigures? {
    report.apps.max {
      ($0.sums.uploaded, $1.facts.name) < ($1.sums.uploaded, $0.facts.name)
    }
  }
}
