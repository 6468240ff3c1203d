import ArchiveDecoding
import ArgumentParser
import Foundation
import IngestPipeline
import LogFormats
import Operations
import VeiledRecords

/// What says how archives are read; shared by the verbs that read them.
struct IngestFlags: ParsableArguments {
  @Option(
    help: "The format, or auto: see `logveil formats list`; also NAME of HOME/formats/NAME.yaml.")
  var format = "auto"

  @Option(help: "Name of the data source.")
  var source = "default"

  @Flag(
    inversion: .prefixedNo,
    help: "Replace users by pseudonyms (default: as the source or the tenant is set, else yes).")
  var anonymise: Bool?

  @Flag(
    inversion: .prefixedNo,
    help: "Replace devices and source addresses by pseudonyms (default: as --anonymise).")
  var anonymiseMachines: Bool?

  @Flag(help: "Also keep a row for each event, in the activity log.")
  var activities = false

  @Option(help: "Zone of times that carry none: UTC, Europe/Berlin, +02:00.")
  var timeZone: String?

  @Option(help: "Year of times that carry none.")
  var year: Int?

  @Option(help: "Number of threads (default: all processors).")
  var threads: Int?

  @Option(
    help: """
      Memory of the run, as 512MiB; the rest is spilled, sealed (default: half of all). The bound \
      holds from 256MiB on with two threads, and 16MiB more for each further one; with \
      --activities 256MiB more.
      """)
  var memory: ByteCount?

  @Option(help: "Text that one batch of archives holds; 0: each archive is one.")
  var batchBytes: ByteCount = ByteCount(bytes: 8 << 30)

  @Option(help: "Share of refused lines above which the exit code is 3.")
  var maxRejectRatio = 0.05

  @Option(help: "Most bytes of text for one stored byte, against decompression bombs.")
  var maxRatio: UInt64?

  /// The run that the flags ask for, of events from `since` to `until`.
  func request(
    home: HomeOptions, inputs: [String], since: String?, until: String?, isReprocessing: Bool
  ) throws -> RunRequest {
    var request = RunRequest(home: try home.path(), inputs: inputs)
    request.tenant = home.tenant
    request.threads = try threadCount(home)
    request.isReprocessing = isReprocessing
    request.rejectRatioMax = try rejectRatioMax()
    var words: [String] = []
    if let since { words.append("since=\(since)") }
    if let until { words.append("until=\(until)") }
    request.choices = try choices()
    request.options = try options(
      home: home, days: try DayFlags.days(since, until), dayWords: words)
    warnOfMemory(request)
    return request
  }

  /// Says when a run cannot keep to what was asked for.
  private func warnOfMemory(_ request: RunRequest) {
    let least = request.options.memoryBytesLeast(workers: request.threads)
    guard request.options.memoryBytesMax < least else { return }
    Terminal.say(
      "The memory of a run is bounded from \(least >> 20)MiB on, with \(request.threads) threads"
        + (activities ? " and activities" : "") + "; with less it spills as early as it can.")
  }

  func threadCount(_ home: HomeOptions) throws -> Int {
    let count =
      try threads ?? home.defaults().threads ?? ProcessInfo.processInfo.activeProcessorCount
    guard (1...512).contains(count) else { throw ValidationError("--threads is 1 to 512.") }
    return count
  }

  func rejectRatioMax() throws -> Double {
    guard (0...1).contains(maxRejectRatio) else {
      throw ValidationError("--max-reject-ratio is a share: 0 to 1.")
    }
    return maxRejectRatio
  }

  /// - Parameter dayWords: how the days were given, for the record of the archive.
  func options(
    home: HomeOptions, days: ClosedRange<Int64>?, dayWords: [String]
  ) throws -> IngestOptions {
    var options = IngestOptions()
    guard !source.isEmpty, source.utf8.count <= 200 else {
      throw ValidationError("--source is a name of 1 to 200 bytes.")
    }
    options.source = source
    if format != "auto" {
      options.profile = try FormatChoice.profile(named: format, home: try home.path())
    }
    options.days = days
    options.keepsActivities = activities
    options.batchBytesMax = UInt64(batchBytes.bytes)
    options.memoryBytesMax =
      try memory?.bytes ?? home.defaults().memory?.bytes
      ?? Int(clamping: ProcessInfo.processInfo.physicalMemory / 2)
    if let maxRatio { options.limits.ratioMax = maxRatio }
    options.description = dayWords.joined(separator: " ")
    return options
  }

  /// What was said itself; the source and the tenant say the rest.
  func choices() throws -> RunChoices {
    if let timeZone, TimeZoneRule(timeZone) == nil {
      throw ValidationError("--time-zone \(timeZone): there is no such zone.")
    }
    var choices = RunChoices()
    choices.anonymisesUsers = anonymise
    choices.anonymisesMachines = anonymiseMachines
    choices.timeZone = timeZone
    choices.year = year
    return choices
  }

  /// The flags as they are typed, for a plan.
  var words: [String] {
    var words = ["--format", format, "--source", source]
    if let timeZone { words += ["--time-zone", timeZone] }
    if let anonymise { words.append(anonymise ? "--anonymise" : "--no-anonymise") }
    if let anonymiseMachines {
      words.append(anonymiseMachines ? "--anonymise-machines" : "--no-anonymise-machines")
    }
    if activities { words.append("--activities") }
    if let year { words += ["--year", String(year)] }
    if let threads { words += ["--threads", String(threads)] }
    if let memory { words += ["--memory", String(memory.bytes)] }
    if let maxRatio { words += ["--max-ratio", String(maxRatio)] }
    return words + [
      "--batch-bytes", String(batchBytes.bytes), "--max-reject-ratio", String(maxRejectRatio),
    ]
  }
}

/// Days on the command line.
enum DayFlags {
  static func days(_ since: String?, _ until: String?) throws -> ClosedRange<Int64>? {
    guard since != nil || until != nil else { return nil }
    let first = try since.map { try day($0, "--since") } ?? 0
    let last = try until.map { try day($0, "--until") } ?? 65_535
    guard first <= last else { throw ValidationError("--since is later than --until.") }
    return first...last
  }

  static func day(_ text: String, _ flag: String) throws -> Int64 {
    guard let day = CivilDay(parsing: text) else {
      throw ValidationError("\(flag) \(text): a day is written YYYY-MM-DD.")
    }
    return Int64(day.daysSince1970)
  }
}

/// A number of bytes with or without a unit: 64MiB, 1GB, 4096.
struct ByteCount: ExpressibleByArgument {
  let bytes: Int

  init(bytes: Int) { self.bytes = bytes }

  init?(argument: String) {
    guard let bytes = HostConfiguration.byteCount(argument) else { return nil }
    self.bytes = bytes
  }

  var defaultValueDescription: String {
    bytes >= 1 << 30 && bytes % (1 << 30) == 0 ? "\(bytes >> 30)GiB" : "\(bytes)"
  }
}

/// A length of time with a unit: 90s, 10min, 2h, 1d.
struct Age: ExpressibleByArgument {
  let seconds: Int64
  /// As it was given.
  let text: String

  init?(argument: String) {
    let units: [(String, Int64)] = [("min", 60), ("s", 1), ("h", 3600), ("d", 86_400)]
    guard let unit = units.first(where: { argument.hasSuffix($0.0) }),
      let number = Int64(argument.dropLast(unit.0.count)), (0...1_000_000).contains(number)
    else { return nil }
    seconds = number * unit.1
    text = argument
  }
}
