import ArgumentParser
import Foundation
import Operations
import ReportFigures
import ReportPages
import VeiledRecords

extension PersonAttribute: ExpressibleByArgument {}

/// What stands for the person of a row.
enum PersonIdentifier: String, ExpressibleByArgument, CaseIterable {
  case code, pseudonym
}

struct PublishPeopleCommand: ParsableCommand {
  private static let rowsShown = 20

  static let configuration = CommandConfiguration(
    commandName: "people",
    abstract: "A row for each person of a month, without names.",
    discussion: """
      What the directory says of people (function, title, organisation, region) stands beside a \
      code that holds for one month. Attributes that single people out together become `other`: \
      each combination is that of a group. Numbers have two digits. Members of private groups and \
      events without a user have no row. With --identifier pseudonym the permission view_reports \
      is needed, too.
      """)

  @OptionGroup var homeOptions: HomeOptions

  @Option(help: ArgumentHelp("The calendar month, which must be over.", valueName: "YYYY-MM"))
  var month: String?

  @Option(help: "Who reads it: managers (groups from 10 persons on) or admins (from 5 on).")
  var audience = Audience.managers

  @Option(
    parsing: .upToNextOption,
    help: "Attributes to leave out: function, title, organisation, region.")
  var exclude: [PersonAttribute] = []

  @Option(parsing: .upToNextOption, help: "Attributes whose texts become keyed codes.")
  var hash: [PersonAttribute] = []

  @Option(help: "What stands for a person: code or pseudonym.")
  var identifier = PersonIdentifier.code

  @Option(help: ArgumentHelp("Write one self-contained page.", valueName: "file"))
  var html: String?

  @Option(help: ArgumentHelp("Write a CSV file.", valueName: "file"))
  var csv: String?

  @Option(help: ArgumentHelp("Write a Parquet file.", valueName: "file"))
  var parquet: String?

  @Flag(help: "Print the report as one JSON object.")
  var json = false

  @Flag(help: "List what was published so far.")
  var ledger = false

  func validate() throws {
    guard ledger != (month != nil) else { throw ValidationError("Say --month or --ledger.") }
    if let month, month.utf8.count != 7 {
      throw ValidationError("--month \(month): write it as 2026-11.")
    }
    if let both = exclude.first(where: hash.contains) {
      throw ValidationError("--hash \(both.rawValue): it is left out by --exclude.")
    }
  }

  func run() throws {
    var request = PublishPeopleRequest(
      home: try homeOptions.path(), tenant: homeOptions.tenant, month: month ?? "")
    request.audience = audience
    request.excluded = Set(exclude)
    request.hashed = Set(hash)
    request.showsPseudonyms = identifier == .pseudonym
    request.threads =
      try homeOptions.defaults().threads ?? ProcessInfo.processInfo.activeProcessorCount
    let operation = try PublishPeopleOperation(request)
    if ledger { return list(try operation.ledger()) }
    var outputs: [ReportOutput] = []
    if let html { outputs.append(.html(html)) }
    if let csv { outputs.append(.csv(csv)) }
    if let parquet { outputs.append(.parquet(parquet)) }
    if json { outputs.append(.shown("json")) }
    let isShown = outputs.isEmpty
    let release = try operation.run(isShown ? [.shown("terminal")] : outputs)
    if json { Terminal.put(PeopleReleasePage.json(release)) }
    if isShown { Terminal.put(words(release)) }
    for path in [html, csv, parquet].compactMap({ $0 }) { Terminal.say("Wrote \(path).") }
    if release.rows.isEmpty {
      Terminal.say("So few people were active that nothing may be told.")
    }
  }

  private func words(_ release: PeopleRelease) -> String {
    let attributes = release.attributes.map(\.attribute.rawValue)
    var table = TextTable(
      ["person"] + attributes + ["days", "apps", "events", "blocked", "upload", "traffic"],
      rightAligned: Set(attributes.count + 1...attributes.count + 6))
    for row in release.rows.prefix(Self.rowsShown) {
      table.add(
        [release.person(row)] + row.values.map { PeopleReleasePage.text($0) ?? "" } + [
          FigureText.count(row.activeDays), FigureText.count(row.apps),
          FigureText.count(row.sums.events), FigureText.count(row.sums.blocked),
          FigureText.bytes(row.sums.uploaded), FigureText.bytes(row.sums.total),
        ])
    }
    let more = release.rows.count - Self.rowsShown
    return """
      People of \(release.month) for \(release.audience.rawValue), no group below \
      \(release.minimum) persons, cut \(release.made) from version \(release.tableVersion)
      \(table.text)\(more > 0 ? "\n… and \(FigureText.count(more)) more: --csv has all" : "")
      \(FigureText.count(release.rows.count)) persons, \(FigureText.count(release.leftOut)) left out
      became other: \(PeopleReleasePage.otherWords(release))
      """
  }

  private func list(_ releases: [PeopleRelease]) {
    if json {
      for release in releases { Terminal.put(PeopleReleasePage.json(release, withRows: false)) }
      return
    }
    var table = TextTable(
      ["month", "audience", "minimum", "persons", "left out", "attributes", "cut"],
      rightAligned: [2, 3, 4])
    for release in releases {
      table.add([
        release.month, release.audience.rawValue, String(release.minimum),
        String(release.rows.count), String(release.leftOut),
        release.attributes.map(\.attribute.rawValue).joined(separator: " "), release.made,
      ])
    }
    Terminal.put(table.text)
  }
}
