internal import ByteBlocks
package import ColumnTables
package import ReportFigures
internal import VeiledRecords

/// A people report in the forms that readers get.
package enum PeopleReleasePage {
  /// What stands in place of a text that would single somebody out.
  package static let otherWord = "other"

  /// A row for each person, for CSV and Parquet.
  package static func table(_ release: PeopleRelease) -> Table {
    let rows = release.rows
    func numbers(_ name: String, _ number: (PersonRow) -> Int64) -> (Field, Column) {
      (Field(name, .int64), Column(.int64s(rows.map(number))))
    }
    var columns = [
      (Field("month", .string), Column(.strings(ByteStrings(rows.map { _ in release.month })))),
      (Field("person", .string), Column(.strings(ByteStrings(rows.map(release.person))))),
    ]
    for (place, shown) in release.attributes.enumerated() {
      let texts = rows.map { text($0.values[place]) }
      columns.append(
        (
          Field(shown.attribute.rawValue, .string),
          Column(
            .strings(ByteStrings(texts.map { $0 ?? "" })),
            isValid: texts.contains(nil) ? texts.map { $0 != nil } : nil)
        ))
    }
    columns += [
      numbers("active_days") { Int64($0.activeDays) }, numbers("apps") { Int64($0.apps) },
      numbers("events") { $0.sums.events }, numbers("blocked_events") { $0.sums.blocked },
      numbers("uploaded_bytes") { $0.sums.uploaded },
      numbers("downloaded_bytes") { $0.sums.downloaded },
      numbers("total_bytes") { $0.sums.total },
    ]
    return Table(
      schema: Schema(columns.map(\.0)), columns: columns.map(\.1), rowCount: rows.count)
  }

  /// A value as readers see it; `nil` where nobody says it.
  package static func text(_ value: PersonValue) -> String? {
    switch value {
    case .known(let text): text
    case .unknown: nil
    case .other: otherWord
    }
  }

  /// The report as one JSON object on one line.
  ///
  /// - Parameter withRows: whether the rows are in it, or only how many there are.
  package static func json(_ release: PeopleRelease, withRows: Bool = true) -> String {
    var json = JSONText()
    json.object { json in
      json.member("tenant", release.tenant)
      json.member("month", release.month)
      json.member("audience", release.audience.rawValue)
      json.member("minimum", release.minimum)
      json.member("made", release.made)
      json.member("table_version", release.tableVersion)
      json.member("persons", release.rows.count)
      json.member("left_out", release.leftOut)
      json.name("attributes")
      json.array(release.attributes.enumerated()) { json, shown in
        json.object { json in
          json.member("attribute", shown.element.attribute.rawValue)
          json.member("hashed", shown.element.isHashed)
          json.member("generalised", release.generalised(shown.offset))
        }
      }
      if withRows {
        json.name("people")
        json.array(release.rows) { json, row in member(row, of: release, &json) }
      }
    }
    return json.text
  }

  private static func member(_ row: PersonRow, of release: PeopleRelease, _ json: inout JSONText) {
    json.object { json in
      json.member("person", release.person(row))
      for (place, shown) in release.attributes.enumerated() {
        json.member(shown.attribute.rawValue, text(row.values[place]))
      }
      json.member("active_days", row.activeDays)
      json.member("apps", row.apps)
      json.member("events", row.sums.events)
      json.member("blocked_events", row.sums.blocked)
      json.member("uploaded_bytes", row.sums.uploaded)
      json.member("downloaded_bytes", row.sums.downloaded)
      json.member("total_bytes", row.sums.total)
    }
  }
}
