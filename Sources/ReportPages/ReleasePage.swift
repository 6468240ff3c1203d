internal import ByteBlocks
package import ColumnTables
package import ReportFigures

/// A release in the forms that readers get.
package enum ReleasePage {
  /// One self-contained page.
  package static func bytes(_ release: PublishedRelease) -> [UInt8] {
    var page = HTMLText()
    page.raw("<main id=\"main\"><div class=\"hero\"><h1>Cloud use, \(release.month)</h1><p>")
    page.add(
      "Tenant \(release.tenant) · for \(release.audience.rawValue) · no group below "
        + "\(release.minimum) persons is told of")
    page.raw("</p></div>")
    if release.cells.isEmpty {
      page.raw("<p class=\"empty\">So few people were active that nothing may be told.</p>")
    }
    table(&page, "All", release.cells(.total), release)
    table(&page, "Categories", release.cells(.category), release)
    table(&page, "Apps", release.cells(.app), release)
    table(&page, "Days", release.cells(.day), release)
    return PageFrame.release(
      &page, title: "Cloud use · \(release.tenant) · \(release.month)", made: release.made,
      tableVersion: release.tableVersion,
      facts: [
        ("Hidden", hiddenWords(release)),
        (
          "Percentages",
          "are bounds where they would tell of nearly nobody or nearly everybody."
        ),
      ])
  }

  /// How many persons a figure is of, in words where that is not told.
  package static func personsText(_ cell: ReleaseCell) -> String {
    cell.persons.map { FigureText.count($0) } ?? (cell.isNearlyAll ? "nearly all" : "not told")
  }

  /// Their share.
  package static func shareText(_ cell: ReleaseCell) -> String { percent(cell.personsPercent) }

  /// The share of events that were blocked.
  package static func blockedText(_ cell: ReleaseCell) -> String { percent(cell.blockedPercent) }

  private static func percent(_ text: String) -> String {
    text == ReleaseCell.notTold ? "–" : text + " %"
  }

  /// How much was hidden, and why.
  package static func hiddenWords(_ release: PublishedRelease) -> String {
    var words = release.hidden.filter { $0.count > 0 }.map { hidden in
      "\(hidden.level.rawValue): \(hidden.small) below the minimum, \(hidden.dominated) made by "
        + "one person, \(hidden.complementary) from which others would follow"
    }
    let untold = [
      ("the number of persons", release.cells.count { $0.persons == nil }),
      (
        "the share of blocked events",
        release.cells.count { $0.blockedPercent == ReleaseCell.notTold }
      ),
    ]
    words += untold.filter { $0.1 > 0 }.map { what, count in
      "\(what) of \(count) \(count == 1 ? "figure" : "figures")"
    }
    return words.isEmpty ? "nothing" : words.joined(separator: "; ")
  }

  private static func table(
    _ page: inout HTMLText, _ title: String, _ cells: [ReleaseCell], _ release: PublishedRelease
  ) {
    guard !cells.isEmpty else { return }
    let heads = ["Name", "Persons", "Share of persons", "Traffic", "Upload", "Events", "Blocked"]
    HTMLList.begin(&page, title, texts: heads.prefix(1), numbers: heads.dropFirst())
    for cell in cells {
      page.raw("<tr>")
      page.element("th", " scope=\"row\"", cell.name.isEmpty ? release.month : cell.name)
      // What is not told is nearly all, or nothing that could be sorted.
      let place = cell.persons.map { Int64($0) } ?? (cell.isNearlyAll ? .max >> 12 : -1)
      HTMLList.number(&page, place, personsText(cell))
      page.element("td", " class=\"n\"", shareText(cell))
      HTMLList.number(&page, cell.sums.total, FigureText.bytes(cell.sums.total))
      HTMLList.number(&page, cell.sums.uploaded, FigureText.bytes(cell.sums.uploaded))
      HTMLList.number(&page, cell.sums.events, FigureText.count(cell.sums.events))
      page.element("td", " class=\"n\"", blockedText(cell))
      page.raw("</tr>")
    }
    HTMLList.end(&page)
  }

  /// All cells as one JSON object on one line.
  package static func json(_ release: PublishedRelease) -> String {
    var json = JSONText()
    json.object { json in
      json.member("tenant", release.tenant)
      json.member("month", release.month)
      json.member("audience", release.audience.rawValue)
      json.member("minimum", release.minimum)
      json.member("made", release.made)
      json.member("table_version", release.tableVersion)
      json.name("cells")
      json.array(release.cells) { json, cell in
        json.object { json in
          json.member("level", cell.level.rawValue)
          json.member("category", cell.level == .app ? cell.parent : nil)
          json.member("name", cell.name)
          json.member("persons", optional: cell.persons)
          json.member("persons_percent", cell.personsPercent)
          json.member("blocked_percent", cell.blockedPercent)
          json.members(cell.sums)
        }
      }
      json.name("hidden")
      json.array(release.hidden) { json, hidden in
        json.object { json in
          json.member("level", hidden.level.rawValue)
          json.member("below_minimum", hidden.small)
          json.member("dominated", hidden.dominated)
          json.member("complementary", hidden.complementary)
        }
      }
    }
    return json.text
  }

  /// All cells as a table, for CSV and Parquet.
  package static func table(_ release: PublishedRelease) -> Table {
    let cells = release.cells
    func texts(_ text: (ReleaseCell) -> String) -> Column {
      Column(.strings(ByteStrings(cells.map(text))))
    }
    func numbers(_ number: (ReleaseCell) -> Int64) -> Column { Column(.int64s(cells.map(number))) }
    let isKnown = cells.map { $0.persons != nil }
    return Table(
      schema: Schema([
        Field("month", .string), Field("level", .string), Field("category", .string),
        Field("name", .string), Field("persons", .int64), Field("persons_percent", .string),
        Field("blocked_percent", .string), Field("events", .int64),
        Field("uploaded_bytes", .int64), Field("total_bytes", .int64),
      ]),
      columns: [
        texts { _ in release.month }, texts { $0.level.rawValue }, texts { $0.parent },
        texts { $0.name },
        Column(
          .int64s(cells.map { Int64($0.persons ?? 0) }),
          isValid: isKnown.contains(false) ? isKnown : nil),
        texts { $0.personsPercent }, texts { $0.blockedPercent }, numbers { $0.sums.events },
        numbers { $0.sums.uploaded }, numbers { $0.sums.total },
      ], rowCount: cells.count)
  }
}
