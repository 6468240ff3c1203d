import ArgumentParser
import Foundation
import Operations
import ReportFigures
import ReportPages

extension Audience: ExpressibleByArgument {}

/// A level of a release that may be left out.
enum ReleaseLevel: String, ExpressibleByArgument, CaseIterable {
  case category, app, day

  var level: ReleaseCell.Level {
    switch self {
    case .category: .category
    case .app: .app
    case .day: .day
    }
  }
}

struct PublishCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "publish",
    abstract: "Figures of a month for readers who may not see pseudonyms.",
    discussion: """
      `logveil publish --month 2026-11` tells of apps, categories and days, `logveil publish \
      people` has a row for each person. A month is cut once and kept in a ledger: whoever asks \
      again gets the same. Needs the permission publish. docs/publishing.md tells how, and what it \
      does not protect against.
      """,
    subcommands: [PublishReleaseCommand.self, PublishPeopleCommand.self],
    defaultSubcommand: PublishReleaseCommand.self)
}

struct PublishReleaseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "release",
    abstract: "Figures of apps, categories and days; what `publish` does by itself.",
    discussion: """
      No group below the minimum is told of, none where one person makes nearly all of a figure, \
      and none that would follow from others by subtraction.
      """)

  @OptionGroup var homeOptions: HomeOptions

  @Option(help: ArgumentHelp("The calendar month, which must be over.", valueName: "YYYY-MM"))
  var month: String?

  @Option(help: "Who reads it: managers (from 10 persons on) or admins (from 5 on).")
  var audience = Audience.managers

  @Option(parsing: .upToNextOption, help: "Levels to leave out: category, app, day.")
  var exclude: [ReleaseLevel] = []

  @Flag(help: "Keyed codes in place of names of apps.")
  var hashApps = false

  @Option(help: ArgumentHelp("Write one self-contained page.", valueName: "file"))
  var html: String?

  @Option(help: ArgumentHelp("Write a CSV file.", valueName: "file"))
  var csv: String?

  @Option(help: ArgumentHelp("Write a Parquet file.", valueName: "file"))
  var parquet: String?

  @Flag(help: "Print the release as one JSON object.")
  var json = false

  @Flag(help: "List what was published so far.")
  var ledger = false

  func validate() throws {
    guard ledger != (month != nil) else { throw ValidationError("Say --month or --ledger.") }
    if let month, month.utf8.count != 7 {
      throw ValidationError("--month \(month): write it as 2026-11.")
    }
  }

  func run() throws {
    var request = PublishRequest(
      home: try homeOptions.path(), tenant: homeOptions.tenant, month: month ?? "")
    request.audience = audience
    request.excluded = Set(exclude.map(\.level))
    request.hashesApps = hashApps
    request.threads =
      try homeOptions.defaults().threads ?? ProcessInfo.processInfo.activeProcessorCount
    let operation = try PublishOperation(request)
    if ledger { return list(try operation.ledger()) }
    var outputs: [ReportOutput] = []
    if let html { outputs.append(.html(html)) }
    if let csv { outputs.append(.csv(csv)) }
    if let parquet { outputs.append(.parquet(parquet)) }
    if json { outputs.append(.shown("json")) }
    let isShown = outputs.isEmpty
    let release = try operation.run(isShown ? [.shown("terminal")] : outputs)
    if json { Terminal.put(ReleasePage.json(release)) }
    if isShown { Terminal.put(words(release)) }
    for path in [html, csv, parquet].compactMap({ $0 }) { Terminal.say("Wrote \(path).") }
  }

  private func words(_ release: PublishedRelease) -> String {
    var table = TextTable(
      ["level", "name", "persons", "share", "traffic", "upload", "events", "blocked"],
      rightAligned: [2, 3, 4, 5, 6, 7])
    for cell in release.cells {
      table.add([
        cell.level.rawValue, cell.name, ReleasePage.personsText(cell), ReleasePage.shareText(cell),
        FigureText.bytes(cell.sums.total),
        FigureText.bytes(cell.sums.uploaded), FigureText.count(cell.sums.events),
        ReleasePage.blockedText(cell),
      ])
    }
    return """
      Release of \(release.month) for \(release.audience.rawValue), no group below \
      \(release.minimum) persons, cut \(release.made) from version \(release.tableVersion)
      \(table.text)
      hidden: \(ReleasePage.hiddenWords(release))
      """
  }

  private func list(_ releases: [PublishedRelease]) {
    if json {
      for release in releases { Terminal.put(ReleasePage.json(release)) }
      return
    }
    var table = TextTable(
      ["month", "audience", "minimum", "cells", "hidden", "cut"], rightAligned: [2, 3, 4])
    for release in releases {
      table.add([
        release.month, release.audience.rawValue, String(release.minimum),
        String(release.cells.count), String(release.hidden.reduce(0) { $0 + $1.count }),
        release.made,
      ])
    }
    Terminal.put(table.text)
  }
}
