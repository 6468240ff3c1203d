package import ReportFigures

/// A release as lines of tab-separated fields: how the ledger keeps it.
///
/// Plain, so that it can be read back exactly, and in twenty years.
package enum ReleaseText {
  private static let head = "logveil release 1"

  package static func text(_ release: PublishedRelease) -> String {
    var lines = [head]
    for cell in release.cells {
      lines.append(
        [
          "cell", cell.level.rawValue, cell.parent, cell.name,
          cell.persons.map(String.init) ?? "-", cell.personsPercent, cell.blockedPercent,
          String(cell.sums.events), String(cell.sums.uploaded), String(cell.sums.total),
          cell.code,
        ].compactMap { $0.map(field) }.joined(separator: "\t"))
    }
    for hidden in release.hidden {
      lines.append(
        "hidden\t\(hidden.level.rawValue)\t\(hidden.small)\t\(hidden.dominated)\t"
          + "\(hidden.complementary)")
    }
    return lines.joined(separator: "\n")
  }

  /// Fills in what `text` says; `nil` where it is no such text.
  package static func read(_ text: String, into release: PublishedRelease) -> PublishedRelease? {
    var release = release
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.first.map(String.init) == head else { return nil }
    for line in lines.dropFirst() {
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      guard fields.count >= 2, let level = ReleaseCell.Level(rawValue: fields[1]) else {
        return nil
      }
      if fields[0] == "cell", 10...11 ~= fields.count {
        let numbers = fields[7..<10].compactMap { Int64($0) }
        guard numbers.count == 3 else { return nil }
        var cell = ReleaseCell(
          level: level, parent: fields[2], name: fields[3], persons: Int(fields[4]),
          personsPercent: fields[5], blockedPercent: fields[6],
          sums: UseSums(events: numbers[0], uploaded: numbers[1], total: numbers[2]))
        cell.code = fields.count > 10 ? fields[10] : nil
        release.cells.append(cell)
      } else if fields[0] == "hidden", fields.count == 5 {
        let numbers = fields[2...].compactMap { Int($0) }
        guard numbers.count == 3 else { return nil }
        var hidden = HiddenCells(level: level)
        (hidden.small, hidden.dominated) = (numbers[0], numbers[1])
        hidden.complementary = numbers[2]
        release.hidden.append(hidden)
      } else {
        return nil
      }
    }
    return release
  }

  /// Names of apps hold no control characters; whatever does is written out.
  private static func field(_ text: String) -> String { PlainText.visible(text) }
}
