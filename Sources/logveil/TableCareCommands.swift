import ArgumentParser
import DeltaLake
import Operations
import TableCare

struct TableCompactCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compact", abstract: "Merge small files of a table into large ones.",
    discussion: """
      Files below 128 MiB of the same day become one, of at most 8 Mi rows and 512 MiB, sorted \
      like those of a run. Rows stay what they are, so archives can still be replaced. The old \
      files stay on disk until `table vacuum`. Needs the permission manage_tables.
      """)

  @OptionGroup var options: TableOptions

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    let done = try options.operation().compact(options.table, isClear: options.clear)
    if json {
      Terminal.put(
        JSONValue.object([
          ("table", .text(done.table)), ("files_before", .count(done.files.filesBefore)),
          ("files_after", .count(done.files.filesAfter)), ("rows", .optional(done.rows)),
          ("version", .optional(done.version)),
        ]).line)
    } else if let version = done.version {
      Terminal.put(
        "\(done.table): \(done.files.filesBefore) files became \(done.files.filesAfter), "
          + (done.rows.map { "\($0) rows, " } ?? "") + "version \(version)")
    } else {
      Terminal.put("\(done.table): there is nothing to merge")
    }
  }
}

struct TableCheckpointCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "checkpoint", abstract: "Write a checkpoint, so that the log is read faster.",
    discussion: """
      Every 100th commit writes one by itself. It is a classic checkpoint in Parquet, which all \
      programs know. Needs the permission manage_tables.
      """)

  @OptionGroup var options: TableOptions

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    let done = try options.operation().checkpoint(options.table, isClear: options.clear)
    if json {
      Terminal.put(
        JSONValue.object([
          ("table", .text(options.table)), ("version", .integer(done.version)),
          ("actions", .count(done.actions)), ("bytes", .count(done.byteCount)),
        ]).line)
    } else {
      Terminal.put(
        "\(options.table): checkpoint of version \(done.version), \(done.actions) actions, "
          + "\(done.byteCount) bytes")
    }
  }
}

struct TableVacuumCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vacuum", abstract: "Remove files that no reader needs any more.",
    discussion: """
      Without --yes it only tells which files would go. Files that left the table within the \
      retention stay, so that versions of that time can be read; so do unknown files that were \
      changed within it. Recorded in the governance log. Needs the permission manage_tables.
      """)

  @OptionGroup var options: TableOptions

  @Option(help: "How long older versions stay readable, as 7d, 36h or 0d.")
  var retain = Duration(seconds: 7 * 86_400)

  @Flag(help: "Only tell what would go; so without --yes.")
  var dryRun = false

  @Flag(name: [.long, .customLong("yes-i-know")], help: "Remove the files.")
  var yes = false

  @Flag(help: "Print one JSON object for each file.")
  var json = false

  func run() throws {
    let isDryRun = dryRun || !yes
    let done = try options.operation().vacuum(
      options.table, isClear: options.clear, keepMilliseconds: retain.seconds * 1000,
      isDryRun: isDryRun)
    for file in done.files {
      Terminal.put(json ? object(file, isDryRun).line : Terminal.escape(file.path))
    }
    let bytes = RunWords.size(UInt64(clamping: done.files.reduce(0) { $0 + $1.byteCount }))
    let what = "\(done.table): \(done.files.count) files, \(bytes), "
    Terminal.say(what + (isDryRun ? "would be removed; remove them with --yes" : "removed"))
  }

  private func object(_ file: Vacuum.Doomed, _ isDryRun: Bool) -> JSONValue {
    .object([
      ("table", .text(options.table)), ("path", .text(file.path)),
      ("bytes", .integer(file.byteCount)), ("removed", .boolean(!isDryRun)),
    ])
  }

  /// A time with its unit: 7d, 36h, 90m, 30s.
  struct Duration: ExpressibleByArgument {
    let seconds: Int64

    init(seconds: Int64) { self.seconds = seconds }

    init?(argument: String) {
      let units: [Character: Int64] = ["d": 86_400, "h": 3600, "m": 60, "s": 1]
      guard let unit = argument.last.flatMap({ units[$0] }), let count = Int64(argument.dropLast()),
        (0...1_000_000).contains(count)
      else { return nil }
      seconds = count * unit
    }

    var defaultValueDescription: String { "\(seconds / 86_400)d" }
  }
}

struct TableVerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Check every byte of the tables.",
    discussion: """
      Reads the log, all files and all their pages: checksums, row counts, the names of files, \
      which are made of their bytes, and the sums of usage and rejects against ingests. Each \
      finding names its file and place. The exit code is 1 when there is one.
      """)

  @OptionGroup var homeOptions: HomeOptions

  @Argument(help: "Name of the table (default: all tables).")
  var table: String?

  @Flag(help: "The tables with clear names.")
  var clear = false

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    let operation = try TableOperation(home: homeOptions.path(), tenant: homeOptions.tenant)
    let summary = try operation.verify(table, isClear: clear)
    for finding in summary.findings { Terminal.say(finding.description) }
    if json {
      Terminal.put(
        JSONValue.object([
          ("tables", .texts(summary.tables)), ("files", .count(summary.files)),
          ("rows", .integer(summary.rows)), ("bytes", .integer(summary.bytes)),
          ("findings", .texts(summary.findings.map(\.description))),
        ]).line)
    } else {
      Terminal.put(
        "\(summary.tables.joined(separator: ", ")): \(summary.files) files, \(summary.rows) rows, "
          + "\(RunWords.size(UInt64(clamping: summary.bytes))): "
          + (summary.findings.isEmpty ? "all right" : "\(summary.findings.count) findings"))
    }
    if !summary.findings.isEmpty { Terminal.exit(.failure) }
  }
}
