import ArgumentParser
import DeltaLake
import Operations

struct TableCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "table", abstract: "The tables of a tenant.",
    discussion: "Looking needs the permission view_reports or manage_tables, changing the latter.",
    subcommands: [
      TableListCommand.self, TableFilesCommand.self, TableHistoryCommand.self,
      TableVerifyCommand.self, TableCompactCommand.self, TableCheckpointCommand.self,
      TableVacuumCommand.self, TableDeleteCommand.self,
    ])
}

/// Which table is meant.
struct TableOptions: ParsableArguments {
  @OptionGroup var homeOptions: HomeOptions

  @Argument(help: "Name of the table.")
  var table = "usage"

  @Flag(help: "The table with clear names, which was ingested with --no-anonymise.")
  var clear = false

  func operation() throws -> TableOperation {
    try TableOperation(home: homeOptions.path(), tenant: homeOptions.tenant)
  }
}

struct TableListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List tables with their versions and sizes.")

  @OptionGroup var homeOptions: HomeOptions

  @Flag(help: "Print one JSON object for each table.")
  var json = false

  func run() throws {
    let operation = try TableOperation(home: homeOptions.path(), tenant: homeOptions.tenant)
    let tables = try operation.list()
    if json {
      for table in tables { Terminal.put(object(table).line) }
      return
    }
    var text = TextTable(
      ["table", "names", "version", "files", "rows", "bytes", "folder"], rightAligned: [2, 3, 4, 5])
    for table in tables {
      text.add([
        table.name, table.isClear ? "clear" : "pseudonyms", String(table.version),
        String(table.files), table.rows.map { String($0) } ?? "-", String(table.bytes), table.path,
      ])
    }
    Terminal.put(text.text)
  }

  private func object(_ table: ListedTable) -> JSONValue {
    .object([
      ("table", .text(table.name)), ("clear", .boolean(table.isClear)),
      ("version", .integer(table.version)), ("files", .count(table.files)),
      ("rows", .optional(table.rows)), ("bytes", .integer(table.bytes)),
      ("path", .text(table.path)),
    ])
  }
}

struct TableFilesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "files", abstract: "List the files that belong to a table now.",
    discussion: "What else lies in its folder belongs to older versions, or to no version at all.")

  @OptionGroup var options: TableOptions

  @Option(help: "paths: one path a line; json: one JSON object a line.")
  var format = Format.paths

  @Flag(help: "The same as --format json.")
  var json = false

  enum Format: String, ExpressibleByArgument, CaseIterable { case paths, json }

  func run() throws {
    let files = try options.operation().files(options.table, isClear: options.clear)
    for file in files {
      Terminal.put(json || format == .json ? object(file).line : Terminal.escape(file.path))
    }
  }

  private func object(_ file: ListedFile) -> JSONValue {
    .object([
      ("path", .text(file.path)), ("bytes", .integer(file.bytes)), ("rows", .optional(file.rows)),
      ("partition", .object(file.partition.map { ($0.column, .optional($0.value)) })),
      ("modified", .text(UTCText.milliseconds(file.modified))),
    ])
  }
}

struct TableHistoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history", abstract: "List the versions of a table, the newest first.")

  @OptionGroup var options: TableOptions

  @Flag(help: "Print one JSON object for each version.")
  var json = false

  func run() throws {
    let entries = try options.operation().history(options.table, isClear: options.clear)
    if json {
      for entry in entries { Terminal.put(object(entry).line) }
      return
    }
    var table = TextTable(["version", "time", "operation", "metrics"], rightAligned: [0])
    for entry in entries {
      let metrics = entry.metrics.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
      table.add([
        String(entry.version), entry.timestamp.map(UTCText.milliseconds) ?? "-", entry.operation,
        metrics.joined(separator: " "),
      ])
    }
    Terminal.put(table.text)
  }

  private func object(_ entry: HistoryEntry) -> JSONValue {
    .object([
      ("version", .integer(entry.version)),
      ("time", .optional(entry.timestamp.map(UTCText.milliseconds))),
      ("operation", .text(entry.operation)), ("parameters", texts(entry.parameters)),
      ("metrics", metrics(entry.metrics)), ("engine", .optional(entry.engine)),
    ])
  }

  private func texts(_ texts: [String: String]) -> JSONValue {
    .object(texts.sorted { $0.key < $1.key }.map { ($0.key, .text($0.value)) })
  }

  /// The log keeps metrics as texts; most of them are numbers.
  private func metrics(_ metrics: [String: String]) -> JSONValue {
    .object(
      metrics.sorted { $0.key < $1.key }.map { name, value in
        (name, Int64(value).map { .integer($0) } ?? .text(value))
      })
  }
}
