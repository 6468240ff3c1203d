import ArgumentParser
import ClearExits
import LogFormats
import Operations
import VeiledRecords

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show what an archive is, and what its lines say.",
    discussion: """
      Shows codec, format, attributes and the first records; with --records all lines, and with \
      --line or --offset one line field by field. Nothing is written to the tables.

      Users are pseudonyms. With --clear their names are shown too: that needs the permission \
      resolve and a justification, and is recorded in the governance log first. Names of people \
      whose activities are private stay hidden without the permission view_private.
      """)

  @OptionGroup var homeOptions: HomeOptions

  @Argument(help: "The archive: a file, or - for standard input.")
  var file: String

  @Flag(help: "All lines, one row each (tab-separated without --json).")
  var records = false

  @Option(help: "Explain the line of this number, from 1.")
  var line: Int?

  @Option(help: "Explain the line with the byte at this offset of the decompressed text.")
  var offset: Int?

  @Option(help: "The format, or auto: see `logveil formats list`; also HOME/formats/NAME.yaml.")
  var format = "auto"

  @Option(help: "Zone of times that carry none: UTC, Europe/Berlin, +02:00.")
  var timeZone = "UTC"

  @Option(help: "Year of times that carry none.")
  var year: Int?

  @Flag(help: "Also show users' names; needs --justification.")
  var clear = false

  @Option(help: "Why clear names are shown: kept in the governance log for ever.")
  var justification: String?

  @Flag(
    help: "With --line or --offset, and --clear: the steps from the name to its canonical form.")
  var explainName = false

  @Option(help: "The data source whose rules on realms hold (default: the tenant's).")
  var source: String?

  @Flag(help: "Print JSON: with --records one object for each line, else one object.")
  var json = false

  func validate() throws {
    if clear, justification == nil { throw ValidationError("--clear needs --justification.") }
    if justification != nil, !clear { throw ValidationError("--justification goes with --clear.") }
    guard [records, line != nil, offset != nil].count(where: { $0 }) <= 1 else {
      throw ValidationError("--records, --line and --offset exclude each other.")
    }
    if explainName, !clear || line == nil && offset == nil {
      throw ValidationError("--explain-name goes with --line or --offset, and with --clear.")
    }
    if let line, line < 1 { throw ValidationError("--line counts from 1.") }
    if let offset, offset < 0 { throw ValidationError("--offset counts from 0.") }
    if let year, !(1970...9999).contains(year) { throw ValidationError("--year is 1970 to 9999.") }
  }

  func run() throws {
    let operation = try InspectOperation(try request())
    for notice in operation.notices { Terminal.say(notice) }
    if records {
      if !json {
        let columns = RowColumn.shown(withClearNames: clear)
        Terminal.put(columns.map(\.rawValue).joined(separator: "\t"))
      }
      return try operation.records { rows throws(OperationError) in try Terminal.put(rows) }
    }
    if let wanted = line.map(WantedLine.line) ?? offset.map(WantedLine.offset) {
      let explained = try operation.explain(wanted)
      let words = InspectedLine(
        explanation: explained.explanation, columns: explained.columns, row: explained.row,
        format: explained.format, showsSteps: explainName)
      return Terminal.put(json ? words.json : words.text)
    }
    let words = InspectedArchive(try operation.summary(), path: file)
    Terminal.put(json ? words.json : words.text)
    if words.hasNoFormat { Terminal.exit(.badData) }
  }

  private func request() throws -> InspectRequest {
    var request = InspectRequest(
      home: try homeOptions.path(), tenant: homeOptions.tenant, path: file)
    if format != "auto" {
      request.profile = try FormatChoice.profile(named: format, home: request.home)
    }
    guard var zone = TimeZoneRule(timeZone) else {
      throw ValidationError("--time-zone \(timeZone): there is no such zone.")
    }
    zone.year = year
    request.zone = zone
    request.style = json ? .json : .text
    request.justification = justification
    request.source = source
    return request
  }
}
