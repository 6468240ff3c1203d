internal import ReportFigures
internal import VeiledRecords

/// The head and the foot of a page: what makes it one file that loads nothing and runs nothing but
/// its own script.
enum PageFrame {
  /// A whole page.
  ///
  /// - Parameters:
  ///   - data: JSON without `<`, for the script; `nil`: a page without script.
  ///   - body: the markup between.
  static func page(title: String, style bodyClass: String, data: String?, body: String) -> String {
    let style = PageAssets.style
    let script = PageAssets.script
    let policy =
      "default-src 'none'; img-src data:; style-src 'sha256-\(SHA256.base64(Array(style.utf8)))'; "
      + "script-src 'sha256-\(SHA256.base64(Array(script.utf8)))'; base-uri 'none'; "
      + "form-action 'none'"
    var html = HTMLText()
    html.raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
    html.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"\(policy)\">\n")
    html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
    html.raw("<meta name=\"referrer\" content=\"no-referrer\">\n")
    html.raw("<meta name=\"robots\" content=\"noindex\">\n")
    html.element("title", "", title)
    html.raw("\n<link rel=\"icon\" href=\"data:,\">\n<style>\(style)</style>\n</head>\n")
    html.raw("<body class=\"\(bodyClass)\">\n\(body)\n")
    if let data {
      html.raw("<script type=\"application/json\" id=\"data\">\(data)</script>\n")
      html.raw("<script>\(script)</script>\n")
    }
    html.raw("</body>\n</html>\n")
    return html.text
  }

  /// The mark of Logveil: an eye behind a veil.
  static let mark =
    "<svg viewBox=\"0 0 24 24\" aria-hidden=\"true\">"
    + "<path d=\"M3 9c3 4.5 6 6.5 9 6.5S18 13.5 21 9\"/>"
    + "<path d=\"M12 15.5V20M6.300 13.5L4 17M17.700 13.5L20 17\"/>"
    + "<path d=\"M3 4.5c3 2 6 3 9 3s6-1 9-3\"/></svg>"
}

extension DiscoveryReport {
  /// `1 November 2026 – 30 November 2026 (30 days)`.
  var periodWords: String {
    "\(DayText.long(scope.first)) – \(DayText.long(scope.last)) "
      + "(\(scope.dayCount == 1 ? "1 day" : "\(scope.dayCount) days"))"
  }

  /// What the report is about: tenant, source, snapshot.
  var aboutWords: String {
    var words = "Tenant \(scope.tenant) · "
    words += scope.source.map { "source \($0)" } ?? "all sources"
    if !scope.addressTags.isEmpty {
      words += " · networks \(scope.addressTags.joined(separator: ", "))"
    }
    if let group = scope.group { words += " · people of \(group)" }
    if let snapshot = scope.snapshot { words += " · snapshot \(snapshot)" }
    return words
  }

  /// What a reader must know before reading figures.
  package var notes: [String] {
    var notes: [String] = []
    for attribute in missing {
      let widgets = attribute.widgets.joined(separator: ", ")
      notes.append("The logs have no \(attribute.column): empty are \(widgets).")
    }
    for attribute in partial {
      let widgets = attribute.widgets.joined(separator: ", ")
      notes.append(
        "The logs of \(Self.few(attribute.missingIn)) have no \(attribute.column): \(widgets) are "
          + "those of other sources.")
    }
    if distinctWord == "upper_bound" {
      let versions = keyVersions.map(String.init).joined(separator: ", ")
      notes.append(
        "The period has pseudonyms under several key versions (\(versions)), so one person may "
          + "count once for each. Counts are given as a range: at least the most under one "
          + "version, at most all pseudonyms. `logveil report --bridge` links the versions and "
          + "counts exactly.")
    }
    if isBridged {
      notes.append("Pseudonyms of several key versions were linked: counts are exact.")
    }
    if let minimum = hiddenBefore {
      notes.append(
        "Fewer than \(minimum) people of the group have rows in the period before, so it is left "
          + "out, and with it all growth.")
    }
    if !scope.hasBefore {
      let isAllNew = scope.oldest.daysSince1970 >= scope.first.daysSince1970
      notes.append(
        "The table begins on \(scope.oldest), so there is no whole period before this one to "
          + "compare with" + (isAllNew ? ", and no app can be called new." : "."))
    }
    return notes
  }

  /// Some names, and how many more there are.
  private static func few(_ names: [String]) -> String {
    let shown = names.prefix(5).map(PlainText.visible).joined(separator: ", ")
    return names.count > 5 ? "\(shown) and \(names.count - 5) more sources" : shown
  }
}

extension DistinctCount {
  /// `1,204`, or `917 – 1,204` where only bounds are known.
  package var words: String {
    isExact
      ? FigureText.count(pseudonyms)
      : "\(FigureText.count(atLeast)) – \(FigureText.count(pseudonyms))"
  }
}

extension PageFrame {
  /// A page of a release, whose body is in `page` but for its end: when it was made, and facts.
  static func release(
    _ page: inout HTMLText, title: String, made: String, tableVersion: Int64,
    facts: [(name: String, words: String)]
  ) -> [UInt8] {
    page.raw("</main><footer><dl><dt>Made</dt><dd>")
    page.add("\(made), from version \(tableVersion) of the table; never cut again")
    for fact in facts {
      page.raw("</dd><dt>\(fact.name)</dt><dd>")
      page.add(fact.words)
    }
    page.raw("</dd></dl></footer>")
    return Array(self.page(title: title, style: "full", data: "{}", body: page.text).utf8)
  }
}
