package import ReportFigures
internal import VeiledRecords

/// A people report as lines of tab-separated fields: how the ledger keeps it, sealed.
///
/// Plain, so that it can be read back exactly, and in twenty years. A value is `=text`, `-` where
/// nobody says it, or `*` where it became `other`.
package enum PeopleReleaseText {
  private static let head = "logveil people 1"

  package static func text(_ release: PeopleRelease) -> String {
    var lines = [head, "left_out\t\(release.leftOut)"]
    for shown in release.attributes {
      lines.append("attribute\t\(shown.attribute.rawValue)\t\(shown.isHashed ? "hashed" : "shown")")
    }
    for (attribute, codes) in release.codes.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      for (text, code) in codes.sorted(by: { $0.value < $1.value }) {
        lines.append("code\t\(attribute.rawValue)\t\(PlainText.visible(text))\t\(code)")
      }
    }
    for row in release.rows {
      let numbers = [
        Int64(row.activeDays), Int64(row.apps), row.sums.events, row.sums.blocked,
        row.sums.uploaded, row.sums.downloaded, row.sums.total,
      ]
      lines.append(
        (["row", row.code, row.pseudonym] + numbers.map(String.init) + row.values.map(field))
          .joined(separator: "\t"))
    }
    return lines.joined(separator: "\n")
  }

  /// Fills in what `text` says; `nil` where it is no such text.
  package static func read(_ text: String, into release: PeopleRelease) -> PeopleRelease? {
    var release = release
    let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    guard lines.first.map({ String(Substring($0)) }) == head else { return nil }
    for line in lines.dropFirst() {
      let fields = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
        .map { String(Substring($0)) }
      switch (fields[0], fields.count) {
      case ("left_out", 2):
        guard let count = Int(fields[1]) else { return nil }
        release.leftOut = count
      case ("attribute", 3):
        guard let attribute = PersonAttribute(rawValue: fields[1]) else { return nil }
        release.attributes.append(.init(attribute, isHashed: fields[2] == "hashed"))
      case ("code", 4):
        guard let attribute = PersonAttribute(rawValue: fields[1]) else { return nil }
        release.codes[attribute, default: [:]][fields[2]] = fields[3]
      case ("row", 10 + release.attributes.count):
        guard let row = row(fields) else { return nil }
        release.rows.append(row)
      default: return nil
      }
    }
    return release
  }

  private static func row(_ fields: [String]) -> PersonRow? {
    let numbers = fields[3..<10].compactMap { Int64($0) }
    let values = fields[10...].compactMap(value)
    guard numbers.count == 7, values.count == fields.count - 10 else { return nil }
    return PersonRow(
      code: fields[1], pseudonym: fields[2], values: values, activeDays: Int(numbers[0]),
      apps: Int(numbers[1]),
      sums: Sums(
        events: numbers[2], blocked: numbers[3], uploaded: numbers[4], downloaded: numbers[5],
        total: numbers[6]))
  }

  private static func field(_ value: PersonValue) -> String {
    switch value {
    case .known(let text): "=" + PlainText.visible(text)
    case .unknown: "-"
    case .other: "*"
    }
  }

  private static func value(_ field: String) -> PersonValue? {
    switch field {
    case "-": .unknown
    case "*": .other
    default: field.hasPrefix("=") ? .known(String(field.dropFirst())) : nil
    }
  }
}
