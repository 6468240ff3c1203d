import ArchiveDecoding
import ArgumentParser
import ClearExits
import Foundation
import LogFormats
import Operations

struct SanitizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sanitize",
    abstract: "Write logs anew with pseudonyms in place of users' names.",
    discussion: """
      The same format and codec, the same events and the same pseudonyms as a run gives. Names are \
      replaced in the field of the user and where the same name stands elsewhere in the line; mail \
      addresses, users of URLs and of parameters as ?user= become pseudonyms, too. Lines that \
      cannot be read as events are masked: letters become x, digits 0; of those that the format \
      leaves out its own words stay. A file is there whole or not at all. Needs the permission \
      ingest.
      """)

  @OptionGroup var homeOptions: HomeOptions

  @Argument(help: "Archives: files, or folders with all in them.")
  var archives: [ArchiveArguments]

  @Option(
    name: .shortAndLong,
    help: "The file to write; for several archives a folder that is there.")
  var output: String

  @Flag(help: "Replace files that are there.")
  var force = false

  @Option(help: "The format, or auto: see `logveil formats list`.")
  var format = "auto"

  @Option(help: "The data source by whose rules names are read.")
  var source = "default"

  @Option(help: "Zone of times that carry none.")
  var timeZone: String?

  @Option(help: "Year of times that carry none.")
  var year: Int?

  @Option(help: "Number of threads (default: all processors).")
  var threads: Int?

  @Flag(help: "Print one JSON object for each archive.")
  var json = false

  func run() throws {
    var request = SanitizeRequest(
      home: try homeOptions.path(), tenant: homeOptions.tenant, inputs: archives.paths,
      output: output)
    request.source = source
    request.replaces = force
    if format != "auto" {
      request.profile = try FormatChoice.profile(named: format, home: try homeOptions.path())
    }
    if let timeZone, TimeZoneRule(timeZone) == nil {
      throw ValidationError("--time-zone \(timeZone): there is no such zone.")
    }
    request.choices.timeZone = timeZone
    request.choices.year = year
    request.threads = threads ?? ProcessInfo.processInfo.activeProcessorCount
    guard (1...512).contains(request.threads) else {
      throw ValidationError("--threads is 1 to 512.")
    }
    let operation = try SanitizeOperation(request)
    for notice in operation.notices { Terminal.say(notice) }
    try operation.sanitize { done in
      if json {
        Terminal.put(object(done).line)
      } else {
        Terminal.say(
          "\(done.path): \(done.counts.lines) lines, \(done.counts.names) names replaced, "
            + "\(done.counts.masked) lines masked; written to \(done.output).")
      }
    }
  }

  private func object(_ done: SanitizedArchive) -> JSONValue {
    .object([
      ("input", .text(done.path)), ("output", .text(done.output)),
      ("codec", .text(done.codec.rawValue)), ("format", .text(done.format)),
      ("lines", .count(done.counts.lines)), ("events", .count(done.counts.events)),
      ("names", .count(done.counts.names)), ("masked", .count(done.counts.masked)),
    ])
  }
}
