package import ReportFigures
internal import VeiledRecords

/// A people report as one self-contained page: what the attributes say together, then the people.
extension PeopleReleasePage {
  /// People that the page lists; the CSV and Parquet files have all of them.
  package static let listedMax = 2000

  /// The page.
  package static func bytes(_ release: PeopleRelease) -> [UInt8] {
    var page = HTMLText()
    page.raw("<main id=\"main\"><div class=\"hero\"><h1>People, \(release.month)</h1><p>")
    page.add(
      "Tenant \(release.tenant) · for \(release.audience.rawValue) · each combination of "
        + "attributes is that of \(release.minimum) persons or more")
    page.raw("</p></div>")
    if release.rows.isEmpty {
      page.raw("<p class=\"empty\">So few people were active that nothing may be told.</p>")
    }
    for (place, shown) in release.attributes.enumerated() {
      groups(&page, release, place, shown.attribute.rawValue)
    }
    people(&page, release)
    return PageFrame.release(
      &page, title: "People · \(release.tenant) · \(release.month)", made: release.made,
      tableVersion: release.tableVersion,
      facts: [
        ("Left out", "\(FigureText.count(release.leftOut)) persons"),
        ("Became other", otherWords(release)), ("Numbers", "have two digits."),
      ])
  }

  /// In how many rows which attribute became `other`.
  package static func otherWords(_ release: PeopleRelease) -> String {
    let words = release.attributes.enumerated().map { place, shown in
      "\(shown.attribute.rawValue) \(FigureText.count(release.generalised(place)))"
    }
    return words.isEmpty ? "nothing" : words.joined(separator: ", ")
  }

  /// One attribute: a row for each of its texts, with means of its people.
  private static func groups(
    _ page: inout HTMLText, _ release: PeopleRelease, _ place: Int, _ name: String
  ) {
    let groups = Dictionary(grouping: release.rows) { word($0.values[place]) }
      .sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
    guard !groups.isEmpty else { return }
    HTMLList.begin(
      &page, "By \(name)", texts: [name.prefix(1).uppercased() + name.dropFirst()],
      numbers: [
        "Persons", "Days of a person", "Apps of a person", "Events of a person",
        "Upload of a person", "Traffic of a person",
      ])
    for (value, rows) in groups {
      func mean(_ number: (PersonRow) -> Int64) -> Int64 {
        rows.reduce(0) { $0 + number($1) } / Int64(rows.count)
      }
      page.raw("<tr>")
      page.element("th", " scope=\"row\"", value)
      HTMLList.number(&page, Int64(rows.count), FigureText.count(rows.count))
      for number in [
        mean { Int64($0.activeDays) }, mean { Int64($0.apps) }, mean { $0.sums.events },
      ] {
        HTMLList.number(&page, number, FigureText.count(number))
      }
      for number in [mean { $0.sums.uploaded }, mean { $0.sums.total }] {
        HTMLList.number(&page, number, FigureText.bytes(number))
      }
      page.raw("</tr>")
    }
    HTMLList.end(&page)
  }

  private static func people(_ page: inout HTMLText, _ release: PeopleRelease) {
    guard !release.rows.isEmpty else { return }
    let rows = release.rows.sorted {
      ($1.sums.total, release.person($0)) < ($0.sums.total, release.person($1))
    }
    let more = rows.count - listedMax
    HTMLList.begin(
      &page,
      more > 0 ? "The \(FigureText.count(listedMax)) people of most traffic" : "People",
      texts: ["Person"] + release.attributes.map(\.attribute.rawValue),
      numbers: ["Days", "Apps", "Events", "Blocked", "Upload", "Traffic"])
    for row in rows.prefix(listedMax) {
      page.raw("<tr>")
      page.element("th", " scope=\"row\"", release.person(row))
      for value in row.values { page.element("td", "", word(value)) }
      HTMLList.number(&page, Int64(row.activeDays), FigureText.count(row.activeDays))
      HTMLList.number(&page, Int64(row.apps), FigureText.count(row.apps))
      HTMLList.number(&page, row.sums.events, FigureText.count(row.sums.events))
      HTMLList.number(&page, row.sums.blocked, FigureText.count(row.sums.blocked))
      HTMLList.number(&page, row.sums.uploaded, FigureText.bytes(row.sums.uploaded))
      HTMLList.number(&page, row.sums.total, FigureText.bytes(row.sums.total))
      page.raw("</tr>")
    }
    HTMLList.end(&page)
    if more > 0 {
      page.element(
        "p", " class=\"empty\"",
        "\(FigureText.count(more)) more are in the files of --csv and --parquet.")
    }
  }

  private static func word(_ value: PersonValue) -> String { text(value) ?? "–" }
}
