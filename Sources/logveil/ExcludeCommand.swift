import ArgumentParser
import Operations

struct ExcludeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "exclude", abstract: "What runs leave out, and what alone they take.",
    discussion: """
      Rules are about users, groups, addresses and networks, devices, and hosts with all below \
      them. One that excludes wins over one that includes; where rules include something of a \
      kind, all else of that kind is left out. They hold for runs that start later, and are \
      counted one by one in the table ingests. All verbs need the permission manage_settings.
      """,
    subcommands: [ExcludeAddCommand.self, ExcludeListCommand.self, ExcludeRemoveCommand.self])
}

struct ExcludeAddCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Leave something out, or take nothing else.",
    discussion: "Names of people and machines are best given on standard input (-), one a line.")

  @OptionGroup var homeOptions: HomeOptions

  @Option(parsing: .upToNextOption, help: "Users; - reads them.") var user: [String] = []
  @Option(parsing: .upToNextOption, help: "Groups.") var group: [String] = []
  @Option(parsing: .upToNextOption, help: "Addresses and networks.") var ip: [String] = []
  @Option(parsing: .upToNextOption, help: "Devices; - reads them.") var device: [String] = []
  @Option(parsing: .upToNextOption, help: "Hosts, with all below them; *. may stand in front.")
  var host: [String] = []

  @Flag(help: "Take these alone, of their kind.")
  var include = false

  @Option(help: "What the rule is for.")
  var comment: String?

  @Flag(help: "Print one JSON object for each rule.")
  var json = false

  func run() throws {
    let kinds = [
      ("user", user), ("group", group), ("ip", ip), ("device", device), ("host", host),
    ]
    let chosen = kinds.filter { !$0.1.isEmpty }
    guard chosen.count == 1, let (kind, values) = chosen.first else {
      throw ValidationError("Give one of --user, --group, --ip, --device and --host.")
    }
    var names = values.filter { $0 != "-" }.map { Array($0.utf8) }
    if values.contains("-") {
      while let line = readLine() { if !line.isEmpty { names.append(Array(line.utf8)) } }
    }
    guard !names.isEmpty else { throw ValidationError("No value was given.") }
    let ids = try ScopeOperation(home: try homeOptions.path(), tenant: homeOptions.tenant).add(
      kind, names, isIncluding: include, comment: comment)
    for id in ids {
      if json {
        Terminal.put(JSONValue.object([("rule", .integer(id))]).line)
      } else {
        Terminal.say("Added rule #\(id).")
      }
    }
  }
}

struct ExcludeListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the rules; people and machines by their pseudonyms.")

  @OptionGroup var homeOptions: HomeOptions

  @Flag(help: "Print one JSON object for each rule.")
  var json = false

  func run() throws {
    let rules = try ScopeOperation(home: try homeOptions.path(), tenant: homeOptions.tenant).list()
    if json {
      for rule in rules {
        Terminal.put(
          JSONValue.object([
            ("rule", .integer(rule.id)), ("effect", .text(rule.effect)), ("kind", .text(rule.kind)),
            ("value", .text(rule.value)), ("comment", .optional(rule.comment)),
            ("added", .text(rule.added)),
          ]).line)
      }
      return
    }
    var table = TextTable(["rule", "effect", "kind", "value", "comment"], rightAligned: [0])
    for rule in rules {
      table.add([String(rule.id), rule.effect, rule.kind, rule.value, rule.comment ?? ""])
    }
    Terminal.put(table.text)
  }
}

struct ExcludeRemoveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Take a rule away.")

  @OptionGroup var homeOptions: HomeOptions

  @Argument(help: "The number of the rule.")
  var rule: Int64

  @Option(help: "Why: kept in the governance log.")
  var justification: String?

  func run() throws {
    try ScopeOperation(home: try homeOptions.path(), tenant: homeOptions.tenant)
      .remove(rule, justification: justification)
    Terminal.say("Removed rule #\(rule).")
  }
}
