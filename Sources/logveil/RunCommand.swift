import ArchiveDecoding
import ArgumentParser
import Foundation
import IngestPipeline
import LogFormats
import Operations
import StagedExecution
import VeiledRecords

/// Options that every verb has.
struct HomeOptions: ParsableArguments {
  @Option(help: "The home folder (default: $LOGVEIL_HOME, else ~/.local/share/logveil).")
  var home: String?

  @Option(help: "The tenant.")
  var tenant = "default"

  func path() throws -> String {
    try Home.locate(home, environment: ProcessInfo.processInfo.environment)
  }
}

enum ProgressMode: String, ExpressibleByArgument, CaseIterable {
  case auto, on, off
}

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "The main job: archives in, pseudonymised tables out.",
    discussion: """
      Archives that the tables hold already are skipped, by the content of their text. A damaged \
      archive is left out as a whole, and the others go on (exit code 3).
      """)

  @OptionGroup var homeOptions: HomeOptions

  @Argument(help: "Archives: files, folders (with all in them), or - for standard input.")
  var archives: [String]

  @Option(
    help: "The format, or auto: see `logveil formats list`; also NAME of HOME/formats/NAME.yaml.")
  var format = "auto"

  @Option(help: "Name of the data source.")
  var source = "default"

  @Flag(inversion: .prefixedNo, help: "Replace users by pseudonyms.")
  var anonymise = true

  @Flag(
    inversion: .prefixedNo,
    help: "Replace devices and source addresses by pseudonyms (default: as --anonymise).")
  var anonymiseMachines: Bool?

  @Option(help: "Leave out events before this day (YYYY-MM-DD, UTC).")
  var since: String?

  @Option(help: "Leave out events after this day (YYYY-MM-DD, UTC).")
  var until: String?

  @Option(help: "Zone of times that carry none: UTC, Europe/Berlin, +02:00.")
  var timeZone = "UTC"

  @Option(help: "Year of times that carry none.")
  var year: Int?

  @Flag(help: "Replace what archives that are in the tables contributed; needs whole batches.")
  var reprocess = false

  @Flag(help: "Read and count everything, write nothing.")
  var dryRun = false

  @Option(help: "Number of threads (default: all processors).")
  var threads: Int?

  @Option(help: "Memory for names and sums, as 4GiB (default: half of the machine's).")
  var memory: ByteCount?

  @Option(help: "Text that one batch of archives holds; 0: each archive is one.")
  var batchBytes: ByteCount = ByteCount(bytes: 8 << 30)

  @Option(help: "Share of refused lines above which the exit code is 3.")
  var maxRejectRatio = 0.05

  @Option(help: "Most bytes of text for one stored byte, against decompression bombs.")
  var maxRatio: UInt64?

  @Option(help: "Show progress: auto (on a terminal), on, off.")
  var progress = ProgressMode.auto

  @Flag(help: "Print one JSON object at the end.")
  var json = false

  func run() throws {
    let operation = RunOperation(try request())
    let (archives, unlisted) = try operation.list()
    let watch = SignalWatch([SIGINT, SIGTERM]) { _ in operation.cancellation.cancel() }
    let display = ProgressDisplay(
      operation.progress, totalBytes: RunOperation.storedBytes(of: archives), mode: progress)
    let summary: RunSummary
    do {
      summary = try operation.run(archives, unlisted: unlisted)
    } catch {
      display.end()
      throw error
    }
    display.end()
    withExtendedLifetime(watch) {}
    let words = RunWords(summary)
    words.sayProblems()
    if json {
      Terminal.put(JSON.line(RunReport(summary)))
    } else {
      Terminal.put(words.table)
    }
    if summary.exitCode != .done { Terminal.exit(summary.exitCode) }
  }

  private func request() throws -> RunRequest {
    var request = RunRequest(home: try homeOptions.path(), inputs: archives)
    request.tenant = homeOptions.tenant
    request.threads = try threadCount()
    request.isDryRun = dryRun
    request.isReprocessing = reprocess
    guard (0...1).contains(maxRejectRatio) else {
      throw ValidationError("--max-reject-ratio is a share: 0 to 1.")
    }
    request.rejectRatioMax = maxRejectRatio
    request.options = try options()
    return request
  }

  private func threadCount() throws -> Int {
    let count = threads ?? ProcessInfo.processInfo.activeProcessorCount
    guard (1...512).contains(count) else { throw ValidationError("--threads is 1 to 512.") }
    return count
  }

  private func options() throws -> IngestOptions {
    var options = IngestOptions()
    guard !source.isEmpty, source.utf8.count <= 200 else {
      throw ValidationError("--source is a name of 1 to 200 bytes.")
    }
    options.source = source
    if format != "auto" {
      options.profile = try FormatChoice.profile(named: format, home: try homeOptions.path())
    }
    guard var zone = TimeZoneRule(timeZone) else {
      throw ValidationError("--time-zone \(timeZone): there is no such zone.")
    }
    zone.year = year
    options.zone = zone
    options.anonymisesUsers = anonymise
    options.anonymisesMachines = anonymiseMachines ?? anonymise
    options.days = try days()
    options.batchBytesMax = UInt64(batchBytes.bytes)
    options.memoryBytesMax =
      memory?.bytes ?? Int(clamping: ProcessInfo.processInfo.physicalMemory / 2)
    if let maxRatio { options.limits.ratioMax = maxRatio }
    options.description = description(options)
    return options
  }

  private func days() throws -> ClosedRange<Int64>? {
    guard since != nil || until != nil else { return nil }
    let first = try since.map { try day($0, "--since") } ?? 0
    let last = try until.map { try day($0, "--until") } ?? 65_535
    guard first <= last else { throw ValidationError("--since is later than --until.") }
    return first...last
  }

  private func day(_ text: String, _ flag: String) throws -> Int64 {
    guard let day = CivilDay(parsing: text) else {
      throw ValidationError("\(flag) \(text): a day is written YYYY-MM-DD.")
    }
    return Int64(day.daysSince1970)
  }

  /// What decides the rows of an archive beyond its text, for the table of archives.
  private func description(_ options: IngestOptions) -> String {
    var parts: [String] = []
    if let since { parts.append("since=\(since)") }
    if let until { parts.append("until=\(until)") }
    if timeZone != "UTC" { parts.append("time-zone=\(timeZone)") }
    if let year { parts.append("year=\(year)") }
    if options.anonymisesMachines != options.anonymisesUsers {
      parts.append("anonymise-machines=\(options.anonymisesMachines)")
    }
    return parts.joined(separator: " ")
  }
}

/// A number of bytes with or without a unit: 64MiB, 1GB, 4096.
struct ByteCount: ExpressibleByArgument {
  let bytes: Int

  init(bytes: Int) { self.bytes = bytes }

  init?(argument: String) {
    let units: [(String, Int)] = [
      ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40), ("kB", 1000),
      ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000), ("B", 1),
    ]
    let unit = units.first { argument.lowercased().hasSuffix($0.0.lowercased()) } ?? ("", 1)
    guard let number = Int(argument.dropLast(unit.0.count)), number >= 0 else { return nil }
    let (bytes, overflow) = number.multipliedReportingOverflow(by: unit.1)
    guard !overflow else { return nil }
    self.bytes = bytes
  }

  var defaultValueDescription: String {
    bytes >= 1 << 30 && bytes % (1 << 30) == 0 ? "\(bytes >> 30)GiB" : "\(bytes)"
  }
}
