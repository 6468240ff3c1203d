import ArgumentParser
import Governance
import Operations

struct SourceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "source", abstract: "Data sources and what is special about them.",
    discussion: """
      What a source does not say is as for the tenant (`logveil settings`); what a run is told \
      wins over both, and the table ingests holds what was in effect. All verbs need the \
      permission manage_settings.
      """,
    subcommands: [
      SourceListCommand.self, SourceShowCommand.self, SourceAddCommand.self,
      SourceSetCommand.self, SourceRemoveCommand.self, SourceTestNameCommand.self,
    ])
}

/// What can be said of a source.
struct SourceArguments: ParsableArguments {
  @OptionGroup var homeOptions: HomeOptions

  @Argument(help: "The name of the source.")
  var name: String

  @Option(help: "The log format; auto: detected.")
  var format: String?

  @Option(help: "Zone of times that carry none.")
  var timeZone: String?

  @Option(help: "Replace users by pseudonyms: yes, no, or default.")
  var anonymise: Switch?

  @Option(help: "Replace machines and source addresses: yes, no, or default.")
  var anonymiseMachines: Switch?

  @Option(help: "Realms that are the same, as corp=corp.example, lab=corp.example; or default.")
  var realms: String?

  @Option(help: "Why: kept in the governance log.")
  var justification: String?

  enum Switch: String, ExpressibleByArgument, CaseIterable {
    case yes, no
    case standard = "default"

    var value: Bool? { self == .standard ? nil : self == .yes }
  }

  func operation() throws -> SettingsOperation {
    try SettingsOperation(home: try homeOptions.path(), tenant: homeOptions.tenant)
  }

  func change(_ source: inout Source) throws {
    if let format { source.format = format == "auto" ? nil : format }
    if let timeZone { source.timeZone = timeZone == "default" ? nil : timeZone }
    if let anonymise { source.anonymiseUsers = anonymise.value }
    if let anonymiseMachines { source.anonymiseMachines = anonymiseMachines.value }
    guard let realms else { return }
    source.realms = nil
    if realms == "default" { return }
    guard let list = RealmList(realms) else {
      throw ValidationError("--realms: \(SettingKey.realms.expected).")
    }
    source.realms = list
  }
}

struct SourceListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the sources of the tenant.")

  @OptionGroup var homeOptions: HomeOptions

  @Flag(help: "Print one JSON object for each source.")
  var json = false

  func run() throws {
    let sources = try SettingsOperation(
      home: try homeOptions.path(), tenant: homeOptions.tenant
    ).sources()
    if json {
      for source in sources { Terminal.put(SourceWords.object(source).line) }
      return
    }
    var table = TextTable(
      ["source", "format", "time zone", "anonymise", "anonymise machines", "realms"])
    for source in sources {
      table.add([
        source.name, source.format ?? "-", source.timeZone ?? "-",
        SourceWords.word(source.anonymiseUsers), SourceWords.word(source.anonymiseMachines),
        source.realms?.text ?? "-",
      ])
    }
    Terminal.put(table.text)
  }
}

/// Sources as text.
enum SourceWords {
  static func word(_ flag: Bool?) -> String { flag.map { $0 ? "yes" : "no" } ?? "-" }

  static func object(_ source: Source) -> JSONValue {
    let flag = { (flag: Bool?) in flag.map { JSONValue.boolean($0) } ?? .null }
    return .object([
      ("source", .text(source.name)), ("tenant", .text(source.tenant)),
      ("format", .optional(source.format)), ("time_zone", .optional(source.timeZone)),
      ("anonymise_users", flag(source.anonymiseUsers)),
      ("anonymise_machines", flag(source.anonymiseMachines)),
      ("realms", .optional(source.realms?.text)),
    ])
  }
}

struct SourceShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Print what is special about a source, as JSON.")

  @OptionGroup var homeOptions: HomeOptions

  @Argument(help: "The name of the source.")
  var name: String

  func run() throws {
    let sources = try SettingsOperation(
      home: try homeOptions.path(), tenant: homeOptions.tenant
    ).sources()
    guard let source = sources.first(where: { $0.name == name }) else {
      throw OperationError(.usage, "There is no source \(name).")
    }
    Terminal.put(SourceWords.object(source).line)
  }
}

struct SourceAddCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Add a source.")

  @OptionGroup var arguments: SourceArguments

  func run() throws {
    var source = Source(tenant: arguments.homeOptions.tenant, name: arguments.name)
    try arguments.change(&source)
    try arguments.operation().put(
      source, isNew: true, justification: arguments.justification)
    Terminal.say("Added the source \(source.name).")
  }
}

struct SourceSetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "set", abstract: "Change what is special about a source.")

  @OptionGroup var arguments: SourceArguments

  func run() throws {
    let operation = try arguments.operation()
    let old = try operation.sources().first { $0.name == arguments.name }
    var source = old ?? Source(tenant: arguments.homeOptions.tenant, name: arguments.name)
    try arguments.change(&source)
    try operation.put(source, isNew: false, justification: arguments.justification)
    Terminal.say("Changed the source \(source.name).")
  }
}

struct SourceRemoveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Forget a source; its rows stay.")

  @OptionGroup var homeOptions: HomeOptions

  @Argument(help: "The name of the source.")
  var name: String

  @Option(help: "Why: kept in the governance log.")
  var justification: String?

  func run() throws {
    try SettingsOperation(home: try homeOptions.path(), tenant: homeOptions.tenant)
      .removeSource(name, justification: justification)
    Terminal.say("Removed the source \(name).")
  }
}

struct SourceTestNameCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test-name",
    abstract: "Show step by step what a user's name in a log is read as.",
    discussion: "Nothing is encrypted, looked up or kept. - reads one name from standard input.")

  @OptionGroup var homeOptions: HomeOptions

  @Argument(help: "The name as it stands in a log, or -.")
  var name: String

  @Option(help: "By the rules of this source (default: of the tenant).")
  var source: String?

  @Flag(help: "Print one JSON object for each step.")
  var json = false

  func run() throws {
    var bytes = Array(name.utf8)
    if name == "-" {
      bytes = []
      try StandardInput.forEachLines { (lines) throws(OperationError) in
        if bytes.isEmpty { bytes = lines[0] }
      }
    }
    let steps = try SettingsOperation(
      home: try homeOptions.path(), tenant: homeOptions.tenant
    ).testName(bytes, source: source)
    if json {
      for step in steps {
        let object = JSONValue.object([("step", .text(step.rule)), ("name", .text(step.name))])
        Terminal.put(object.line)
      }
      return
    }
    var table = TextTable(["step", "name"])
    for step in steps { table.add([step.rule, step.name.isEmpty ? "(nobody)" : step.name]) }
    Terminal.put(table.text)
  }
}
