import ArgumentParser
import Foundation
import Operations
import ReportPages
import UsageReports
import VeiledRecords

/// A day of the calendar as an argument.
struct DayArgument: ExpressibleByArgument {
  let day: CivilDay

  init?(argument: String) {
    guard let day = CivilDay(parsing: argument) else { return nil }
    self.day = day
  }
}

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Who uses which cloud apps: figures of the table usage.",
    discussion: """
      Shows a summary, or writes the whole report in the forms that are asked for: several may be \
      given at once. Apps are looked up by host with today's catalog. Users, devices and source \
      addresses are pseudonyms, which are personal data still: files are for this account alone. \
      Needs the permission view_reports. docs/reports.md explains every figure.
      """)

  @OptionGroup var homeOptions: HomeOptions

  @Option(help: "Days, counted back from the newest day in the table: 7, 30 (default), 60, 90 …")
  var days: Int?

  @Option(help: ArgumentHelp("First day of the period, in UTC.", valueName: "YYYY-MM-DD"))
  var from: DayArgument?

  @Option(help: ArgumentHelp("Last day of the period.", valueName: "YYYY-MM-DD"))
  var to: DayArgument?

  @Option(help: "Only rows of this source.")
  var source: String?

  @Option(
    name: .customLong("ip-tag"), parsing: .upToNextOption,
    help: "Only rows whose source address has one of these tags.")
  var addressTags: [String] = []

  @Option(
    help: """
      Only rows of this group's members, but those whose activities are private. Needs lookup, \
      and at least as many active members as a release needs persons.
      """)
  var group: String?

  @Option(help: "Report on the tables of this snapshot, not the continuous ones.")
  var snapshot: String?

  @Option(help: ArgumentHelp("Write one self-contained page.", valueName: "file"))
  var html: String?

  @Flag(help: "The page is a summary of two sheets instead, to be printed or saved as PDF.")
  var executive = false

  @Option(help: ArgumentHelp("Write a CSV file for each list.", valueName: "folder"))
  var csv: String?

  @Option(help: ArgumentHelp("Write a Parquet file for each list.", valueName: "folder"))
  var parquet: String?

  @Flag(help: "Print all figures as one JSON object.")
  var json = false

  @Flag(
    help: """
      Link pseudonyms of several key versions, so that people count once. Needs manage_keys, \
      lookup and --justification.
      """)
  var bridge = false

  @Option(help: "Why versions are linked: kept in the governance log.")
  var justification: String?

  @Option(help: "Number of threads (default: all processors).")
  var threads: Int?

  func validate() throws {
    if days != nil, from != nil || to != nil {
      throw ValidationError("--days counts back from the newest day; leave out --from and --to.")
    }
    if let days, !(1...Self.daysMax).contains(days) {
      throw ValidationError("--days is 1 to \(Self.daysMax).")
    }
    if let from, let to {
      let count = Int(to.day.daysSince1970) - Int(from.day.daysSince1970) + 1
      guard count > 0 else { throw ValidationError("--from lies behind --to.") }
      guard count <= Self.daysMax else {
        throw ValidationError("A report is about \(Self.daysMax) days at most.")
      }
    }
    if executive, html == nil { throw ValidationError("--executive needs --html FILE.") }
    if bridge != (justification != nil) {
      throw ValidationError("--bridge and --justification TEXT go together.")
    }
    if let threads, !(1...512).contains(threads) {
      throw ValidationError("--threads is 1 to 512.")
    }
  }

  /// Ten years: each day is a figure of every app.
  private static let daysMax = 3660

  func run() throws {
    var request = ReportRequest(home: try homeOptions.path(), tenant: homeOptions.tenant)
    request.source = source
    request.snapshot = snapshot
    request.addressTags = addressTags
    request.group = group
    request.bridgeJustification = justification
    request.threads =
      try threads ?? homeOptions.defaults().threads ?? ProcessInfo.processInfo.activeProcessorCount
    request.period =
      from == nil && to == nil ? .newest(days: days ?? 30) : .range(from?.day, to?.day)
    let outputs = self.outputs
    let report = try ReportOperation(request).run(outputs)
    if json {
      Terminal.put(ReportJSON.line(report))
    } else if outputs.contains(.shown("terminal")) {
      Terminal.put(ReportWords(report).text)
    }
    for path in [html, csv, parquet].compactMap({ $0 }) { Terminal.say("Wrote \(path).") }
  }

  private var outputs: [ReportOutput] {
    var outputs: [ReportOutput] = []
    if let html { outputs.append(executive ? .executive(html) : .html(html)) }
    if let csv { outputs.append(.csv(csv)) }
    if let parquet { outputs.append(.parquet(parquet)) }
    if json { outputs.append(.shown("json")) }
    return outputs.isEmpty ? [.shown("terminal")] : outputs
  }
}
